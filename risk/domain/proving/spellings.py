"""One trader under many spellings: parties as declarations show them, with the truth.

For measuring entity resolution. A trader's records differ in legal form, script, habit of
romanisation, slips of the keys, order and initials, address and identifiers; every record has
a key of its own by which the link stage would keep it apart. Traps: sister firms (one word or
number apart, with one telephone and address), namesakes elsewhere, phoenix firms (everything
of another firm but its name and number), tenants of business centres, the telephone of a broker.
"""

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import NamedTuple

from anyascii import anyascii

from risk.domain.proving.firms import new_firm, new_supplier, person, street_address
from risk.domain.proving.places import COUNTRIES, OFFICES
from risk.domain.proving.spelling_habits import (
    FORMS,
    other_spacing,
    respelt,
    romanised,
    slipped,
)
from risk.domain.resolution.records import PartyRecord
from shipments.domain.names import normalise_identifier, normalise_trader_name
from shipments.domain.values import IdentifierKind as Kind

_RECORDS = (1, 1, 1, 2, 2, 3, 3, 4, 6)
_HAN = (
    "上海", "华东", "天津", "金山", "化工", "长城", "东方", "远东", "青岛", "宁波", "龙腾",
    "福瑞", "永盛", "华鑫", "科技",
    "进出口", "贸易", "实业", "新材料", "医药", "恒泰", "瑞丰", "嘉和", "中联", "海达", "德信",
)  # fmt: skip
_RARE_HAN = (
    "鑫宏泽凯博润森祥辉旭晟铭锐腾骏越宇晨朗康益丰盈聚合诚信义仁礼智泉林峰岭江河湖洋波涛星云雷风"
)
_SYLLABLES = (
    "bar", "dem", "kor", "tal", "ser", "van", "lin", "mor", "gul", "zar", "tur", "nel", "pol",
    "rad", "hol", "fer", "dor", "mel", "bas", "gan", "lem", "sol", "tir", "ver", "kan", "rit",
    "hem", "lop",
)  # fmt: skip
_STEMS = (
    "ал", "бай", "дос", "ер", "жан", "кул", "мур", "нур", "сар", "тем", "тур", "шай", "гор", "лев",
    "рос", "вер", "зим", "бер", "кам", "оск", "рах", "сул", "хам", "ис", "ом", "каз", "маг", "пет",
)  # fmt: skip
_TURKISH = (
    "Şahin", "Yıldız", "Özgür", "Güneş", "Çelik", "Kaya", "Demir", "Aydın", "Kimya", "Boya", "Dış",
    "Ticaret", "Gıda", "Plastik", "Öztürk", "Işık", "Karadağ", "Ünal", "Tekstil", "Makina",
)  # fmt: skip
_UZBEK = (
    "Xorazm", "O‘zbek", "Navoiy", "Chirchiq", "Farg‘ona", "Kimyo", "Savdo", "Invest", "Qurilish",
    "Yulduz", "Sharq", "Baraka", "Oltin", "Zarafshon", "Agro", "Servis", "Jahon", "G‘alaba",
)  # fmt: skip
_GERMAN = (
    "Müller", "Schäfer", "Hoffmann", "Böhm", "Weiß", "Krüger", "Chemie", "Handel", "Technik",
    "Jäger", "Stahl", "Labor", "Groß", "Richter", "Süd", "Nord", "Pharma", "Werke",
)  # fmt: skip
_PATRONYMICS = ("Александрович", "Бекович", "Ганиевич", "Дмитриевич", "Ержанович", "Каримович")
_GIVEN_NAMES = (
    "Алибек", "Болат", "Галым", "Данияр", "Ермек", "Жандос", "Канат", "Лаура", "Марат", "Нурлан",
    "Олжас", "Руслан", "Сергей", "Тимур", "Ульяна", "Андрей", "Мадина", "Сауле", "Рустам",
)  # fmt: skip


class Declared(NamedTuple):
    """A record and the number of the trader that it is of."""

    trader: int
    record: PartyRecord


_Maker = Callable[[Random, int], tuple[str, str, str]]


class _Trader(NamedTuple):
    """``script`` chooses its legal forms and habits; ``name`` is without a form."""

    name: str
    script: str
    country: str
    town: str
    number: str
    own: Mapping[Kind, str]


def declared_parties(seed: int, count: int) -> list[Declared]:
    """``count`` records in a random order, always the same for a seed."""
    draw = Random(f"{seed}:spellings")  # noqa: S311 - data, not a secret
    centres = [street_address(draw, draw.choice(OFFICES)[1]) for _ in range(max(3, count // 400))]
    brokers = [f"+7727{draw.randint(2_000_000, 3_999_999)}" for _ in range(max(3, count // 1500))]
    found: list[Declared] = []
    keys: set[tuple[str, str]] = set()
    before: _Trader | None = None
    trader = 0
    while len(found) < count:
        one = _trader(draw, trader, before, centres)
        for n in range(draw.choice(_RECORDS)):
            record = _record(draw, len(found), one, n == 0, brokers)
            # Of one country and one name without a number the link stage makes one party.
            place = (record.country, normalise_trader_name(record.names[0]))
            if Kind.BIN in record.identifiers or place not in keys:
                keys.add(place)
                found.append(Declared(trader, record))
        trader, before = trader + 1, one
    found = found[:count]
    draw.shuffle(found)
    return found


def _trader(draw: Random, serial: int, before: _Trader | None, centres: list[str]) -> _Trader:
    dice = draw.random()
    if before and before.script != "person" and dice < 0.09:
        return _sister(draw, serial, before)
    new = _new_trader(draw, serial)
    if before and dice < 0.11:
        return new._replace(
            name=before.name, country=draw.choice(COUNTRIES).code, script=before.script
        )
    if before and dice < 0.13 and before.script == new.script:
        kept = {kind: before.own[kind] for kind in (Kind.PHONE, Kind.ADDRESS)}
        return new._replace(country=before.country, own={**new.own, **kept})
    if dice < 0.20 and new.country == "KZ":
        return new._replace(own={**new.own, Kind.ADDRESS: draw.choice(centres)})
    return new


def _sister(draw: Random, serial: int, before: _Trader) -> _Trader:
    """Another firm of the same owners: one word or one number more, telephone and house shared."""
    word = draw.choice(("ГРУПП", "СЕВЕР", "ЛОГИСТИК", "ЮГ", str(draw.randint(2, 9))))
    if before.script != "ru":
        word = draw.choice(("North", "Pharma", "Logistics", "East", str(draw.randint(2, 9))))
    own = dict(before.own)
    own[Kind.BANK_ACCOUNT] = f"KZ{serial:018d}"
    return before._replace(name=f"{before.name} {word}", number=_number(draw, serial), own=own)


def _new_trader(draw: Random, serial: int) -> _Trader:
    script = draw.choices(tuple(_MAKERS), (42, 8, 24, 8, 6, 7, 5))[0]
    name, country, town = _MAKERS[script](draw, serial)
    letters = "".join(filter(str.isalnum, anyascii(romanised(draw, name)).lower()))
    domain = f"{letters[:12]}{serial % 89}.example"
    own = {
        Kind.PHONE: f"+77{draw.randint(10**8, 10**9 - 1)}"
        if country == "KZ"
        else f"+86{draw.randint(10**9, 10**10 - 1)}",
        Kind.EMAIL: f"info@{domain}",
        Kind.WEBSITE: domain,
        Kind.BANK_ACCOUNT: f"KZ{serial:018d}",
        Kind.ADDRESS: street_address(draw, town),
    }
    return _Trader(name, script, country, town, _number(draw, serial), own)


def _firm(draw: Random, serial: int) -> tuple[str, str, str]:
    firm = new_firm(draw, serial, date(2019, 5, 6))
    return firm.name.split("«")[1].strip("»"), "KZ", draw.choice(OFFICES)[1]


def _sole_trader(draw: Random, serial: int) -> tuple[str, str, str]:
    surname = person(draw).split()[0]
    if draw.random() < 0.9:
        stem = "".join(draw.choice(_STEMS) for _ in range(2)).capitalize()
        surname = stem + draw.choice(("ов", "ова", "улы", "баев", "беков", "енко", "ин", "ина"))
    full = f"{surname} {draw.choice(_GIVEN_NAMES)} {draw.choice(_PATRONYMICS)}"
    return full, "KZ", draw.choice(OFFICES)[1]


def _foreign(draw: Random, serial: int) -> tuple[str, str, str]:
    country = draw.choices(COUNTRIES, [each.weight for each in COUNTRIES])[0]
    name = new_supplier(draw, serial, country).name.removesuffix(country.form).strip()
    return name, country.code, draw.choice(country.towns)


def _of(words: tuple[str, ...], country: str, town: str, joint: str = " ") -> _Maker:
    def made(draw: Random, serial: int) -> tuple[str, str, str]:
        chosen = draw.sample(words, draw.choice((1, 2, 2)) if joint else draw.choice((3, 3, 4)))
        if joint:
            own = "".join(draw.choice(_SYLLABLES) for _ in range(draw.choice((2, 3))))
            chosen.insert(0, own.capitalize())
        else:
            chosen[:0] = draw.sample(_RARE_HAN, 2)
        return joint.join(chosen), country, town

    return made


_MAKERS: Mapping[str, _Maker] = {
    "ru": _firm,
    "person": _sole_trader,
    "latin": _foreign,
    "zh": _of(_HAN, "CN", "SHANGHAI", ""),
    "tr": _of(_TURKISH, "TR", "BURSA"),
    "uz": _of(_UZBEK, "UZ", "TOSHKENT"),
    "de": _of(_GERMAN, "DE", "BREMEN"),
}


def _number(draw: Random, serial: int) -> str:
    return f"{draw.randint(10, 24)}{draw.randint(1, 12):02d}4{serial:07d}"


def _record(
    draw: Random, key: int, trader: _Trader, is_first: bool, brokers: list[str]
) -> PartyRecord:
    country = trader.country if draw.random() < 0.97 else ""
    own = {kind: {value} for kind, value in trader.own.items() if draw.random() < _KEPT[kind]}
    if draw.random() < 0.08:
        own[Kind.ADDRESS] = {street_address(draw, draw.choice(OFFICES)[1])}
    if draw.random() < 0.06:
        own[Kind.PHONE] = {f"+77{draw.randint(10**8, 10**9 - 1)}"}
    if draw.random() < 0.06:
        own[Kind.PHONE] = {draw.choice(brokers)}
    identifiers = {
        kind: frozenset(normalise_identifier(kind, _mangled(draw, kind, v), "KZ") for v in values)
        for kind, values in own.items()
    }
    if is_first and trader.country == "KZ" and draw.random() < 0.5:
        identifiers[Kind.BIN] = frozenset([trader.number])
    return PartyRecord(
        key=key,
        names=(_spelt(draw, trader, is_first),),
        country=country,
        identifiers=identifiers,
    )


_KEPT = {
    Kind.PHONE: 0.55,
    Kind.EMAIL: 0.45,
    Kind.WEBSITE: 0.15,
    Kind.BANK_ACCOUNT: 0.35,
    Kind.ADDRESS: 0.75,
}


def _mangled(draw: Random, kind: Kind, value: str) -> str:
    """An address is written with and without its words, and without its office."""
    if kind is not Kind.ADDRESS:
        return value
    dice = draw.random()
    if dice < 0.15:
        return value.partition(", ОФ.")[0]
    if dice < 0.25:
        return romanised(draw, value)
    return value.replace("УЛ. ", "улица ") if dice < 0.5 else value


def _spelt(draw: Random, trader: _Trader, is_first: bool) -> str:
    """The name in one of its forms; the first of a trader is nearly always as it is."""
    name = trader.name
    damage = 0.0 if is_first else draw.random()
    if trader.script == "person" and draw.random() < 0.5:
        surname, given, patronymic = name.split()
        name = f"{surname} {given[0]}.{patronymic[0]}."
    if trader.script != "latin" and draw.random() < (0.15 if is_first else 0.45):
        name = romanised(draw, name) if trader.script in ("ru", "person", "zh") else respelt(name)
    if damage > 0.75 and trader.script != "zh":
        name = slipped(draw, name)
    elif damage > 0.68:
        name = other_spacing(draw, name)
    form = draw.choice(FORMS.get(trader.script, FORMS["latin"]))
    if draw.random() < 0.3:
        name = name.upper()
    return form.format(name) if draw.random() < 0.93 else name
