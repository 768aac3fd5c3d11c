"""Which names begin as a text does, one edit apart: by pieces, without comparing all."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

# Of two pieces at the beginning of a name one edit leaves one as it is, perhaps shifted.
_PIECE = 4


class Beginnings:
    """Names, of which the beginnings are looked up."""

    def __init__(self, names: Iterable[str]) -> None:
        # By the size of the pieces: the first piece, and the second one, of each name.
        self._pieces: dict[int, tuple[dict[str, list[str]], dict[str, list[str]]]] = {}
        for name in set(names):
            size = min(_PIECE, len(name) // 2)
            heads, seconds = self._pieces.setdefault(size, (defaultdict(list), defaultdict(list)))
            heads[name[:size]].append(name)
            # Letters swapped across the edge of both pieces.
            heads[name[: size - 1] + name[size : size + 1]].append(name)
            seconds[name[size : 2 * size]].append(name)

    def hold(self, text: str, *, is_cut: bool = False, unsure: int = 0) -> bool:
        """Whether ``text`` begins within one edit of a name; where it is cut off, it may end
        within the name, and its last ``unsure`` letters do not count."""
        names: list[str] = []
        for size, (heads, seconds) in self._pieces.items():
            if text[:size] in heads:
                names += heads[text[:size]]
            for at in (size - 1, size, size + 1):
                piece = text[at : at + size]
                if piece in seconds:
                    names += seconds[piece]
        if not names:
            return False
        known = text[:-unsure] if unsure else text
        return any(_begins(known, name, is_cut) for name in names)


def _begins(text: str, name: str, is_cut: bool) -> bool:
    if len(text) < len(name):
        if not is_cut:
            return OSA.distance(text, name, score_cutoff=1) <= 1
        text, name = name, text
    elif is_cut and len(text) == len(name) and OSA.distance(text, name[:-1], score_cutoff=1) <= 1:
        # A letter too many pushed the last one out of what is left of the text.
        return True
    size = len(name)
    return (
        OSA.distance(text[:size], name, score_cutoff=1) <= 1
        or OSA.distance(text[: size + 1], name, score_cutoff=1) <= 1
        or OSA.distance(text[: size - 1], name, score_cutoff=1) <= 1
    )
