"""Screen a file without a database.

``python -m risk.domain.matching IN.csv OUT.csv --lists fixtures/lists``

Input columns ``row_id,text,commodity_code``; output one row per match (docs/matching.md).
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from risk.domain.errors import InvalidList
from risk.domain.lists.base import ListFile
from risk.domain.lists.names_csv import read_innocent_names, read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import SubstanceEvidence

INPUT_COLUMNS = ("row_id", "text", "commodity_code")
OUTPUT_COLUMNS = (
    "row_id", "substance_key", "matched_text", "start", "end", "name", "lang", "method",
    "match_score", "concentration_pct", "verdict", "lists", "flagged",
)  # fmt: skip
_MAX_FIELD = 1 << 24


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 with a sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        lists = _selected(read_lists(options.lists), options.select)
        screener = build_screener(lists, options.names or options.lists.parent / "names")
        count = screen_file(screener, options.input, options.output, on=options.date)
    except InvalidList as error:
        print(*error.params.get("errors", (error,)), sep="\n", file=sys.stderr)  # type: ignore[misc]
        return 2
    except (OSError, ValueError, csv.Error) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{count} matches", file=sys.stderr)
    return 0


def build_screener(lists: Sequence[ListFile], names_folder: Path) -> Screener:
    """A screener over ``lists`` with the names of ``synonyms.csv`` and ``innocent.csv``."""
    names = [name for found in lists for name in found.names]
    innocent: tuple[str, ...] = ()
    if (names_folder / "synonyms.csv").exists():
        names.extend(read_names(names_folder / "synonyms.csv"))
    if (names_folder / "innocent.csv").exists():
        innocent = read_innocent_names(names_folder / "innocent.csv")
    return Screener([entry for found in lists for entry in found.entries], names, innocent)


def screen_file(screener: Screener, source: Path, target: Path, *, on: date | None) -> int:
    """Screen ``source`` into ``target``; the number of matches. Repeated rows are cheap."""
    csv.field_size_limit(_MAX_FIELD)
    known: dict[tuple[str, str], tuple[SubstanceEvidence, ...]] = {}
    count = 0
    with (
        source.open(encoding="utf-8-sig", newline="") as lines,
        target.open("w", encoding="utf-8", newline="") as output,
    ):
        reader = csv.DictReader(lines)
        if missing := [c for c in INPUT_COLUMNS[:2] if c not in (reader.fieldnames or ())]:
            raise ValueError(f"{source}: column missing: {', '.join(missing)}")
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(OUTPUT_COLUMNS)
        for row in reader:
            key = (row["text"] or "", row.get("commodity_code") or "")
            if key not in known:
                known[key] = screener.screen(*key, on=on)
            for evidence in known[key]:
                writer.writerow(_output_row(row["row_id"], evidence))
                count += 1
    return count


def _output_row(row_id: str, evidence: SubstanceEvidence) -> list[object]:
    percent = evidence.concentration_pct
    return [
        row_id,
        evidence.substance_key,
        evidence.matched_text,
        evidence.start,
        evidence.end,
        evidence.name,
        evidence.lang,
        evidence.method.value,
        f"{evidence.match_score:.4f}",
        "" if percent is None else f"{percent:f}",
        evidence.verdict.value,
        ";".join(evidence.lists),
        int(evidence.flagged),
    ]


def _selected(lists: Sequence[ListFile], codes: str) -> list[ListFile]:
    """The lists named in ``codes`` (all when blank); raises ValueError for an unknown code."""
    wanted = {code.strip() for code in codes.split(",") if code.strip()}
    if unknown := wanted - {found.meta.list_code for found in lists}:
        raise ValueError(f"unknown list: {', '.join(sorted(unknown))}")
    return [found for found in lists if not wanted or found.meta.list_code in wanted]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m risk.domain.matching")
    parser.add_argument("input", type=Path, metavar="IN.csv")
    parser.add_argument("output", type=Path, metavar="OUT.csv")
    parser.add_argument("--lists", type=Path, required=True, help="folder with one folder per list")
    parser.add_argument("--names", type=Path, help="folder with synonyms.csv and innocent.csv")
    parser.add_argument("--select", default="", metavar="LIST_CODE,…", help="only these lists")
    parser.add_argument("--date", type=date.fromisoformat, help="entries in force on this day")
    return parser


if __name__ == "__main__":
    sys.exit(main())
