"""Which names begin as a text does, one edit apart: by pieces, without comparing all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from rapidfuzz.distance import OSA

# Of two pieces at the beginning of a name one edit leaves one as it is, perhaps shifted.
_PIECE = 4


def within_one(text: str, name: str) -> bool:
    """Whether both are one edit apart at most."""
    return OSA.distance(text, name, score_cutoff=1) <= 1


class Beginnings:
    """Names, of which the beginnings are looked up."""

    def __init__(
        self, names: Iterable[str], is_near: Callable[[str, str], bool] = within_one
    ) -> None:
        """``is_near`` tells of (text, name) whether they are near, one edit apart at most."""
        self._is_near = is_near
        # By the size of the pieces: the first piece, and the second one, of each name.
        self._pieces: dict[int, tuple[dict[str, list[str]], dict[str, list[str]]]] = {}
        for name in set(names):
            size = min(_PIECE, len(name) // 2)
            heads, seconds = self._pieces.setdefault(size, (defaultdict(list), defaultdict(list)))
            heads[name[:size]].append(name)
            # Letters swapped across the edge of both pieces.
            heads[name[: size - 1] + name[size : size + 1]].append(name)
            seconds[name[size : 2 * size]].append(name)

    def likely(self, texts: Sequence[str]) -> set[int]:
        """The places of those texts that share a piece with a name, as all that hold one do."""
        found: set[int] = set()
        for size, (heads, seconds) in self._pieces.items():
            first, last = size - 1, size + 1
            found.update(
                at
                for at, text in enumerate(texts)
                if text[:size] in heads
                or text[first : first + size] in seconds
                or text[size : 2 * size] in seconds
                or text[last : last + size] in seconds
            )
        return found

    def hold(
        self,
        text: str,
        words: Iterable[str] = (),
        *,
        is_cut: bool = False,
        unsure: int = 0,
    ) -> bool:
        """Whether ``text`` begins within one edit of a name; where it is cut off, it may end
        within the name, and its last ``unsure`` letters do not count.

        With ``words``, which make up the text, what stands for a name is several of them whole.
        """
        names: list[str] = []
        for size, (heads, seconds) in self._pieces.items():
            head = text[:size]
            if head in heads:
                names += heads[head]
            for at in (size - 1, size, size + 1):
                piece = text[at : at + size]
                if piece in seconds:
                    names += seconds[piece]
        if not names:
            return False
        ends = list(accumulate(map(len, words)))
        return any(_begins(text, name, ends, is_cut, unsure, self._is_near) for name in names)


def _begins(
    text: str,
    name: str,
    ends: Sequence[int],
    is_cut: bool,
    unsure: int,
    is_near: Callable[[str, str], bool],
) -> bool:
    for length in range(len(name) - 1, min(len(name) + 1, len(text)) + 1):
        # Several words: of one alone its own key tells.
        is_possible = not ends or (length in ends and ends[0] < length)
        if is_possible and is_near(text[:length], name):
            return True
    # The word that is cut off belongs to the name, and the name may go on. Heard to its end it
    # may have a letter less.
    if not is_cut or len(name) < len(text) - (2 if unsure else 1):
        return False
    known = text[:-unsure] if unsure else text
    return any(is_near(known, name[:length]) for length in range(len(known) - 1, len(known) + 2))
