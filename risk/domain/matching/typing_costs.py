"""What a typing error costs: a slip of keys, of the ear or of a scanner less than another letter.

Weighted edit distance with swaps of neighbours (restricted Damerau). Costs are judgements:
1 is "another letter"; a doubled letter or a swap says most about haste, least about chemistry.
"""

import itertools
from collections.abc import Mapping

DOUBLED = 0.4
SWAPPED = 0.5
SLIP = 0.6
SCANNED = 0.4
DROPPED = 0.7
INSERTED_SLIP = 0.6
INSERTED = 0.9
STRANGE = 1.0
_SOUND_ALIKE = (
    "ae ai ao au ei eo eu io iu ou iy ey ck cs ks sz ij gj vw vf td pb kq xs kg sc ct "
    "ао ае аи ео еи ои уо уи ыи йи эе яе юу гх кг дт бп вф зс жш щш цс ьъ іи ыі "
    "қк ғг ңн өо ұу үу әа"
)
_SCANNED_ALIKE = (
    "o0 l1 i1 il lt ec ce oc s5 b6 b8 z2 g9 g6 uv nm hb ij jl nu ri fl vy "
    "о0 з3 б6 шщ лп ин цu ип нп еc ао гт нк жк иц оc пн"
)


def _neighbours(rows: tuple[str, ...]) -> set[frozenset[str]]:
    pairs: set[frozenset[str]] = set()
    for row, below in zip(rows, (*rows[1:], ""), strict=True):
        pairs.update(frozenset(pair) for pair in itertools.pairwise(row))
        for at, key in enumerate(row):
            pairs.update(frozenset((key, other)) for other in below[max(0, at - 1) : at + 1])
    return pairs


_KEYS: frozenset[frozenset[str]] = frozenset(
    _neighbours(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    | _neighbours(("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"))
)
_SOUNDS = frozenset(frozenset(pair) for pair in _SOUND_ALIKE.split())
_SCANS = frozenset(frozenset(pair) for pair in _SCANNED_ALIKE.split())


def _table(*costs: tuple[frozenset[frozenset[str]], float]) -> dict[tuple[str, str], float]:
    return {
        letters: cost
        for pairs, cost in costs
        for pair in pairs
        for letters in itertools.permutations(pair, 2)
    }


# Spellings differ by keys, ear and scanner; sounds, being of no keyboard, by ear alone.
SPELT = _table((_KEYS, SLIP), (_SOUNDS, SLIP), (_SCANS, SCANNED))
HEARD = _table((_SOUNDS, SLIP))


def typing_cost(
    spelling: str, name: str, limit: float, alike: Mapping[tuple[str, str], float] = SPELT
) -> float:
    """The cost of reading ``name`` from ``spelling``; beyond ``limit`` any greater number.

    Only what lies between the common beginning and end is compared: a typing error is local.

    >>> typing_cost("acteone", "acetone", 2), typing_cost("acetone", "acetone", 2)
    (0.5, 0.0)
    """
    if spelling == name:
        return 0.0
    spelling, name = _differing(spelling, name)
    # Letters further apart than the cheapest insertions reach cannot meet within the limit.
    width = int(limit / DOUBLED) + 1
    if abs(len(spelling) - len(name)) > width:
        return limit + 1
    beyond = limit + 1
    before: list[float] = []
    row = [DROPPED * at if at <= width else beyond for at in range(len(name) + 1)]
    for at, char in enumerate(spelling):
        double = at > 0 and spelling[at - 1] == char
        # A letter too many; one beside its neighbour on the keyboard is a slip of two keys.
        extra = DOUBLED if double else _inserted(spelling, at)
        current = [beyond] * (len(name) + 1)
        current[0] = row[0] + extra
        for place in range(max(0, at - width), min(len(name), at + width + 1)):
            wanted = name[place]
            best = row[place]
            if char != wanted:
                best += alike.get((char, wanted), STRANGE)
            if row[place + 1] + extra < best:
                best = row[place + 1] + extra
            missing = DOUBLED if place and name[place - 1] == wanted else DROPPED
            if current[place] + missing < best:
                best = current[place] + missing
            if (
                at and place and char == name[place - 1] and spelling[at - 1] == wanted
                and char != wanted and before[place - 1] + SWAPPED < best
            ):  # fmt: skip
                best = before[place - 1] + SWAPPED
            current[place + 1] = best
        if min(current) > limit:
            return beyond
        before, row = row, current
    return row[-1]


def _differing(spelling: str, name: str) -> tuple[str, str]:
    """The parts that differ, with one common letter on either side for doubles and swaps."""
    shortest = min(len(spelling), len(name))
    start = 0
    while start < shortest and spelling[start] == name[start]:
        start += 1
    end = 0
    while end < shortest - start and spelling[-1 - end] == name[-1 - end]:
        end += 1
    start, end = max(0, start - 1), max(0, end - 1)
    return spelling[start : len(spelling) - end], name[start : len(name) - end]


def _inserted(spelling: str, at: int) -> float:
    char = spelling[at]
    beside = (spelling[at - 1 : at], spelling[at + 1 : at + 2])
    is_slip = any(frozenset((char, other)) in _KEYS for other in beside if other)
    return INSERTED_SLIP if is_slip else INSERTED
