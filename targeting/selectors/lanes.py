"""The lane of each declaration with what the examiner is told, and nothing of the rules."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, TextField, Value, When

from risk.domain.lanes import is_more_severe
from risk.domain.profile import Lane
from risk.explanations import examiner_note
from risk.models import IndicatorRow, LaneDecision, RiskAssessment, SubstanceMatch
from risk.selectors.profiles import stored_profile
from targeting.models import LaneTask
from targeting.selectors.questions import is_waiting
from targeting.selectors.scope import Scope, in_scope
from targeting.selectors.substances import substance_names

_DECLARATION = "assessment__declaration"
_PROFILE = "assessment__basis__profile"
HELD_LANE = Lane.YELLOW.value
"""While a question to the operator waits, the documents are not in order: at least this lane."""
LIGHTER_THAN_HELD = tuple(lane.value for lane in Lane if is_more_severe(Lane(HELD_LANE), lane))


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneNotice:
    """A lane with the plain sentences for whoever meets the goods.

    ``task`` is what became of it at the post; None for a lane that was never given.
    """

    decision: LaneDecision
    note: tuple[str, ...]
    task: LaneTask | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueCount:
    """How many lanes of one kind an office has not acknowledged in time."""

    customs_office: str
    lane: str
    count: int


def list_lanes(scope: Scope) -> QuerySet[LaneDecision]:
    """The lane of the latest assessment of every current declaration in scope, newest first.

    Each with ``is_waiting``, whether a question to the operator waits, and ``given``, the lane
    that holds meanwhile.
    """
    later = RiskAssessment.objects.filter(
        declaration=OuterRef(_DECLARATION), pk__gt=OuterRef("assessment")
    )
    lanes = LaneDecision.objects.filter(
        ~Exists(later),
        in_scope(scope, f"{_DECLARATION}__customs_office"),
        assessment__declaration__superseded_by__isnull=True,
    )
    lanes = lanes.annotate(
        is_waiting=is_waiting(f"{_DECLARATION}__registration_number"),
        given=Case(
            When(is_waiting=True, lane__in=LIGHTER_THAN_HELD, then=Value(HELD_LANE)),
            default=F("lane"),
            output_field=TextField(),
        ),
    )
    related = lanes.select_related(_DECLARATION, _PROFILE)
    return related.defer("assessment__facts", f"{_PROFILE}__content").order_by("-id")


def given_lane(decision: LaneDecision) -> str:
    """The lane that holds for one of :func:`list_lanes`: stricter while a question waits."""
    given: str = decision.given  # type: ignore[attr-defined]
    return given


def overdue_lanes(scope: Scope, *, now: datetime) -> QuerySet[LaneTask]:
    """Lanes of current declarations in scope that nobody acknowledged in time, the longest
    overdue first."""
    tasks = LaneTask.objects.filter(
        in_scope(scope),
        acknowledged_at=None,
        due_at__lt=now,
        declaration__superseded_by__isnull=True,
    )
    return tasks.select_related("declaration").order_by("due_at")


def count_overdue(scope: Scope, *, now: datetime) -> list[OverdueCount]:
    """How many such lanes there are, by office and lane. One query."""
    rows = (
        overdue_lanes(scope, now=now)
        .order_by("customs_office", "lane")
        .values_list("customs_office", "lane")
        .annotate(count=Count("pk"))
    )
    return [OverdueCount(customs_office=office, lane=lane, count=n) for office, lane, n in rows]


def notices_of(decisions: Sequence[LaneDecision], *, lang: str) -> list[LaneNotice]:
    """The notices of these lanes, in their order; five queries however many they are."""
    found = _flagged([one.assessment.declaration_id for one in decisions])
    told = _told(decisions, lang)
    tasks = {task.decision_id: task for task in LaneTask.objects.filter(decision__in=decisions)}
    keys = {key for places in found.values() for _, key in places}
    names = substance_names(keys, lang=lang)
    return [
        LaneNotice(
            decision=one,
            note=examiner_note(
                lane=given_lane(one),
                substances=[
                    (item, names[key]) for item, key in found[one.assessment.declaration_id]
                ],
                told=told[one.assessment_id],
                lang=lang,
                is_waiting=one.is_waiting,  # type: ignore[attr-defined]
            ),
            task=tasks.get(one.pk),
        )
        for one in decisions
    ]


def _flagged(declaration_ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    """Item number and substance of what was flagged, by declaration."""
    matches = SubstanceMatch.objects.filter(
        goods_item__declaration__in=declaration_ids, is_flagged=True
    ).values_list("goods_item__declaration", "goods_item__item_number", "substance__key")
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for declaration_id, item_number, key in sorted(set(matches)):
        found[declaration_id].append((item_number, key))
    return found


def _told(decisions: Sequence[LaneDecision], lang: str) -> dict[int, list[tuple[int, str]]]:
    """Item number and the profile's plain note of what fired, by assessment."""
    notes = {
        one.assessment_id: stored_profile(one.assessment.basis.profile).notes for one in decisions
    }
    rows = IndicatorRow.objects.filter(assessment__in=notes).order_by("item_number", "code")
    told: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for assessment_id, item, code in rows.values_list("assessment", "item_number", "code"):
        if note := notes[assessment_id].get(code):
            told[assessment_id].append((item, note[lang]))
    return told
