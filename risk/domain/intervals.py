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
