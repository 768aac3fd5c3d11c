"""What a submitter's own people may know of its traffic and of its programs' keys."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Prefetch, QuerySet, Sum
from django.db.models.functions import TruncMonth

from shipments.models import IntakeBatch, Submitter
from targeting.models import ApiClient, ClientSecret


class Usage(NamedTuple):
    """What came in one month, by the offices' calendar; ``rejected`` of ``declarations`` and
    itself is the share that could not be stored."""

    month: date
    files: int
    declarations: int
    items: int
    rejected: int


def usage_of(submitter: Submitter, *, since: datetime) -> list[Usage]:
    """By month from ``since``, the newest first; one query over the submitter's own receipts."""
    rows = (
        IntakeBatch.objects.filter(submitter=submitter, received_at__gte=since)
        .annotate(month=TruncMonth("received_at"))
        .values("month")
        .annotate(
            files=Count("pk"),
            declared=Sum("declaration_count"),
            items=Sum("item_count"),
            rejected=Sum("rejected_count"),
        )
        .order_by("-month")
    )
    return [
        Usage(
            month=row["month"].date(),
            files=row["files"],
            declarations=row["declared"],
            items=row["items"],
            rejected=row["rejected"],
        )
        for row in rows
    ]


def clients_of(submitter: Submitter) -> QuerySet[ApiClient]:
    """The programs that act for the submitter with their secrets, the newest first."""
    secrets = ClientSecret.objects.order_by("-created_at", "-pk")
    return (
        ApiClient.objects.filter(submitter=submitter, kind="api_client")
        .prefetch_related(Prefetch("secrets", queryset=secrets))
        .order_by("-is_active", "name", "pk")
    )
