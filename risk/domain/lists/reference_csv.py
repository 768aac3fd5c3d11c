"""Layout ``reference-csv``: one folder with ``list.toml`` and ``entries.csv``.

One row is one form of one substance. ``hs_full`` holds ``CN:…;TNVED:…``; ``hs_basket`` tells
that the code also holds innocent goods.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from risk.domain.lists.base import ListFile, ListMeta, RowError, invalid_list
from risk.domain.lists.fields import RowReader, one_of
from risk.domain.substances import ListEntry, SubstanceKind, SubstanceName

ENTRIES_FILE = "entries.csv"
COLUMNS = (
    "schedule", "kind", "substance_key", "preferred_name_en", "form", "form_name", "name_ru",
    "name_kk", "cas", "ec_number", "un_number", "inchikey", "smiles", "formula", "hs6", "hs_full",
    "hs_basket", "includes_salts", "includes_isomers", "includes_esters",
    "concentration_min_pct", "threshold", "effective_from", "source", "confidence",
    "verification", "notes",
)  # fmt: skip
FORMS = frozenset(
    {"base", "isomer", "salt", "hydrate", "ester", "mixture", "preparation", "equipment"}
)
CONFIDENCES = frozenset({"high", "medium", "low"})
_KINDS = frozenset(kind.value for kind in SubstanceKind)
_NAME_COLUMNS = (
    ("preferred_name_en", "en"),
    ("form_name", "en"),
    ("name_ru", "ru"),
    ("name_kk", "kk"),
)


class ReferenceCsv:
    """The layout of the lists that ship with the project."""

    key = "reference-csv"

    def read(self, folder: Path, meta: ListMeta) -> ListFile:
        """Entries and names of ``entries.csv``; raises InvalidList with all row errors."""
        path = folder / ENTRIES_FILE
        errors: list[RowError] = []
        entries: list[ListEntry] = []
        names: dict[tuple[str, str, str], SubstanceName] = {}
        seen: set[tuple[str, str]] = set()
        for row in _rows(path):
            entry = _entry(row, meta)
            key = (entry.substance_key, entry.form_name)
            if key in seen:
                row.reject("form_name", "one row per substance_key and form_name")
            seen.add(key)
            errors.extend(row.errors)
            entries.append(entry)
            for name in _names(row, entry):
                names.setdefault((name.substance_key, name.name, name.lang), name)
        low, high = meta.expected_rows
        if not low <= len(entries) <= high:
            errors.append(
                RowError(
                    file=str(path),
                    line=len(entries) + 1,
                    column="(rows)",
                    value=str(len(entries)),
                    allowed=f"{low} to {high} rows (expected_rows of list.toml)",
                )
            )
        if errors:
            raise invalid_list(errors)
        return ListFile(meta=meta, entries=tuple(entries), names=tuple(names.values()))


def _rows(path: Path) -> Iterator[RowReader]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        header = tuple(reader.fieldnames or ())
        wrong = [
            RowError(
                file=str(path),
                line=1,
                column=column,
                value="",
                allowed="this column" if column in COLUMNS else "no such column",
            )
            for column in sorted(set(COLUMNS).symmetric_difference(header))
        ]
        if wrong:
            raise invalid_list(wrong)
        for row in reader:
            line = reader.line_num
            fields = {key: value or "" for key, value in row.items() if isinstance(key, str)}
            found = RowReader(str(path), line, fields)
            if None in row or None in row.values():
                found.reject("(columns)", f"{len(COLUMNS)} columns")
            yield found


def _entry(row: RowReader, meta: ListMeta) -> ListEntry:
    kind = row.member("kind", _KINDS & frozenset(meta.kinds), one_of(meta.kinds))
    limit = row.percent("concentration_min_pct")
    confidence = row.member("confidence", CONFIDENCES)
    hs6 = row.hs6("hs6")
    return ListEntry(
        list_code=meta.list_code,
        substance_key=row.text("substance_key", required=True),
        schedule=row.text("schedule", required=True),
        kind=SubstanceKind(kind) if kind in _KINDS else SubstanceKind.PRECURSOR,
        form=row.member("form", FORMS),
        form_name=row.text("form_name", required=True),
        cas_rn=row.cas_rn("cas"),
        ec_number=row.ec_number("ec_number"),
        un_number=row.un_numbers("un_number"),
        inchikey=row.inchikey("inchikey"),
        smiles=row.text("smiles"),
        formula=row.text("formula"),
        hs6=hs6,
        codes=row.commodity_codes("hs_full", hs6),
        is_basket_code=row.flag("hs_basket"),
        includes_salts=row.flag("includes_salts"),
        includes_isomers=row.flag("includes_isomers"),
        includes_esters=row.flag("includes_esters"),
        concentration_min_pct=limit,
        is_limit_known=limit is not None or (meta.limits_known and not _is_unread(row, meta)),
        exemption=row.exemption("threshold"),
        effective_from=row.day("effective_from") or meta.in_force_from or meta.act_date,
        source=row.text("source", required=True),
        confidence=confidence,
        notes=row.text("notes"),
    )


def _is_unread(row: RowReader, meta: ListMeta) -> bool:
    """Whether a blank limit is of a row whose text was not read, on a list that has limits."""
    return meta.limits_per_row and row.text("confidence") == "low"


def _names(row: RowReader, entry: ListEntry) -> Iterator[SubstanceName]:
    for column, lang in _NAME_COLUMNS:
        name = row.text(column)
        if name:
            yield SubstanceName(
                substance_key=entry.substance_key,
                name=name,
                lang=lang,
                kind="list",
                source=f"{entry.list_code}: {column}",
                verification=row.text("verification"),
            )
