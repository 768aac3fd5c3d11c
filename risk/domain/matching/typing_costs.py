"""What a typing error costs: a slip of keys, of the ear or of a scanner less than another letter.

Weighted edit distance with swaps of neighbours (restricted Damerau). Costs are judgements:
1 is "another letter"; a doubled letter or a swap says most about haste, least about chemistry.
"""

import itertools
from collections.abc import Iterator, Mapping

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


def _table(*costs: tuple[frozenset[frozenset[str]], float]) -> Mapping[str, Mapping[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for pairs, cost in costs:
        for pair in pairs:
            for char, other in itertools.permutations(pair, 2):
                table.setdefault(char, {})[other] = cost
    return table


# Letter read → letter meant → cost. Spellings differ by keys, ear and scanner; sounds, being of
# no keyboard, by ear alone.
Alike = Mapping[str, Mapping[str, float]]
SPELT: Alike = _table((_KEYS, SLIP), (_SOUNDS, SLIP), (_SCANS, SCANNED))
HEARD: Alike = _table((_SOUNDS, SLIP))
_NEXT_KEYS: Mapping[str, frozenset[str]] = {
    char: frozenset(others) for char, others in _table((_KEYS, SLIP)).items()
}
_NONE_ALIKE: Mapping[str, float] = {}
_NO_KEYS: frozenset[str] = frozenset()


def typing_cost(spelling: str, name: str, limit: float, alike: Alike = SPELT) -> float:
    """The cost of reading ``name`` from ``spelling``; beyond ``limit`` any greater number.

    Only what lies between the common beginning and end is compared: a typing error is local.

    >>> typing_cost("acteone", "acetone", 2), typing_cost("acetone", "acetone", 2)
    (0.5, 0.0)
    """
    if spelling == name:
        return 0.0
    spelling, name = _differing(spelling, name)
    longer = len(name) - len(spelling)
    # Who wanders that far off the diagonal has paid for as many letters too few and too many.
    pairs = limit / DOUBLED
    ahead, behind = int((pairs + longer) / 2), int((pairs - longer) / 2)
    if ahead < max(0, longer) or behind < max(0, -longer):
        return limit + 1
    return _cost_in_band(spelling, name, limit, alike, (ahead, behind))


def _cost_in_band(
    spelling: str, name: str, limit: float, alike: Alike, band: tuple[int, int]
) -> float:
    """Row by row over ``spelling``, looking at most so far ahead and behind in ``name``."""
    (ahead, behind), beyond = band, limit + 1
    missing = _costs_of_missing(name)
    before: list[float] = []
    row = [DROPPED * at if at <= ahead else beyond for at in range(len(name) + 1)]
    last, nearest_before = "", 0.0
    for at, (char, extra) in enumerate(zip(spelling, _costs_of_extra(spelling), strict=True)):
        current = [beyond] * (len(name) + 1)
        start = max(0, at - behind)
        if start == 0:
            current[0] = row[0] + extra
        read_as = alike.get(char, _NONE_ALIKE)
        nearest = left = current[start]
        for place in range(start, min(len(name), at + ahead + 1)):
            wanted = name[place]
            best = row[place]
            if char != wanted:
                best += read_as.get(wanted, STRANGE)
                if last == wanted and place and char == name[place - 1]:
                    best = min(best, before[place - 1] + SWAPPED)
            if row[place + 1] + extra < best:
                best = row[place + 1] + extra
            if left + missing[place] < best:
                best = left + missing[place]
            current[place + 1] = left = best
            if best < nearest:
                nearest = best
        # A swap leaps over a row.
        if nearest > limit and nearest_before + SWAPPED > limit:
            return beyond
        before, row, last, nearest_before = row, current, char, nearest
    return row[-1]


def _costs_of_missing(name: str) -> list[float]:
    return [
        DOUBLED if char == before else DROPPED
        for before, char in zip(" " + name, name, strict=False)
    ]


def _costs_of_extra(spelling: str) -> Iterator[float]:
    """A letter too many; one beside its neighbour on the keyboard is a slip of two keys."""
    for before, char, after in zip(" " + spelling, spelling, spelling[1:] + " ", strict=False):
        keys = _NEXT_KEYS.get(char, _NO_KEYS)
        if char == before:
            yield DOUBLED
        else:
            yield INSERTED_SLIP if before in keys or after in keys else INSERTED


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
