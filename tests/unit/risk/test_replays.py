"""Replaying kept facts under another profile: what appears, what is caught, who has the work."""

from datetime import date
from decimal import Decimal

import msgspec

from risk.domain.lanes import Lane
from risk.domain.outcomes import Result
from risk.domain.profile import RiskProfile
from risk.domain.replays import Kept, OfficeLoad, ReplayResult, Shift, merged, replay, result_of
from tests.unit.risk.builders import (
    PERMITS,
    PROFILE,
    declaration_facts,
    item_facts,
    match_facts,
    party_facts,
)

DAY = date(2026, 3, 1)
RED = declaration_facts(item_facts(matches=(match_facts(),)))
BLUE = declaration_facts(item_facts(matches=(match_facts(),), document_codes=PERMITS))
INNOCENT = declaration_facts(item_facts(), party=party_facts())


def with_lanes(**changes: object) -> RiskProfile:
    lanes = msgspec.structs.replace(PROFILE.lanes, **changes)
    return msgspec.structs.replace(PROFILE, lanes=lanes)


# Selects nothing but what is certain: blue begins above what papers leave of a precursor.
STRICT = with_lanes(red=Decimal(90), yellow=Decimal(89), blue=Decimal(88))
# Selects nearly everything.
EAGER = with_lanes(red=Decimal(50), yellow=Decimal(5), blue=Decimal("0.01"))


def kept(facts, *, pk=1, office="55301", draw=0.5, found=None) -> Kept:
    numbered = msgspec.structs.replace(facts, registration_number=f"{office}/010326/{pk:07}")
    return Kept(pk, office, numbered, draw, found)


def result(*rows: Kept, profile=STRICT, in_use=PROFILE):
    return result_of(DAY, (replay(one, profile=profile, in_use=in_use) for one in rows))


def test_same_profile_when_replayed_then_nothing_shifts() -> None:
    found, _ = result(kept(RED), kept(BLUE, pk=2), kept(INNOCENT, pk=3), profile=PROFILE)
    assert found.shifts == {"same": 3}
    assert found.lanes == found.lanes_before == {"red": 1, "yellow": 0, "blue": 1, "green": 1}
    assert found.examples == ()


def test_stricter_thresholds_when_replayed_then_what_disappears_is_counted_and_shown() -> None:
    found, loads = result(kept(RED), kept(BLUE, pk=2), kept(INNOCENT, pk=3))
    assert found.shifts == {"disappears": 2, "same": 1}
    assert (found.lanes["green"], found.lanes_before["green"]) == (3, 1)
    assert [one.score for one in found.examples] == sorted(
        (one.score for one in found.examples), reverse=True
    )
    (heaviest, _) = found.examples
    assert (heaviest.shift, heaviest.lane_before, heaviest.lane) == (
        Shift.DISAPPEARS,
        Lane.RED,
        Lane.GREEN,
    )
    assert loads == {
        "55301": OfficeLoad(
            declarations=3, red=0, yellow=0, blue=0, random_arm=0, topped_up=0, over_capacity=0,
            red_before=1, yellow_before=0, blue_before=1, topped_up_before=0,
            over_capacity_before=0,
        )
    }  # fmt: skip


def test_outcomes_when_replayed_then_caught_missed_and_clean_ones_are_told_apart() -> None:
    rows = (
        kept(RED, pk=1, found=Result.OFFENCE),
        kept(BLUE, pk=2, found=Result.CLEAN),
        kept(INNOCENT, pk=3, found=Result.OFFENCE),
        kept(INNOCENT, pk=4),
    )
    lost, _ = result(*rows, profile=STRICT)
    seen = lost.outcomes
    assert (seen.offences, seen.caught, seen.caught_before) == (2, 0, 1)
    assert (seen.lost, seen.gained, seen.missed) == (1, 0, 2)
    assert (seen.clean, seen.clean_selected, seen.clean_selected_before) == (1, 0, 1)
    won, _ = result(*rows, profile=PROFILE, in_use=STRICT)
    assert (won.outcomes.gained, won.outcomes.lost, won.outcomes.caught) == (1, 0, 1)


def test_draw_when_replayed_then_the_stored_one_counts_and_selects_nothing_by_the_rules() -> None:
    found, loads = result(kept(INNOCENT, draw=0.0001, found=Result.OFFENCE))
    assert (found.random_arm, found.random_arm_before) == (1, 1)
    assert found.lanes["yellow"] == 1
    assert (found.outcomes.caught, found.outcomes.caught_before) == (0, 0)
    assert loads["55301"].random_arm == 1


def test_days_when_put_together_then_as_one_and_the_heaviest_ten_stay() -> None:
    days = [
        [kept(RED, pk=day * 100 + n, office=f"5530{day}") for n in range(8)] for day in range(3)
    ]
    parts = [result(*rows)[0] for rows in days]
    whole, _ = result(*[one for rows in days for one in rows])
    assert merged(parts) == whole
    assert (len(whole.examples), whole.declarations) == (10, 24)
    stored = msgspec.to_builtins(whole, builtin_types=())
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(stored)), ReplayResult) == whole


def test_an_offence_outweighs_a_score_among_examples() -> None:
    found, _ = result(kept(RED, pk=1), kept(BLUE, pk=2, found=Result.OFFENCE))
    assert [one.found for one in found.examples] == ["offence", ""]


def test_many_examples_when_in_one_day_then_still_the_heaviest() -> None:
    rows = [kept(BLUE, pk=n) for n in range(600)] + [kept(RED, pk=10_000)]
    found, _ = result(*rows)
    assert found.examples[0].registration_number.endswith("0010000")
    assert len(found.examples) == 10


def test_eager_profile_when_replayed_then_offices_and_their_loads_add_up() -> None:
    rows = [kept(RED, pk=1, office="A"), kept(BLUE, pk=2, office="B"), kept(RED, pk=3, office="B")]
    found, loads = result(*rows, profile=EAGER)
    assert sorted(loads) == ["A", "B"]
    for lane in ("red", "yellow", "blue"):
        assert sum(getattr(load, lane) for load in loads.values()) == found.lanes[lane]
        before = sum(getattr(load, f"{lane}_before") for load in loads.values())
        assert before == found.lanes_before[lane]
