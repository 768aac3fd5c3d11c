"""Shares with their uncertainty."""

import math

import msgspec

Z_95 = 1.959964


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A share with its 95 % Wilson interval; all None when there is nothing to count."""

    value: float | None
    low: float | None
    high: float | None


def wilson(found: float, of: int) -> Share:
    """The share and its 95 % interval (Wilson 1927), good for small numbers and for 0 and 1.

    ``found`` may be fractional: an expected number where ties are broken at random.

    >>> share = wilson(8, 10)
    >>> round(share.low, 3), round(share.high, 3)
    (0.49, 0.943)
    """
    if not of:
        return Share(value=None, low=None, high=None)
    p = found / of
    spread = Z_95 * math.sqrt(p * (1 - p) / of + Z_95**2 / (4 * of**2))
    centre, scale = p + Z_95**2 / (2 * of), 1 + Z_95**2 / of
    return Share(
        value=p, low=max(0.0, (centre - spread) / scale), high=min(1.0, (centre + spread) / scale)
    )


def exceedance(found: int, of: int, found_of_all: int, of_all: int) -> float:
    """How likely it is that ``of`` drawn from ``of_all`` hold ``found`` or more of the
    ``found_of_all``: the one-sided exact test of Fisher. Cost: terms of the tail that count.

    >>> round(exceedance(3, 3, 3, 6), 3)  # 1 of the 20 ways to draw three of six
    0.05
    """
    if found * of_all <= of * found_of_all:
        return 1.0  # not more than the share of all: nothing to explain
    tail = 0.0
    for drawn in range(found, min(of, found_of_all) + 1):
        ways = _log_ways(found_of_all, drawn) + _log_ways(of_all - found_of_all, of - drawn)
        term = math.exp(ways - _log_ways(of_all, of))
        tail += term
        if term < tail * 1e-12:
            break
    return min(1.0, tail)


def _log_ways(of: int, drawn: int) -> float:
    if not 0 <= drawn <= of:
        return -math.inf
    return math.lgamma(of + 1) - math.lgamma(drawn + 1) - math.lgamma(of - drawn + 1)
