"""What the present engine would change in the stored matches, before anything is re-screened."""

import csv
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from risk.domain.matching.combine import SHOW_POINT
from risk.domain.matching.comparison import Difference, differences, judgements
from risk.selectors.lists import lists_in_force
from risk.selectors.matches import StoredText, stored_texts

_FIELDS = ("matched_text", "method", "match_score", "verdict", "flagged")
COLUMNS = (
    "change", "alters_flag", "substance_key", "items", "text", "commodity_code",
    *(f"stored_{field}" for field in _FIELDS), *(f"new_{field}" for field in _FIELDS),
)  # fmt: skip
_SHOWN_TEXT = 70


class Found(NamedTuple):
    text: StoredText
    difference: Difference


class Command(BaseCommand):
    help = (
        "Screen the stored distinct goods descriptions with the present engine and lists and"
        " show which matches appear, disappear or change against the stored ones. Changes"
        " nothing. A match whose score alone moves is the same."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, metavar="FILE.csv", help="every difference")
        parser.add_argument(
            "--limit", type=int, metavar="N", help="only the N most frequent descriptions"
        )
        parser.add_argument("--examples", type=int, default=5, help="per change (default: 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        tally = _Tally(options["examples"])
        output = options["out"].open("w", encoding="utf-8", newline="") if options["out"] else None
        try:
            writer = _writer(output)
            with transaction.atomic():
                for found in self._differences(tally, options["limit"]):
                    tally.add(found)
                    if writer:
                        writer.writerow(_cells(found))
        finally:
            if output:
                output.close()
        self.stdout.write("\n".join(tally.lines()))

    def _differences(self, tally: "_Tally", limit: int | None) -> Iterator[Found]:
        lists_of = cache(lists_in_force)
        for text in stored_texts(limit=limit):
            tally.texts += 1
            tally.items += text.items
            screener = lists_of(text.day).screener
            found = screener.screen(text.text, text.commodity_code)
            new = judgements(found, least=SHOW_POINT)
            for difference in differences(text.matches, new):
                yield Found(text, difference)


class _Tally:
    """Counts per change and substance, with the first (most frequent) examples."""

    def __init__(self, examples: int) -> None:
        self.texts = self.items = 0
        self._most = examples
        self._changes: Counter[str] = Counter()
        self._flags: Counter[str] = Counter()
        self._items: Counter[str] = Counter()
        self._substances: Counter[tuple[str, str]] = Counter()
        self._examples: dict[str, list[Found]] = {}

    def add(self, found: Found) -> None:
        change = found.difference.change.value
        self._changes[change] += 1
        self._flags[change] += found.difference.alters_flag
        self._items[change] += found.text.items
        self._substances[change, found.difference.substance_key] += 1
        examples = self._examples.setdefault(change, [])
        if len(examples) < self._most:
            examples.append(found)

    def lines(self) -> Iterator[str]:
        """What the command says."""
        yield f"{self.texts} distinct descriptions of {self.items} goods items"
        if not self._changes:
            yield "no difference"
        for change, count in sorted(self._changes.items()):
            yield (
                f"{change}: {count} matches ({self._flags[change]} alter a flag)"
                f" on {self._items[change]} goods items"
            )
            most = [
                f"{key} {number}"
                for (of, key), number in self._substances.most_common()
                if of == change
            ]
            yield f"  most: {', '.join(most[:5])}"
            for found in self._examples[change]:
                yield f"  {_example(found)}"


def _example(found: Found) -> str:
    text = " ".join(found.text.text.split())[:_SHOWN_TEXT]
    was, now = found.difference.stored, found.difference.new
    told = " → ".join(
        f"{one.method} {one.match_score:.2f} {one.verdict}{' flagged' if one.flagged else ''}"
        if one
        else "nothing"
        for one in (was, now)
    )
    return f"{text!r} × {found.text.items}: {found.difference.substance_key}: {told}"


def _writer(output: TextIO | None) -> Any:
    if output is None:
        return None
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(COLUMNS)
    return writer


def _cells(found: Found) -> list[object]:
    difference = found.difference
    cells: list[object] = [
        difference.change.value,
        int(difference.alters_flag),
        difference.substance_key,
        found.text.items,
        found.text.text,
        found.text.commodity_code,
    ]
    for one in (difference.stored, difference.new):
        cells.extend(
            "" if one is None else int(value) if isinstance(value, bool) else value
            for value in (getattr(one, field, "") for field in _FIELDS)
        )
    return cells
