"""What a learned model goes by, in words: for who reads a dossier, in English and Russian."""

import math
from collections.abc import Mapping

from risk.explanations import FALLBACK, LANGUAGES

# An indicator's code is its strength, 0 to 1.
FEATURE_WORDS: Mapping[str, tuple[str, str]] = {
    "precursor_recognised": ("precursor named in the text", "в описании назван прекурсор"),
    "drug_recognised": ("drug named in the text", "в описании назван наркотик"),
    "equipment_recognised": ("listed equipment named", "названо оборудование из списка"),
    "concentration_above_limit": ("concentration over the limit", "концентрация выше предела"),
    "code_contradiction": ("code of other goods", "код относится к другим товарам"),
    "number_contradiction": ("CAS number of another substance", "номер CAS иного вещества"),
    "controlled_code_only": ("controlled by its code alone", "подконтролен только по коду"),
    "licence_missing": ("no licence declared", "лицензия не заявлена"),
    "export_permission_missing": (
        "no permission of the exporting state", "нет разрешения государства-экспортёра",
    ),
    "permit_not_valid": ("the permit does not hold", "разрешение не действует"),
    "permit_of_another": ("the permit is somebody else's", "разрешение выдано другому лицу"),
    "permit_overdrawn": ("the permit does not suffice", "разрешения недостаточно"),
    "permit_for_other_goods": (
        "the permit does not cover the goods", "разрешение не охватывает товар",
    ),
    "notice_missing": ("no pre-export notification", "нет предварительного уведомления"),
    "notice_contradicted": (
        "the notification does not fit", "уведомление не соответствует партии",
    ),
    "notice_exceeded": ("more than notified", "больше, чем в уведомлении"),
    "notice_off_route": ("otherwise than notified", "маршрут иной, чем в уведомлении"),
    "notice_awaited": ("a notification is awaited", "уведомление осталось без декларации"),
    "consignments_split": ("small consignments together", "дробление партий"),
    "exemption_contradicted": (
        "exempted, though it names a substance", "изъятие при названном веществе",
    ),
    "exemptions_claimed_often": ("exemptions claimed often", "изъятия заявляются часто"),
    "requirement_exceeded": ("more than the need of the year", "больше годовой потребности"),
    "quantity_above_own_history": (
        "quantity over the importer's history", "количество больше прежнего у импортёра",
    ),
    "net_gross_ratio_odd": ("net and gross mass do not fit", "масса нетто и брутто не сходятся"),
    "unit_price_far_from_peers": ("unusual unit price", "необычная цена за единицу"),
    "dispatch_country_unrelated": (
        "unrelated country of dispatch", "страна отправления не связана со сделкой",
    ),
    "closed_offender_succeeded": (
        "like a closed offender", "сходство с закрытым нарушителем",
    ),
    "importer_new": ("new importer", "новый импортёр"),
    "importer_identity_doubtful": (
        "identity of the importer in doubt", "личность импортёра вызывает сомнение",
    ),
    "commodity_new_for_importer": (
        "goods new for the importer", "товар новый для импортёра",
    ),
    "identifiers_shared": ("shared identifiers", "общие идентификаторы"),
    "linked_without_permit": (
        "linked to who has no licence", "связан с теми, у кого нет лицензии",
    ),
    "watchlist_met": ("met on the watchlist", "совпадение со списком наблюдения"),
    "description_terse": ("terse description", "слишком краткое описание"),
    "differs_from_preliminary": (
        "differs from what was announced", "расхождение с предварительной информацией",
    ),
    "log_net_mass": ("net mass, kg", "масса нетто, кг"),
    "log_unit_price": ("price of a kg, USD", "цена за кг, долл. США"),
    "price_beside_peers": (
        "price beside the median of the code", "цена относительно медианы по коду",
    ),
    "mass_beside_own": (
        "mass beside the importer's largest", "масса относительно наибольшей у импортёра",
    ),
    "description_length": ("characters of the description", "знаков в описании"),
    "match_score": ("best match score", "лучшая оценка совпадения"),
    "flagged_matches": ("flagged substances", "отмеченных веществ"),
    "contradiction_count": ("contradictions in the text", "противоречий в тексте"),
    "log_importer_items": ("earlier items of the importer", "прежних товаров импортёра"),
    "log_importer_hs6_items": (
        "earlier items of the same code", "прежних товаров с тем же кодом",
    ),
    "importer_chemical_share": (
        "share of chemicals among earlier items", "доля химических среди прежних товаров",
    ),
    "log_days_since_first_seen": (
        "days since the importer was first seen", "дней с первого появления импортёра",
    ),
    "log_declarations": ("earlier declarations of the importer", "прежних деклараций импортёра"),
    "log_shared_identifiers": (
        "parties that share an identifier", "лиц с общим идентификатором",
    ),
    "lead_count": ("entries of the watchlist met", "совпадений со списком наблюдения"),
}  # fmt: skip

_RATIOS = frozenset({"price_beside_peers", "mass_beside_own"})
_SENTENCE = {
    "en": ("{what} ({value}): raises the model's score by {points}.",
           "{what} ({value}): lowers the model's score by {points}."),
    "ru": ("{what} ({value}): повышает оценку модели на {points}.",
           "{what} ({value}): понижает оценку модели на {points}."),
}  # fmt: skip
_UNKNOWN = {"en": "unknown", "ru": "неизвестно"}


def explain_contribution(feature: str, value: float, points: float, lang: str = FALLBACK) -> str:
    """What one feature did to a model's score; ``points`` are log odds.

    ``value`` is as the model sees it: logarithms are told as the numbers that they are of.

    >>> explain_contribution("log_net_mass", math.log1p(1200), -0.25)
    "Net mass, kg (1200): lowers the model's score by 0.25."
    """
    language = lang if lang in LANGUAGES else FALLBACK
    what = FEATURE_WORDS[feature][LANGUAGES.index(language)]
    return _SENTENCE[language][points < 0].format(
        what=what[0].upper() + what[1:],
        value=_UNKNOWN[language] if math.isnan(value) else f"{plain_value(feature, value):.4g}",
        points=f"{abs(points):.2f}",
    )


def plain_value(feature: str, value: float) -> float:
    """The number of a feature as people count it."""
    if feature in _RATIOS:
        return math.exp(value)
    return math.expm1(value) if feature.startswith("log_") else value
