"""Evidence over chosen lists: what all lists say, narrowed to some of them."""

from collections.abc import Collection, Sequence

import msgspec

from risk.domain.matching.evidence import ListVerdict, SubstanceEvidence, Verdict


def over_lists(
    found: Sequence[SubstanceEvidence], lists: Collection[str]
) -> tuple[SubstanceEvidence, ...]:
    """The evidence of substances on ``lists``, with their verdicts only; all when empty."""
    if not lists:
        return tuple(found)
    narrowed = []
    for one in found:
        verdicts = tuple(verdict for verdict in one.list_verdicts if verdict.list_code in lists)
        if not verdicts:
            continue
        verdict = verdict_over(verdicts)
        flagged = one.is_above_alert_point and verdict is not Verdict.BELOW
        narrowed.append(
            msgspec.structs.replace(one, list_verdicts=verdicts, verdict=verdict, flagged=flagged)
        )
    return tuple(narrowed)


def verdict_over(verdicts: Sequence[ListVerdict]) -> Verdict:
    """The verdict of the row from those of its lists (table in docs/matching.md): a list
    says ``below`` only when something is stated."""
    found = {verdict.verdict for verdict in verdicts}
    if Verdict.ABOVE in found:
        return Verdict.ABOVE
    if all(verdict.limit_pct is None for verdict in verdicts):
        return Verdict.NOT_LIMITED
    return Verdict.BELOW if Verdict.BELOW in found else Verdict.NOT_STATED
