"""Text → the characters that carry a name, with a way back to the original text.

Names are compared *squeezed*: case, accents, spaces, hyphens and brackets inside a name do
not matter, so "Methyl-ethyl ketone" and "methylethylketone" are one. What was dropped is kept
as a boundary in front of the next character. Separators that end a phrase (``;``, ``:``, a
comma or full stop with a space, a bracket set off by a space, ``%``) stay as ``|``.

The text is taken in runs between spaces (``runs.py``).
"""

import itertools
import re
from bisect import bisect_right
from operator import attrgetter

from risk.domain.matching.boundaries import Boundary
from risk.domain.matching.characters import HARD
from risk.domain.matching.lookalikes import main_alphabet
from risk.domain.matching.runs import (
    PIECES,
    Piece,
    with_comma_inside,
    without_first,
    without_last,
)

__all__ = ["HARD", "Boundary", "Normalised", "normalise"]

_BRACKET_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
# A hyphen at the end of a line joins the next one; bounded, so that no text is slow.
_PIECE = re.compile(r"(?:\S*[-‐‑¬\u00ad][ \t]{0,4}\r?\n\s{0,8})?\S+")
_OPENS_INSIDE = re.compile(r"[-–—−]\s{1,2}\($")
_CLOSES_INSIDE = re.compile(r"\)\s{1,2}[-–—−]\s")
_SQUEEZED, _BOUNDARIES = attrgetter("squeezed"), attrgetter("boundaries")
_IS_SETTLED = attrgetter("is_settled")
_LAST_BOUNDARY = bytes((Boundary.SPACE,))


class Normalised:
    """``squeezed[i]`` came from ``original[starts[i]:ends[i]]``; ``boundaries`` has one more."""

    __slots__ = ("boundaries", "firsts", "offsets", "original", "pieces", "squeezed")

    def __init__(self, original: str, pieces: list[Piece], offsets: list[int]) -> None:
        self.original = original
        self.pieces = pieces
        self.offsets = offsets
        squeezed = list(map(_SQUEEZED, pieces))
        self.squeezed = "".join(squeezed)
        self.boundaries = b"".join(map(_BOUNDARIES, pieces)) + _LAST_BOUNDARY
        self.firsts = list(itertools.accumulate(map(len, squeezed), initial=0))
        self.firsts.pop()

    @property
    def starts(self) -> list[int]:
        """Where each squeezed character starts in the original."""
        return [o + s for o, p in zip(self.offsets, self.pieces, strict=True) for s in p.starts]

    @property
    def ends(self) -> list[int]:
        """Where each squeezed character ends in the original."""
        return [o + s for o, p in zip(self.offsets, self.pieces, strict=True) for s in p.ends]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets in the original of squeezed characters ``first`` up to but without ``last``.

        A bracket that opens inside and closes just behind, or the reverse, belongs to the span.
        """
        at = bisect_right(self.firsts, first) - 1
        start = self.offsets[at] + self.pieces[at].starts[first - self.firsts[at]]
        at = bisect_right(self.firsts, last - 1) - 1
        end = self.offsets[at] + self.pieces[at].ends[last - 1 - self.firsts[at]]
        for opening, closing in _BRACKET_PAIRS:
            piece = self.original[start:end]
            open_count, closed_count = piece.count(opening), piece.count(closing)
            if open_count == closed_count + 1 and self.original[end : end + 1] == closing:
                end += 1
            elif closed_count == open_count + 1 and self.original[start - 1 : start] == opening:
                start -= 1
        return start, end

    def words(self) -> tuple[str, ...]:
        """The squeezed words between spaces; a separator stays at the end of its word."""
        words: list[str] = []
        for piece in self.pieces:
            for _, _, word in piece.words:
                if word == HARD and words:
                    words[-1] += HARD
                else:
                    words.append(word)
        if words:
            words[-1] = words[-1].strip(HARD)
        return tuple(words)


def normalise(text: str) -> Normalised:
    """The squeezed text with its map; time and size are linear in ``text``."""
    runs, starts = _runs(text)
    pieces = list(map(PIECES[None].__getitem__, runs))
    if all(map(_IS_SETTLED, pieces)):
        return Normalised(text, pieces, starts)
    return _settled(text, runs, starts)


def _settled(text: str, runs: list[str], starts: list[int]) -> Normalised:
    """The same where pieces depend on their neighbours, or on the alphabet of the text."""
    pieces: list[Piece] = []
    offsets: list[int] = []
    ends_hard = False
    before = ""
    known = PIECES[main_alphabet(text)]
    for start, run in zip(starts, runs, strict=True):
        piece = known[run]
        if not piece.squeezed:
            continue
        if run[0] == "(" or run[-1] == ")":
            piece = _with_joined_brackets(piece, text, start, start + len(run))
        if ends_hard and before[-1] == "," and run[0].isdigit():
            pieces[-1] = with_comma_inside(pieces[-1])
            ends_hard = pieces[-1].squeezed[-1] == HARD
        if ends_hard and piece.squeezed[:1] == HARD:
            piece = without_first(piece)
        before = run
        if not piece.squeezed:
            continue
        ends_hard = piece.squeezed[-1] == HARD
        pieces.append(piece)
        offsets.append(start)
    if pieces and pieces[0].squeezed[0] == HARD:
        if len(pieces[0].squeezed) == 1:
            del pieces[0], offsets[0]
        else:
            pieces[0] = without_first(pieces[0])
    return Normalised(text, pieces, offsets)


def _runs(text: str) -> tuple[list[str], list[int]]:
    """What stands between spaces, and where each such run starts."""
    if "\n" in text:
        places = list(_PIECE.finditer(text))
        return [found[0] for found in places], [found.start() for found in places]
    runs = text.split()
    starts = list(itertools.accumulate([len(run) + 1 for run in runs], initial=0))
    if starts.pop() == len(text) + 1:
        # One space between each two, and none around them.
        return runs, starts
    start = 0
    for at, run in enumerate(runs):
        starts[at] = start = text.index(run, start)
        start += len(run)
    return runs, starts


def _with_joined_brackets(piece: Piece, text: str, start: int, end: int) -> Piece:
    """ "3 - (3,4-methylenedioxy) - 2": brackets between dashes stand inside a name."""
    if piece.squeezed[0] == HARD and _OPENS_INSIDE.search(text, max(0, start - 3), start + 1):
        piece = without_first(piece)
    if piece.squeezed[-1:] == HARD and _CLOSES_INSIDE.match(text, end - 1):
        piece = without_last(piece)
    return piece
