"""From the strength of evidence to a match score that means what it says.

Strength is what ``combine`` makes of independent evidence by judgement; a score is the
share of such evidence that is right on the labelled cases (docs/matching-cases.md). The map
is small, monotone and data: a few points per method in ``fixtures/matching/calibration.csv``,
fitted on the tuned part by ``manage.py fit_calibration``. It never moves evidence across the
alert operating point: strength 0.70 and score 0.90 are the same place.
"""

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from risk.domain.matching.combine import ALERT_POINT, SHOW_POINT
from risk.domain.matching.evidence import Method

ALERT_SCORE = 0.90
_JUST_BELOW = 0.8999
COLUMNS = ("method", "strength", "score", "evidence", "right")
# Strength is pooled between these edges; the alert point is one of them.
_EDGES = (SHOW_POINT, ALERT_POINT, 0.85, 0.92, 1.0001)
_FEWEST = 10


class Point(msgspec.Struct, frozen=True):
    """Evidence of mean ``strength`` is right in ``right`` of ``evidence`` cases: ``score``."""

    method: Method
    strength: float
    score: float
    evidence: int
    right: int


class Calibration:
    """Scores by method; a method without points keeps its strength."""

    def __init__(self, points: Iterable[Point] = ()) -> None:
        self.points = tuple(points)
        by_method: dict[Method, list[Point]] = defaultdict(list)
        for point in self.points:
            by_method[point.method].append(point)
        self._curves: Mapping[Method, tuple[list[float], list[float]]] = {
            method: _curve(found) for method, found in by_method.items()
        }

    def score(self, method: Method, strength: float) -> float:
        """The match score, rounded to 4 places; never falls when strength rises."""
        curve = self._curves.get(method)
        if curve is None:
            return strength
        score = _between(curve, strength)
        if strength >= ALERT_POINT:
            return round(max(score, ALERT_SCORE), 4)
        return round(min(score, _JUST_BELOW), 4)


def _curve(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    """Strengths and scores, rising; what is not worth showing keeps its strength."""
    known = {0.0: 0.0, SHOW_POINT: SHOW_POINT}
    known |= {point.strength: point.score for point in points}
    strengths = sorted(known)
    scores: list[float] = []
    for strength in strengths:
        scores.append(max(known[strength], scores[-1] if scores else 0.0))
    return strengths, scores


def _between(curve: tuple[list[float], list[float]], strength: float) -> float:
    strengths, scores = curve
    place = bisect_right(strengths, strength)
    if place == len(strengths):
        return scores[-1]
    low, high = strengths[place - 1], strengths[place]
    share = (strength - low) / (high - low)
    return scores[place - 1] + share * (scores[place] - scores[place - 1])


def fit(evidence: Iterable[tuple[Method, float, bool]]) -> list[Point]:
    """Points from (method, strength, whether right): pooled by strength, with the mean of
    the Jeffreys posterior as score, so that a few right ones do not say "always".

    Pools of fewer than ten are left out. Raises ValueError where evidence at the alert
    point is right less than nine times in ten: then the engine's strength is wrong.
    """
    pools: dict[tuple[Method, int], list[tuple[float, bool]]] = defaultdict(list)
    for method, strength, is_right in evidence:
        place = bisect_right(_EDGES, strength)
        if 0 < place < len(_EDGES):
            pools[method, place].append((strength, is_right))
    points = []
    for (method, place), pool in sorted(pools.items()):
        if len(pool) < _FEWEST:
            continue
        right = sum(is_right for _, is_right in pool)
        score = (right + 0.5) / (len(pool) + 1)
        if _EDGES[place - 1] >= ALERT_POINT and score < ALERT_SCORE:
            raise ValueError(
                f"{method}: {right} of {len(pool)} right at strength {_EDGES[place - 1]} and"
                f" more; at the alert point it must be nine in ten: lower the strength"
            )
        mean = sum(strength for strength, _ in pool) / len(pool)
        points.append(Point(method, round(mean, 4), round(score, 4), len(pool), right))
    return points


def read_calibration(path: Path) -> Calibration:
    """The calibration of a file, the identity where there is none."""
    if not path.exists():
        return Calibration()
    with path.open(encoding="utf-8", newline="") as stream:
        return Calibration(
            Point(
                Method(row["method"]),
                float(row["strength"]),
                float(row["score"]),
                int(row["evidence"]),
                int(row["right"]),
            )
            for row in csv.DictReader(stream)
        )


def write_calibration(path: Path, points: Iterable[Point]) -> None:
    """Write the points in the order in which they come."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(
            (one.method.value, one.strength, one.score, one.evidence, one.right) for one in points
        )
