"""Reads what the generator is made of: lists, names, goods."""

import csv
from datetime import date
from pathlib import Path

from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.proving.cases import Materials
from risk.domain.proving.catalogue import build_catalogue
from risk.domain.proving.goods import read_goods
from risk.domain.proving.purity import ListedWords
from risk.domain.proving.world import build_world

_LONGEST_NEIGHBOUR = 45
_LANGUAGES = frozenset({"ru", "en", "zh", "kk"})


def read_materials(fixtures: Path, *, seed: int, count: int, first_day: date) -> Materials:
    """The materials of a run from ``fixtures`` (lists, names, goods).

    Raises :class:`~risk.domain.errors.InvalidList` or OSError for files that cannot be read.
    """
    lists = read_lists(fixtures / "lists")
    entries = [entry for found in lists for entry in found.entries]
    names = [name for found in lists for name in found.names]
    names += read_names(fixtures / "names" / "synonyms.csv")
    listed = ListedWords(names)
    goods = read_goods(fixtures / "goods", entries, listed)
    catalogue = build_catalogue(entries, names)
    return Materials(
        world=build_world(seed, count, first_day, goods),
        catalogue=catalogue,
        neighbours=_neighbours(fixtures / "names" / "innocent.csv", listed),
    )


def _neighbours(path: Path, listed: ListedWords) -> tuple[tuple[str, str, str], ...]:
    """Innocent names that resemble a listed one and are none themselves."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return tuple(
            (row["name"], row["lang"], row["near_key"])
            for row in csv.DictReader(stream)
            if row["near_key"]
            and row["lang"] in _LANGUAGES
            and len(row["name"]) <= _LONGEST_NEIGHBOUR
            and not listed.are_named_in(row["name"])
        )
