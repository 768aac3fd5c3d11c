"""Quantities up to which the law does not control: what entries say, and what came of it."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.indicators.standing import needs_notice, needs_permit
from risk.domain.permits.checks import PermitFacts, PermitFinding
from risk.domain.permits.exemptions import (
    Brought,
    ExemptionFacts,
    are_within,
    exemptions_of,
    judged,
    small_limit_kg,
)
from risk.domain.permits.four_way import four_way_check
from risk.domain.permits.notices import NoticeFacts, NoticeFinding
from risk.domain.permits.running import Running
from risk.domain.substances import ExemptionPeriod, ListEntry, QuantityExemption, SubstanceKind
from tests.unit.risk.builders import declaration_facts, evaluate, item_facts, match_facts

WITHIN = ExemptionFacts(
    list_code="KZ", amount=Decimal(12), unit="kg", period="consignment", state="within"
)
DENIED = ExemptionFacts(list_code="EAEU", state="not_exempt")


def stated(amount, unit="kg", period="consignment"):
    return ExemptionFacts(list_code="KZ", amount=Decimal(amount), unit=unit, period=period)


def brought(kg=None, litres=None, *, month=None, year=None):
    before = None
    if month is not None or year is not None:
        before = {
            ExemptionPeriod.MONTH: Decimal(month or 0),
            ExemptionPeriod.YEAR: Decimal(year if year is not None else month or 0),
        }
    as_decimal = [None if one is None else Decimal(one) for one in (kg, litres)]
    return Brought(*as_decimal, before)


@pytest.mark.parametrize(
    ("statement", "goods", "state", "counted"),
    [
        (stated(12), brought(12), "within", 12),
        (stated(12), brought("12.000001"), "exceeded", "12.000001"),
        (stated(500, "g"), brought("0.5"), "within", "0.5"),
        (stated("0.01", "t"), brought("10.1"), "exceeded", "10.1"),
        (stated(12), brought(), "quantity_unknown", None),
        # Volumes and masses are not compared without a density.
        (stated(100, "l"), brought(5), "density_unknown", None),
        (stated(12), brought(None, 5), "density_unknown", None),
        (stated(100, "l"), brought(79, 100), "within", 100),
        (stated(100, "ml"), brought(1, "0.2"), "exceeded", "0.2"),
        # Over a period the consignments of the holder count together.
        (stated(12, period="month"), brought(5, month=7), "within", 12),
        (stated(12, period="month"), brought(5, month=8), "exceeded", 13),
        (stated(12, period="month"), brought(5, month=0, year=90), "within", 5),
        (stated(12, period="year"), brought(5, month=0, year=90), "exceeded", 95),
        (stated(12, period="year"), brought(5), "holder_unknown", 5),
        (stated(12, period="year"), brought(13), "exceeded", 13),
        (stated(100, "l", "year"), brought(50, 60, year=0), "within", 60),
        (stated(100, "l", "year"), brought(50, 60, year=1), "density_unknown", 60),
        (stated(12, period="unknown"), brought(1), "period_unknown", None),
        (DENIED, brought(1), "not_exempt", None),
    ],
)
def test_judged_when_goods_are_held_against_a_statement_then(statement, goods, state, counted):
    found = judged(statement, goods)
    assert (found.state, found.counted) == (state, None if counted is None else Decimal(counted))


MASSES = st.decimals(min_value="0.001", max_value="100000", places=3)
PERIODS = st.sampled_from(["consignment", "month", "year"])


@given(limit=MASSES, kg=MASSES, before=MASSES, period=PERIODS)
def test_judged_when_units_differ_then_the_same_and_never_exempt_above(limit, kg, before, period):
    goods = brought(kg, month=before)
    units = {"kg": limit, "g": limit * 1000, "t": limit / 1000}
    states = {judged(stated(amount, unit, period), goods).state for unit, amount in units.items()}
    total = kg if period == "consignment" else kg + before
    assert states == {"within" if total <= limit else "exceeded"}


@given(consignments=st.lists(MASSES, min_size=1, max_size=8), limit=MASSES)
def test_judged_when_a_quantity_is_cut_up_then_what_is_exempt_of_it_stays_under_the_limit(
    consignments, limit
):
    """However a mass is cut, over a period no more than the limit goes exempted."""
    before = exempted = Decimal(0)
    for kg in consignments:
        if judged(stated(limit, period="year"), brought(kg, year=before)).state == "within":
            exempted += kg
        before += kg
    assert exempted <= limit


def entry(list_code="KZ", exemption=None, **changes):
    values = {
        "substance_key": "acetone", "schedule": "IV", "kind": SubstanceKind.PRECURSOR,
        "form": "base", "form_name": "Acetone", "list_code": list_code,
    }  # fmt: skip
    if exemption:
        amount, unit = exemption
        values["exemption"] = QuantityExemption(
            amount=Decimal(amount), unit=unit, period=ExemptionPeriod.CONSIGNMENT
        )
    return ListEntry(**values | changes)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([entry(exemption=(12, "kg"))], "within"),
        # Of several the strictest holds, in another list and in another form.
        ([entry(exemption=(12, "kg")), entry("EAEU", (2, "kg"))], "exceeded"),
        ([entry(exemption=(12, "kg")), entry(exemption=(2, "kg"), form_name="x")], "exceeded"),
        ([entry(exemption=(12, "kg")), entry("EAEU")], "not_exempt"),
        # An act that nobody read neither exempts nor denies.
        ([entry(exemption=(12, "kg")), entry("EAEU", is_limit_known=False)], "within"),
        # Another state's law, a treaty and a surveillance list are not the office's.
        ([entry(exemption=(12, "kg")), entry("UN")], "within"),
        ([entry(exemption=(12, "kg")), entry("EAEU", kind=SubstanceKind.SURVEILLANCE)], "within"),
    ],
)
def test_exemptions_when_lists_say_different_things_then_the_strictest_of_the_own_law(
    entries, state
):
    found = exemptions_of(entries, {"KZ", "EAEU"})["acetone"]
    states = {judged(one, brought(5)).state for one in found}
    assert state in states
    assert are_within([judged(one, brought(5)) for one in found]) is (state == "within")


def test_exemptions_when_no_own_list_exempts_anything_then_nothing_is_said():
    assert exemptions_of([entry("UN", (12, "kg")), entry()], {"KZ"}) == {}
    assert not are_within(())


def test_small_limit_when_lists_exempt_then_the_least_mass():
    limits = [stated(12), stated(500, "g"), stated(1, "l"), DENIED]
    assert small_limit_kg(limits) == Decimal("0.5")
    assert small_limit_kg([stated(1, "l"), DENIED]) is None


EXEMPT = match_facts(exemptions=(WITHIN,))


def test_indicators_when_the_quantity_is_exempted_then_no_permit_is_missed():
    item = item_facts(matches=(EXEMPT,), document_codes=())
    assert not needs_permit(EXEMPT)
    assert not needs_notice(EXEMPT)
    for code in ("licence_missing", "export_permission_missing"):
        assert evaluate(code, declaration_facts(item)).outcome == "quiet"
    whole, exempt = (
        evaluate("precursor_recognised", declaration_facts(item_facts(matches=(match,))))
        for match in (match_facts(), EXEMPT)
    )
    assert exempt.strength == pytest.approx(whole.strength * 0.2)


def test_indicators_when_one_list_denies_then_as_without_an_exemption():
    match = match_facts(exemptions=(WITHIN, DENIED))
    item = item_facts(matches=(match,), document_codes=())
    assert evaluate("licence_missing", declaration_facts(item)).strength == 1.0


def test_split_when_every_part_is_exempted_then_told_in_full():
    total = Running(
        substance_key="acetone", small_count=3, small_kg=Decimal(25), small_limit_kg=Decimal(12)
    )
    facts = (
        declaration_facts(item_facts(matches=(match,), running=(total,)))
        for match in (match_facts(), EXEMPT)
    )
    whole, exempt = (evaluate("consignments_split", one) for one in facts)
    assert exempt.strength == whole.strength == 1.0


def test_four_way_when_the_quantity_is_exempted_then_not_required_and_why():
    missing = {
        "permits": (PermitFacts(findings=(PermitFinding(code="none"),)),),
        "notices": (NoticeFacts(findings=(NoticeFinding(code="none"),)),),
    }
    (row,) = four_way_check(declaration_facts(item_facts(matches=(EXEMPT,), **missing)), {}, {})
    cells = {cell.side: cell for cell in row.cells}
    for side in ("authorisation", "notice"):
        assert (cells[side].verdict, cells[side].reasons) == ("not_required", ("exempt",))
    assert row.exemptions == (WITHIN,)
    assert row.is_clean
    exceeded = msgspec.structs.replace(WITHIN, state="exceeded")
    match = match_facts(exemptions=(exceeded,))
    (row,) = four_way_check(declaration_facts(item_facts(matches=(match,), **missing)), {}, {})
    assert row.reasons == ("notice:none", "authorisation:none")
