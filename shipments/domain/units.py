"""Measurement units of customs declarations: which unit a text means, and its mass in kg.

Codes are those of the units classifier that the union's declarations use; the letter
codes of UN/ECE Recommendation 20 stand beside them. Both are published facts.
"""

from dataclasses import dataclass
from decimal import Decimal

from shipments.domain.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its short key. ``kg`` is the mass of one unit, None when it is no mass.

    ``classifier_code`` is the three-digit number of graph 41, ``un_code`` the letter
    code of Recommendation 20; either is empty where none exists.
    """

    key: str
    classifier_code: str
    un_code: str
    kg: Decimal | None = None
    aliases: tuple[str, ...] = ()


# Codes of Recommendation 20 and of national tables that all count single things.
_PIECES = ("pc", "ea", "c62", "nar", "nmb", "unt", "unit")

UNITS: tuple[Unit, ...] = (
    Unit("mg", "161", "MGM", Decimal("0.000001"), ("мг", "milligram")),
    Unit("g", "163", "GRM", Decimal("0.001"), ("г", "гр", "gr", "gram", "грамм")),
    Unit("kg", "166", "KGM", Decimal(1), ("кг", "kgs", "kilogram", "килограмм", "千克", "公斤")),
    Unit("t", "168", "TNE", Decimal(1000), ("т", "тн", "mt", "ton", "tonne", "тонна", "吨")),
    Unit("ct", "162", "CTM", Decimal("0.0002"), ("кар", "carat", "карат")),
    Unit("lb", "186", "LBR", Decimal("0.45359237"), ("lbs", "pound")),
    Unit("ml", "111", "MLT", None, ("мл", "cm3", "см3", "cc")),
    Unit("l", "112", "LTR", None, ("л", "dm3", "дм3", "litre", "liter", "литр", "升")),
    Unit("1000 l", "130", "", None, ("тыс л", "1000 л")),
    Unit("m3", "113", "MTQ", None, ("м3", "cbm", "куб м", "кубический метр")),
    Unit("1000 m3", "114", "", None, ("тыс м3", "1000 м3")),
    Unit("m", "006", "MTR", None, ("м", "metre", "meter", "метр")),
    Unit("m2", "055", "MTK", None, ("м2", "sqm", "кв м")),
    Unit("pcs", "796", "H87", None, (*_PIECES, "шт", "штука", "piece", "pieces", "件", "个")),
    Unit("1000 pcs", "798", "MIL", None, ("тыс шт", "1000 шт", "thousand pieces")),
    Unit("100 pcs", "797", "CEN", None, ("100 шт", "hundred pieces")),
    Unit("pair", "715", "PR", None, ("пар", "пара", "pairs", "npr")),
    Unit("dozen", "641", "DZN", None, ("дюжина", "doz")),
    Unit("pack", "778", "PK", None, ("упак", "упаковка", "package")),
    Unit("set", "839", "SET", None, ("компл", "комплект")),
    Unit("kg n", "861", "", None, ("кг n", "килограмм азота")),
    Unit("kg koh", "859", "", None, ("кг koh", "килограмм гидроксида калия")),
    Unit("kg naoh", "863", "", None, ("кг naoh", "килограмм гидроксида натрия")),
    Unit("kg k2o", "852", "", None, ("кг k2o", "килограмм оксида калия")),
    Unit("kg p2o5", "865", "", None, ("кг p2o5", "килограмм пятиокиси фосфора")),
    Unit("kg 90% sdt", "845", "", None, ("кг 90% с/в", "килограмм 90 %-го сухого вещества")),
    Unit("kg u", "867", "", None, ("кг u", "килограмм урана")),
    Unit("kg h2o2", "841", "", None, ("кг h2o2", "килограмм пероксида водорода")),
    Unit("l 100% alcohol", "831", "LPA", None, ("л 100% спирта", "литр чистого спирта")),
    Unit("1000 kwh", "246", "", None, ("1000 квт ч", "mwh", "мвт ч")),
    Unit("ci", "305", "CUR", None, ("ки", "кюри", "curie")),
    Unit("bq", "323", "BQL", None, ("бк", "беккерель", "becquerel")),
)


def _folded(text: str) -> str:
    return " ".join(text.replace(".", " ").replace("²", "2").replace("³", "3").casefold().split())


_BY_NAME: dict[str, Unit] = {
    _folded(name): unit
    for unit in UNITS
    for name in (unit.key, unit.classifier_code, unit.un_code, *unit.aliases)
    if name
}


def parse_unit(value: str) -> Unit:
    """The unit that a code, sign or name means; raises ``unit_unknown``.

    >>> parse_unit("166").key, parse_unit("шт.").key, parse_unit("LTR").key
    ('kg', 'pcs', 'l')
    """
    unit = _BY_NAME.get(_folded(value))
    if unit is None:
        raise InvalidValue("unit_unknown", value=value, allowed="a unit key, code or sign")
    return unit


def mass_in_kg(quantity: Decimal, unit: str) -> Decimal:
    """The mass of ``quantity`` in kg; raises ``unit_unknown`` or ``unit_not_mass``.

    Kilograms *of a component* (nitrogen, dry matter, hydroxide) are not masses of the
    goods and are refused, as volumes are: their density is not known here.

    >>> mass_in_kg(Decimal("2.5"), "t")
    Decimal('2500.0')
    """
    found = parse_unit(unit)
    if found.kg is None:
        raise InvalidValue("unit_not_mass", value=unit, allowed="a unit of mass")
    return quantity * found.kg
