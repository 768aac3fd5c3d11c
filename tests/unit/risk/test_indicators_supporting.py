"""Families quantity, price, route, party, network and document."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.facts import DeclarationFacts, LeadFacts
from risk.domain.indicators.base import Outcome
from risk.domain.permits.checks import PermitFacts, PermitFinding
from risk.domain.permits.notices import NoticeFacts, NoticeFinding
from tests.unit.risk.builders import (
    declaration_facts,
    evaluate,
    item_facts,
    match_facts,
    party_facts,
)


def _item(**changes: object) -> DeclarationFacts:
    return declaration_facts(item_facts(**changes))


def _party(**changes: object) -> DeclarationFacts:
    return declaration_facts(party=party_facts(**changes))


_ordered_pair = st.lists(st.integers(1, 10**6), min_size=2, max_size=2).map(sorted)


@given(_ordered_pair)
def test_quantity_strength_never_falls_with_the_mass(masses: list[int]) -> None:
    low, high = (
        evaluate("quantity_above_own_history", _item(net_mass_kg=Decimal(mass))).strength
        for mass in masses
    )
    assert low <= high


@pytest.mark.parametrize(
    "changes",
    [{"importer_hs6_count": 2}, {"net_mass_kg": None}, {"importer_hs6_max_mass_kg": Decimal(0)}],
    ids=str,
)
def test_quantity_is_undecided_without_enough_history(changes: dict[str, object]) -> None:
    result = evaluate("quantity_above_own_history", _item(**changes))
    assert result.outcome is Outcome.MISSING


def test_net_mass_above_gross_is_as_odd_as_can_be() -> None:
    assert evaluate("net_gross_ratio_odd", _item(net_mass_kg=Decimal(111))).strength == 1.0


@pytest.mark.parametrize("price", ["0.001", "900"])
def test_price_fires_on_both_sides(price: str) -> None:
    result = evaluate("unit_price_far_from_peers", _item(unit_price=Decimal(price)))
    assert result.outcome is Outcome.FIRED
    assert result.params["peers"] == 30


def test_price_is_not_moved_by_one_wild_peer() -> None:
    peers = (*item_facts().peer_unit_prices[:-1], Decimal(10**9))
    result = evaluate("unit_price_far_from_peers", _item(peer_unit_prices=peers))
    assert result.outcome is Outcome.QUIET


def test_price_allows_some_difference_where_all_peers_agree() -> None:
    equal = _item(peer_unit_prices=(Decimal(2),) * 20, unit_price=Decimal("2.2"))
    assert evaluate("unit_price_far_from_peers", equal).outcome is Outcome.QUIET


@pytest.mark.parametrize(
    ("dispatch", "trading", "origin", "outcome"),
    [
        ("CN", "AE", "CN", Outcome.QUIET),
        ("AE", "AE", "CN", Outcome.QUIET),
        ("TR", "AE", "CN", Outcome.FIRED),
        ("TR", "AE", "EU", Outcome.MISSING),
        ("TR", "00", "CN", Outcome.MISSING),
    ],
)
def test_route_compares_three_countries(
    dispatch: str, trading: str, origin: str, outcome: Outcome
) -> None:
    facts = declaration_facts(
        item_facts(country_of_origin=origin),
        country_of_dispatch=dispatch,
        country_of_trading=trading,
    )
    assert evaluate("dispatch_country_unrelated", facts).outcome is outcome


def test_new_importer_fades_with_its_days() -> None:
    first, later, settled = (
        evaluate("importer_new", _party(days_since_first_seen=days)).strength
        for days in (0, 90, 180)
    )
    assert (first, later, settled) == (1.0, 0.5, 0.0)


def test_identity_without_identifier_is_worse_than_a_wrong_check_digit() -> None:
    unidentified = evaluate("importer_identity_doubtful", _party(is_importer_identified=False))
    wrong = evaluate("importer_identity_doubtful", _party(is_bin_check_digit_valid=False))
    assert unidentified.strength > wrong.strength > 0.0
    assert wrong.params == {"reason": "check_digit"}


def test_foreign_identifier_without_check_digit_is_no_doubt() -> None:
    facts = _party(is_bin_check_digit_valid=None)
    assert evaluate("importer_identity_doubtful", facts).outcome is Outcome.QUIET


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"commodity_code": "8471300000"}, Outcome.QUIET),
        ({"importer_chemical_share": 1.0}, Outcome.QUIET),
        ({"importer_hs6_count": 1}, Outcome.QUIET),
        ({"importer_item_count": 4}, Outcome.MISSING),
        ({}, Outcome.FIRED),
    ],
    ids=str,
)
def test_new_commodity_needs_a_chemical_and_a_record_elsewhere(
    changes: dict[str, object], outcome: Outcome
) -> None:
    first = {"importer_hs6_count": 0, "importer_chemical_share": 0.1}
    assert evaluate("commodity_new_for_importer", _item(**{**first, **changes})).outcome is outcome


def test_what_a_hub_shares_says_nothing() -> None:
    ring, hub = (
        evaluate("identifiers_shared", _party(shared_identifier_count=count)) for count in (25, 26)
    )
    assert (ring.outcome, hub.outcome) == (Outcome.FIRED, Outcome.QUIET)


def _lead(address: float = 0.4, **changes: object) -> float:
    lead = msgspec.structs.replace(LeadFacts(1, "phone", "importer"), **changes)
    return evaluate("watchlist_met", declaration_facts(leads=(lead,)), address=address).strength


def test_lead_counts_less_for_what_points_at_many() -> None:
    own_number, phone = _lead(kind="bin", holders=100), _lead()
    assert own_number == 1.0
    assert own_number > phone > _lead(holders=2) > _lead(holders=24) > _lead(holders=25) == 0
    assert phone > _lead(kind="address") > 0
    assert _lead(kind="address", address=0.0) == 0
    assert phone > _lead(role="carrier") > 0


def test_strongest_lead_counts_whatever_their_order() -> None:
    leads = (LeadFacts(1, "address", "importer"), LeadFacts(2, "bin", "importer"))
    both = [
        evaluate("watchlist_met", declaration_facts(leads=order)) for order in (leads, leads[::-1])
    ]
    assert both[0] == both[1]
    assert (both[0].strength, both[0].params["kind"]) == (1.0, "bin")


@pytest.mark.parametrize(
    "changes",
    [{"commodity_code": "6109100000"}, {"matches": (match_facts(),)}],
    ids=["T-shirt", "named"],
)
def test_short_text_is_enough_where_the_goods_are_known(changes: dict[str, object]) -> None:
    result = evaluate("description_terse", _item(description_length=6, **changes))
    assert result.outcome is Outcome.QUIET


def test_new_importer_when_a_permit_covers_all_that_is_controlled_then_quiet() -> None:
    permit = PermitFacts(
        method="document", document="01011", number="KZ1", substance_key="acetone", line=1
    )
    new = party_facts(declaration_count=0, days_since_first_seen=None)

    def strength(*permits: PermitFacts, **more: object) -> float:
        item = item_facts(matches=(match_facts(),), permits=permits, **more)
        return evaluate("importer_new", declaration_facts(item, party=new)).strength

    assert strength(permit) == 0.0
    expired = msgspec.structs.replace(permit, findings=(PermitFinding(code="expired"),))
    other = msgspec.structs.replace(permit, substance_key="toluene")
    proposal = msgspec.structs.replace(permit, document="", method="proposal")
    assert [strength(one) for one in (expired, other, proposal)] == [1.0, 1.0, 1.0]
    objected = NoticeFacts(number="PEN1", findings=(NoticeFinding(code="objected"),))
    assert strength(permit, notices=(objected,)) == 1.0
