"""Screen a file without a database.

``python -m risk.domain.matching IN.csv OUT.csv --lists fixtures/lists``

Input columns ``row_id,text,commodity_code``; output one row per match (docs/matching.md).
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from risk.domain.errors import InvalidList
from risk.domain.lists.base import ListFile
from risk.domain.lists.names_csv import read_innocent_names, read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.calibration import read_calibration
from risk.domain.matching.engine import Screener
from risk.domain.matching.files import screen_file
from risk.domain.matching.met_words import read_goods_texts
from risk.domain.matching.tail import FILE_NAME, open_tail


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 with a sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        lists = _selected(read_lists(options.lists), options.select)
        screener = build_screener(
            lists, options.names or options.lists.parent / "names", options.cache
        )
        screened = screen_file(
            screener,
            options.input,
            options.output,
            on=options.date,
            systematic=not options.no_systematic,
        )
    except InvalidList as error:
        every = error.params.get("errors")
        print(*(every if isinstance(every, tuple | list) else (error,)), sep="\n", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if not screener.is_tail_known:
        print(f"no {FILE_NAME} beside the names: fewer innocent names are known", file=sys.stderr)
    if screened.remark:
        print(screened.remark, file=sys.stderr)
    print(f"{screened.matches} matches in {screened.rows} rows", file=sys.stderr)
    return 0


def build_screener(
    lists: Sequence[ListFile],
    names_folder: Path,
    cache_folder: Path | None = None,
    *,
    is_calibrated: bool = True,
) -> Screener:
    """A screener over ``lists`` with the names of ``synonyms.csv``, ``innocent.csv`` and the
    tail, the calibration in ``matching`` and, where compiled names are kept, the wordings in
    ``goods`` beside their folder. What is not there is left out; raises InvalidTail for a damaged
    tail."""
    names = [name for found in lists for name in found.names]
    innocent: tuple[str, ...] = ()
    if (names_folder / "synonyms.csv").exists():
        names.extend(read_names(names_folder / "synonyms.csv"))
    if (names_folder / "innocent.csv").exists():
        innocent = read_innocent_names(names_folder / "innocent.csv")
    path = names_folder.parent / "matching" / "calibration.csv"
    calibration = read_calibration(path) if is_calibrated else None
    entries = [entry for found in lists for entry in found.entries]
    return Screener(
        entries,
        names,
        innocent,
        calibration,
        tail=open_tail(names_folder / FILE_NAME),
        goods=read_goods_texts(names_folder.parent / "goods") if cache_folder else (),
        cache_folder=cache_folder,
    )


def _selected(lists: Sequence[ListFile], codes: str) -> list[ListFile]:
    """The lists named in ``codes`` (all when blank); raises ValueError for an unknown code."""
    wanted = {code.strip() for code in codes.split(",") if code.strip()}
    if unknown := wanted - {found.meta.list_code for found in lists}:
        raise ValueError(f"unknown list: {', '.join(sorted(unknown))}")
    return [found for found in lists if not wanted or found.meta.list_code in wanted]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; allowed: YYYY-MM-DD") from None


def _user_cache() -> Path | None:
    """Where compiled names are kept between runs, None for a user without a home."""
    try:
        return Path.home() / ".cache" / "targeting-centre"
    except RuntimeError:
        return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m risk.domain.matching")
    parser.add_argument("input", type=Path, metavar="IN.csv")
    parser.add_argument("output", type=Path, metavar="OUT.csv")
    parser.add_argument("--lists", type=Path, required=True, help="folder with one folder per list")
    parser.add_argument("--names", type=Path, help="folder with synonyms.csv and innocent.csv")
    parser.add_argument(
        "--cache",
        type=Path,
        default=_user_cache(),
        help="folder that keeps the compiled names (default: the user's cache folder)",
    )
    parser.add_argument("--select", default="", metavar="LIST_CODE,…", help="only these lists")
    parser.add_argument(
        "--date",
        type=_day,
        metavar="YYYY-MM-DD",
        help="entries in force on this day (default: all entries, whenever in force)",
    )
    parser.add_argument(
        "--no-systematic",
        action="store_true",
        help="do not read unlisted systematic names with OPSIN, which needs Java",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
