"""What each customs office came to, and in which region it lies."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from risk.domain.outcome_statistics import Tally
from risk.domain.outcomes import CONCLUSIVE
from risk.domain.regions import OfficeCounts
from risk.models import Channel, ChannelConsignment, InspectionOutcome, LaneDecision
from risk.selectors.outcomes import TALLY
from targeting.models import CustomsOffice

_OFFICE = "assessment__declaration__customs_office"


def counts_by_office(
    outcomes: QuerySet[InspectionOutcome],
    *,
    lanes: QuerySet[LaneDecision],
    consignments: QuerySet[ChannelConsignment],
) -> list[OfficeCounts]:
    """Counts of every office that one of these names. All three are of the same scope and
    period. Three queries, however many rows there are."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    by_lane: dict[str, dict[str, int]] = defaultdict(dict)
    rows = lanes.order_by().values_list(_OFFICE, "lane")
    for office, lane, count, drawn, score in rows.annotate(
        count=Count("pk"),
        drawn=Count("pk", filter=Q(is_drawn=True)),
        score=Sum("assessment__score"),
    ):
        by_lane[office][lane] = count
        told = found[office]
        told["drawn"] = told.get("drawn", 0) + drawn
        told["score_sum"] = told.get("score_sum", 0) + score
    for row in _tallies(outcomes):
        office = row.pop("declaration__customs_office")
        found[office]["tally"] = Tally(**row)
    channels: dict[str, set[int]] = defaultdict(set)
    pairs = consignments.order_by().values_list("declaration__customs_office", "channel")
    for office, channel in pairs.distinct():
        channels[office].add(channel)
    return [
        OfficeCounts(
            office=office,
            lanes=by_lane[office],
            channels=frozenset(channels[office]),
            **found[office],
        )
        for office in sorted({*found, *channels})
    ]


def suspect_consignments(channels: QuerySet[Channel]) -> QuerySet[ChannelConsignment]:
    """The consignments that made these channels suspect."""
    return ChannelConsignment.objects.filter(
        channel__in=channels.order_by().values("pk"), is_suspect=True
    )


def region_names(offices: set[str]) -> dict[str, str]:
    """The region of each office that is entered, by code. One query."""
    known = CustomsOffice.objects.filter(code__in=offices)
    return dict(known.values_list("code", "region"))


def _tallies(outcomes: QuerySet[InspectionOutcome]) -> Any:
    concluded = outcomes.filter(superseded_by__isnull=True, result__in=CONCLUSIVE)
    return concluded.order_by().values("declaration__customs_office").annotate(**TALLY)
