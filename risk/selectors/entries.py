"""Entries of editions as the engine takes them."""

from risk.domain.substances import ListEntry
from risk.models import ListEdition
from risk.models import ListEntry as ListEntryRow


def entries_of(edition: ListEdition) -> tuple[ListEntry, ...]:
    """The entries of one edition in any state, by substance key and form."""
    rows = (
        ListEntryRow.objects.filter(edition=edition)
        .select_related("substance")
        .order_by("substance__key", "form_name")
    )
    return tuple(row.as_entry(list_code=edition.control_list.code) for row in rows)
