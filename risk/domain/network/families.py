"""Families of precursors, as the INCB publishes them together: membership and no more."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from risk.domain.errors import InvalidList

COLUMNS = (*("family", "name_en", "name_ru", "substance_key", "listed_in", "source", "confidence"),)
CONFIDENCES = ("high", "medium")


class FamilyMember(NamedTuple):
    """``listed_in`` is the code of the list that names the substance; ``source`` what puts it in
    the family: ``high`` when that text was read, ``medium`` when it is general knowledge."""

    substance_key: str
    listed_in: str
    source: str
    confidence: str


class Family(NamedTuple):
    """``substances`` are keys; ``names`` by language (en, ru); ``members`` in the file's order."""

    code: str
    names: Mapping[str, str]
    substances: frozenset[str]
    members: tuple[FamilyMember, ...] = ()


def read_families(path: Path) -> dict[str, Family]:
    """By code. Raises InvalidList with the line: a substance is in one family, named, on a list
    and with a source."""
    names: dict[str, dict[str, str]] = {}
    members: dict[str, tuple[str, FamilyMember]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            known = {"en": row["name_en"], "ru": row["name_ru"]}
            if wrong := _wrong_column(row, known, members, names):
                raise InvalidList(
                    file=path.name,
                    line=line,
                    column=wrong,
                    value=row["substance_key"],
                    allowed="every column; each substance once; one name a family; high, medium",
                )
            member = FamilyMember(*(row[name] for name in FamilyMember._fields))
            members[member.substance_key] = row["family"], member
    return {
        code: Family(
            code,
            said,
            frozenset(key for key, (of, _) in members.items() if of == code),
            tuple(member for of, member in members.values() if of == code),
        )
        for code, said in names.items()
    }


def _wrong_column(
    row: Mapping[str, str],
    known: dict[str, str],
    members: Mapping[str, object],
    names: dict[str, dict[str, str]],
) -> str:
    """The first column that breaks the rules, or an empty text."""
    if empty := [name for name in COLUMNS if not row.get(name)]:
        return empty[0]
    if row["confidence"] not in CONFIDENCES:
        return "confidence"
    if row["substance_key"] in members:
        return "substance_key"
    return "" if names.setdefault(row["family"], known) == known else "name_en"
