"""Outcomes as statistics count them, and who was found to offend."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from risk.domain.outcome_statistics import (
    Misses,
    Precision,
    Tally,
    Turnaround,
    Waived,
    estimate_misses,
    precision,
    turnaround,
    waived,
)
from risk.domain.outcomes import CONCLUSIVE, Result, SelectedBy
from risk.domain.profile import Lane
from risk.models import InspectionOutcome, LaneDecision
from shipments.domain.values import PartyRoleKind
from shipments.models import PartyRole

_OFFENCE = Q(result=Result.OFFENCE)
_FOUND = _OFFENCE & Q(found_substance__isnull=False)
_ROW = "assessment__indicator_rows"
OFFENDING_ROLES = (
    PartyRoleKind.IMPORTER.value,
    PartyRoleKind.CONSIGNEE.value,
    PartyRoleKind.CONSIGNOR.value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one indicator (``code``) or one profile (``code``, ``version``) came to."""

    code: str
    version: int | None
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class OffenderSeed:
    """A party in whose consignment a listed substance was found, and since when it is known."""

    party_id: int
    role: str
    substance_id: int
    outcome_id: int
    known_at: datetime


def list_outcomes() -> QuerySet[InspectionOutcome]:
    """Every act, the latest inspection first; what was corrected is there too."""
    related = InspectionOutcome.objects.select_related(
        "found_substance", "declaration", "supersedes", "superseded_by"
    )
    return related.order_by("-inspected_at")


def conclusive(outcomes: QuerySet[InspectionOutcome]) -> QuerySet[InspectionOutcome]:
    """Of these, what a share counts: current acts that say clean or offence."""
    return outcomes.filter(superseded_by__isnull=True, result__in=CONCLUSIVE)


def precision_of_indicators(outcomes: QuerySet[InspectionOutcome]) -> list[Counted]:
    """By indicator that fired on an inspected item or its declaration, the most inspected first.

    An act on the declaration as a whole tells of every item. One query.
    """
    fired = Q(item_number=0) | Q(**{f"{_ROW}__item_number": 0})
    fired |= Q(**{f"{_ROW}__item_number": F("item_number")})
    rows = conclusive(outcomes).filter(fired).order_by().values(code=F(f"{_ROW}__code"))
    return _counted(dict(row) for row in rows.annotate(**TALLY))


def precision_of_profiles(outcomes: QuerySet[InspectionOutcome]) -> list[Counted]:
    """By profile version, of declarations that its criteria selected. One query."""
    selected = conclusive(outcomes).exclude(
        assessment__lane_decision__criteria_lane=Lane.GREEN.value
    )
    profile = "assessment__basis__profile"
    rows = (
        selected.filter(assessment__lane_decision__isnull=False)
        .order_by()
        .values(code=F(f"{profile}__code"), version=F(f"{profile}__version"))
    )
    return _counted(dict(row) for row in rows.annotate(**TALLY))


def misses(outcomes: QuerySet[InspectionOutcome], *, lanes: QuerySet[LaneDecision]) -> Misses:
    """What the criteria pass by. ``lanes`` are those of the same declarations' period and scope.

    The random arm are the acts on declarations that the draw alone selected: what an officer
    opened besides is no sample. Two queries.
    """
    passed = lanes.filter(criteria_lane=Lane.GREEN.value)
    counts = passed.aggregate(passed=Count("pk"), drawn=Count("pk", filter=Q(is_drawn=True)))
    sample = conclusive(outcomes).filter(
        selected_by=SelectedBy.RANDOM.value,
        assessment__lane_decision__criteria_lane=Lane.GREEN.value,
    )
    return estimate_misses(**counts, sample=Tally(**sample.aggregate(**TALLY)))


def waivers(outcomes: QuerySet[InspectionOutcome]) -> list[Waived]:
    """By reason, the most frequent first: who was inspected all the same, later. One query."""
    later = conclusive(InspectionOutcome.objects.all()).filter(
        registration_number=OuterRef("registration_number"),
        inspected_at__gt=OuterRef("inspected_at"),
    )
    rows = (
        outcomes.filter(superseded_by__isnull=True, result=Result.NOT_APPLIED)
        .annotate(is_inspected=Exists(later), is_wrong=Exists(later.filter(_OFFENCE)))
        .order_by()
        .values("waiver")
        .annotate(
            count=Count("pk"),
            inspected=Count("pk", filter=Q(is_inspected=True)),
            wrong=Count("pk", filter=Q(is_wrong=True)),
        )
    )
    return [waived(**row) for row in sorted(rows, key=lambda row: (-row["count"], row["waiver"]))]


def laboratory_turnaround(outcomes: QuerySet[InspectionOutcome]) -> Turnaround:
    """How long laboratories took, of the current acts. One query."""
    asked = outcomes.filter(superseded_by__isnull=True, laboratory_requested_at__isnull=False)
    times = list(asked.order_by().values_list("laboratory_requested_at", "laboratory_resulted_at"))
    return turnaround(
        requested=len(times),
        seconds=[(end - start).total_seconds() for start, end in times if start and end],
    )


def offender_seeds(*, known_before: datetime) -> list[OffenderSeed]:
    """From whom a network looks outwards: importers, consignees and consignors in whose
    consignments a listed substance was found, as known before the moment. Corrected acts do not
    count. Two queries; in the order in which they became known.
    """
    acts = {
        act.declaration_id: act
        for act in InspectionOutcome.objects.filter(
            _FOUND, superseded_by__isnull=True, known_at__lt=known_before
        ).order_by("-known_at", "-pk")
    }
    roles = PartyRole.objects.filter(
        declaration__in=acts, role__in=OFFENDING_ROLES, party__isnull=False
    )
    seeds: dict[int, OffenderSeed] = {}
    for role in sorted(roles, key=lambda role: _known(acts[role.declaration_id], role.pk)):
        act = acts[role.declaration_id]
        if role.party_id is not None and act.found_substance_id is not None:
            seeds.setdefault(role.party_id, _seed(role.party_id, role.role, act))
    return list(seeds.values())


def found_in(outcomes: QuerySet[InspectionOutcome]) -> QuerySet[PartyRole]:
    """Importers, consignees and consignors of the declarations in which, by one of these acts
    that still holds, a listed substance was found."""
    acts = outcomes.filter(_FOUND, superseded_by__isnull=True).order_by()
    return PartyRole.objects.filter(
        declaration__in=acts.values("declaration"),
        role__in=OFFENDING_ROLES,
        party__isnull=False,
    )


def _known(act: InspectionOutcome, role_id: int) -> tuple[datetime, int, int]:
    return act.known_at, act.pk, role_id


def _seed(party_id: int, role: str, act: InspectionOutcome) -> OffenderSeed:
    return OffenderSeed(
        party_id=party_id,
        role=role,
        substance_id=act.found_substance_id or 0,
        outcome_id=act.pk,
        known_at=act.known_at,
    )


# Declarations, not acts: the unit of every share.
TALLY: dict[str, Any] = {
    "inspected": Count("declaration", distinct=True),
    "offences": Count("declaration", distinct=True, filter=_OFFENCE),
    "found": Count("declaration", distinct=True, filter=_FOUND),
}


def _counted(rows: Iterable[dict[str, Any]]) -> list[Counted]:
    counted = [
        Counted(
            code=row["code"],
            version=row.get("version"),
            precision=precision(
                Tally(inspected=row["inspected"], offences=row["offences"], found=row["found"])
            ),
        )
        for row in rows
        if row["code"]
    ]
    return sorted(counted, key=lambda one: (-one.precision.inspected, one.code, one.version or 0))
