"""Sheets of editions: what an export holds, and what an import would change."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import msgspec
from django.conf import settings

from risk.domain.errors import EditionChanged
from risk.domain.lists.entry_cells import ENTRY_COLUMNS, STATUS_COLUMNS, cells_of
from risk.domain.lists.sheet_import import ImportPreview, preview_sheet
from risk.domain.lists.sheets import SheetFormat, read_sheet, write_sheet
from risk.models import ListEdition, SubstanceIdentifier
from risk.models import ListEntry as ListEntryRow
from risk.models.choices import EditionState, IdentifierKind
from risk.models.entries import ENTRY_FIELDS, entry_of_row
from risk.selectors.entries import entries_of
from targeting.domain.errors import ExportNeeded, ImportNeeded

SHEET_COLUMNS = (*ENTRY_COLUMNS, *STATUS_COLUMNS)
_READ_AT_ONCE = 2_000


class SheetPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a sheet would make of the draft. ``digest`` names this very change of this very
    version: what is confirmed is what was shown."""

    preview: ImportPreview
    digest: str


def row_cells(row: ListEntryRow) -> dict[str, str]:
    """The row's texts by column; its substance and list should be loaded with it."""
    entry = row.as_entry(list_code=row.edition.control_list.code)
    return cells_of(entry, row.substance.preferred_name)


def edition_sheet(edition: ListEdition, sheet_format: SheetFormat) -> tuple[str, bytes]:
    """A file name and the entries as a file, each with whether it was compared with its act.

    Raises ExportNeeded for an edition of more entries than one waits for.
    """
    rows, at_once = edition.entries.count(), settings.TARGETING["SHEET_ROWS_AT_ONCE"]
    if rows > at_once:
        raise ExportNeeded(rows=rows, at_once=at_once)
    name = f"{sheet_name(edition)}.{sheet_format}"
    return name, write_sheet(sheet_format, SHEET_COLUMNS, sheet_rows(edition))


def sheet_name(edition: ListEdition) -> str:
    """What a sheet of the edition is called, without a suffix."""
    return f"{edition.control_list.code}-{edition.number}".lower()


def sheet_rows(edition: ListEdition) -> Iterator[dict[str, str]]:
    """The entries in the columns of a sheet, as they all were when the first one is read."""
    entries = ListEntryRow.objects.filter(edition=edition).order_by("form_name")
    rows = entries.values_list(
        *ENTRY_FIELDS, "substance__key", "substance__preferred_name", "verified_by", "verified_on",
        named=True,
    )  # fmt: skip
    for row in rows.iterator(chunk_size=_READ_AT_ONCE):
        yield _sheet_row(row, edition.control_list.code)


def _sheet_row(row: Any, list_code: str) -> dict[str, str]:
    entry = entry_of_row(row, list_code=list_code, substance_key=row.substance__key)
    cells = cells_of(entry, row.substance__preferred_name)
    is_verified = bool(row.verified_by)
    status = (str(is_verified), row.verified_by, str(row.verified_on or ""))
    cells.update(zip(STATUS_COLUMNS, status, strict=True))
    return cells


def preview_import(
    edition: ListEdition, *, version: int, content: bytes, file_name: str, kind: str = ""
) -> SheetPreview:
    """What the sheet would change in the draft as it is now; nothing is written.

    Raises EditionChanged when the draft is no longer of ``version``, ImportNeeded for a sheet of
    more rows than one waits for, and what
    :func:`~risk.domain.lists.sheet_import.preview_sheet` raises.
    """
    at_once = settings.TARGETING["SHEET_ROWS_AT_ONCE"]
    if next(islice(read_sheet(content, file_name), at_once, None), None) is not None:
        raise ImportNeeded(at_once=at_once)
    return _preview(edition, version, content, file_name, kind, int)


def preview_long_sheet(
    edition: ListEdition,
    *,
    version: int,
    content: bytes,
    file_name: str,
    kind: str,
    begin: Callable[[int], object],
    tell: Callable[[int], object],
) -> SheetPreview:
    """As :func:`preview_import` of any sheet that can be read: ``begin`` is told how many rows it
    has, and ``tell`` after each how many are read."""
    begin(sum(1 for _ in read_sheet(content, file_name)))
    return _preview(edition, version, content, file_name, kind, tell)


def _preview(
    edition: ListEdition,
    version: int,
    content: bytes,
    file_name: str,
    kind: str,
    tell: Callable[[int], object],
) -> SheetPreview:
    if edition.version != version:
        raise EditionChanged(version=edition.version, given=version)
    preview = preview_sheet(
        content,
        file_name=file_name,
        list_code=edition.control_list.code,
        present=entries_of(edition),
        keys_by_cas=keys_by_cas(),
        kind=kind,
        tell=tell,
    )
    digest = hashlib.sha256(msgspec.json.encode((version, preview.comparison))).hexdigest()
    return SheetPreview(preview=preview, digest=digest)


def keys_by_cas() -> dict[str, str]:
    """Substances by their CAS numbers, in the register or else in a draft or proposal; of several
    that bear one the first."""
    rows = SubstanceIdentifier.objects.filter(kind=IdentifierKind.CAS).order_by("-substance")
    return _drafted() | dict(rows.values_list("value", "substance__key"))


def key_of_cas(cas_rn: str) -> str:
    """The substance with this CAS number, as :func:`keys_by_cas` has it; blank for none."""
    numbers = SubstanceIdentifier.objects.filter(kind=IdentifierKind.CAS, value=cas_rn)
    found = numbers.order_by("substance").values_list("substance__key", flat=True).first()
    return found or (_drafted(cas_rn).get(cas_rn, "") if cas_rn else "")


def _drafted(cas_rn: str = "") -> dict[str, str]:
    rows = ListEntryRow.objects.filter(
        edition__state__in=[EditionState.DRAFT, EditionState.PROPOSED]
    ).exclude(cas_rn="")
    chosen = rows.filter(cas_rn=cas_rn) if cas_rn else rows
    return dict(chosen.order_by("-substance").values_list("cas_rn", "substance__key"))
