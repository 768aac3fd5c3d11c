"""What cases are made of: the shipped names, numbers, codes and tariff wordings."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from random import Random
from typing import NamedTuple

from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching_cases.case import canonical
from risk.domain.matching_cases.damage import Neighbours
from risk.domain.proving.purity import ListedWords
from risk.domain.substances import ListEntry, SubstanceKind, SubstanceName

LANGUAGES = ("ru", "en", "kk", "zh")
_USUAL_KINDS = frozenset({"common", "iupac", "list", "salt"})
_SHORTEST = {"zh": 2}
_LONGEST_NAME = 70
_FULL_CODE = 10
_LONG_PHRASE = 8
# Families of goods under one UN number say nothing about one substance.
_FAMILY_UN = frozenset({"2735"})


class Named(NamedTuple):
    """One usual, unambiguous name of one listed substance."""

    key: str
    name: str
    lang: str
    kind: str


class Innocent(NamedTuple):
    """One name of a chemical that is on no list; ``near_key`` is a listed one like it."""

    name: str
    lang: str
    cas: str
    near_key: str


class Wording(NamedTuple):
    """An official or trade wording of goods that name no listed substance."""

    code: str
    text: str
    lang: str


class Material:
    """Everything read from the folder ``fixtures``; sequences keep the order of the files."""

    def __init__(self, fixtures: Path) -> None:
        lists = read_lists(fixtures / "lists")
        self.entries: dict[str, list[ListEntry]] = defaultdict(list)
        for one in lists:
            for entry in one.entries:
                self.entries[entry.substance_key].append(entry)
        self.all_names = [
            *(name for one in lists for name in one.names),
            *read_names(fixtures / "names" / "synonyms.csv"),
        ]
        phrases = [row["name"].casefold() for row in _rows(fixtures / "matching" / "left_out.csv")]
        left_out = {canonical(phrase) for phrase in phrases}
        self.innocents = _innocents(fixtures / "names" / "innocent.csv", left_out)
        innocent = {canonical(one.name) for one in self.innocents}
        self.names = tuple(_usual_names(self.all_names, self.entries, left_out | innocent))
        listed_words = ListedWords(self.all_names)
        # The tariff misprints names, or has them in letters in which the lists do not.
        misprints = [phrase for phrase in phrases if len(phrase) >= _LONG_PHRASE]
        self.tariff = tuple(
            one
            for one in _tariff(fixtures / "goods", listed_words)
            if not any(phrase in one.text.casefold() for phrase in misprints)
        )
        self.trade = tuple(_trade(fixtures / "goods" / "trade.csv", listed_words))
        self.hard = tuple(_rows(fixtures / "matching" / "hard.csv"))
        self.listed_codes = {
            code[:6] for found in self.entries.values() for e in found for code in _codes(e)
        }

    @cached_property
    def neighbours(self) -> Neighbours:
        """All listed and innocent names."""
        listed = ((name.substance_key, name.name) for name in self.all_names)
        return Neighbours(listed, (one.name for one in self.innocents))

    def names_in(
        self, *langs: str, kinds: Sequence[str] = ("common", "iupac", "list")
    ) -> list[Named]:
        """Names of substances (no machines, no medicines), in order of the files."""
        return [
            one
            for one in self.names
            if one.lang in langs
            and one.kind in kinds
            and not one.key.startswith("eq-")
            and not one.key.endswith("-medicines")
        ]

    def code_of(self, key: str) -> str:
        """A ten-digit code under which the substance is listed, blank when none is known."""
        codes = [code for entry in self.entries[key] for code in entry.commodity_codes]
        return next((code for code in codes if len(code) == _FULL_CODE), "")

    def numbers(self, field: str) -> list[tuple[str, str]]:
        """(number, key) pairs of one kind of identifier that point to one substance."""
        owners: dict[str, set[str]] = defaultdict(set)
        for key, entries in self.entries.items():
            for entry in entries:
                for number in filter(None, str(getattr(entry, field)).split(";")):
                    owners[number].add(key)
        return [
            (number, next(iter(keys)))
            for number, keys in sorted(owners.items())
            if len(keys) == 1 and number not in _FAMILY_UN
        ]

    def is_precursor(self, key: str) -> bool:
        """Whether a list controls the substance as a precursor or watches it."""
        kinds = {entry.kind for entry in self.entries[key]}
        return bool(kinds & {SubstanceKind.PRECURSOR, SubstanceKind.SURVEILLANCE})

    def code_for(self, draw: Random, key: str) -> str:
        """The declared code of a line about a substance: blank, its own, or of other goods."""
        chance = draw.random()
        if chance < 0.5:
            return ""
        return self.code_of(key) if chance < 0.85 else self.foreign_code(draw)

    def foreign_code(self, draw: Random) -> str:
        """A code under which nothing is listed."""
        while True:
            code = draw.choice(self.tariff).code
            if code[:6] not in self.listed_codes:
                return code


def _usual_names(
    names: Sequence[SubstanceName], entries: dict[str, list[ListEntry]], left_out: set[str]
) -> Iterator[Named]:
    owners: dict[str, set[str]] = defaultdict(set)
    for name in names:
        owners[canonical(name.name)].add(name.substance_key)
    seen: set[tuple[str, str, str]] = set()
    for name in names:
        same = canonical(name.name)
        place = (name.substance_key, same, name.lang)
        if (
            name.substance_key not in entries
            or name.lang not in LANGUAGES
            or name.kind not in _USUAL_KINDS
            or name.verification == "pubchem-only"
            or same in left_out
            or len(owners[same]) > 1
            or place in seen
            or not _is_writable(name)
        ):
            continue
        seen.add(place)
        yield Named(name.substance_key, name.name, name.lang, name.kind)


def _is_writable(name: SubstanceName) -> bool:
    letters = sum(char.isalpha() for char in name.name)
    # Brackets outside systematic names hold remarks: "Norephedrine (phenylpropanolamine)".
    signs = ";|:%" if name.kind == "iupac" else ";|:%("
    return (
        letters >= _SHORTEST.get(name.lang, 5)
        and len(name.name) <= _LONGEST_NAME
        and not any(sign in name.name for sign in signs)
    )


def _innocents(path: Path, left_out: set[str]) -> tuple[Innocent, ...]:
    found: dict[str, Innocent] = {}
    for row in _rows(path):
        if canonical(row["name"]) not in left_out and len(row["name"]) <= _LONGEST_NAME:
            one = Innocent(row["name"], row["lang"], row["cas"], row["near_key"])
            found.setdefault(canonical(one.name), one)
    return tuple(found.values())


def _tariff(goods: Path, listed: ListedWords) -> Iterator[Wording]:
    headings = {row["hs4"]: row["text"] for row in _rows(goods / "headings_ru.csv")}
    for row in _rows(goods / "codes_ru.csv"):
        text = f"{headings[row['code'][:4]].lower()}: {row['text'].lower()}"
        if not listed.are_named_in(text):
            yield Wording(row["code"], text[:300], "ru")
    for row in _rows(goods / "hs6_en.csv"):
        if not listed.are_named_in(row["text"]):
            yield Wording(row["hs6"], row["text"][:300], "en")


def _trade(path: Path, listed: ListedWords) -> Iterator[Wording]:
    for row in _rows(path):
        for lang in LANGUAGES:
            if not listed.are_named_in(row[lang]):
                yield Wording(row["hs4"] + "000000", row[lang], lang)


def _codes(entry: ListEntry) -> tuple[str, ...]:
    return tuple(code for code in (entry.hs6, *entry.commodity_codes) if code)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
