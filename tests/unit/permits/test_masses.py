"""Conversions between bases of mass: there and back, and by which figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments.domain.errors import InvalidValue
from shipments.domain.masses import Basis, Makeup, Mass, convert_mass, litres_of, mass_of
from shipments.domain.units import UNITS, mass_in_kg

masses = st.decimals("0.000001", "99999999", places=6)
percents = st.decimals("0.01", "100", places=2)
ratios = st.decimals("1", "3", places=4)
bases = st.sampled_from(Basis)
makeups = st.builds(
    Makeup,
    gross_per_net=st.none() | ratios,
    concentration_pct=st.none() | percents,
    solution_pct=st.none() | percents,
)


@given(masses, bases, bases, makeups)
def test_mass_when_converted_there_and_back_then_the_same(kg, source, target, makeup):
    there = convert_mass(kg, source, target, makeup)
    back = convert_mass(there.kg, target, source, makeup)
    assert abs(back.kg - kg) <= kg * Decimal("1e-24")
    assert sorted(back.grounds) == sorted(there.grounds)


@given(masses, bases, bases, bases, makeups)
def test_mass_when_converted_by_way_of_another_basis_then_as_directly(
    kg, source, between, target, makeup
):
    direct = convert_mass(kg, source, target, makeup).kg
    through = convert_mass(convert_mass(kg, source, between, makeup).kg, between, target, makeup)
    assert abs(through.kg - direct) <= direct * Decimal("1e-22")


@given(masses, bases, makeups)
def test_mass_when_on_its_own_basis_then_itself_and_nothing_assumed(kg, basis, makeup):
    assert convert_mass(kg, basis, basis, makeup) == Mass(kg)


@pytest.mark.parametrize(
    ("source", "target", "makeup", "kg", "grounds"),
    [
        ("gross", "net", Makeup(gross_per_net=Decimal("1.25")), 80, ("gross_per_net=1.25",)),
        ("net", "pure", Makeup(concentration_pct=Decimal(36)), 36, ("concentration_pct=36",)),
        ("net", "pure", Makeup(), 100, ("assumed:concentration_pct=100",)),
        ("gross", "net", Makeup(), 100, ("assumed:gross_per_net=1",)),
        ("pure", "solution", Makeup(solution_pct=Decimal(40)), 250, ("solution_pct=40",)),
        (
            "net",
            "solution",
            Makeup(concentration_pct=Decimal(60), solution_pct=Decimal(40)),
            150,
            ("concentration_pct=60", "solution_pct=40"),
        ),
    ],
)
def test_mass_when_converted_then_by_stated_figures_and_told(source, target, makeup, kg, grounds):
    mass = convert_mass(Decimal(100), Basis(source), Basis(target), makeup)
    assert mass == Mass(Decimal(kg), grounds)


@pytest.mark.parametrize("pct", ["0", "-1", "100.1"])
def test_mass_when_a_figure_cannot_be_then_refused(pct):
    with pytest.raises(InvalidValue, match="makeup_impossible"):
        convert_mass(Decimal(1), Basis.NET, Basis.PURE, Makeup(concentration_pct=Decimal(pct)))


def test_volume_when_weighed_then_by_its_density_or_not_at_all():
    assert mass_of(Decimal(2), "m3", Decimal("0.79")) == Mass(
        Decimal("1580.00"), ("density_kg_per_l=0.79",)
    )
    assert mass_of(Decimal(2), "t", None) == Mass(Decimal(2000))
    assert mass_of(Decimal(2), "l", None) is None
    assert mass_of(Decimal(2), "pcs", Decimal(1)) is None


MASS_UNITS = st.sampled_from([one for one in UNITS if one.kg is not None])
VOLUME_UNITS = st.sampled_from(["ml", "l", "1000 l", "m3"])
densities = st.decimals("0.1", "5", places=4)


@given(masses, MASS_UNITS, MASS_UNITS)
def test_quantity_when_told_in_another_unit_of_mass_and_back_then_the_same(quantity, one, other):
    told = mass_in_kg(quantity, one.key) / mass_in_kg(Decimal(1), other.key)
    back = mass_in_kg(told, other.key) / mass_in_kg(Decimal(1), one.key)
    assert abs(back - quantity) <= quantity * Decimal("1e-24")


@given(masses, VOLUME_UNITS, VOLUME_UNITS, densities)
def test_volume_when_told_in_another_unit_and_back_then_the_same_mass(
    quantity, one, other, density
):
    told = litres_of(quantity, one) / litres_of(Decimal(1), other)
    assert abs(litres_of(told, other) - litres_of(quantity, one)) <= told * Decimal("1e-20")
    weighed = mass_of(quantity, one, density).kg
    assert abs(weighed / density - litres_of(quantity, one)) <= weighed * Decimal("1e-24")
