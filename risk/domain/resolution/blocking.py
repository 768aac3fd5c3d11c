"""Which parties are worth comparing: those that share a key of their names or identifiers.

Keys do not depend on what else is stored, so they are made once for a party and kept. A key
that too many share explains nothing (a broker's phone, a word as usual as "trade") and is not
looked through; of the others a party is compared with those that share most with it. Cost is
bounded by :data:`MOST_HOLDERS` a key and :data:`MOST_CANDIDATES` a party, however the data grow.
"""

import math
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import combinations, repeat
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from risk.domain.resolution.names import FoldedName
from risk.domain.resolution.records import TAX_KINDS, Prepared
from shipments.domain.values import IdentifierKind

MOST_HOLDERS = 40
"""Parties that may share a key for it to be looked through."""

MOST_CANDIDATES = 10
"""Parties that one is compared with for its own sake: those that share most with it."""

Places: TypeAlias = npt.NDArray[np.int64]

KEYS_VERSION = 3
"""Raised whenever keys of a party change: stored ones are made again."""

KEYED_KINDS = (
    *(IdentifierKind.PHONE, IdentifierKind.EMAIL, IdentifierKind.BANK_ACCOUNT),
    *(IdentifierKind.WALLET, IdentifierKind.WEBSITE, IdentifierKind.ADDRESS),
)
_MOST_WORDS = 4
MOST_INITIALS = 3
# Consonants that slips and habits of romanisation exchange; vowels, h and doublings go.
_CLASSES = str.maketrans("bpvfwgkcqdtzsxlmnr", "bbvvvkkkkttsszlmmr", "aeiouhyj'")
_DOUBLED = re.compile(r"(.)\1+")


def skeleton(word: str) -> str:
    """The consonants of a folded word by classes; of a word of vowels the word itself.

    >>> skeleton("himprom"), skeleton("kimprom")
    ('mbrm', 'kmbrm')
    """
    return _DOUBLED.sub(r"\1", word.translate(_CLASSES)) or word


def blocking_keys(party: Prepared) -> frozenset[str]:
    """The keys of a party: of each name, and of each identifier that could be its own."""
    keys = {key for name in party.names for key in _name_keys(name)}
    for kind in (*KEYED_KINDS, *TAX_KINDS):
        keys.update(f"{kind.value}:{value}" for value in party.has(kind))
    return frozenset(keys)


def word_key(word: str) -> str:
    """What the keys of all names that hold the word begin with."""
    return f"w:{skeleton(word)}:"


def _name_keys(name: FoldedName) -> Iterator[str]:
    """Two words, each by its consonants, or one so and the other by its beginning or end: a
    slip in one place of a name leaves a key. The whole written together, wherever it begins, finds
    names that are spaced or begin otherwise; numbers keep apart firms of one series."""
    words = [word for word in name.words if len(word) > 1][:_MOST_WORDS] or list(name.words[:1])
    number = "".join(sorted(name.numbers))
    yield f"c:{_turned(skeleton(name.compact))}:{number}"
    edge, far = (3, 0) if number else (4, 2)
    yield f"a:{name.compact[:edge]}:{name.compact[len(name.compact) - far :]}:{number}"
    yield f"z:{name.compact[-edge:]}:{name.compact[:far]}:{number}"
    for word in words:
        yield f"{word_key(word)}{number}"
    for word in words[:3]:
        letters = sorted(one for other in name.words if other != word for one in _initials(other))
        yield f"p:{skeleton(word)}:{''.join(letters)}:{number}"
    for first, second in combinations(sorted(words), 2):
        for one, other in ((first, second), (second, first)):
            yield f"b:{skeleton(one)}:{other[:3]}:{number}"
            yield f"e:{skeleton(one)}:{other[-3:]}:{number}"


def _turned(text: str) -> str:
    """The first by the alphabet of the texts that begin anywhere in it and go round: the same
    whichever part of a name stands first.

    >>> _turned("smbrk") == _turned("brksm") == "brksm"
    True
    """
    twice, size = text + text, len(text)
    return min((twice[at : at + size] for at in range(size)), default="")


def _initials(word: str) -> str:
    """The letters that a word begins with: its first, or all of initials written together."""
    return word if len(word) <= MOST_INITIALS else word[0]


def candidate_pairs(parties: Sequence[Prepared]) -> list[tuple[int, int]]:
    """Pairs of places in ``parties`` worth comparing, the lower place first, in order.

    Of those that share a key each party keeps the :data:`MOST_CANDIDATES` with which it shares
    most, rare keys counting more; a pair stays when either keeps it. So there are no more than
    that many pairs a party, however many there are. The order of ``parties`` does not matter.
    """
    size = len(parties)
    pairs, bits = _weighed(*_blocks(parties), size)
    first, second = pairs // size, pairs % size
    rank = np.argsort(np.argsort([party.record.key for party in parties], kind="stable"))
    ends = np.concatenate((first, second))
    partners = rank[np.concatenate((second, first))]
    best = np.lexsort((partners, -np.concatenate((bits, bits)), ends))
    starts = np.flatnonzero(np.diff(ends[best], prepend=-1))
    places = np.arange(len(best)) - np.repeat(starts, np.diff(starts, append=len(best)))
    kept = np.zeros(len(pairs), dtype=bool)
    kept[best[places < MOST_CANDIDATES] % len(pairs) if len(pairs) else []] = True
    return list(zip(first[kept].tolist(), second[kept].tolist(), strict=True))


def _blocks(parties: Sequence[Prepared]) -> tuple[Places, Places]:
    """For every key of every party the number of the key, and the place of the party."""
    numbers: dict[str, int] = {}
    keys, places = array("q"), array("q")
    for place, party in enumerate(parties):
        found = blocking_keys(party)
        keys.extend(numbers.setdefault(key, len(numbers)) for key in found)
        places.extend(repeat(place, len(found)))
    return np.array(keys), np.array(places)


def _weighed(keys: Places, places: Places, size: int) -> tuple[Places, Places]:
    """Pairs (``lower * size + higher``) that share a key of no more than :data:`MOST_HOLDERS`,
    and how much they share, in hundredths of a bit: whole numbers, so that sums are exact."""
    places = places[np.lexsort((places, keys))]
    holders = np.bincount(keys)
    starts = np.cumsum(holders) - holders
    pairs, bits = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for count in range(2, MOST_HOLDERS + 1):
        at = starts[holders == count]
        lower, higher = np.triu_indices(count, 1)
        blocks = places[at[:, None] + np.arange(count)]
        pairs.append((blocks[:, lower] * size + blocks[:, higher]).ravel())
        bits.append(np.full(pairs[-1].size, round(100 * math.log2(max(2, size / count)))))
    found, of = np.unique(np.concatenate(pairs), return_inverse=True)
    return found, np.bincount(of, np.concatenate(bits), len(found)).astype(np.int64)
