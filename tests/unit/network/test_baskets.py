"""Baskets stand out of single purchases, of licensed makers and of strangers."""

import csv
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import env
from risk.domain.errors import InvalidList, WrongState
from risk.domain.network.basket_states import TRANSITIONS, BasketMove, BasketState, next_state
from risk.domain.network.baskets import Acquisition, BasketRules, find_baskets
from risk.domain.network.families import COLUMNS, Family, read_families

START, RULES = datetime(2026, 3, 1, tzinfo=UTC), BasketRules()
FAMILIES = {
    "one": Family("one", {"en": "One", "ru": "Один"}, frozenset("abc")),
    "two": Family("two", {"en": "Two", "ru": "Два"}, frozenset("xyz")),
}
PHONE = {"phone:1": [1, 2, 3]}


def bought(item, importer, substance, day=0, **given):
    values = {"mass_kg": Decimal(5), "declaration": 1000 + item} | given
    return Acquisition(
        item=item, accepted_at=START + timedelta(days=day), importer=importer,
        substance=substance, **values,
    )  # fmt: skip


def found(acquisitions, identifiers=PHONE):
    return find_baskets(acquisitions, FAMILIES, identifiers, RULES)


def test_basket_when_linked_importers_share_a_family_then_it_is_shown_by_time():
    (basket,) = found([bought(2, 2, "b", day=9), bought(1, 1, "a"), bought(3, 3, "a", day=20)])
    assert (basket.family, basket.importers, basket.substances) == ("one", (1, 2, 3), ("a", "b"))
    assert [one.item for one in basket.acquisitions] == [1, 2, 3]
    assert {sign.code for sign in basket.signs} == {"substances", "recurs", "importers_linked"}


@pytest.mark.parametrize(
    "acquisitions",
    [
        [bought(1, 1, "a"), bought(2, 2, "a")],  # one substance
        [bought(1, 1, "a"), bought(2, 2, "x")],  # of two families
        [bought(1, 1, "a"), bought(2, 9, "b")],  # strangers
        [bought(1, 1, "a"), bought(2, 1, "b")],  # one importer, two substances
        [bought(1, 1, "a", declaration=7), bought(2, 1, "b", declaration=7)],
        [bought(1, 1, "a", is_covered=True), bought(2, 2, "b", is_covered=True)],
        [bought(1, 1, "a"), bought(2, 2, "b", is_covered=True)],  # one is licensed
        [bought(1, 1, "q"), bought(2, 2, "r")],  # of no family
        [bought(1, 1, "press", is_equipment=True), bought(2, 2, "mixer", is_equipment=True)],
        [bought(1, 1, "a", is_covered=True), bought(2, 2, "press", is_equipment=True)],
    ],
)
def test_basket_when_something_is_missing_then_there_is_none(acquisitions):
    assert found(acquisitions) == []


def test_basket_when_one_importer_acquires_three_substances_then_it_is_shown():
    (basket,) = found([bought(n, 1, "abc"[n]) for n in range(3)])
    assert basket.importers == (1,)


def test_basket_when_equipment_stands_beside_one_substance_then_it_is_shown_and_not_counted():
    (basket,) = found([bought(1, 1, "a"), bought(2, 3, "press", is_equipment=True)])
    assert [one.item for one in basket.uncovered] == [1]
    assert "equipment" in {sign.code for sign in basket.signs}


def test_basket_when_a_licence_covers_a_part_then_that_is_shown_and_counted_nowhere():
    given = [bought(1, 1, "a"), bought(2, 2, "b"), bought(3, 3, "c", is_covered=True)]
    (basket,) = found(given)
    assert basket.substances == ("a", "b")
    assert basket.importers == (1, 2)
    assert len(basket.acquisitions) == 3


def test_basket_when_a_number_is_borne_by_too_many_then_it_joins_nobody():
    everybody = {"phone:broker": list(range(1, 22))}
    assert found([bought(1, 1, "a"), bought(2, 2, "b")], everybody) == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_basket_when_the_order_of_purchases_changes_then_the_baskets_do_not(data):
    made = [
        bought(n, data.draw(st.integers(1, 5)), data.draw(st.sampled_from("abcxyz")), day=n % 7)
        for n in range(data.draw(st.integers(0, 12)))
    ]
    assert found(made) == found(data.draw(st.permutations(made)))


def test_families_when_read_then_each_substance_is_in_one_and_stands_on_a_list():
    families = read_families(env.PROJECT / "fixtures" / "families" / "incb.csv")
    members = [key for family in families.values() for key in family.substances]
    assert len(members) == len(set(members))
    lists = env.PROJECT / "fixtures" / "lists"
    for family in families.values():
        assert {one.substance_key for one in family.members} == family.substances
        for one in family.members:
            path = lists / one.listed_in.lower() / "entries.csv"
            with path.open(encoding="utf-8", newline="") as stream:
                assert one.substance_key in {row["substance_key"] for row in csv.DictReader(stream)}
    assert families["p2p"].names["ru"]


def test_families_when_said_to_be_read_then_with_the_edition():
    """A date, or the number of a report; the rest says that no edition was read."""
    families = read_families(env.PROJECT / "fixtures" / "families" / "incb.csv")
    for family in families.values():
        for one in family.members:
            is_read = bool(re.search(r"E/INCB/\d{4}/4|\d{1,2} [A-Z][a-z]+ 20\d\d", one.source))
            assert is_read == (one.confidence == "high"), one
    assert {one.confidence for one in families["fentanyls"].members} == {"high"}


@pytest.mark.parametrize(
    "lines",
    [
        "one,One,Один,a,L,,high",
        "one,One,Один,a,,text,high",
        "one,One,Один,a,L,text,sure",
        "one,One,Один,a,L,text,high\none,One,Один,a,L,text,high",
        "one,One,Один,a,L,text,high\none,Other,Один,b,L,text,high",
    ],
)
def test_families_when_a_line_breaks_the_rules_then_it_is_named(lines, tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(f"{','.join(COLUMNS)}\n{lines}\n", "utf-8")
    with pytest.raises(InvalidList) as refused:
        read_families(path)
    assert refused.value.params["line"] == 1 + len(lines.splitlines())


@pytest.mark.parametrize("state", BasketState)
@pytest.mark.parametrize("move", BasketMove)
def test_move_when_not_in_the_table_then_it_is_refused(state, move):
    if move in TRANSITIONS[state]:
        assert next_state(state, move) == TRANSITIONS[state][move]
    else:
        with pytest.raises(WrongState):
            next_state(state, move)
