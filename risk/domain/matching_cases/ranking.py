"""Matchers that give one best name and a score a line, compared over all thresholds."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from risk.domain.matching.evidence import Method
from risk.domain.matching_cases.case import MatchingCase
from risk.domain.matching_cases.evaluate import Answer, Judged

_WANTED_PRECISION = 0.99
_NAMED_BUT_UNLABELLED = frozenset({"preparation-consumer"})


class Guess(NamedTuple):
    """The best-scored substance of a line; blank key: none."""

    score: float
    key: str = ""


class Ranked(NamedTuple):
    """Over all thresholds: the best F1 with its precision and recall, and the largest recall
    at a precision of 99 %."""

    f1: float
    precision: float
    recall: float
    recall_at_99: float


class Bin(NamedTuple):
    """Evidence whose score lies in [low, high): how much of it there is, its mean score and
    the share of it that is right."""

    low: float
    high: float
    pieces: int
    mean_score: float
    share_right: float


def best_guess(answer: Answer) -> Guess:
    """The strongest evidence of a line that is more than its commodity code."""
    named = [one for one in answer if one.method is not Method.CODE]
    best = max(named, key=lambda one: one.match_score, default=None)
    return Guess(best.match_score, best.substance_key) if best else Guess(0.0)


def rank(cases: Sequence[MatchingCase], guesses: Sequence[Guess]) -> Ranked:
    """How well the guesses find the lines with a listed substance, right only with its key.

    Lines whose code alone points to a substance count as lines without one: a matcher of
    names cannot see it.
    """
    positives = sum(bool(_keys(case)) for case in cases)
    scored = sorted(
        (
            (guess.score, guess.key in _keys(case))
            for case, guess in zip(cases, guesses, strict=True)
            if guess.key
        ),
        key=lambda one: -one[0],
    )
    best, at_99, right = Ranked(0.0, 0.0, 0.0, 0.0), 0.0, 0
    for place, (score, is_right) in enumerate(scored, start=1):
        right += is_right
        if place < len(scored) and scored[place][0] == score:
            continue
        precision, recall = right / place, right / positives if positives else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        if f1 > best.f1:
            best = Ranked(f1, precision, recall, 0.0)
        if precision >= _WANTED_PRECISION:
            at_99 = max(at_99, recall)
    return best._replace(recall_at_99=at_99)


def reliability(judged: Iterable[Judged], edges: Sequence[float]) -> list[Bin]:
    """Evidence that is more than a code, by score: a score means what it says when the
    share that is right is near the mean score."""
    scored = [(score, right) for _method, score, right in named_evidence(judged)]
    bins = []
    for low, high in itertools.pairwise(edges):
        inside = [(score, right) for score, right in scored if low <= score < high]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            share = sum(right for _, right in inside) / len(inside)
            bins.append(Bin(low, high, len(inside), mean, share))
    return bins


def named_evidence(judged: Iterable[Judged]) -> Iterator[tuple[Method, float, bool]]:
    """(method, score, whether right) of all evidence that is more than a code.

    Lines about shop goods are left out: their labels say that nothing is flagged, not
    which ingredients are named.
    """
    for line in judged:
        if line.case.class_name in _NAMED_BUT_UNLABELLED:
            continue
        keys = _keys(line.case)
        for one in line.answer:
            if one.method is not Method.CODE:
                yield one.method, one.match_score, one.substance_key in keys


def _keys(case: MatchingCase) -> frozenset[str]:
    """Expected substances with their alternatives, those of the code alone left out."""
    if case.flagged == "0" and not case.verdicts:
        return frozenset()
    return frozenset(key for one in case.substance_keys for key in one.split("|"))
