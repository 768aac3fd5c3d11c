"""Retention: what is kept for how long, and the reasons for which it stays longer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from risk.domain.lists.changes import months_before


class Kept(StrEnum):
    """What has a period of its own, in the order in which it is removed.

    ``raw``: the message as it came, and the values that its issues quote. ``match``: what we
    thought of a declaration. ``declaration``: all versions with everything that hangs on them.
    """

    RAW = "raw"
    MATCH = "match"
    DECLARATION = "declaration"


class HoldKind(StrEnum):
    """What a legal hold keeps: one declaration, all of one party, or all of some days."""

    DECLARATION = "declaration"
    PARTY = "party"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Period:
    """``kept`` goes after ``months``; what is from before ``first_kept_day`` is due."""

    kept: Kept
    months: int
    first_kept_day: date


def periods(policy: Mapping[str, int], today: date) -> list[Period]:
    """The periods that end at all, in the order of removal; 0 months is for ever.

    >>> periods({"raw": 6, "match": 0, "declaration": 0}, date(2026, 8, 31))[0].first_kept_day
    datetime.date(2026, 2, 28)
    """
    return [
        Period(kept, policy[kept], months_before(today, policy[kept]))
        for kept in Kept
        if policy.get(kept)
    ]
