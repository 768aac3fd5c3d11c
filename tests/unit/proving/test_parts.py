"""The small parts: numbers, clock, disguises, plan."""

import doctest
from datetime import date
from random import Random

import pytest

from config import env
from risk.domain.proving import clock, disguise, numbers, purity
from risk.domain.proving.clock import Clock
from risk.domain.proving.kinds import ALL_CODES, PLANTS, TRAPS, chosen
from risk.domain.proving.plan import SEGMENT, Kinds, Rates, plan_segment


@pytest.mark.parametrize("module", [clock, disguise, numbers, purity])
def test_examples_when_run_then_true(module):
    assert doctest.testmod(module).failed == 0


def test_clock_when_slots_grow_then_moments_never_fall():
    run = Clock(date(2025, 1, 1), date(2025, 2, 28), 3_000)
    moments = [run.moment(slot).at for slot in range(3_000)]
    assert moments == sorted(moments)
    assert (moments[0].date(), moments[-1].date()) == (date(2025, 1, 1), date(2025, 2, 28))


def test_clock_when_there_are_fewer_slots_than_days_then_each_has_a_moment():
    run = Clock(date(2020, 1, 1), date(2025, 12, 31), 5)
    assert [run.moment(slot).serial for slot in range(5)] == [1] * 5


def test_disguises_when_applied_then_the_name_changes():
    draw = Random(4)
    name = "перманганат калия"
    for _ in range(50):
        assert disguise.with_typos(draw, name, 1) != name
        assert disguise.with_look_alikes(draw, name) != name
        assert disguise.misread(draw, name) != name


def test_kinds_when_listed_then_each_says_where_its_signal_lies():
    assert len(set(ALL_CODES)) == len(ALL_CODES)
    assert all(kind.make.__doc__ for kind in (*PLANTS, *TRAPS))
    assert all("ignal" in kind.make.__doc__ for kind in PLANTS)


def test_kinds_when_unknown_then_named():
    with pytest.raises(ValueError, match="nonsense"):
        chosen(["typo", "nonsense"])


def test_plan_when_a_case_has_several_parts_then_they_lie_in_its_segment():
    run = Clock(date(2025, 1, 1), date(2025, 12, 31), 2 * SEGMENT)
    plan = plan_segment(1, 1, run, Rates(0.01, 0.01), Kinds(PLANTS, TRAPS))
    assert all(SEGMENT <= slot < 2 * SEGMENT for slot in plan)
    assert all(part.slots[part.ordinal] == slot for slot, part in plan.items())
    assert len([part for part in plan.values() if part.label == "planted"]) == SEGMENT // 100


def test_guide_when_read_then_it_explains_every_kind():
    guide = (env.PROJECT / "docs" / "proving-ground.md").read_text(encoding="utf-8")
    assert [code for code in ALL_CODES if f"| `{code}` |" not in guide] == []
