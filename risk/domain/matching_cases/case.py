"""A labelled line: a goods description with what must be recognised in it."""

import csv
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from risk.domain.proving.purity import stem

COLUMNS = (
    "case_id", "class", "lang", "text", "commodity_code", "select", "substance_keys", "flagged",
    "verdict", "concentration", "split", "source",
)  # fmt: skip
TUNED, FROZEN = "tuned", "frozen"
FILES = {TUNED: "cases.csv", FROZEN: "frozen.csv"}


class Draft(NamedTuple):
    """A line before it has a class and a split.

    ``about`` are the names, numbers or wordings that the line is about: they decide the
    split. ``keys`` are the substances to be recognised, each with alternatives joined by
    ``|``; ``verdicts`` and ``concentrations`` stand in the same order, blank = not judged.
    ``flagged`` is 1, 0 or blank (not judged). ``select`` are the chosen lists, blank = all.
    """

    lang: str
    text: str
    about: tuple[str, ...]
    source: str
    keys: tuple[str, ...] = ()
    flagged: str = "1"
    code: str = ""
    select: str = ""
    verdicts: tuple[str, ...] = ()
    concentrations: tuple[str, ...] = ()


class MatchingCase(NamedTuple):
    """One row of ``cases.csv`` or ``frozen.csv``, in the order of ``COLUMNS``."""

    case_id: str
    class_name: str
    lang: str
    text: str
    commodity_code: str
    select: str
    substance_keys: tuple[str, ...]
    flagged: str
    verdicts: tuple[str, ...]
    concentrations: tuple[str, ...]
    split: str
    source: str


def split_of(about: Sequence[str]) -> str | None:
    """The part to which a line about these names belongs; None when they belong to both.

    A name keeps its part whatever the seed, its case, its signs and the order of its words.
    """
    parts = {_part(canonical(name)) for name in about}
    return parts.pop() if len(parts) == 1 else None


def _part(name: str) -> str:
    return (TUNED, FROZEN)[hashlib.sha256(name.encode()).digest()[0] & 1]


def canonical(name: str) -> str:
    """A name without case, signs and order of words.

    >>> canonical("Acetic acid") == canonical("acid, acetic")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    words = "".join(c if c.isalnum() else " " for c in folded).split()
    return " ".join(sorted(stem(word) for word in words))


def numbered(draft: Draft, class_name: str, split: str) -> MatchingCase:
    """The case of a draft; its id is a digest of what is asked, so it outlives others."""
    asked = "\x1f".join((class_name, draft.text, draft.code, draft.select))
    return MatchingCase(
        case_id=hashlib.sha256(asked.encode()).hexdigest()[:12],
        class_name=class_name,
        lang=draft.lang,
        text=draft.text,
        commodity_code=draft.code,
        select=draft.select,
        substance_keys=draft.keys,
        flagged=draft.flagged,
        verdicts=draft.verdicts,
        concentrations=draft.concentrations,
        split=split,
        source=draft.source,
    )


def write_cases(path: Path, cases: Iterable[MatchingCase]) -> None:
    """Write a file of cases; several keys, verdicts or concentrations are joined by ``;``."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for case in cases:
            writer.writerow(";".join(cell) if isinstance(cell, tuple) else cell for cell in case)


def read_cases(path: Path) -> tuple[MatchingCase, ...]:
    """The cases of a file that ``write_cases`` wrote."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(
            MatchingCase(
                case_id=row["case_id"],
                class_name=row["class"],
                lang=row["lang"],
                text=row["text"],
                commodity_code=row["commodity_code"],
                select=row["select"],
                substance_keys=_parts(row["substance_keys"]),
                flagged=row["flagged"],
                verdicts=_parts(row["verdict"]),
                concentrations=_parts(row["concentration"]),
                split=row["split"],
                source=row["source"],
            )
            for row in csv.DictReader(stream)
        )


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
