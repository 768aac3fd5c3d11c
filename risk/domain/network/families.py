"""Families of precursors, as the INCB's reports treat them together: membership and no more."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from risk.domain.errors import InvalidList

COLUMNS = ("family", "name_en", "name_ru", "substance_key", "source", "confidence")


class Family(NamedTuple):
    """``substances`` are keys; ``names`` by language (en, ru)."""

    code: str
    names: Mapping[str, str]
    substances: frozenset[str]


def read_families(path: Path) -> dict[str, Family]:
    """By code. Raises InvalidList with the line: a substance is in one family, named and with a
    source."""
    names: dict[str, dict[str, str]] = {}
    members: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            empty = [name for name in COLUMNS if not row.get(name)]
            known = {"en": row["name_en"], "ru": row["name_ru"]}
            is_twice = row["substance_key"] in members
            if empty or is_twice or names.setdefault(row["family"], known) != known:
                raise InvalidList(
                    file=path.name,
                    line=line,
                    column=empty[0] if empty else "substance_key" if is_twice else "name_en",
                    value=row["substance_key"],
                    allowed="every column; each substance once; one name a family",
                )
            members[row["substance_key"]] = row["family"]
    return {
        code: Family(code, said, frozenset(key for key, of in members.items() if of == code))
        for code, said in names.items()
    }
