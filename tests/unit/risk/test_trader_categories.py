"""Trader categories: the written rules, each at its edge."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.trader_categories import (
    SENTENCES,
    CategoryRules,
    ReasonCode,
    TraderCategory,
    TraderHistory,
    categorise,
)

RULES = CategoryRules()
SETTLED = TraderHistory(
    is_identified=True,
    days_known=RULES.settled_days,
    declarations=RULES.settled_declarations,
    inspections=RULES.settled_inspections,
)
ORDER = list(TraderCategory)


def standing(**changes):
    return categorise(msgspec.structs.replace(SETTLED, **changes), RULES)


def codes(**changes):
    return {reason.code for reason in standing(**changes).reasons}


def test_trader_when_settled_and_clean_then_low():
    assert standing().category is TraderCategory.LOW
    assert codes() == {ReasonCode.CLEAN_RECORD}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_identified": False}, ReasonCode.NOT_IDENTIFIED),
        ({"days_known": RULES.known_days - 1}, ReasonCode.RECENTLY_SEEN),
        ({"days_known": None}, ReasonCode.RECENTLY_SEEN),
        ({"declarations": RULES.known_declarations - 1}, ReasonCode.FEW_DECLARATIONS),
        ({"offences": 1, "days_since_offence": 30}, ReasonCode.RECENT_OFFENCE),
    ],
)
def test_trader_when_unknown_or_an_offender_then_high(changes, code):
    assert standing(**changes).category is TraderCategory.HIGH
    assert codes(**changes) == {code}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"days_since_offence": 2000}, ReasonCode.EARLIER_OFFENCE),
        ({"leads": 1}, ReasonCode.WATCHED),
        ({"days_known": RULES.settled_days - 1}, ReasonCode.NOT_SETTLED),
        ({"days_known": RULES.known_days}, ReasonCode.NOT_SETTLED),
        ({"declarations": RULES.settled_declarations - 1}, ReasonCode.FEW_IN_THE_RECORD),
        ({"declarations": RULES.known_declarations}, ReasonCode.FEW_IN_THE_RECORD),
        ({"inspections": RULES.settled_inspections - 1}, ReasonCode.FEW_INSPECTIONS),
    ],
)
def test_trader_when_known_but_not_settled_then_medium(changes, code):
    assert standing(**changes).category is TraderCategory.MEDIUM
    assert codes(**changes) == {code}


def test_reasons_are_all_told_with_their_numbers():
    found = standing(declarations=3, days_known=20)
    assert [reason.sentence for reason in found.reasons] == [
        "Days since its first declaration: 20 (at least 180).",
        "Declarations in the period: 3 (at least 10).",
    ]
    assert SENTENCES.keys() == set(ReasonCode)


counts = st.integers(0, 2000)


@given(
    st.builds(
        TraderHistory,
        is_identified=st.booleans(),
        days_known=st.none() | counts,
        declarations=counts,
        inspections=counts,
        offences=st.integers(0, 3),
        days_since_offence=st.none() | counts,
        leads=st.integers(0, 3),
    ),
    st.sampled_from(["days_known", "declarations", "inspections"]),
    st.integers(1, 500),
)
def test_longer_and_cleaner_record_never_makes_worse(history, field, more):
    better = msgspec.structs.replace(history, **{field: (getattr(history, field) or 0) + more})
    before, after = (categorise(one, RULES).category for one in (history, better))
    assert ORDER.index(after) <= ORDER.index(before)
    worse = msgspec.structs.replace(history, offences=history.offences + 1)
    assert categorise(worse, RULES).category is TraderCategory.HIGH
