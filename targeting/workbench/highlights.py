"""Where in a description the engine saw something: the original text, cut at every place."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Place(NamedTuple):
    """Characters ``start`` to ``end`` of the text; ``kind`` is that of the mark, ``told`` why."""

    start: int
    end: int
    kind: str
    told: str


class Piece(NamedTuple):
    """A piece of the text; one without a ``kind`` is not marked."""

    text: str
    kind: str = ""
    told: str = ""


def cut(text: str, places: Sequence[Place]) -> list[Piece]:
    """The text in pieces that together are the text; where places overlap the first one given
    holds, what is told of the others is told beside it. Places outside of the text are cut off.

    >>> [piece.text for piece in cut("pure acetone, 5 l", [Place(5, 12, "match", "acetone")])]
    ['pure ', 'acetone', ', 5 l']
    """
    inside = [place for place in places if 0 <= place.start < min(place.end, len(text))]
    edges = sorted({0, len(text), *(p.start for p in inside), *(p.end for p in inside)})
    edges = [edge for edge in edges if edge <= len(text)]
    pieces = []
    for start, end in pairwise(edges):
        over = [place for place in inside if place.start <= start and end <= place.end]
        told = "; ".join(dict.fromkeys(place.told for place in over))
        pieces.append(Piece(text[start:end], over[0].kind if over else "", told))
    return _joined(pieces)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours that say the same are one mark, not two."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1][1:] == piece[1:]:
            joined[-1] = piece._replace(text=joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
