"""Files of names: ``synonyms.csv`` (names of listed substances) and ``innocent.csv``."""

import csv
from pathlib import Path

from risk.domain.lists.base import RowError, invalid_list
from risk.domain.lists.fields import RowReader
from risk.domain.matching.identifiers import is_cus_number
from risk.domain.substances import CUS_KIND, SubstanceName

NAME_COLUMNS = ("substance_key", "name", "lang", "kind", "source", "verification")
NAME_KINDS = frozenset(
    {
        "common", "iupac", "salt", "customs-description", "trade", "abbreviation", "historic",
        "list", CUS_KIND,
    }
)  # fmt: skip
INNOCENT_COLUMNS = ("name", "lang", "cas", "near_key", "source")
NAME_MAX_LENGTH = 400


def read_names(path: Path) -> tuple[SubstanceName, ...]:
    """Names of listed substances; raises InvalidList with every row error."""
    names: list[SubstanceName] = []
    errors: list[RowError] = []
    for row in _read(path, NAME_COLUMNS):
        name = SubstanceName(
            substance_key=row.text("substance_key", required=True),
            name=row.text("name", required=True),
            lang=row.text("lang", required=True),
            kind=row.member("kind", NAME_KINDS),
            source=row.text("source", required=True),
            verification=row.text("verification"),
        )
        if name.kind == CUS_KIND and not is_cus_number(name.name):
            row.reject("name", "seven digits, a hyphen and the right check digit")
        if len(name.name) > NAME_MAX_LENGTH:
            row.reject("name", f"at most {NAME_MAX_LENGTH} characters")
        errors.extend(row.errors)
        names.append(name)
    if errors:
        raise invalid_list(errors)
    return tuple(names)


def read_innocent_names(path: Path) -> tuple[str, ...]:
    """Names of chemicals that are on no list; raises InvalidList with every row error."""
    names: dict[str, None] = {}
    errors: list[RowError] = []
    for row in _read(path, INNOCENT_COLUMNS):
        names[row.text("name", required=True)] = None
        row.text("source", required=True)
        row.cas_rn("cas")
        errors.extend(row.errors)
    if errors:
        raise invalid_list(errors)
    return tuple(names)


def _read(path: Path, columns: tuple[str, ...]) -> list[RowReader]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        header = tuple(reader.fieldnames or ())
        if header != columns:
            raise invalid_list(
                [
                    RowError(
                        file=str(path),
                        line=1,
                        column="(header)",
                        value=",".join(header),
                        allowed=",".join(columns),
                    )
                ]
            )
        return [
            RowReader(str(path), reader.line_num, {k: v or "" for k, v in row.items() if k})
            for row in reader
        ]
