"""Several ways of ranking the same declarations, each measured as the selection report does."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from risk.domain.intervals import Share
from risk.domain.selection_report import (
    MISS_SHARE,
    TOP_SHARES,
    KindRow,
    Population,
    Scored,
    evaluate_selection,
)
from risk.domain.selection_truth import Label, TruthRow

MAIN_PLACE = TOP_SHARES.index(MISS_SHARE)
"""Which of TOP_SHARES kinds are compared in: the first 5 %."""

Scores = Mapping[str, float]
"""A number for each declaration of the population by its registration number; equal ones tie."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What one ranking finds: the lines of its selection report for all cases and by kind."""

    name: str
    rows: tuple[KindRow, ...]

    def of_all(self, label: Label) -> tuple[Share, ...]:
        """The share of all cases of the label within each of TOP_SHARES."""
        for row in self.rows:
            if row.label is label and row.by == "all":
                return row.top
        return tuple(Share(value=None, low=None, high=None) for _ in TOP_SHARES)

    def kinds(self, label: Label) -> list[KindRow]:
        """The kinds of the label that have a case, by name."""
        return [row for row in self.rows if row.label is label and row.by == "kind" and row.cases]

    @property
    def weakest(self) -> KindRow | None:
        """The planted kind of which least is found in the main share."""
        return min(self.kinds(Label.PLANTED), key=_found_and_name, default=None)

    @property
    def lured(self) -> list[str]:
        """Kinds of traps that are surely (95 %) more often there than chance puts them."""
        return [
            row.name
            for row in self.kinds(Label.TRAP)
            if (row.top[MAIN_PLACE].low or 0.0) > MISS_SHARE
        ]


def compare_rankings(
    truth: Sequence[TruthRow], scored: Mapping[str, Scored], rankings: Mapping[str, Scores]
) -> list[Compared]:
    """Each ranking over the same cases and the same population, in the order given."""
    return [
        Compared(name=name, rows=_rows(truth, scored, scores)) for name, scores in rankings.items()
    ]


def _rows(
    truth: Sequence[TruthRow], scored: Mapping[str, Scored], scores: Scores
) -> tuple[KindRow, ...]:
    own = {
        number: msgspec.structs.replace(one, score=scores.get(number))
        for number, one in scored.items()
    }
    population = Population(scores=Counter(scores.values()), honest=0, alerts=0)
    return evaluate_selection(truth, own, population).rows


def _found_and_name(row: KindRow) -> tuple[float, str]:
    return row.top[MAIN_PLACE].value or 0.0, row.name
