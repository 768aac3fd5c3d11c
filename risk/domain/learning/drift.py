"""Whether rows of today still look like those that a model was trained on.

The population stability index of a feature is Σ (now − then)·ln(now / then) over bins that
held equal shares of the training rows (a missing number is a bin of its own). By custom below
0.10 is stable and from 0.25 on the model is to be looked at (Siddiqi 2006). It says nothing of
whether the model is still right: that is said by outcomes.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from risk.domain.learning.trees import Numbers

BINS = 10
SCORE = "score"
"""The name under which a model's raw score stands among its features."""

STABLE_BELOW = 0.10
UNSTABLE_FROM = 0.25
_LEAST_SHARE = 1e-4
"""What an empty bin counts as, so that one row that was never seen does not give infinity."""


class Profile(msgspec.Struct, frozen=True):
    """How a feature was distributed: inner edges, shares between them, share of the missing."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    missing: float


def profile_of(numbers: Numbers) -> Profile:
    """The profile of one feature by its own deciles; equal edges are one.

    :raises ValueError: there are no rows.
    """
    if not len(numbers):
        raise ValueError("no rows")
    known = numbers[~np.isnan(numbers)]
    inner = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = (
        np.unique(np.quantile(known, inner, method="inverted_cdf")) if len(known) else np.array([])
    )
    shares = _shares(numbers, edges)
    return Profile(
        tuple(float(edge) for edge in edges),
        tuple(float(share) for share in shares[:-1]),
        float(shares[-1]),
    )


def stability_index(then: Profile, numbers: Numbers) -> float:
    """The population stability index of ``numbers`` beside the profile; 0 or more.

    :raises ValueError: there are no rows.
    """
    if not len(numbers):
        raise ValueError("no rows")
    expected = np.maximum([*then.shares, then.missing], _LEAST_SHARE)
    found = np.maximum(_shares(numbers, np.array(then.edges)), _LEAST_SHARE)
    return float(((found - expected) * np.log(found / expected)).sum())


def drift(then: Mapping[str, Profile], rows: Numbers) -> dict[str, float]:
    """The index of every feature; ``rows`` has their columns in the mapping's order."""
    if rows.shape[1] != len(then):
        raise ValueError(f"{len(then)} features are expected, given: {rows.shape[1]}")
    return {
        name: stability_index(profile, rows[:, place])
        for place, (name, profile) in enumerate(then.items())
    }


def _shares(numbers: Numbers, edges: Numbers) -> Numbers:
    """Shares of all rows per bin ``(edge, next edge]``, the missing ones last."""
    is_missing = np.isnan(numbers)
    bins = np.searchsorted(edges, numbers[~is_missing], side="left")
    counts = np.bincount(bins, minlength=len(edges) + 1)
    return np.append(counts, is_missing.sum()) / len(numbers)
