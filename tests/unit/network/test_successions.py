"""Who goes on for a closed firm: by what is hard to replace, and never by what many share."""

from datetime import date, timedelta

import pytest

from risk.domain.network.successions import MOST_HOLDERS, Entity, find_succession
from shipments.domain.legal_entities import EntityTieKind, person_key

ADDRESS = (EntityTieKind.ADDRESS, "алматы ul абая 5 of 7")
PHONE = (EntityTieKind.PHONE, "+77272580000")
HEAD, OWNER, OTHER = "ahmetov bolat", "serikov dana", "kim oleg"
CLOSED = date(2025, 3, 1)
PAIRWISE = {
    **{(EntityTieKind.PERSON, name): 2 for name in (HEAD, OWNER, OTHER)},
    ADDRESS: 2,
    PHONE: 2,
}


def old(**changes):
    values = {
        "key": 1,
        "registered_on": date(2020, 1, 1),
        "closed_on": CLOSED,
        "head": HEAD,
        "owners": frozenset({OWNER}),
        "ties": frozenset({ADDRESS, PHONE}),
    }
    return Entity(**{**values, **changes})


def new(days=30, **changes):
    values = {"key": 2, "registered_on": CLOSED + timedelta(days=days), "closed_on": None}
    return old(**{**values, **changes})


def stranger(**changes):
    values = {"head": "x", "owners": frozenset({"y"}), "ties": frozenset()}
    return new(**{**values, **changes})


def found(first, second, holders=None, **given):
    return find_succession(first, second, PAIRWISE if holders is None else holders, **given)


def test_succession_when_all_is_the_same_then_each_sign_is_told():
    pair = found(old(), new())
    assert (pair.predecessor, pair.successor, pair.days) == (1, 2, 30)
    signs = [(sign.code, sign.points) for sign in pair.signs]
    assert signs == [("head", 3.0), ("phone", 3.0), ("address", 2.0), ("person", 2.0)]
    assert pair.points == 10.0


@pytest.mark.parametrize(
    ("shared", "is_found"),
    [
        ({"head": HEAD, "ties": frozenset({ADDRESS})}, True),
        ({"ties": frozenset({ADDRESS, PHONE})}, True),
        ({"head": HEAD, "owners": frozenset({OWNER})}, False),
        ({"ties": frozenset({PHONE})}, False),
        ({"ties": frozenset({ADDRESS})}, False),
        # The owner became the head.
        ({"head": OWNER, "ties": frozenset({PHONE})}, True),
    ],
)
def test_succession_when_some_is_the_same_then_two_sorts_are_needed(shared, is_found):
    assert (found(old(), stranger(**shared)) is not None) is is_found


@pytest.mark.parametrize(
    ("days", "is_found"), [(-181, False), (-180, True), (0, True), (365, True), (366, False)]
)
def test_succession_when_founded_then_near_the_closing(days, is_found):
    assert (found(old(), new(days)) is not None) is is_found


def test_succession_when_the_window_is_narrow_then_it_holds():
    assert found(old(), new(40), within_days=30) is None
    assert found(old(), new(30), within_days=30)


def test_succession_when_older_than_the_closed_firm_then_none():
    young = old(registered_on=CLOSED - timedelta(days=10))
    assert found(young, new(-20)) is None


def test_succession_when_nothing_was_closed_then_none():
    assert found(old(closed_on=None), new()) is None


def test_succession_when_many_share_it_then_it_is_a_business_centre():
    centre = PAIRWISE | {ADDRESS: MOST_HOLDERS, PHONE: MOST_HOLDERS}
    tenants = stranger(ties=frozenset({ADDRESS, PHONE}))
    assert found(old(), tenants, centre) is None
    assert found(old(), tenants, {}) is None
    assert found(old(), tenants) is not None


def test_succession_when_only_address_supplier_and_goods_then_none():
    trade = {"suppliers": {7: 2, 8: 2}, "goods": frozenset({"291411"})}
    assert found(old(**trade), stranger(ties=frozenset({ADDRESS}), **trade)) is None


def test_succession_when_the_supplier_serves_everybody_then_it_says_nothing():
    def pair(served):
        trade = {"suppliers": {7: served, 8: served}}
        return found(old(**trade), stranger(head=HEAD, **trade))

    assert [sign.code for sign in pair(2).signs] == ["head", "supplier", "supplier"]
    assert pair(MOST_HOLDERS + 1) is None


def test_person_when_written_otherwise_then_the_same():
    assert person_key("АХМЕТОВ Болат") == person_key("Bolat  AKHMETOV")
    assert person_key("") == ""
