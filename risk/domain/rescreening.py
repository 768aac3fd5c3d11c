"""What texts newly say under changed lists: for look-backs, and for simulations of drafts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from risk.domain.matching.combine import SHOW_POINT
from risk.domain.matching.comparison import Change
from risk.domain.matching.evidence import ListVerdict, SubstanceEvidence, Verdict

EXAMPLES = 10
# How much a list's verdict says against the goods; a list that does not hold the substance: none.
_STRENGTH = {
    Verdict.BELOW: 1,
    Verdict.NOT_STATED: 2,
    Verdict.NOT_LIMITED: 3,
    Verdict.ABOVE: 3,
}


class StoredMatch(msgspec.Struct, frozen=True):
    """What the lists say by a match that is stored, whether it stands for an alert, and whether
    its quantity was found to be exempted."""

    list_verdicts: tuple[ListVerdict, ...]
    flagged: bool = False
    is_exempt: bool = False


_Match = SubstanceEvidence | StoredMatch


def told(
    found: Iterable[SubstanceEvidence], substances: Collection[str]
) -> dict[str, tuple[SubstanceEvidence, ...]]:
    """What is worth showing of these substances, by substance."""
    by_substance: dict[str, list[SubstanceEvidence]] = {}
    for evidence in found:
        if evidence.substance_key in substances and evidence.match_score >= SHOW_POINT:
            by_substance.setdefault(evidence.substance_key, []).append(evidence)
    return {key: tuple(evidences) for key, evidences in by_substance.items()}


def new_evidence(
    found: Mapping[str, Sequence[SubstanceEvidence]],
    stored: Mapping[str, Sequence[StoredMatch]],
    *,
    list_code: str,
) -> dict[str, Sequence[SubstanceEvidence]]:
    """The evidence that a change of the list brings, of what is told by substance.

    New is a substance against which the list says more than any ``stored`` match of it lets
    the list say: the list did not hold it, or its limit is now reached.
    """
    return {
        key: evidences
        for key, evidences in found.items()
        if _said(evidences, list_code) > _said(stored.get(key, ()), list_code)
    }


def newly_named(
    found: Mapping[str, Sequence[SubstanceEvidence]],
    stored: Mapping[str, Sequence[StoredMatch]],
) -> dict[str, Sequence[SubstanceEvidence]]:
    """The evidence that changed names bring, of what is told by substance.

    New is a substance against which some list says more than any stored match lets it say, or
    that no match was sure enough of to be flagged and now one is.
    """
    return {
        key: evidences
        for key, evidences in found.items()
        if _is_more(evidences, stored.get(key, ()))
    }


def _is_more(found: Sequence[SubstanceEvidence], stored: Sequence[StoredMatch]) -> bool:
    if any(one.flagged for one in found) and not any(one.flagged for one in stored):
        return True
    codes = {verdict.list_code for one in found for verdict in one.list_verdicts}
    return any(_said(found, code) > _said(stored, code) for code in codes)


def _said(matches: Iterable[_Match], list_code: str) -> int:
    return max(
        (
            _STRENGTH[verdict.verdict]
            for match in matches
            for verdict in match.list_verdicts
            if verdict.list_code == list_code
        ),
        default=0,
    )


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One line on which a draft makes a difference. ``score`` (0 to 100) and ``lane`` are the
    declaration's under the draft; ``raises_alert`` says whether it would newly be an alert."""

    declaration_id: int
    registration_number: str
    customs_office: str
    item_number: int
    description: str
    commodity_code: str
    net_mass_kg: Decimal | None
    substance_key: str
    change: Change
    matched_text: str
    score: Decimal
    lane: str
    raises_alert: bool

    @property
    def gravity(self) -> tuple[bool, Decimal, Decimal]:
        return self.raises_alert, self.score, self.net_mass_kg or Decimal(0)


class ProfileAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """What a risk profile would make of the declarations: alerts that come and that go, and
    how many of those that come have which lane."""

    profile: str
    version: int
    is_active: bool
    new: int
    gone: int
    lanes: dict[str, int]


class SimulationResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft would change; ``lines`` and ``substances`` count goods items by change."""

    lines: dict[str, int] = {}
    substances: dict[str, dict[str, int]] = {}
    declarations: int = 0
    alerts: tuple[ProfileAlerts, ...] = ()
    examples: tuple[Example, ...] = ()


def merged(parts: Iterable[SimulationResult]) -> SimulationResult:
    """The result of all parts, with the gravest examples of all."""
    lines: dict[str, int] = {}
    substances: dict[str, dict[str, int]] = {}
    alerts: dict[tuple[str, int], ProfileAlerts] = {}
    examples: list[Example] = []
    declarations = 0
    for part in parts:
        _add(lines, part.lines)
        for key, counts in part.substances.items():
            _add(substances.setdefault(key, {}), counts)
        for one in part.alerts:
            alerts[one.profile, one.version] = _sum(alerts.get((one.profile, one.version)), one)
        examples.extend(part.examples)
        declarations += part.declarations
    return SimulationResult(
        lines=lines,
        substances=substances,
        declarations=declarations,
        alerts=tuple(alerts.values()),
        examples=gravest(examples),
    )


def gravest(examples: Iterable[Example]) -> tuple[Example, ...]:
    """The examples that weigh most: new alerts first, then by score, then by mass."""
    order = sorted(examples, key=lambda one: (one.registration_number, one.item_number))
    return tuple(sorted(order, key=lambda one: one.gravity, reverse=True)[:EXAMPLES])


def _sum(known: ProfileAlerts | None, more: ProfileAlerts) -> ProfileAlerts:
    if known is None:
        return more
    lanes = dict(known.lanes)
    _add(lanes, more.lanes)
    return msgspec.structs.replace(
        known, new=known.new + more.new, gone=known.gone + more.gone, lanes=lanes
    )


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for key, count in more.items():
        counts[key] = counts.get(key, 0) + count
