"""Entries of editions as the engine takes them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import connection
from psycopg import sql

from risk.domain.lists.comparison import Comparison, compare
from risk.domain.substances import ListEntry
from risk.models import ListEdition, Substance
from risk.models import ListEntry as ListEntryRow
from risk.models.entries import ENTRY_FIELDS, entry_of_row

# What an entry is besides what it says.
_NOT_SAID = {"id", "edition_id", "acknowledged", "verified_by", "verified_on"}


def entries_of(edition: ListEdition) -> tuple[ListEntry, ...]:
    """The entries of one edition in any state, by substance key and form."""
    return entries_by_edition([edition])[edition.pk]


def entries_by_edition(editions: Collection[ListEdition]) -> dict[int, tuple[ListEntry, ...]]:
    """:func:`entries_of` each edition, by its id; one query, and one more for each edition whose
    list is not read yet."""
    codes = {edition.pk: edition.control_list.code for edition in editions}
    found: dict[int, list[ListEntry]] = {pk: [] for pk in codes}
    rows = ListEntryRow.objects.filter(edition__in=codes).order_by("substance__key", "form_name")
    for row in rows.values_list(*ENTRY_FIELDS, "substance__key", "edition_id", named=True):
        code = codes[row.edition_id]
        entry = entry_of_row(row, list_code=code, substance_key=row.substance__key)
        found[row.edition_id].append(entry)
    return {pk: tuple(entries) for pk, entries in found.items()}


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


class Difference(NamedTuple):
    """How many entries differ, and the first of each kind as far as they are shown."""

    added: int
    removed: int
    changed: int
    unchanged: int
    shown: Comparison


def first_differences(before: ListEdition | None, after: ListEdition, *, most: int) -> Difference:
    """As :func:`compare_editions`, of which only the first ``most`` entries of each kind are read:
    everything may differ, and nobody reads tens of thousands on a page."""
    new = _places(after, before)
    old = _places(before, after) if before else {}
    added = [pk for place, pk in new.items() if place not in old]
    removed = [pk for place, pk in old.items() if place not in new]
    both = [place for place in new if place in old]
    chosen = both[:most]
    shown = compare(
        _entries(before, removed[:most] + [old[place] for place in chosen]) if before else (),
        _entries(after, added[:most] + [new[place] for place in chosen]),
    )
    unchanged = after.entries.count() - len(new)
    return Difference(len(added), len(removed), len(both), unchanged, shown)


def _entries_unlike(edition: ListEdition, other: ListEdition) -> tuple[ListEntry, ...]:
    """The entries of which the other edition has none that is equal in every column."""
    return _entries(edition, list(_places(edition, other).values()))


def _entries(edition: ListEdition, ids: Sequence[int]) -> tuple[ListEntry, ...]:
    """Without models between: an edition may have tens of thousands of entries."""
    code = edition.control_list.code
    rows = ListEntryRow.objects.filter(pk__among=ids)
    return tuple(
        entry_of_row(row, list_code=code, substance_key=row.substance__key)
        for row in rows.values_list(*ENTRY_FIELDS, "substance__key", named=True)
    )


def _places(edition: ListEdition, other: ListEdition | None) -> dict[tuple[int, str], int]:
    """Of the entries of which the other edition has none that is equal in every column, by
    substance and form, their ids, in the order of substances' keys and forms."""
    columns = [str(field.column) for field in ListEntryRow._meta.concrete_fields]
    # Grouped instead of joined: of an edition that was just filled the planner knows nothing, and
    # would hold each entry against every other.
    statement = sql.SQL(
        "SELECT unlike.substance_id, unlike.form_name, unlike.id FROM ("
        " SELECT substance_id, form_name, max(id) AS id FROM {table}"
        " WHERE edition_id IN (%(own)s, %(other)s) GROUP BY {said}"
        " HAVING bool_and(edition_id = %(own)s)) AS unlike"
        " JOIN {substances} AS substance ON substance.id = unlike.substance_id"
        " ORDER BY substance.key, unlike.form_name"
    ).format(
        table=sql.Identifier(ListEntryRow._meta.db_table),
        substances=sql.Identifier(Substance._meta.db_table),
        said=sql.SQL(", ").join(sql.Identifier(one) for one in columns if one not in _NOT_SAID),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"own": edition.pk, "other": other.pk if other else None})
        return {(substance, form_name): pk for substance, form_name, pk in cursor.fetchall()}
