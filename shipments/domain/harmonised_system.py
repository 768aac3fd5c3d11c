"""Which edition of the harmonised system has which codes, and which is in force on a day.

``hs6_editions.csv`` beside this module has every six-digit code of the editions from 1992 (the
first, in force since 1988) to 2022 with the runs of editions that have it. A new edition is a
year in the file and in :data:`EDITIONS`; until then the newest known one is taken. What stands
behind the sixth digit is national and not judged here.
"""

import csv
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

EDITIONS = (1992, 1996, 2002, 2007, 2012, 2017, 2022)
"""Years on whose first day an edition came into force; the first one was in force before."""

_FILE = Path(__file__).with_name("hs6_editions.csv")
# Left to administrations for special provisions.
_NATIONAL_CHAPTERS = ("98", "99")
_DIGITS = 6
_FIRST_CORRELATED = 2012


def edition_on(day: date) -> int:
    """The edition in force on a day.

    >>> edition_on(date(2021, 12, 31)), edition_on(date(2022, 1, 1)), edition_on(date(1990, 1, 1))
    (2017, 2022, 1992)
    """
    return EDITIONS[max(bisect_right(EDITIONS, day.year) - 1, 0)]


def editions_of(commodity_code: str) -> tuple[int, ...]:
    """The editions that have a code of four digits or more; by its first six where it has them.

    National chapters (98, 99) are of every edition.

    >>> editions_of("2404110000"), editions_of("292640"), editions_of("2999000000")
    ((2022,), (2017, 2022), ())
    """
    if commodity_code.startswith(_NATIONAL_CHAPTERS):
        return EDITIONS
    return _editions().get(commodity_code[:_DIGITS], ())


def has_known_heading(commodity_code: str) -> bool:
    """Whether the first four digits of a code are a heading of some edition.

    >>> has_known_heading("2915240000"), has_known_heading("2999000000")
    (True, False)
    """
    return bool(editions_of(commodity_code[:4]))


def correlated(hs6: str) -> tuple[str, ...]:
    """Codes of the same heading whose place a six-digit code took, or which took its place, from
    the edition of 2012 on: one ends with the edition before that with which the other begins.

    So much follows from which edition has which codes. It is n to m: where several codes took
    the place of one, each is told, and goods that changed the heading or came out of a code
    that goes on are not known.

    >>> correlated("281217"), correlated("293971"), correlated("291411")
    (('281210',), ('293945', '293972'), ())
    """
    known = _editions()
    mine = known.get(hs6) if len(hs6) == _DIGITS else None
    if mine is None:
        return ()
    return tuple(
        sorted(
            other
            for other in _codes_by_heading()[hs6[:4]]
            if _follows(mine, known[other]) or _follows(known[other], mine)
        )
    )


def _follows(later: tuple[int, ...], earlier: tuple[int, ...]) -> bool:
    """Whether the first edition of one is the next one after the last of the other."""
    return (
        _FIRST_CORRELATED <= earlier[-1] < EDITIONS[-1]
        and later[0] == EDITIONS[EDITIONS.index(earlier[-1]) + 1]
    )


@lru_cache(maxsize=1)
def _codes_by_heading() -> Mapping[str, list[str]]:
    by_heading: dict[str, list[str]] = {}
    for code in _editions():
        if len(code) == _DIGITS:
            by_heading.setdefault(code[:4], []).append(code)
    return by_heading


@lru_cache(maxsize=1)
def _editions() -> Mapping[str, tuple[int, ...]]:
    """The editions of every six-digit code, and of its first five and four digits."""
    found: dict[str, set[int]] = {}
    with _FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            years = {year for run in row["editions"].split() for year in _years(run)}
            for digits in (4, 5, _DIGITS):
                found.setdefault(row["hs6"][:digits], set()).update(years)
    known: dict[frozenset[int], tuple[int, ...]] = {}
    return {
        code: known.setdefault(frozenset(years), tuple(sorted(years)))
        for code, years in found.items()
    }


def _years(run: str) -> list[int]:
    """The editions of a run, both ends included: ``2012-2022`` or ``2017``."""
    first, _, last = run.partition("-")
    return [year for year in EDITIONS if int(first) <= year <= int(last or first)]
