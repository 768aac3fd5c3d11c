"""Simulations: what a draft would change on stored declarations. Nothing of them is stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from django.db.models import Max

from risk.domain.facts import DeclarationFacts
from risk.domain.lanes import Lane
from risk.domain.lists.changes import ListChange
from risk.domain.matching.combine import SHOW_POINT
from risk.domain.matching.comparison import (
    Change,
    Difference,
    Judgement,
    differences,
    judgements,
)
from risk.domain.matching.evidence import SubstanceEvidence
from risk.domain.rescreening import (
    Example,
    ProfileAlerts,
    SimulationResult,
    gravest,
    merged,
    told,
)
from risk.domain.small_quantities import quantity_change, small_quantities
from risk.models import ListEdition, Rescreening, RiskProfile
from risk.models.choices import ProfileState
from risk.selectors.facts import facts_under
from risk.selectors.lists import ListsInForce
from risk.selectors.match_facts import Overlay
from risk.selectors.office import office_day
from risk.selectors.profiles import stored_profile
from risk.selectors.rescreened import RescreenedItem, items_of_chunk
from risk.selectors.rescreenings import change_of, lists_after, lists_before
from risk.services.judging import Assessed, Draws, judge
from risk.services.rescreenings import open_rescreening
from shipments.models import Declaration, StageRun
from shipments.models.choices import JobKind, JobStage

_ALERTING = (Lane.RED, Lane.YELLOW)
_Facts = Iterable[tuple[int, DeclarationFacts]]
_Told = dict[int, dict[str, Sequence[SubstanceEvidence]]]


class _Line(NamedTuple):
    item: RescreenedItem
    difference: Difference


class _Same(NamedTuple):
    """A substance of which the lists say the same with the draft and without it."""

    item: RescreenedItem
    substance_key: str
    stored: Judgement
    new: Judgement


def open_simulation(*, edition: ListEdition, days: int, actor: str, now: datetime) -> Rescreening:
    """A simulation of the edition as it stands, over the ``days`` up to the newest declaration.

    Those up to today would hold nothing where intake stands still or history was loaded, and an
    edition that changes nothing there may change much. The caller holds the transaction. It is
    judged as of the day from which the edition is to be law, or of today where that is past or
    not said yet.
    """
    today = office_day(now)
    newest = Declaration.objects.filter(accepted_at__lte=now).aggregate(at=Max("accepted_at"))["at"]
    last = office_day(newest) if newest else today
    return open_rescreening(
        kind=JobKind.SIMULATION,
        edition=edition,
        day=max(today, edition.in_force_from or today),
        since=last - timedelta(days=days),
        until=today,
        actor=actor,
        now=now,
    )


def judge_declarations(simulation: Rescreening, *, chunk: int, draws: Draws) -> SimulationResult:
    """What the draft changes in the chunk's declarations, by every profile that is asked."""
    change = change_of(simulation)
    before, after = lists_before(simulation), lists_after(simulation)
    items = items_of_chunk(simulation, chunk)
    was, now = _told(items, before, change), _told(items, after, change)
    lines, same = _lines(items, was, now)
    asked = [one for one in same if one.substance_key in change.exempting]
    items_read = [line.item for line in lines] + [one.item for one in asked]
    declarations = sorted({item.declaration_id for item in items_read})
    facts_before = facts_under(declaration_ids=declarations, overlay=Overlay(before, was))
    facts_after = facts_under(declaration_ids=declarations, overlay=Overlay(after, now))
    lines.extend(_of_quantities(asked, facts_before, facts_after))
    alerts: list[ProfileAlerts] = []
    examples: tuple[Example, ...] = ()
    for row in _profiles():
        profile = stored_profile(row)
        old = {one.declaration_id: one for one in judge(facts_before, profile, draws)}
        new = {one.declaration_id: one for one in judge(facts_after, profile, draws)}
        alerts.append(_alerts(row, old, new))
        if row.is_active:
            examples = gravest(_example(line, old, new) for line in lines)
    return SimulationResult(
        lines=Counter(line.difference.change.value for line in lines),
        substances=_by_substance(lines),
        declarations=len({line.item.declaration_id for line in lines}),
        alerts=tuple(alerts),
        examples=examples,
    )


def store_result(simulation: Rescreening) -> None:
    """Put together what the chunks found; the caller holds the transaction."""
    runs = StageRun.objects.filter(job=simulation.job_id, stage=JobStage.JUDGE).order_by("chunk")
    parts = [
        msgspec.convert(counts["result"], SimulationResult)
        for counts in runs.values_list("counts", flat=True)
    ]
    result = merged(parts)
    simulation.result = msgspec.to_builtins(result)
    simulation.match_count = result.lines.get(Change.APPEARS, 0)
    simulation.alert_count = next((one.new for one in result.alerts if one.is_active), 0)
    simulation.save(update_fields=["result", "match_count", "alert_count"])


def _profiles() -> list[RiskProfile]:
    """The active profile, and of each code the newest approved one that waits beside it."""
    waiting = RiskProfile.objects.filter(state=ProfileState.APPROVED, activated_at=None)
    newest = waiting.order_by("code", "-version").distinct("code")
    rows = {row.pk: row for row in (*RiskProfile.objects.filter(is_active=True), *newest)}
    return list(rows.values())


def _told(items: Iterable[RescreenedItem], lists: ListsInForce, change: ListChange) -> _Told:
    """Of every changed substance what the lists tell of each item, also when it is nothing."""
    items = list(items)
    pairs = [(item.description, item.commodity_code) for item in items]
    nothing: dict[str, Sequence[SubstanceEvidence]] = dict.fromkeys(change.substances, ())
    return {
        item.id: nothing | told(found, change.substances)
        for item, found in zip(items, lists.screener.screen_many(pairs), strict=True)
    }


def _judged(found: Mapping[str, Sequence[SubstanceEvidence]]) -> dict[str, Judgement]:
    evidences = (evidence for group in found.values() for evidence in group)
    return judgements(evidences, least=SHOW_POINT)


def _lines(
    items: Iterable[RescreenedItem], was: _Told, now: _Told
) -> tuple[list[_Line], list[_Same]]:
    lines: list[_Line] = []
    same: list[_Same] = []
    for item in items:
        old, new = _judged(was[item.id]), _judged(now[item.id])
        found = differences(old, new)
        lines.extend(_Line(item, one) for one in found)
        alike = (old.keys() & new.keys()) - {one.substance_key for one in found}
        same.extend(_Same(item, key, old[key], new[key]) for key in sorted(alike))
    return lines, same


def _of_quantities(same: Iterable[_Same], before: _Facts, after: _Facts) -> Iterator[_Line]:
    """The lines of which the draft changes only what the law says of their quantity."""
    was = {pk: small_quantities(facts) for pk, facts in before}
    now = {pk: small_quantities(facts) for pk, facts in after}
    for item, key, stored, new in same:
        place = (item.item_number, key)
        change = quantity_change(was[item.declaration_id][place], now[item.declaration_id][place])
        if change:
            yield _Line(item, Difference(change, key, stored, new))


def _alerts(
    row: RiskProfile, before: Mapping[int, Assessed], after: Mapping[int, Assessed]
) -> ProfileAlerts:
    was = {pk for pk, one in before.items() if _is_alert(one)}
    now = {pk for pk, one in after.items() if _is_alert(one)}
    return ProfileAlerts(
        profile=row.code,
        version=row.version,
        is_active=row.is_active,
        new=len(now - was),
        gone=len(was - now),
        lanes=Counter(after[pk].decision.lane.value for pk in now - was),
    )


def _is_alert(one: Assessed) -> bool:
    """Whether the alert stage would raise one; the random draw does so whatever the lists say."""
    is_chosen = one.decision.lane in _ALERTING and not one.decision.is_random_arm
    return is_chosen or _is_flagged(one.facts)


def _is_flagged(facts: DeclarationFacts) -> bool:
    matches = (match for item in facts.items for match in item.matches)
    return any(match.is_flagged and not match.is_exempt for match in matches)


def _by_substance(lines: Iterable[_Line]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for line in lines:
        counts = found.setdefault(line.difference.substance_key, {})
        change = line.difference.change.value
        counts[change] = counts.get(change, 0) + 1
    return found


def _example(line: _Line, before: Mapping[int, Assessed], after: Mapping[int, Assessed]) -> Example:
    item, difference = line
    judged = after[item.declaration_id]
    told_of = difference.new or difference.stored
    return Example(
        declaration_id=item.declaration_id,
        registration_number=item.registration_number,
        customs_office=item.customs_office,
        item_number=item.item_number,
        description=item.description[:500],
        commodity_code=item.commodity_code,
        net_mass_kg=item.net_mass_kg,
        substance_key=difference.substance_key,
        change=difference.change,
        matched_text=told_of.matched_text if told_of else "",
        score=judged.assessment.score,
        lane=judged.decision.lane.value,
        raises_alert=_is_alert(judged) and not _is_alert(before[item.declaration_id]),
    )
