"""Editions as they are shown and compared."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from risk.domain.lists.comparison import Comparison
from risk.models import ControlList, ListEdition, ListEntry, Rescreening
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


def edition_etag(*shown: ListEdition | Rescreening | None) -> str:
    """A mark that changes with everything an edition says; its version is inside. After it may
    stand what is shown beside it: the edition it is compared with, or its simulation."""
    return f'"{";".join(_mark(one) for one in shown if one)}"'


def is_mark_of(given: str, edition: ListEdition) -> bool:
    """Whether an ETag is of the edition as it is, whatever was shown beside it."""
    return given.strip('"').partition(";")[0] == _mark(edition)


def _mark(row: ListEdition | Rescreening) -> str:
    if isinstance(row, Rescreening):
        return f"{row.pk}.{row.job.state}"
    return f"{row.pk}.{row.version}.{row.state}.{row.in_force_to}.{row.verified_on or ''}"


def last_modified(*shown: ListEdition | Rescreening | None) -> datetime | None:
    """When anything that these say last changed; one query."""
    editions = [one.pk for one in shown if isinstance(one, ListEdition)]
    jobs = [one.job for one in shown if isinstance(one, Rescreening)]
    moments = [_changed_at(ListEdition.objects.filter(pk__in=editions))]
    moments += [job.finished_at or job.started_at for job in jobs]
    return max(filter(None, moments), default=None)


def lists_modified(rows: Iterable[ControlList]) -> datetime | None:
    """When anything that these lists or their editions say last changed; two queries."""
    keys = [row.pk for row in rows]
    moments = (
        _changed_at(ControlList.objects.filter(pk__in=keys)),
        _changed_at(ListEdition.objects.filter(control_list__in=keys)),
    )
    return max(filter(None, moments), default=None)


def _changed_at(rows: QuerySet[Any]) -> datetime | None:
    """The last change of any of the rows, as their history has it; one query."""
    found: datetime | None = rows.aggregate(last=Max("events__pgh_created_at"))["last"]
    return found
