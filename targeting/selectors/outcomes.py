"""Acts of inspection in a caller's scope, and the declarations that they are about."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from risk.domain.outcome_statistics import Misses, Turnaround, Waived
from risk.domain.outcomes import Result
from risk.models import InspectionOutcome, LaneDecision
from risk.selectors import outcomes as read
from risk.selectors.outcomes import Counted
from risk.services.assessments import INTAKE
from shipments.models import Declaration
from targeting.selectors.scope import Scope, in_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeStatistics:
    """What the acts of a scope and period say; see :mod:`risk.domain.outcome_statistics`."""

    acts: dict[str, int]
    indicators: list[Counted]
    profiles: list[Counted]
    misses: Misses
    waivers: list[Waived]
    laboratory: Turnaround


def scoped_outcomes(scope: Scope) -> QuerySet[InspectionOutcome]:
    """Every act of the offices in scope, the latest inspection first."""
    return read.list_outcomes().filter(in_scope(scope))


def list_outcomes_of(scope: Scope, registration_number: str) -> QuerySet[InspectionOutcome]:
    """Acts on any version of one declaration, the latest inspection first."""
    return scoped_outcomes(scope).filter(registration_number=registration_number)


def inspected_declaration(
    scope: Scope, *, registration_number: str, version: int | None
) -> Declaration | None:
    """The version that an act is about: the one named, else the latest that is no cancellation.
    None when there is none in the scope."""
    versions = Declaration.objects.filter(
        in_scope(scope), registration_number=registration_number, is_cancelled=False
    )
    if version is not None:
        versions = versions.filter(version=version)
    return versions.order_by("-version").first()


def scoped_lanes(scope: Scope) -> QuerySet[LaneDecision]:
    """The lanes that intake gave to current declarations in scope: what shares are taken of."""
    return LaneDecision.objects.filter(
        in_scope(scope, "assessment__declaration__customs_office"),
        assessment__trigger=INTAKE,
        assessment__declaration__superseded_by__isnull=True,
    )


def outcome_statistics(
    outcomes: QuerySet[InspectionOutcome], *, lanes: QuerySet[LaneDecision]
) -> OutcomeStatistics:
    """The statistics of these acts. ``lanes`` are of the same scope and period. Eight queries,
    however many acts there are."""
    current = outcomes.filter(superseded_by__isnull=True).order_by()
    counts = dict(current.values_list("result").annotate(count=Count("pk")))
    return OutcomeStatistics(
        acts={result.value: counts.get(result.value, 0) for result in Result},
        indicators=read.precision_of_indicators(outcomes),
        profiles=read.precision_of_profiles(outcomes),
        misses=read.misses(outcomes, lanes=lanes),
        waivers=read.waivers(outcomes),
        laboratory=read.laboratory_turnaround(outcomes),
    )
