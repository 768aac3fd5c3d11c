"""Entries of editions as the engine takes them."""

from django.db import connection
from psycopg import sql

from risk.domain.lists.comparison import Comparison, compare
from risk.domain.substances import ListEntry
from risk.models import ListEdition
from risk.models import ListEntry as ListEntryRow

# What an entry is besides what it says.
_NOT_SAID = {"id", "edition_id", "acknowledged", "verified_by", "verified_on"}


def entries_of(edition: ListEdition) -> tuple[ListEntry, ...]:
    """The entries of one edition in any state, by substance key and form."""
    rows = (
        ListEntryRow.objects.filter(edition=edition)
        .select_related("substance")
        .order_by("substance__key", "form_name")
    )
    return tuple(row.as_entry(list_code=edition.control_list.code) for row in rows)


def compare_editions(before: ListEdition | None, after: ListEdition) -> Comparison:
    """How one edition becomes another of its list; without an earlier one everything is added.

    Only entries of which the database holds different columns are read: a list may have tens
    of thousands, of which a decree changes five.
    """
    if before is None:
        return compare((), entries_of(after))
    changed = _entries_unlike(after, before)
    found = compare(_entries_unlike(before, after), changed)
    same = after.entries.count() - len(changed)
    return Comparison(
        added=found.added,
        removed=found.removed,
        changed=found.changed,
        unchanged_count=found.unchanged_count + same,
    )


def _entries_unlike(edition: ListEdition, other: ListEdition) -> tuple[ListEntry, ...]:
    """The entries of which the other edition has none that is equal in every column."""
    columns = [str(field.column) for field in ListEntryRow._meta.concrete_fields]
    said = [column for column in columns if column not in _NOT_SAID]
    own, its = (
        sql.SQL(", ").join(sql.Identifier(alias, column) for column in said)
        for alias in ("own", "other")
    )
    statement = sql.SQL(
        "SELECT own.id FROM {table} AS own WHERE own.edition_id = %s AND NOT EXISTS ("
        " SELECT FROM {table} AS other WHERE other.edition_id = %s"
        " AND other.substance_id = own.substance_id AND other.form_name = own.form_name"
        " AND ROW({own}) IS NOT DISTINCT FROM ROW({its}))"
    ).format(table=sql.Identifier(ListEntryRow._meta.db_table), own=own, its=its)
    with connection.cursor() as cursor:
        cursor.execute(statement, [edition.pk, other.pk])
        ids = [pk for (pk,) in cursor.fetchall()]
    rows = ListEntryRow.objects.filter(pk__in=ids).select_related("substance")
    return tuple(row.as_entry(list_code=edition.control_list.code) for row in rows)
