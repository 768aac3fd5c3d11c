"""The register of notifications as people read it: with what came under each."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from risk.domain.indicators.notice import MISSING_CODE
from risk.domain.permits.notices import MASS_TOLERANCE
from risk.models import IndicatorRow, NotificationMatch
from risk.models.choices import NotificationMatchState
from shipments.domain.notifications import NotificationState, Standing
from shipments.models import Declaration, PreExportNotification

_INTAKE = "intake"
_MASS = DecimalField(max_digits=24, decimal_places=6)
_SURE = Q(matches__state__in=(NotificationMatchState.MATCHED, NotificationMatchState.CONFIRMED))
_MATCHED_KG = Coalesce(
    Sum("matches__mass_kg", filter=_SURE & Q(matches__is_counted=True)),
    Value(Decimal(0)),
    output_field=_MASS,
)


class Gap(StrEnum):
    """What does not fit between notices and declarations: work items."""

    NEVER_ARRIVED = "never_arrived"
    MORE_THAN_NOTIFIED = "more_than_notified"
    DIVERTED = "diverted"


def list_notifications() -> QuerySet[PreExportNotification]:
    """Notices with ``matched_kg`` and ``match_count``, the latest entered first."""
    rows = PreExportNotification.objects.select_related("exporter", "importer").order_by("-id")
    return rows.prefetch_related("exporter__identifiers", "importer__identifiers").annotate(
        matched_kg=_MATCHED_KG, match_count=Count("matches", filter=_SURE)
    )


def with_gap(rows: QuerySet[Any], gap: Gap, day: date) -> QuerySet[Any]:
    """Those of :func:`list_notifications` that have the gap on the day and that nobody closed.

    Of a notice that was objected to or never sent nothing is awaited.
    """
    open_ones = rows.filter(closed_at=None)
    if gap is Gap.NEVER_ARRIVED:
        silent = (NotificationState.DRAFT, NotificationState.OBJECTED, NotificationState.SUSPENDED)
        return open_ones.filter(match_count=0, closes_on__lt=day).exclude(state__in=silent)
    if gap is Gap.MORE_THAN_NOTIFIED:
        return open_ones.filter(matched_kg__gt=F("notified_kg") * (1 + MASS_TOLERANCE))
    diverted = NotificationMatch.objects.filter(differences__contains=["entry_point"]).exclude(
        state__in=(NotificationMatchState.PROPOSED, NotificationMatchState.REJECTED)
    )
    return open_ones.filter(pk__in=diverted.values("notification"))


def standing_of(row: PreExportNotification, match_count: int, day: date) -> Standing:
    """Where the notice stands on the day."""
    if row.closed_at is not None:
        return Standing.CLOSED
    if match_count:
        return Standing.MATCHED
    return Standing.LAPSED if row.closes_on < day else Standing.AWAITED


def list_matches() -> QuerySet[NotificationMatch]:
    """Matches with their notices, the newest first."""
    return NotificationMatch.objects.select_related("notification").order_by("-id")


def list_unannounced(*, since: date) -> QuerySet[IndicatorRow]:
    """Precursors that arrived without a notice, by the assessment of each latest version; those
    that a late notice has been matched to since are left out. The latest first. ``since`` a day
    of acceptance, by which the months to look at are chosen."""
    latest = IndicatorRow.objects.filter(
        code=MISSING_CODE,
        accepted_at__gte=datetime.combine(since, time(), UTC),
        assessment__trigger=_INTAKE,
        assessment__declaration__is_cancelled=False,
    ).select_related("assessment__declaration")
    # Not by the reverse relation: of an outer join that finds nothing the planner expects one
    # row, and walks all declarations instead of the few rows of the index.
    later = Declaration.objects.filter(supersedes=OuterRef("assessment__declaration"))
    matched = NotificationMatch.objects.filter(
        registration_number=OuterRef("assessment__declaration__registration_number"),
        item_number=OuterRef("item_number"),
        state__in=(NotificationMatchState.MATCHED, NotificationMatchState.CONFIRMED),
    )
    return latest.filter(~Exists(later), ~Exists(matched)).order_by("-accepted_at", "-id")
