"""How well an engine recognises labelled cases: per class, with intervals, and case by case."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import msgspec

from risk.domain.matching.evidence import SubstanceEvidence
from risk.domain.matching_cases.case import MatchingCase

Answer = tuple[SubstanceEvidence, ...]
# From (text, code, chosen lists) to what was recognised.
Engine = Callable[[str, str, str], Answer]
_Z = 1.959964


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One case beside its answer.

    ``found`` and ``missed`` are the expected substances; one that must be flagged and is
    not is missed, as is one that must be cleared (``below``) and is not recognised.
    ``false_alarms`` are substances flagged without being expected, or expected unflagged.
    ``verdicts`` counts right and judged verdicts of what was found.
    """

    case: MatchingCase
    found: tuple[str, ...]
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]
    flagged_right: int
    verdicts: tuple[int, int]
    concentrations: tuple[int, int]
    answer: Answer


class ClassResult(msgspec.Struct, kw_only=True):
    """Counts over the cases of a class (or of all)."""

    cases: int = 0
    expected: int = 0
    found: int = 0
    flagged_right: int = 0
    false_alarms: int = 0
    lines_with_false_alarm: int = 0
    verdicts_right: int = 0
    verdicts: int = 0
    concentrations_right: int = 0
    concentrations: int = 0

    @property
    def recall(self) -> float | None:
        return self.found / self.expected if self.expected else None

    @property
    def precision(self) -> float | None:
        flagged = self.flagged_right + self.false_alarms
        return self.flagged_right / flagged if flagged else None

    @property
    def verdict_accuracy(self) -> float | None:
        return self.verdicts_right / self.verdicts if self.verdicts else None

    @property
    def concentration_accuracy(self) -> float | None:
        return self.concentrations_right / self.concentrations if self.concentrations else None

    def add(self, one: Judged) -> None:
        """Count one case in."""
        self.cases += 1
        self.expected += len(one.found) + len(one.missed)
        self.found += len(one.found)
        self.flagged_right += one.flagged_right
        self.false_alarms += len(one.false_alarms)
        self.lines_with_false_alarm += bool(one.false_alarms)
        self.verdicts_right += one.verdicts[0]
        self.verdicts += one.verdicts[1]
        self.concentrations_right += one.concentrations[0]
        self.concentrations += one.concentrations[1]


def judge(case: MatchingCase, answer: Answer) -> Judged:
    """A case beside its answer."""
    best = _best_per_substance(answer)
    found: list[str] = []
    missed: list[str] = []
    verdicts, concentrations = [0, 0], [0, 0]
    wanted: set[str] = set()
    for place, alternatives in enumerate(case.substance_keys):
        keys = alternatives.split("|")
        wanted.update(keys)
        verdict = _at(case.verdicts, place)
        hits = [best[key] for key in keys if key in best]
        hit = next((one for one in hits if _is_found(one, case.flagged, verdict)), None)
        (found if hit else missed).append(alternatives)
        if hit and verdict:
            verdicts[0] += hit.verdict.value == verdict
            verdicts[1] += 1
        if hit and (percent := _at(case.concentrations, place)):
            concentrations[0] += hit.concentration_pct == Decimal(percent)
            concentrations[1] += 1
    flagged = {one.substance_key for one in answer if one.flagged}
    alarms = flagged if case.flagged == "0" else flagged - wanted
    return Judged(
        case=case,
        found=tuple(found),
        missed=tuple(missed),
        false_alarms=tuple(sorted(alarms)),
        flagged_right=len(flagged - alarms),
        verdicts=(verdicts[0], verdicts[1]),
        concentrations=(concentrations[0], concentrations[1]),
        answer=answer,
    )


def _is_found(one: SubstanceEvidence, flagged: str, verdict: str) -> bool:
    if flagged == "1":
        return one.flagged
    # Cleared by its amount: it must be recognised as surely as what is flagged.
    return one.is_above_alert_point or not verdict


def _best_per_substance(answer: Answer) -> dict[str, SubstanceEvidence]:
    best: dict[str, SubstanceEvidence] = {}
    for one in answer:
        known = best.get(one.substance_key)
        if known is None or (one.flagged, one.match_score) > (known.flagged, known.match_score):
            best[one.substance_key] = one
    return best


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def evaluate(cases: Iterable[MatchingCase], engine: Engine) -> list[Judged]:
    """Every case beside what ``engine`` answers."""
    return [judge(case, engine(case.text, case.commodity_code, case.select)) for case in cases]


def by_class(judged: Iterable[Judged]) -> dict[str, ClassResult]:
    """Counts per class in order of appearance."""
    results: dict[str, ClassResult] = defaultdict(ClassResult)
    for one in judged:
        results[one.case.class_name].add(one)
    return dict(results)


def overall(judged: Iterable[Judged]) -> ClassResult:
    """Counts over all cases."""
    result = ClassResult()
    for one in judged:
        result.add(one)
    return result


def flagged_per_thousand(judged: Iterable[Judged], classes: Iterable[str]) -> float:
    """Flagged lines per 1,000 lines of these innocent classes."""
    chosen = set(classes)
    lines = [one for one in judged if one.case.class_name in chosen]
    return 1000 * sum(bool(one.false_alarms) for one in lines) / len(lines) if lines else 0.0


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson (1927); (0, 1) without any trial.

    >>> [round(bound, 3) for bound in wilson(97, 100)]
    [0.915, 0.99]
    """
    if not total:
        return 0.0, 1.0
    share, square = right / total, _Z * _Z
    centre = share + square / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    scale = 1 + square / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
