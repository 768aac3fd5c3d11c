"""Measurement units and their masses."""

from decimal import Decimal

import pytest

from shipments.domain.errors import InvalidValue
from shipments.domain.units import UNITS, mass_in_kg, parse_unit


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("166", "kg"),
        ("KGM", "kg"),
        ("кг", "kg"),
        ("168", "t"),
        ("112", "l"),
        ("л.", "l"),
        ("796", "pcs"),
        ("шт.", "pcs"),
        ("m³", "m3"),
        ("тыс. шт", "1000 pcs"),
    ],
)
def test_parse_unit_when_known_then_key(text: str, key: str) -> None:
    assert parse_unit(text).key == key


def test_units_when_looked_up_by_their_own_names_then_unambiguous() -> None:
    for unit in UNITS:
        for name in (unit.key, unit.classifier_code, unit.un_code, *unit.aliases):
            assert not name or parse_unit(name) is unit


@pytest.mark.parametrize(
    ("quantity", "unit", "kg"), [("2.5", "t", "2500"), ("250", "163", "0.25"), ("5", "кг", "5")]
)
def test_mass_in_kg_when_mass_then_exact(quantity: str, unit: str, kg: str) -> None:
    assert mass_in_kg(Decimal(quantity), unit) == Decimal(kg)


@pytest.mark.parametrize(
    ("unit", "code"), [("l", "unit_not_mass"), ("861", "unit_not_mass"), ("bucket", "unit_unknown")]
)
def test_mass_in_kg_when_not_a_mass_then_refused(unit: str, code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        mass_in_kg(Decimal(1), unit)
    assert caught.value.code == code
