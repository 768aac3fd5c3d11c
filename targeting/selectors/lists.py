"""Control lists as they are shown: the editions with their badge and counts."""

from django.db.models import Count, Prefetch, QuerySet

from risk.models import ControlList, ListEdition


def list_control_lists() -> QuerySet[ControlList]:
    """Every list with its editions, the newest edition first, and their counts."""
    editions = ListEdition.objects.annotate(
        entry_count=Count("entries"),
        substance_count=Count("entries__substance", distinct=True),
    )
    return ControlList.objects.order_by("code").prefetch_related(
        Prefetch("editions", editions.order_by("-number"))
    )
