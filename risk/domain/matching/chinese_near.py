"""Why a near Chinese name is no match: places one character away from a listed name.

For a person who asks about a text, so that "高氯酸钾" is seen to be near 高锰酸钾 and why it is
another molecule. What may be read as a slip is decided in ``chinese_slips.py``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import ahocorasick
from rapidfuzz.distance import OSA

from risk.domain.matching.chinese_slips import is_alike
from risk.domain.matching.dismissals import of_near
from risk.domain.matching.evidence import Dismissal, Reason
from risk.domain.matching.lexicon import Found
from risk.domain.matching.near import Near
from risk.domain.matching.normalise import Normalised
from risk.domain.matching.vocabulary import Term
from risk.domain.matching.wholeness import is_on_boundaries

_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
_MIN_IDEOGRAPHS, _MAX_LENGTH = 2, 40
_ONE_CHARACTER = 1.0


class ChineseNear:
    """Listed Chinese names by their halves: one wrong character leaves one of them as it is."""

    def __init__(self, listed: Mapping[str, Term]) -> None:
        self._halves = ahocorasick.Automaton()
        halves: dict[str, list[tuple[Term, bool]]] = {}
        for term in listed.values():
            if _IDEOGRAPHS.fullmatch(term.key) and _MIN_IDEOGRAPHS <= len(term.key) <= _MAX_LENGTH:
                middle = len(term.key) // 2
                halves.setdefault(term.key[:middle], []).append((term, True))
                halves.setdefault(term.key[middle:], []).append((term, False))
        for half, owners in halves.items():
            self._halves.add_word(half, (len(half), owners))
        self._halves.make_automaton()

    def dismissed(self, text: Normalised, found: Sequence[Found]) -> Iterator[Dismissal]:
        """What is one character away from a listed name outside the listed names that were
        ``found``; with the innocent name that stands there, where one does. Linear time."""
        if text.original.isascii() or not len(self._halves):
            return
        listed = {at for one in found if one.term.refs for at in range(one.first, one.last)}
        innocent = {(one.first, one.last): one for one in found if not one.term.refs}
        for first, last, term in self._near(text):
            if not listed.isdisjoint(range(first, last)):
                continue
            holder = next(
                (one for (a, b), one in innocent.items() if a <= first and last <= b), None
            )
            spelling = text.squeezed[first:last]
            is_innocent = holder is not None and holder.last - holder.first == len(spelling)
            if not is_innocent and not _is_telling(spelling, term.key):
                continue
            near = Near(first, last, term.refs[0], 0.0, _ONE_CHARACTER)
            if holder is None:
                yield of_near(text, near, Reason.ANOTHER_MOLECULE)
            else:
                yield of_near(text, near, Reason.INNOCENT_NAME, holder.term.innocent_name)

    def _near(self, text: Normalised) -> Iterator[tuple[int, int, Term]]:
        squeezed = text.squeezed
        for end, (size, owners) in self._halves.iter(squeezed):
            for term, is_beginning in owners:
                for length in range(len(term.key) - 1, len(term.key) + 2):
                    first = end + 1 - size if is_beginning else end + 1 - length
                    last = first + length
                    if first < 0 or last > len(squeezed) or length < _MIN_IDEOGRAPHS:
                        continue
                    spelling = squeezed[first:last]
                    if (
                        _IDEOGRAPHS.fullmatch(spelling)
                        and is_on_boundaries(text, first, last)
                        and OSA.distance(spelling, term.key, score_cutoff=1) == 1
                    ):
                        yield first, last, term


def _is_telling(spelling: str, name: str) -> bool:
    """Whether the difference is worth telling: of two characters a wrong one that is like the
    right one, or one typed twice; of more any, but for a neighbour at either end."""
    if len(spelling) > len(name) and spelling[0] == spelling[1]:
        return True
    longer, shorter = sorted((spelling, name), key=len, reverse=True)
    if len(longer) > len(shorter) and shorter in (longer[1:], longer[:-1]):
        return False
    return len(name) > _MIN_IDEOGRAPHS or is_alike(spelling, name)
