"""What a picture of a network says, in English and Russian."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH = "en"

Words = Mapping[str, Mapping[str, str]]

QUESTIONS: Words = MappingProxyType(
    {
        "network": {"en": "Network round {0}", "ru": "Сеть вокруг {0}"},
        "connection": {"en": "{0} and {1}: connections", "ru": "{0} и {1}: связи"},
        "changes": {"en": "New round {0} since {1}", "ru": "Новое вокруг {0} с {1}"},
        "shares": {"en": "Identifiers of {0}", "ru": "Общие идентификаторы: {0}"},
        "channel": {"en": "Supply channel {0}: {1}", "ru": "Канал поставки {0}: {1}"},
        "basket": {"en": "Reagent basket {0}: {1}", "ru": "Набор реактивов {0}: {1}"},
    }
)
KINDS: Words = MappingProxyType(
    {
        "party": {"en": "party", "ru": "участник"},
        "country": {"en": "country of dispatch", "ru": "страна отправления"},
        "office": {"en": "customs office", "ru": "таможенный орган"},
        "border_office": {"en": "border office", "ru": "пограничный пост"},
        "bin": {"en": "BIN", "ru": "БИН"},
        "iin": {"en": "IIN", "ru": "ИИН"},
        "tax_id": {"en": "tax number", "ru": "налоговый номер"},
        "phone": {"en": "phone", "ru": "телефон"},
        "email": {"en": "email", "ru": "эл. почта"},
        "address": {"en": "address", "ru": "адрес"},
        "bank_account": {"en": "account", "ru": "счёт"},
        "wallet": {"en": "wallet", "ru": "кошелёк"},
        "website": {"en": "site", "ru": "сайт"},
        "vehicle": {"en": "vehicle", "ru": "транспорт"},
        "container": {"en": "container", "ru": "контейнер"},
        "substance": {"en": "substance", "ru": "вещество"},
    }
)
LINKS: Words = MappingProxyType(
    {
        "trade": {"en": "supplies", "ru": "поставляет"},
        "represented_by": {"en": "represented by", "ru": "представитель"},
        "carried_by": {"en": "carried by", "ru": "перевозчик"},
        "has": {"en": "has", "ru": "имеет"},
        "declared_at": {"en": "declared at", "ru": "декларирует в"},
        "entered_at": {"en": "entered at", "ru": "въезд через"},
        "carried_on": {"en": "carried on", "ru": "перевезено на"},
        "carried_in": {"en": "carried in", "ru": "перевезено в"},
        "one_trader": {"en": "one trader", "ru": "одно лицо"},
        "leg": {"en": "way of the goods", "ru": "путь товара"},
        "accompanying": {"en": "way of other goods", "ru": "путь прочих товаров"},
        "acquired": {"en": "acquired", "ru": "приобрёл"},
    }
)
HIDDEN: Mapping[str, str] = {"en": "out of scope", "ru": "вне доступа"}
AS_OF: Mapping[str, str] = {"en": "As of {0}", "ru": "На {0}"}
OMITTED: Mapping[str, str] = {
    "en": "{0} nodes more are not shown",
    "ru": "Не показано узлов: {0}",
}


def word(words: Words, code: str, lang: str) -> str:
    """The word for the code, or the code where there is none.

    >>> word(KINDS, "phone", "ru"), word(KINDS, "unheard", "en")
    ('телефон', 'unheard')
    """
    said = words.get(code, {})
    return said.get(lang) or said.get(ENGLISH) or code
