"""What inspections found: drawn from the truth, with misses, errors and selection bias."""

from datetime import timedelta
from random import Random
from typing import NamedTuple

from risk.domain.proving.clock import Moment
from risk.domain.proving.honest import Line
from risk.domain.proving.places import OFFICES

PAST = 0.75
"""Outcomes exist for declarations of this first share of the run only."""

RANDOM_ARM = 0.01
_BASE, _SUSPECT = 0.02, 0.35
_KNOWN_TRADER = 0.3
_EAGERNESS = {code: eagerness for code, _, _, eagerness in OFFICES}
_WRONG_KEY, _NO_RESULT = 0.04, 0.04
_HONEST_ERROR = 0.015


class Truth(NamedTuple):
    """What an inspection could find in an item: the substance, how likely it is found."""

    substance_key: str
    found: float
    difficulty: str


_DETECTION = {"easy": 1.0, "medium": 0.9, "hard": 0.75}
_NOTICED = {"easy": 1.0, "medium": 0.6, "hard": 0.3}


def inspect(
    draw: Random, line: Line, moment: Moment, truths: dict[int, Truth], keys: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Rows of outcomes for one declaration; mostly none.

    Selection is biased on purpose: offices differ, known traders are seldom opened, and of
    the planted cases the easy ones are noticed more often. The random arm is not biased.
    """
    dice = draw.random()
    if dice < RANDOM_ARM:
        selected_by = "random"
    else:
        noticed = max((_NOTICED[t.difficulty] for t in truths.values() if t.found), default=0.0)
        chance = _BASE * _EAGERNESS[line.office] * (_KNOWN_TRADER if line.is_known else 1.0)
        if dice >= RANDOM_ARM + chance + _SUSPECT * noticed:
            return []
        selected_by = "officer" if dice < RANDOM_ARM + chance else "criteria"
    at = moment.at + timedelta(minutes=draw.randint(90, 4_300))
    return [
        (
            line.number, str(number), at.isoformat(), selected_by,
            *_result(draw, code, net, truths.get(number) or truths.get(0), keys),
        )
        for number, (code, net) in enumerate(line.items, 1)
    ]  # fmt: skip


def _result(
    draw: Random, code: str, net: float, truth: Truth | None, keys: tuple[str, ...]
) -> tuple[str, ...]:
    """Result, substance, mass, code and laboratory days of one item."""
    dice = draw.random()
    weighed = f"{net * draw.uniform(0.97, 1.03):.2f}"
    if dice > 1 - _NO_RESULT:
        return ("inconclusive", "", weighed, "", str(_laboratory(draw)))
    if truth and truth.found and dice < truth.found * _DETECTION[truth.difficulty]:
        key = truth.substance_key
        if draw.random() < _WRONG_KEY:
            key = draw.choice(keys)
        return ("offence", key, weighed, code, str(_laboratory(draw)))
    if dice < _HONEST_ERROR and not truth:
        return ("offence", "", weighed, code[:4] + "900000", "")
    days = str(_laboratory(draw)) if truth else ""
    return ("clean", "", weighed, code, days)


def _laboratory(draw: Random) -> int:
    return max(1, round(draw.lognormvariate(1.6, 0.7)))
