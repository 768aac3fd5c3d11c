"""The words for an indicator's finding, in English and Russian; for people in Kazakh, too.

An indicator gives a code and plain params; the sentence is made here, when someone reads
it. Plain text, no HTML. The caller passes ``substance`` as the name to show.
"""

from collections.abc import Iterable, Mapping
from string import Formatter

from risk import explanations_kk as kazakh
from risk.domain.errors import RiskError

LANGUAGES = ("en", "ru")
FALLBACK = "en"

SENTENCES: dict[str, dict[str, str]] = {
    "differs_from_preliminary": {
        "en": "The declaration differs from the preliminary information {preliminary} in "
        "{difference_count} points: {fields}.",
        "ru": "Декларация расходится с предварительной информацией {preliminary}, расхождений: "
        "{difference_count} ({fields}).",
    },
    "precursor_recognised": {
        "en": "The description names the precursor {substance}, recognised by {method} "
        "with a match score of {match_score} (lists: {lists}).",
        "ru": "В описании назван прекурсор {substance}: {method}, оценка совпадения "
        "{match_score} (списки: {lists}).",
    },
    "drug_recognised": {
        "en": "The description names the controlled drug {substance}, recognised by {method} "
        "with a match score of {match_score} (lists: {lists}).",
        "ru": "В описании названо подконтрольное вещество {substance}: {method}, оценка "
        "совпадения {match_score} (списки: {lists}).",
    },
    "equipment_recognised": {
        "en": "The description names the listed equipment or material {substance}, recognised "
        "by {method} with a match score of {match_score} (lists: {lists}).",
        "ru": "В описании названо оборудование или материал из списка, {substance}: {method}, "
        "оценка совпадения {match_score} (списки: {lists}).",
    },
    "concentration_above_limit": {
        "en": "{substance} is declared at {concentration_pct} %; control starts at {limit_pct} %.",
        "ru": "{substance}: заявлена концентрация {concentration_pct} %, контроль начинается "
        "с {limit_pct} %.",
    },
    "code_contradiction": {
        "en": "The description names {substance}, but the declared code {commodity_code} is "
        "that of other goods.",
        "ru": "В описании названо вещество {substance}, но заявленный код {commodity_code} "
        "относится к другим товарам.",
    },
    "number_contradiction": {
        "en": "Beside the name of {substance} stands the CAS number of another substance.",
        "ru": "Рядом с названием вещества {substance} стоит номер CAS другого вещества.",
    },
    "controlled_code_only": {
        "en": "The declared code {commodity_code} holds {substance}; the description does "
        "not name it.",
        "ru": "К заявленному коду {commodity_code} относится {substance}; в описании это "
        "вещество не названо.",
    },
    "licence_missing": {
        "en": "No licence (document {document}) is declared for {substance}.",
        "ru": "Не заявлена лицензия (документ {document}) на вещество {substance}.",
    },
    "export_permission_missing": {
        "en": "The exporting state's permission for this consignment (document {document}) "
        "is not declared for {substance}.",
        "ru": "Не заявлено разрешение государства-экспортёра на эту партию (документ "
        "{document}), вещество {substance}.",
    },
    "permit_not_valid": {
        "en": "The permit {number} declared for {substance} does not hold: {finding}.",
        "ru": "Заявленное разрешение {number} на вещество {substance} не действует: {finding}.",
    },
    "permit_of_another": {
        "en": "The permit {number} declared for {substance} belongs to somebody else: {finding}.",
        "ru": "Заявленное разрешение {number} на вещество {substance} выдано другому лицу: "
        "{finding}.",
    },
    "permit_overdrawn": {
        "en": "The permit {number} does not suffice for {substance}: {finding}.",
        "ru": "Разрешения {number} на вещество {substance} недостаточно: {finding}.",
    },
    "permit_for_other_goods": {
        "en": "The permit {number} does not cover {substance} here: {finding}.",
        "ru": "Разрешение {number} не охватывает здесь вещество {substance}: {finding}.",
    },
    "notice_missing": {
        "en": "No pre-export notification tells of this consignment of {substance}: {notice}.",
        "ru": "Об этой партии вещества {substance} нет предварительного уведомления "
        "об экспорте: {notice}.",
    },
    "notice_contradicted": {
        "en": "The pre-export notification {number} does not fit the consignment of {substance}: "
        "{notice}.",
        "ru": "Предварительное уведомление об экспорте {number} не соответствует партии "
        "вещества {substance}: {notice}.",
    },
    "notice_exceeded": {
        "en": "More {substance} has come under the pre-export notification {number} than it tells.",
        "ru": "По предварительному уведомлению об экспорте {number} вещества {substance} "
        "поступило больше, чем заявлено.",
    },
    "notice_off_route": {
        "en": "The consignment of {substance} came otherwise than the pre-export notification "
        "{number} tells: {notice}.",
        "ru": "Партия вещества {substance} поступила иначе, чем указано в предварительном "
        "уведомлении {number}: {notice}.",
    },
    "notice_awaited": {
        "en": "The pre-export notification {number} of {notified_kg} kg of {substance} is not "
        "answered by a declaration; item {place} is other goods of that mass from that exporter.",
        "ru": "Предварительное уведомление {number} ({notified_kg} кг, {substance}) осталось без "
        "декларации; товар {place} той же массы от того же экспортёра заявлен как иной.",
    },
    "consignments_split": {
        "en": "{consignments} small consignments of {substance} came to this importer and those "
        "linked to it within 30 days: {total_kg} kg together, where {limit_kg} kg is small.",
        "ru": "За 30 дней импортёру и связанным с ним лицам поступило малых партий вещества "
        "{substance}: {consignments}, всего {total_kg} кг при пределе {limit_kg} кг.",
    },
    "exemption_contradicted": {
        "en": "The description names {substance}, and yet it is stated that control does not "
        "reach the goods: {claim} ({stated}).",
        "ru": "В описании названо вещество {substance}, хотя заявлено, что контроль на товар не "
        "распространяется: {claim} ({stated}).",
    },
    "exemptions_claimed_often": {
        "en": "{claimant} claims exemptions unusually often: in {claims} of {items} items like "
        "this one; others do in {peers_pct} %. Here it is {substance}.",
        "ru": "{claimant} заявляет изъятия необычно часто, таких товаров {claims} из {items}; "
        "у остальных {peers_pct} %. Здесь это {substance}.",
    },
    "requirement_exceeded": {
        "en": "With this item {declared_kg} kg of {substance} were declared this year; the need of "
        "{required_of} ({year}) is {required_kg} kg.",
        "ru": "С этим товаром за год заявлено {declared_kg} кг вещества {substance}; потребность "
        "{required_of} ({year}): {required_kg} кг.",
    },
    "quantity_above_own_history": {
        "en": "{net_mass_kg} kg is {ratio} times the importer's largest earlier mass under "
        "this code ({largest_kg} kg; earlier items: {history}).",
        "ru": "{net_mass_kg} кг: отношение к наибольшей прежней массе импортёра по этому "
        "коду ({largest_kg} кг) равно {ratio}; прежних товаров: {history}.",
    },
    "net_gross_ratio_odd": {
        "en": "The net mass {net_mass_kg} kg does not fit the gross mass {gross_mass_kg} kg.",
        "ru": "Масса нетто {net_mass_kg} кг не согласуется с массой брутто {gross_mass_kg} кг.",
    },
    "unit_price_far_from_peers": {
        "en": "{unit_price} USD per kg is far from the median {peer_median} USD per kg of "
        "the same code (latest items: {peers}).",
        "ru": "Цена {unit_price} долл. США за кг далека от медианы по этому коду "
        "{peer_median} (последних товаров: {peers}).",
    },
    "dispatch_country_unrelated": {
        "en": "Dispatched from {dispatch}, though the trading country is {trading} and the "
        "origin {origin}.",
        "ru": "Отправлено из {dispatch}, хотя торгующая страна {trading}, а происхождение "
        "{origin}.",
    },
    "importer_new": {
        "en": "The importer is new (days since it was first seen: {days}).",
        "ru": "Импортёр новый (дней с первого появления: {days}).",
    },
    "importer_identity_doubtful": {
        "en": "The importer's identity is in doubt: {reason}.",
        "ru": "Личность импортёра вызывает сомнение: {reason}.",
    },
    "commodity_new_for_importer": {
        "en": "The importer brings goods of code {commodity_code} for the first time; "
        "chemicals were {chemical_share_pct} % of its earlier items ({history}).",
        "ru": "Импортёр впервые ввозит товар с кодом {commodity_code}; доля химических "
        "товаров среди прежних ({history}): {chemical_share_pct} %.",
    },
    "identifiers_shared": {
        "en": "Phone, email, account or wallet are shared with others (parties: {parties}).",
        "ru": "Телефон, почта, счёт или кошелёк общие с другими лицами (число лиц: {parties}).",
    },
    "linked_without_permit": {
        "en": "Linked to who brought controlled goods without a licence (parties: {parties}).",
        "ru": "Связан с теми, кто ввозил контролируемые товары без лицензии (лиц: {parties}).",
    },
    "watchlist_met": {
        "en": "A party of the declaration ({role}) bears an identifier that is on the watchlist: "
        "{kind} (parties seen with it: {parties}).",
        "ru": "Участник декларации ({role}) имеет идентификатор из списка наблюдения: {kind} "
        "(лиц с таким же: {parties}).",
    },
    "closed_offender_succeeded": {
        "en": "The importer looks like a closed firm that is an offender or under watch: {sign} "
        "(things in common: {signs}; days from its closing to the founding: {days}).",
        "ru": "Импортёр похож на закрытую фирму-нарушителя или фирму под наблюдением: {sign} "
        "(общих признаков: {signs}; дней от её закрытия до регистрации: {days}).",
    },
    "description_terse": {
        "en": "The description of a chemical is too short to know the goods "
        "(characters: {characters}).",
        "ru": "Описание химического товара слишком кратко, чтобы определить товар "
        "(знаков: {characters}).",
    },
}

# Params whose values are codes of the engine, by param and value.
WORDS: dict[str, dict[str, dict[str, str]]] = {
    "method": {
        "cas": {"en": "CAS number", "ru": "номер CAS"},
        "ec": {"en": "EC number", "ru": "номер EC"},
        "un": {"en": "UN number", "ru": "номер ООН"},
        "inchikey": {"en": "InChIKey", "ru": "ключ InChIKey"},
        "structure": {"en": "chemical structure", "ru": "химическая структура"},
        "exact": {"en": "exact name", "ru": "точное название"},
        "fuzzy": {"en": "similar name", "ru": "похожее название"},
        "code": {"en": "commodity code", "ru": "код товара"},
        "cover_name": {"en": "cover name", "ru": "название прикрытия"},
    },
    "finding": {
        "none": {"en": "no permit is declared", "ru": "разрешение не заявлено"},
        "revoked": {"en": "it was revoked", "ru": "оно отозвано"},
        "suspended": {"en": "it is suspended", "ru": "оно приостановлено"},
        "expired": {"en": "it has expired", "ru": "срок действия истёк"},
        "not_yet_valid": {"en": "it is not valid yet", "ru": "срок действия не начался"},
        "unknown_number": {
            "en": "the register does not hold this number",
            "ru": "такого номера в реестре нет",
        },
        "expiring_before_arrival": {
            "en": "it expires before the goods arrive",
            "ru": "срок действия истекает до прибытия товара",
        },
        "borrowed": {"en": "a linked firm", "ru": "связанному лицу"},
        "wrong_holder": {"en": "another holder", "ru": "держатель иной"},
        "over_drawn": {"en": "more is drawn than it grants", "ru": "списано больше, чем разрешено"},
        "on_two_declarations": {
            "en": "it is for one consignment and stands on another declaration too",
            "ru": "оно выдано на одну партию и указано ещё в одной декларации",
        },
        "wrong_substance": {"en": "another substance", "ru": "вещество иное"},
        "wrong_direction": {"en": "another direction", "ru": "направление иное"},
        "wrong_office": {"en": "another border office", "ru": "пункт пропуска иной"},
    },
    "notice": {
        "none": {"en": "none is known", "ru": "оно неизвестно"},
        "unknown_number": {
            "en": "the register does not hold the number declared",
            "ru": "указанного номера в реестре нет",
        },
        "objected": {"en": "it was objected to", "ru": "заявлено возражение"},
        "suspended": {"en": "it is suspended", "ru": "оно приостановлено"},
        "before_reply": {
            "en": "it came before the time to reply was over",
            "ru": "партия поступила до истечения срока ответа",
        },
        "wrong_importer": {"en": "another importer", "ru": "импортёр иной"},
        "wrong_exporter": {"en": "another exporter", "ru": "экспортёр иной"},
        "wrong_substance": {"en": "another substance", "ru": "вещество иное"},
        "diverted": {"en": "another office than notified", "ru": "пункт ввоза иной"},
        "outside_window": {"en": "another time than notified", "ru": "время иное"},
        "more_than_notified": {"en": "more than notified", "ru": "больше, чем заявлено"},
    },
    "claim": {
        "restrictions_denied": {
            "en": "the mark that restrictions do not apply",
            "ru": "отметка о неприменении ограничений",
        },
        "other_conclusion": {
            "en": "the conclusion for poisons that are no precursors",
            "ru": "заключение на яды, не являющиеся прекурсорами",
        },
        "just_under_limit": {
            "en": "a share just under the limit",
            "ru": "доля чуть ниже предела",
        },
        "borne_out": {
            "en": "a statement that the percents bear out",
            "ru": "утверждение, подтверждаемое заявленной долей",
        },
    },
    "claimant": {
        "importer": {"en": "The importer", "ru": "Импортёр"},
        "representative": {"en": "The broker", "ru": "Таможенный представитель"},
    },
    "sign": {
        "head": {"en": "the same head", "ru": "тот же руководитель"},
        "person": {"en": "a head or owner of it", "ru": "общий руководитель или участник"},
        "phone": {"en": "the same telephone", "ru": "тот же телефон"},
        "address": {"en": "the same address", "ru": "тот же адрес"},
        "supplier": {"en": "the same supplier", "ru": "тот же поставщик"},
        "goods": {"en": "the same goods", "ru": "те же товары"},
    },
    "required_of": {
        "country": {"en": "the country", "ru": "страны"},
        "holder": {"en": "the holder", "ru": "держателя"},
    },
    "reason": {
        "no_identifier": {
            "en": "no BIN, IIN or tax number is declared",
            "ru": "не указан БИН, ИИН или налоговый номер",
        },
        "check_digit": {
            "en": "the check digit of its BIN or IIN is wrong",
            "ru": "контрольный разряд БИН или ИИН неверен",
        },
    },
}

_NBSP = "\u00a0"


def explain(code: str, params: Mapping[str, str | int | float], lang: str = FALLBACK) -> str:
    """The sentence of one fired indicator; English for a language that is not there.

    Raises RiskError ``unknown_indicator``, or ``explanation_param_missing`` when
    ``params`` lack what the sentence says.

    >>> explain("importer_new", {"days": 12})
    'The importer is new (days since it was first seen: 12).'
    """
    sentences = SENTENCES.get(code)
    if sentences is None:
        raise RiskError("unknown_indicator", indicator=code)
    language = lang if lang in (*LANGUAGES, kazakh.LANGUAGE) else FALLBACK
    shown = {name: shown_value(name, value, language) for name, value in params.items()}
    try:
        return (sentences.get(language) or kazakh.SENTENCES[code]).format_map(shown)
    except KeyError as error:
        raise RiskError("explanation_param_missing", indicator=code, param=error.args[0]) from error


def finding_words(code: str) -> dict[str, str]:
    """What a finding about a permit says, by language."""
    return dict(WORDS["finding"][code])


def notice_words(code: str) -> dict[str, str]:
    """What a finding about a pre-export notification says, by language."""
    return dict(WORDS["notice"][code])


def placeholders(code: str, lang: str) -> frozenset[str]:
    """The names of the params that a sentence says."""
    return frozenset(
        name for _, name, _, _ in Formatter().parse(SENTENCES[code][lang]) if name is not None
    )


def shown_value(name: str, value: str | int | float, lang: str) -> str:
    """A value as read: words for codes, numbers with the language's separators."""
    if isinstance(value, str):
        if lang == kazakh.LANGUAGE:
            return kazakh.WORDS.get(name, {}).get(value, value)
        return WORDS.get(name, {}).get(value, {}).get(lang, value)
    # Four places are what indicators round to; trailing zeros say nothing.
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    if lang in ("ru", kazakh.LANGUAGE):
        return text.replace(",", _NBSP).replace(".", ",")
    return text


# What an examiner reads: what to do and what to look for, never why.
LANE_NOTES: dict[str, dict[str, str]] = {
    "red": {"en": "Inspect the goods.", "ru": "Провести досмотр товаров."},
    "yellow": {"en": "Check the documents.", "ru": "Проверить документы."},
    "blue": {"en": "Audit after release.", "ru": "Проверить после выпуска."},
}
LOOK_FOR: dict[str, str] = {
    "en": "Item {item}: look for {substance}.",
    "ru": "Товар {item}: проверить на наличие вещества «{substance}».",
}
AWAIT_ANSWER: dict[str, str] = {
    "en": "Do not release: an answer of the declarant is awaited.",
    "ru": "Не выпускать: ожидается ответ декларанта.",
}
OF_ITEM: dict[str, str] = {"en": "Item {item}: {note}", "ru": "Товар {item}: {note}"}


def examiner_note(
    *,
    lane: str,
    substances: Iterable[tuple[int, str]],
    lang: str,
    told: Iterable[tuple[int, str]] = (),
    is_waiting: bool = False,
) -> tuple[str, ...]:
    """The plain sentences for the lane; ``substances`` are (item number, name to show).

    ``told`` are (item number, note of the profile), item 0 for the declaration as a whole.
    ``is_waiting``: the operator was asked something. The same whether criteria or the random
    draw chose the declaration.
    """
    chosen = lang if lang in LOOK_FOR else FALLBACK
    what = LANE_NOTES.get(lane)
    if what is None:
        return ()
    look = [LOOK_FOR[chosen].format(item=item, substance=name) for item, name in substances]
    more = [OF_ITEM[chosen].format(item=item, note=note) if item else note for item, note in told]
    wait = [AWAIT_ANSWER[chosen]] if is_waiting else []
    return (what[chosen], *wait, *look, *dict.fromkeys(more))
