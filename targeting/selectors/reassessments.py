"""Reassessments as they are watched, and the changes of the registers behind them."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from risk.models import Reassessment, RegisterChange
from shipments.models.choices import StageState


def list_reassessments() -> QuerySet[Reassessment]:
    """The newest first, with their jobs, how many changes each took up and how far it is."""
    taken_up = RegisterChange.objects.filter(reassessment=OuterRef("pk")).order_by()
    counted = taken_up.values("reassessment").annotate(count=Count("pk")).values("count")
    rows = Reassessment.objects.select_related("job").annotate(
        chunk_count=Count("job__stage_runs"),
        done_count=Count("job__stage_runs", filter=Q(job__stage_runs__state=StageState.DONE)),
        change_count=Coalesce(Subquery(counted), 0),
    )
    return rows.order_by("-id")


def list_register_changes() -> QuerySet[RegisterChange]:
    """The newest first."""
    return RegisterChange.objects.select_related("reassessment").order_by("-id")
