"""What outcomes say of the rules: shares of what was inspected, and what the rules miss.

Counts come in, numbers with their uncertainty go out. The unit is the declaration: what is
found in items of one declaration is not independent, and an interval that counted each would
be too narrow.
"""

from collections.abc import Sequence
from statistics import quantiles

import msgspec

from risk.domain.intervals import Share, wilson

_PERCENTILES = 100


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``inspected`` declarations ``offences`` had one, ``found`` held a listed substance."""

    inspected: int
    offences: int
    found: int


class Precision(msgspec.Struct, frozen=True, kw_only=True):
    """The tally with both shares. They are of what was inspected, not of what fired: who is
    inspected is chosen, so a share may flatter a rule that officers trust."""

    inspected: int
    offences: int
    found: int
    offence_share: Share
    found_share: Share


def precision(tally: Tally) -> Precision:
    """Both shares with their 95 % Wilson intervals.

    >>> precision(Tally(inspected=10, offences=8, found=0)).offence_share.value
    0.8
    """
    return Precision(
        inspected=tally.inspected,
        offences=tally.offences,
        found=tally.found,
        offence_share=wilson(tally.offences, tally.inspected),
        found_share=wilson(tally.found, tally.inspected),
    )


class Misses(msgspec.Struct, frozen=True, kw_only=True):
    """What the criteria pass by, told by the random arm.

    ``passed`` declarations met no criterion, ``drawn`` of them fell to the draw, ``sample`` tells
    of those inspected at random. ``estimate`` with ``low`` and ``high`` is how many of ``passed``
    hold an offence; None without a sample.
    """

    passed: int
    drawn: int
    sample: Precision
    estimate: float | None
    low: float | None
    high: float | None


def estimate_misses(*, passed: int, drawn: int, sample: Tally) -> Misses:
    """The share of offences in the random sample, with its interval, times those passed by.

    Holds as far as the drawn were inspected whoever they were: compare ``drawn`` with
    ``sample.inspected``. Source: simple random sampling (Cochran 1977, ch. 3), with the interval
    of Wilson (1927) because offences are rare and samples small.

    >>> misses = estimate_misses(passed=1000, drawn=10,
    ...                          sample=Tally(inspected=10, offences=8, found=8))
    >>> [round(n) for n in (misses.estimate, misses.low, misses.high)]
    [800, 490, 943]
    """
    told = precision(sample)
    share = told.offence_share
    return Misses(
        passed=passed,
        drawn=drawn,
        sample=told,
        estimate=_times(passed, share.value),
        low=_times(passed, share.low),
        high=_times(passed, share.high),
    )


def _times(number: int, share: float | None) -> float | None:
    return None if share is None else number * share


class Waived(msgspec.Struct, frozen=True, kw_only=True):
    """Controls not applied for one reason: of ``count``, ``inspected`` were inspected later, and
    ``wrong`` of these had an offence. ``wrong_share`` is of those inspected."""

    waiver: str
    count: int
    inspected: int
    wrong: int
    wrong_share: Share


def waived(*, waiver: str, count: int, inspected: int, wrong: int) -> Waived:
    """The line of one reason."""
    share = wilson(wrong, inspected)
    return Waived(waiver=waiver, count=count, inspected=inspected, wrong=wrong, wrong_share=share)


class Turnaround(msgspec.Struct, frozen=True, kw_only=True):
    """How long laboratories took, in hours; None without an answer. ``waiting`` have none yet."""

    requested: int
    answered: int
    waiting: int
    median_hours: float | None
    p90_hours: float | None
    longest_hours: float | None


def turnaround(*, requested: int, seconds: Sequence[float]) -> Turnaround:
    """Median, ninth decile and longest of the answered requests, by linear interpolation
    (Hyndman and Fan 1996, definition 7).

    >>> turnaround(requested=6, seconds=[3600.0 * n for n in (1, 2, 3, 4, 11)]).p90_hours
    8.2
    """
    hours = sorted(one / 3600 for one in seconds)
    # A single answer is all its own percentiles.
    enough = hours if len(hours) != 1 else hours * 2
    cuts = quantiles(enough, n=_PERCENTILES, method="inclusive") if enough else []
    return Turnaround(
        requested=requested,
        answered=len(hours),
        waiting=requested - len(hours),
        median_hours=_rounded(cuts, 50),
        p90_hours=_rounded(cuts, 90),
        longest_hours=round(hours[-1], 2) if hours else None,
    )


def _rounded(cuts: Sequence[float], percentile: int) -> float | None:
    return round(cuts[percentile - 1], 2) if cuts else None
