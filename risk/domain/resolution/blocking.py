"""Which parties are worth comparing: those that share a key of their names or identifiers.

Keys do not depend on what else is stored, so they are made once for a party and kept. A key
that too many share explains nothing (a broker's phone, a word as usual as "trade") and is not
looked through: cost is bounded by :data:`MOST_HOLDERS` a key, however the data grow.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from risk.domain.resolution.names import FoldedName
from risk.domain.resolution.records import TAX_KINDS, Prepared
from shipments.domain.values import IdentifierKind

MOST_HOLDERS = 40
"""Parties that may share a key for it to be looked through."""

KEYS_VERSION = 1
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
    slip in one place of a name leaves a key. The whole written together finds names that are
    spaced otherwise; numbers keep apart firms of one series."""
    words = [word for word in name.words if len(word) > 1][:_MOST_WORDS] or list(name.words[:1])
    number = "".join(sorted(name.numbers))
    yield f"c:{skeleton(name.compact)}:{number}"
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


def _initials(word: str) -> str:
    """The letters that a word begins with: its first, or all of initials written together."""
    return word if len(word) <= MOST_INITIALS else word[0]


def candidate_pairs(parties: Sequence[Prepared]) -> Iterator[tuple[int, int]]:
    """Pairs of places in ``parties`` that share a key, each once, the lower place first."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, party in enumerate(parties):
        for key in blocking_keys(party):
            blocks[key].append(place)
    return pairs_of_blocks(blocks.values(), len(parties))


def pairs_of_blocks(blocks: Iterable[Sequence[int]], size: int) -> Iterator[tuple[int, int]]:
    """The pairs within blocks of no more than :data:`MOST_HOLDERS`; places are below ``size``."""
    seen: set[int] = set()
    for block in blocks:
        if not 1 < len(block) <= MOST_HOLDERS:
            continue
        for one, other in combinations(block, 2):
            packed = min(one, other) * size + max(one, other)
            if packed not in seen:
                seen.add(packed)
                yield divmod(packed, size)
