"""Which stored texts can meet new list entries, without screening them all.

A text is known by its blocking keys: its words, the beginnings of its squeezed text at every
word, its numbers and its code. They depend on the text alone, so they are stored once.
New entries and names then choose among the *distinct stored keys*: a text can match only if
one of its keys is chosen. Comparing keys is cheap, as words repeat from text to text.
"""

import re
from collections.abc import Iterable, Sequence

from risk.domain.matching.covers import as_name
from risk.domain.matching.formulas import find_formulas
from risk.domain.matching.identifiers import find_identifiers
from risk.domain.matching.lexicon import Lexicon
from risk.domain.matching.names import FuzzyNames
from risk.domain.matching.normalise import HARD, normalise
from risk.domain.matching.pieces import PieceIndex
from risk.domain.matching.registry import EntryRegistry
from risk.domain.matching.sound import sound
from risk.domain.matching.vocabulary import compile_vocabulary
from risk.domain.matching.words import runs_of
from risk.domain.substances import CoverName, ListEntry, SubstanceName
from shipments.domain.values import hs6_of

_WORD, _START, _NUMBER, _CODE, _STRUCTURE = "w", "s", "n", "c", "x"
_MAY_HOLD_STRUCTURE = re.compile(
    r"[A-Z]{14}-[A-Z]{10}-[A-Z]|InChI=|[=#]|[cC]1|\[[A-Z]|\([CONc]|smiles|structure|структура",
    re.IGNORECASE,
)
_START_LENGTH = 6
_SHORTEST_HALF = 3
_SHORTEST_SPLIT_NAME = 10
_MAX_TEXT_LENGTH = 65_536


def blocking_keys(text: str, commodity_code: str = "") -> frozenset[str]:
    """The keys under which a text is stored, about three per word.

    >>> sorted(blocking_keys("acetone 5 l", "2914110000"))
    ['c:291411', 's:5l', 's:aceton', 's:l', 'w:5', 'w:acetone', 'w:l']
    """
    text = text[:_MAX_TEXT_LENGTH]
    normalised = normalise(text)
    squeezed = normalised.squeezed
    keys = {f"{_WORD}:{word.rstrip(HARD)}" for run in runs_of(normalised) for _, _, word in run}
    keys.update(
        f"{_START}:{squeezed[at : at + _START_LENGTH]}"
        for at in range(len(squeezed))
        if normalised.boundaries[at]
    )
    for number in (*find_identifiers(text), *find_formulas(text)):
        keys.add(f"{_NUMBER}:{number.method.value}:{number.value}")
    hs6 = hs6_of("".join(char for char in commodity_code if char.isdigit()))
    if hs6:
        keys.add(f"{_CODE}:{hs6}")
    if _MAY_HOLD_STRUCTURE.search(text):
        keys.add(f"{_STRUCTURE}:")
    return frozenset(keys)


def keys_for(
    entries: Sequence[ListEntry],
    names: Sequence[SubstanceName],
    stored: Iterable[str],
    cover_names: Sequence[CoverName] = (),
) -> frozenset[str]:
    """Of the distinct ``stored`` keys those that a text which matches can have.

    ``names`` and ``cover_names`` are all of the substances of ``entries``. Innocent names and
    context only take matches away, so they play no part. A text that may hold a structure
    (InChIKey, SMILES) is always chosen; systematic names read by OPSIN have no keys.
    O(number of stored keys).
    """
    listed = {entry.substance_key for entry in entries}
    names = [*names, *map(as_name, cover_names)]
    lexicon = Lexicon(compile_vocabulary([n for n in names if n.substance_key in listed], ()))
    fuzzy = FuzzyNames(lexicon)
    halves = _Halves(lexicon)
    registry = EntryRegistry(entries, [name for name in names if name.substance_key in listed])
    starts = {key[:_START_LENGTH] for key in lexicon.terms}
    shorter = tuple(start for start in starts if len(start) < _START_LENGTH)
    chosen = set()
    for key in stored:
        kind, _, value = key.partition(":")
        if kind == _WORD:
            is_possible = fuzzy.may_belong(value) or halves.hold(value)
        elif kind == _START:
            is_possible = value in starts or (bool(shorter) and value.startswith(shorter))
        elif kind == _NUMBER:
            is_possible = registry.has_number(*value.split(":", 1))
        elif kind == _CODE:
            is_possible = bool(registry.meanings_of(value))
        else:
            is_possible = kind == _STRUCTURE
        if is_possible:
            chosen.add(key)
    return frozenset(chosen)


class _Halves:
    """Beginnings and ends of long names: a name split in two and misspelt in one half."""

    def __init__(self, lexicon: Lexicon) -> None:
        keys = {key for key in lexicon.terms if len(key) >= _SHORTEST_SPLIT_NAME}
        keys |= set(map(sound, keys))
        self._exact = {
            half
            for key in keys
            for cut in range(_SHORTEST_HALF, len(key))
            for half in (key[:cut], key[-cut:])
        }
        self._near = PieceIndex(self._exact, most_edits=1)

    def hold(self, word: str) -> bool:
        heard = sound(word)
        return (
            word in self._exact
            or heard in self._exact
            or self._near.has_near(word)
            or self._near.has_near(heard)
        )
