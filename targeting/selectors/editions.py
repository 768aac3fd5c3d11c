"""Editions as they are shown and compared."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from risk.domain.lists.comparison import Comparison
from risk.models import ListEdition, ListEntry
from risk.selectors.entries import compare_editions


def list_editions() -> QuerySet[ListEdition]:
    """Editions of every list with the counts of their entries, and of those unverified."""
    return ListEdition.objects.select_related("control_list", "based_on").annotate(
        entry_count=Count("entries"),
        substance_count=Count("entries__substance", distinct=True),
        unverified_count=Count("entries", filter=Q(entries__verified_by="")),
    )


def list_entries(edition: ListEdition) -> QuerySet[ListEntry]:
    """The entries of an edition, by form name."""
    return (
        ListEntry.objects.filter(edition=edition)
        .select_related("substance", "edition__control_list")
        .order_by("form_name")
    )


def difference(before: ListEdition | None, after: ListEdition) -> Comparison:
    """How one edition becomes another; without an earlier one everything is added."""
    return compare_editions(before, after)


def edition_etag(edition: ListEdition) -> str:
    """A mark that changes with everything an edition says; its version is inside."""
    verified = edition.verified_on or ""
    return f'"{edition.pk}.{edition.version}.{edition.state}.{edition.in_force_to}.{verified}"'


def last_modified(edition: ListEdition) -> datetime | None:
    """When anything an edition says last changed, as its history has it; one query."""
    events: QuerySet[Any] = edition.events  # type: ignore[attr-defined]
    return events.order_by("-pgh_id").values_list("pgh_created_at", flat=True).first()
