"""The lane of each declaration with what the examiner is told, and nothing of the rules."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from risk.explanations import examiner_note
from risk.models import LaneDecision, RiskAssessment, SubstanceMatch
from targeting.selectors.scope import Scope, in_scope
from targeting.selectors.substances import substance_names


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneNotice:
    """A lane with the plain sentences for whoever meets the goods."""

    decision: LaneDecision
    note: tuple[str, ...]


def list_lanes(scope: Scope) -> QuerySet[LaneDecision]:
    """The lane of the latest assessment of every current declaration in scope, newest first."""
    later = RiskAssessment.objects.filter(
        declaration=OuterRef("assessment__declaration"), pk__gt=OuterRef("assessment")
    )
    lanes = LaneDecision.objects.filter(
        ~Exists(later),
        in_scope(scope, "assessment__declaration__customs_office"),
        assessment__declaration__superseded_by__isnull=True,
    )
    return lanes.select_related("assessment__declaration").order_by("-id")


def notices_of(decisions: Sequence[LaneDecision], *, lang: str) -> list[LaneNotice]:
    """The notices of these lanes, in their order; three queries however many they are."""
    found = _flagged([one.assessment.declaration_id for one in decisions])
    keys = {key for places in found.values() for _, key in places}
    names = substance_names(keys, lang=lang)
    return [
        LaneNotice(
            decision=one,
            note=examiner_note(
                lane=one.lane,
                substances=[
                    (item, names[key]) for item, key in found[one.assessment.declaration_id]
                ],
                lang=lang,
            ),
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
