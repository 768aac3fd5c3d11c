"""What the long tail of innocent names is made of; asked only when it is built.

Names and synonyms of the package ``chemicals`` (PubChem), without every compound that a list
holds or covers, and words of the tariff nomenclature, without wordings that name a listed
substance.
"""

import csv
import importlib.resources
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from risk.domain.matching.pieces import MAX_LENGTH
from risk.domain.matching.structure import StructureIndex
from risk.domain.matching.tail import stem_key
from risk.domain.matching.vocabulary import squeezed_key
from risk.domain.proving.purity import ListedWords
from risk.domain.substances import ListEntry, SubstanceName
from shipments.domain.errors import InvalidValue
from shipments.domain.values import parse_cas_rn

_FILES = (
    "chemical identifiers pubchem large.tsv",
    "chemical identifiers pubchem small.tsv",
    "chemical identifiers example user db.tsv",
    "Inorganic db.tsv",
)
_CAS, _SMILES, _INCHIKEY, _FIRST_NAME = 1, 4, 6, 7
# A misspelt name is looked for in this length; two letters more may be slips.
_SHORTEST, _LONGEST = 6, MAX_LENGTH + 2
_FEWEST_LETTERS = 5
_MOST_WORDS = 3
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_SHORTEST_IDEOGRAPHS = 3
_PHRASE_END = re.compile(r"[;:,.()\n]|\s[-–]\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_GOODS_COLUMNS = {
    "headings_ru.csv": ("hs4", "text"),
    "codes_ru.csv": ("code", "text"),
    "hs6_en.csv": ("hs6", "text"),
    "trade.csv": ("hs4", "ru", "en", "kk", "zh"),
}
# Their wordings name listed substances in languages in which the lists do not.
_CHEMICAL_CHAPTERS = ("28", "29", "30", "38")


class Compound(msgspec.Struct, frozen=True):
    """One substance of the package: SMILES and InChIKey may be blank."""

    cas_rn: str
    smiles: str
    inchikey: str
    names: tuple[str, ...]


def compounds() -> Iterator[Compound]:
    """Every substance of the package with a right CAS number, in the order of its files."""
    folder = importlib.resources.files("chemicals") / "Identifiers"
    for name in _FILES:
        with (folder / name).open(encoding="utf-8") as stream:
            for line in stream:
                cells = line.rstrip("\n").split("\t")
                try:
                    cas_rn = parse_cas_rn(cells[_CAS])
                except InvalidValue:
                    continue
                names = tuple(dict.fromkeys(filter(None, cells[_FIRST_NAME:])))
                yield Compound(cas_rn, cells[_SMILES], cells[_INCHIKEY], names)


def parted(
    found: Iterable[Compound], entries: Sequence[ListEntry]
) -> tuple[list[Compound], list[Compound]]:
    """Those that are a listed substance or its isomer, isotopologue, salt or hydrate, and the
    innocent ones. An isomer is told by the skeleton of the InChIKey; what consists of several
    parts is read by RDKit."""
    structures = StructureIndex(entries)
    numbers = {entry.cas_rn for entry in entries}
    listed: list[Compound] = []
    innocent: list[Compound] = []
    for one in found:
        is_listed = (
            one.cas_rn in numbers
            or (one.inchikey and structures.find(one.inchikey))
            or ("." in one.smiles and structures.find(f"SMILES: {one.smiles}"))
        )
        (listed if is_listed else innocent).append(one)
    return listed, innocent


def names_of_compounds(found: Iterable[Compound]) -> Iterator[tuple[str, str]]:
    """(squeezed name, CAS number) of names that a misspelt name could be."""
    for one in found:
        for name in one.names:
            key, _words = squeezed_key(name)
            if _may_be_sought(key):
                yield key, one.cas_rn


def names_of_goods(goods: Path, names: Iterable[SubstanceName]) -> Iterator[tuple[str, str]]:
    """(squeezed word or run of up to three words, blank) of the tariff and trade wordings in
    the folder, without the chapters of chemicals and without wordings that name a listed
    substance in any case or order."""
    listed = ListedWords(names)
    for text in _wordings(goods):
        if listed.are_named_in(text):
            continue
        for phrase in _PHRASE_END.split(text):
            words = _WORD.findall(phrase)
            for start in range(len(words)):
                for stop in range(start + 1, min(len(words), start + _MOST_WORDS) + 1):
                    key, _words = squeezed_key(" ".join(words[start:stop]))
                    if _may_be_sought(key):
                        yield key, ""
                        if stop == start + 1 and (root := stem_key(key)):
                            yield root, ""


def _wordings(goods: Path) -> Iterator[str]:
    for name, columns in _GOODS_COLUMNS.items():
        with (goods / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if not row[columns[0]].startswith(_CHEMICAL_CHAPTERS):
                    yield from (row[column] for column in columns[1:])


def _may_be_sought(key: str) -> bool:
    """Whether a span of a text with this key is ever looked up: registry numbers are not."""
    if _IDEOGRAPH.search(key):
        return len(key) >= _SHORTEST_IDEOGRAPHS
    letters = sum(char.isalpha() for char in key)
    digits = sum(char.isdigit() for char in key)
    return _SHORTEST <= len(key) <= _LONGEST and letters >= max(_FEWEST_LETTERS, digits)
