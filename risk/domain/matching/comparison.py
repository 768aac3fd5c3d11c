"""What a new engine says of a text beside what is stored: appears, disappears, changes."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from risk.domain.matching.evidence import SubstanceEvidence


class Change(StrEnum):
    """What becomes of a match when the text is screened again; ``exempted`` and
    ``exempt_no_more`` when only what the law says of its quantity changed."""

    APPEARS = "appears"
    DISAPPEARS = "disappears"
    CHANGES = "changes"
    EXEMPTED = "exempted"
    EXEMPT_NO_MORE = "exempt_no_more"


class Judgement(msgspec.Struct, frozen=True):
    """The strongest match of one substance in one text."""

    matched_text: str
    method: str
    match_score: float
    verdict: str
    flagged: bool


class Difference(msgspec.Struct, frozen=True):
    """One substance of one text on which the stored and the new answer differ."""

    change: Change
    substance_key: str
    stored: Judgement | None
    new: Judgement | None

    @property
    def alters_flag(self) -> bool:
        """Whether a flagged match comes or goes."""
        was = self.stored is not None and self.stored.flagged
        return was is not (self.new is not None and self.new.flagged)


def judgements(found: Iterable[SubstanceEvidence], *, least: float) -> dict[str, Judgement]:
    """Per substance the strongest evidence, as far as it is worth storing (``least``)."""
    return strongest(
        (
            one.substance_key,
            Judgement(
                one.matched_text,
                one.method.value,
                one.match_score,
                one.verdict.value,
                one.flagged,
            ),
        )
        for one in found
        if one.match_score >= least
    )


def strongest(pairs: Iterable[tuple[str, Judgement]]) -> dict[str, Judgement]:
    """Of several judgements of a substance the flagged one, then the best scored."""
    best: dict[str, Judgement] = {}
    for key, one in pairs:
        known = best.get(key)
        if known is None or (one.flagged, one.match_score) > (known.flagged, known.match_score):
            best[key] = one
    return best


def differences(stored: Mapping[str, Judgement], new: Mapping[str, Judgement]) -> list[Difference]:
    """Per substance what is not the same; a score alone that moves is no difference."""
    found = []
    for key in sorted({*stored, *new}):
        was, now = stored.get(key), new.get(key)
        if was is None:
            found.append(Difference(Change.APPEARS, key, None, now))
        elif now is None:
            found.append(Difference(Change.DISAPPEARS, key, was, None))
        elif (was.method, was.verdict, was.flagged) != (now.method, now.verdict, now.flagged):
            found.append(Difference(Change.CHANGES, key, was, now))
    return found
