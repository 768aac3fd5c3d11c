"""How well a ranking finds planted cases: shares with their uncertainty, and the misses.

A *case* is what one would be glad to find as a whole: the rows of a truth file that carry
the same group (a split consignment, a channel), or else one row. A case is found when any
of its declarations is selected. Traps should not be found; each row of a trap is a case of
its own, because any one of many honest declarations is at the top by chance alone.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from risk.domain.intervals import Share, wilson
from risk.domain.selection_truth import Label, TruthRow

TOP_SHARES = (0.01, 0.02, 0.05, 0.10)
MISS_SHARE = 0.05
"""A planted case that is rather not than likely in this top share is listed as a miss."""
CURVE_SHARES = (
    0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.75, 1.0,
)  # fmt: skip
SEVERE_LANES = ("red", "yellow")


class MissReason(StrEnum):
    """Why a planted case is not at the top; the first one that holds, in this order."""

    NOT_ASSESSED = "not_assessed"
    ITEM_NOT_STORED = "item_not_stored"
    NO_MATCH = "no_match"
    OTHER_SUBSTANCE = "other_substance"
    CODE_ONLY = "code_only"
    VERDICT_BELOW = "verdict_below"
    BELOW_ALERT_POINT = "below_alert_point"
    OUTSCORED = "outscored"
    NOTHING_FIRED = "nothing_fired"


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A stored match of one goods item, as far as a miss is explained by it."""

    item_number: int
    substance_key: str
    method: str
    verdict: str
    is_above_alert_point: bool


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """The current version of one declaration as it was assessed; ``score`` None: it was not.

    ``lane`` is that of the criteria, the random arm apart. ``fired`` and ``missing`` are
    indicator codes, the fired ones by contribution.
    """

    registration_number: str
    score: float | None
    lane: str
    item_numbers: frozenset[int] = frozenset()
    matches: tuple[Match, ...] = ()
    fired: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """All assessed declarations that the planted ones hide among.

    ``scores`` maps a score to the number of declarations that have it. ``alerts`` counts
    honest declarations (all but the planted ones) with an alert, the random arm apart.
    """

    scores: Mapping[float, int]
    honest: int
    alerts: int

    @property
    def size(self) -> int:
        return sum(self.scores.values())


class KindRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the report; ``by`` tells what ``name`` is: all, kind or difficulty.

    ``cases`` have at least one stored declaration; ``not_stored`` have none and count in
    no share. ``top`` holds one share for each of TOP_SHARES.
    """

    label: Label
    by: str
    name: str
    cases: int
    not_stored: int
    top: tuple[Share, ...]
    selected: Share
    red: Share
    median_score: float | None


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A planted case below the top: its best declaration, and why it stands where it does."""

    kind: str
    difficulty: str
    registration_number: str
    item_number: int
    substance_key: str
    group: str
    score: float | None
    lane: str
    reason: MissReason
    fired: tuple[str, ...]
    missing: tuple[str, ...]


class SelectionReport(msgspec.Struct, frozen=True, kw_only=True):
    """``curves`` map a label to the found share at each of CURVE_SHARES."""

    population: int
    honest: int
    alerts_per_1000_honest: float | None
    rows: tuple[KindRow, ...]
    misses: tuple[Miss, ...]
    curves: dict[str, tuple[float, ...]]


class Ranking:
    """Declarations by falling score; ties share the places that they hold together."""

    def __init__(self, scores: Mapping[float, int]) -> None:
        self._falling = sorted(scores, reverse=True)
        self._keys = [-score for score in self._falling]
        self._counts = [scores[score] for score in self._falling]
        self._above = [0]
        for count in self._counts:
            self._above.append(self._above[-1] + count)

    def chance(self, score: float | None, share: float) -> float:
        """The chance to be among the first ``share`` of all when ties are broken at random.

        0 for a declaration without a score, or with one that the ranking does not hold.
        """
        if score is None:
            return 0.0
        place = bisect_left(self._keys, -score)
        if place == len(self._keys) or self._falling[place] != score:
            return 0.0
        free = share * self._above[-1] - self._above[place]
        return min(1.0, max(0.0, free / self._counts[place]))


def evaluate_selection(
    truth: Sequence[TruthRow], scored: Mapping[str, Scored], population: Population
) -> SelectionReport:
    """The report. ``scored`` holds every stored declaration of ``truth`` by its number.

    Rows of a declaration that is not stored are counted and said, and enter no share.
    """
    ranking = Ranking(population.scores)
    cases = _cases(truth, scored)
    planted = [case for case in cases if case.label is Label.PLANTED]
    return SelectionReport(
        population=population.size,
        honest=population.honest,
        alerts_per_1000_honest=(
            1000 * population.alerts / population.honest if population.honest else None
        ),
        rows=tuple(_rows(cases, ranking)),
        misses=tuple(_misses(planted, scored, ranking)),
        curves={
            label.value: tuple(
                _found([c for c in cases if c.label is label and c.stored], ranking, share)
                for share in CURVE_SHARES
            )
            for label in Label
        },
    )


class _Case(msgspec.Struct, frozen=True):
    """The rows of one case, with the stored declarations among them (each once)."""

    label: Label
    kind: str
    rows: tuple[TruthRow, ...]
    stored: tuple[Scored, ...]

    @property
    def difficulty(self) -> str:
        return self.rows[0].difficulty

    @property
    def score(self) -> float | None:
        """The best score of its declarations."""
        return max((one.score for one in self.stored if one.score is not None), default=None)

    def chance(self, ranking: Ranking, share: float) -> float:
        """That any of its declarations is in the top share, their ties broken independently."""
        missed = math.prod(1 - ranking.chance(one.score, share) for one in self.stored)
        return 1 - missed

    def is_in(self, *lanes: str) -> bool:
        return any(one.lane in lanes for one in self.stored)


def _cases(truth: Iterable[TruthRow], scored: Mapping[str, Scored]) -> list[_Case]:
    members: dict[tuple[str, ...], list[TruthRow]] = {}
    for row in truth:
        group = row.group if row.label is Label.PLANTED else ""
        own = () if group else (row.registration_number, str(row.item_number))
        members.setdefault((row.label, row.kind, group, *own), []).append(row)
    cases = []
    for rows in members.values():
        numbers = dict.fromkeys(row.registration_number for row in rows)
        stored = tuple(scored[number] for number in numbers if number in scored)
        cases.append(_Case(rows[0].label, rows[0].kind, tuple(rows), stored))
    return cases


def _rows(cases: Sequence[_Case], ranking: Ranking) -> Iterable[KindRow]:
    for label in Label:
        own = [case for case in cases if case.label is label]
        if not own:
            continue
        yield _row(label, "all", "all", own, ranking)
        for by, name_of in (("kind", _kind), ("difficulty", _difficulty)):
            for name in sorted({name_of(case) for case in own}):
                members = [case for case in own if name_of(case) == name]
                if name:
                    yield _row(label, by, name, members, ranking)


def _kind(case: _Case) -> str:
    return case.kind


def _difficulty(case: _Case) -> str:
    return case.difficulty


def _row(label: Label, by: str, name: str, cases: Sequence[_Case], ranking: Ranking) -> KindRow:
    stored = [case for case in cases if case.stored]
    scores = sorted(case.score for case in stored if case.score is not None)
    return KindRow(
        label=label,
        by=by,
        name=name,
        cases=len(stored),
        not_stored=len(cases) - len(stored),
        top=tuple(
            wilson(sum(case.chance(ranking, share) for case in stored), len(stored))
            for share in TOP_SHARES
        ),
        selected=wilson(sum(case.is_in(*SEVERE_LANES) for case in stored), len(stored)),
        red=wilson(sum(case.is_in("red") for case in stored), len(stored)),
        median_score=_median(scores),
    )


def _median(rising: Sequence[float]) -> float | None:
    if not rising:
        return None
    middle = len(rising) // 2
    return rising[middle] if len(rising) % 2 else (rising[middle - 1] + rising[middle]) / 2


def _found(cases: Sequence[_Case], ranking: Ranking, share: float) -> float:
    return sum(case.chance(ranking, share) for case in cases) / len(cases) if cases else 0.0


def _misses(
    planted: Iterable[_Case], scored: Mapping[str, Scored], ranking: Ranking
) -> Iterable[Miss]:
    for case in sorted(planted, key=lambda case: (case.kind, -(case.score or 0.0))):
        if not case.stored or case.chance(ranking, MISS_SHARE) >= 0.5:
            continue
        row = max(
            (row for row in case.rows if row.registration_number in scored),
            key=lambda row: scored[row.registration_number].score or -1.0,
        )
        one = scored[row.registration_number]
        yield Miss(
            kind=case.kind,
            difficulty=row.difficulty,
            registration_number=row.registration_number,
            item_number=row.item_number,
            substance_key=row.substance_key,
            group=row.group,
            score=one.score,
            lane=one.lane,
            reason=miss_reason(row, one),
            fired=one.fired,
            missing=one.missing,
        )


def miss_reason(row: TruthRow, one: Scored) -> MissReason:
    """The first thing that kept a planted row from the top, in the order of the stages.

    A row of item 0 is looked for in every item. Of several matches of the substance the
    furthest one counts.
    """
    if one.score is None:
        return MissReason.NOT_ASSESSED
    if row.item_number and row.item_number not in one.item_numbers:
        return MissReason.ITEM_NOT_STORED
    if row.substance_key:
        matches = [m for m in one.matches if row.item_number in (0, m.item_number)]
        own = [m for m in matches if m.substance_key == row.substance_key]
        if not own:
            return MissReason.OTHER_SUBSTANCE if matches else MissReason.NO_MATCH
        reason = max(map(_reason_of_match, own), key=list(MissReason).index)
        if reason is not MissReason.OUTSCORED:
            return reason
    return MissReason.OUTSCORED if one.fired else MissReason.NOTHING_FIRED


def _reason_of_match(match: Match) -> MissReason:
    if match.method == "code":
        return MissReason.CODE_ONLY
    if match.verdict == "below":
        return MissReason.VERDICT_BELOW
    return MissReason.OUTSCORED if match.is_above_alert_point else MissReason.BELOW_ALERT_POINT
