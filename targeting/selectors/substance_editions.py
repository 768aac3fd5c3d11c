"""A substance through the editions of every list: how it was held, what each changed."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from risk.domain.lists.comparison import FieldChange, compare
from risk.models import ListEdition, ListEntry, Substance
from risk.models.lists import LAW


class HeldEntry(NamedTuple):
    """An entry of an edition that is or was law; ``changes`` against the edition before, of the
    same form. ``is_new``: there was one before, which did not hold it."""

    entry: ListEntry
    edition: ListEdition
    is_current: bool
    is_new: bool
    changes: Sequence[FieldChange]


class LeftList(NamedTuple):
    """An edition that holds the form no more, which the one before did."""

    edition: ListEdition
    form_name: str


class ListCourse(NamedTuple):
    """One list: its entries of the substance, the newest edition first."""

    list_code: str
    title: str
    held: Sequence[HeldEntry]
    left: Sequence[LeftList]


def course_of(substance: Substance) -> list[ListCourse]:
    """The substance in every edition that is or was law, by list; two queries."""
    entries = (
        ListEntry.objects.filter(substance=substance, edition__state__in=LAW)
        .select_related("edition__control_list", "substance")
        .order_by("edition__control_list__code", "edition__number", "form_name")
    )
    rows = list(entries)
    lists = {entry.edition.control_list_id for entry in rows}
    editions = ListEdition.objects.filter(control_list__in=lists, state__in=LAW)
    known: dict[int, list[ListEdition]] = {}
    for edition in editions.select_related("control_list").order_by("number"):
        known.setdefault(edition.control_list_id, []).append(edition)
    by_list = groupby(rows, key=lambda entry: entry.edition.control_list_id)
    return [_course(list(found), known[pk]) for pk, found in by_list]


def _course(rows: Sequence[ListEntry], editions: Sequence[ListEdition]) -> ListCourse:
    control_list = editions[0].control_list
    by_edition: dict[int, list[ListEntry]] = {edition.pk: [] for edition in editions}
    for row in rows:
        by_edition[row.edition_id].append(row)
    held: list[HeldEntry] = []
    left: list[LeftList] = []
    before: list[ListEntry] | None = None
    for edition in editions:
        after = by_edition[edition.pk]
        held = [*_held(before, after, edition, edition is editions[-1]), *held]
        gone = {one.form_name for one in before or ()} - {one.form_name for one in after}
        left = [*(LeftList(edition, name) for name in sorted(gone)), *left]
        before = after
    return ListCourse(control_list.code, control_list.title, held, left)


def _held(
    before: Sequence[ListEntry] | None,
    after: Sequence[ListEntry],
    edition: ListEdition,
    is_current: bool,
) -> list[HeldEntry]:
    code = edition.control_list.code
    found = compare(
        (one.as_entry(list_code=code) for one in before or ()),
        (one.as_entry(list_code=code) for one in after),
    )
    changes = {change.after.form_name: change.fields for change in found.changed}
    added = {entry.form_name for entry in found.added} if before is not None else set()
    return [
        HeldEntry(one, edition, is_current, one.form_name in added, changes.get(one.form_name, ()))
        for one in after
    ]
