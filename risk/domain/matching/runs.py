"""A run of the text between spaces → the characters that carry a name, with their places.

Runs repeat from line to line ("200", "kg", "бочки"), so what is made of one is kept: that is
most of the speed of the engine.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import msgspec

from risk.domain.matching.boundaries import Boundary
from risk.domain.matching.characters import GREEK_NAMES, HARD, HYPHENS, Kind, character
from risk.domain.matching.chinese import SIMPLIFIED
from risk.domain.matching.lookalikes import Alphabet, is_mixed, without_lookalikes

# Letters that squeezing leaves as they are, or digits.
_PLAIN_LETTERS = "[a-z]+|[а-яіїєґәғқңөұүһ]+|[0-9]+"
_PLAIN_WORD = re.compile(_PLAIN_LETTERS)
_PLAIN_OR_OTHER = re.compile(f"{_PLAIN_LETTERS}|.", re.DOTALL)
_PHRASE_ENDS = frozenset(",.;:)")
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_GREEK = re.compile("[αβγδωψΑΒΓΔΩΨ]")
_PARTS_OF_A_NAME = re.compile(r"[-‐‑–—−()\[\]{}'’′,\s]*")
_WORD_MAY_END = re.compile(rb"[\x02\x03]")
_LOCANT_BEFORE = re.compile(r"(?:^|\D)\d[rs]?\|$")
_MEMORY_SIZE = 100_000
_LONGEST_KEPT = 80

# (first, last, squeezed) of each.
Words = tuple[tuple[int, int, str], ...]


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A run of the text between spaces; ``starts`` and ``ends`` count from its beginning.

    ``words`` are the (first, last, squeezed) of its words: runs that hold no sign other than
    those inside a name. A separator is a word of its own that equals ``HARD``.
    ``key`` is the same for pieces of the same words; ``is_settled``: what stands beside it in a
    text changes nothing of it.
    """

    squeezed: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    boundaries: bytes
    words: Words
    key: str | Words
    is_settled: bool = False


class _Pieces(dict[str, Piece]):
    """Pieces by run, made when first asked for; only short runs are kept."""

    def __init__(self, alphabet: Alphabet | None) -> None:
        super().__init__()
        self._alphabet = alphabet

    def __missing__(self, run: str) -> Piece:
        piece = (_plain_piece(run) if self._alphabet is None else None) or _piece(
            run, self._alphabet
        )
        if len(run) <= _LONGEST_KEPT:
            if len(self) >= _MEMORY_SIZE:
                self.clear()
            self[run] = piece
        return piece


def _is_settled(run: str, piece: Piece) -> bool:
    """Whether none of what is asked of neighbours can change the piece."""
    squeezed = piece.squeezed
    return not (
        not squeezed
        or squeezed[0] == HARD
        or run[0] == "("
        or run[-1] == ")"
        or is_mixed(run)
        or (run[-1] == "," and squeezed[-1] == HARD and with_comma_inside(piece) is not piece)
    )


PIECES = {alphabet: _Pieces(alphabet) for alphabet in (None, *Alphabet)}


def without_first(piece: Piece) -> Piece:
    """The piece without the separator that it begins with."""
    words = tuple((first - 1, last - 1, word) for first, last, word in piece.words if last > 1)
    boundaries = bytes((Boundary.SPACE,)) + piece.boundaries[2:]
    return _made(piece.squeezed[1:], piece.starts[1:], piece.ends[1:], boundaries, words)


def without_last(piece: Piece) -> Piece:
    """The piece without the separator that it ends with."""
    return _made(
        piece.squeezed[:-1], piece.starts[:-1], piece.ends[:-1], piece.boundaries[:-1],
        piece.words[:-1],
    )  # fmt: skip


def with_comma_inside(piece: Piece) -> Piece:
    """ "1, 2-" and "1R, 2S": a space slipped in behind the comma between locants."""
    is_joined = piece.boundaries[-2:-1] == bytes((Boundary.JOINT,))
    if not is_joined and not _LOCANT_BEFORE.search(piece.squeezed):
        return piece
    if not piece.squeezed[-2].isdigit():
        return without_last(piece)
    boundaries = piece.boundaries[:-1] + bytes((Boundary.JOINT,))
    first = piece.words[-2][0] if len(piece.words) > 1 else 0
    squeezed = piece.squeezed[:-1] + ","
    words = (*piece.words[:-2], (first, len(squeezed), squeezed[first:]))
    return _made(squeezed, piece.starts, piece.ends, boundaries, words)


def _made(
    squeezed: str, starts: tuple[int, ...], ends: tuple[int, ...], boundaries: bytes, words: Words
) -> Piece:
    key = squeezed if len(words) == 1 else words
    return Piece(squeezed, starts, ends, boundaries, words, key)


def _piece(run: str, alphabet: Alphabet | None) -> Piece:
    squeezed: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    boundaries = bytearray()
    before = -1
    pending: int = Boundary.SPACE
    is_greek_spelt = not run.isascii() and _GREEK.search(run) and _CYRILLIC_LETTER.search(run)
    greek = 1 if is_greek_spelt else 0
    for index, char in _characters(run):
        out, kind = character(char[0])
        if (size := len(char)) > 1:
            if pending == Boundary.NONE and kind != before:
                pending = Boundary.CLASS
            squeezed.append(char)
            starts.extend(range(index, index + size))
            ends.extend(range(index + 1, index + size + 1))
            boundaries.append(pending)
            boundaries.extend(bytes(size - 1))
            pending, before = Boundary.NONE, kind
        elif kind >= Kind.LATIN:
            if greek and char.casefold() in GREEK_NAMES:
                out, kind = GREEK_NAMES[char.casefold()][greek], Kind.CYRILLIC
            elif kind == Kind.IDEOGRAPH:
                out = SIMPLIFIED.get(out, out)
            if pending == Boundary.NONE and (kind != before or kind == Kind.IDEOGRAPH):
                pending = Boundary.CLASS
            for part in out:
                squeezed.append(part)
                starts.append(index)
                ends.append(index + 1)
                boundaries.append(pending)
                pending = Boundary.NONE
            before = kind
        elif kind == Kind.MARK:
            _compose(squeezed, ends, char, index)
        elif kind != Kind.DROP:
            pending, kept = _separate(run, index, kind, pending)
            if kept and not (squeezed and squeezed[-1] == HARD):
                squeezed.append(kept)
                starts.append(index)
                ends.append(index + 1)
                boundaries.append(pending)
    joined = without_lookalikes("".join(squeezed), boundaries, alphabet)
    words = _words(run, joined, starts, ends, boundaries)
    piece = _made(joined, tuple(starts), tuple(ends), bytes(boundaries), words)
    return msgspec.structs.replace(piece, is_settled=True) if _is_settled(run, piece) else piece


def _characters(run: str) -> Iterator[tuple[int, str]]:
    """Where they start, and the characters; letters of one alphabet that squeezing leaves as
    they are, and digits, together."""
    lowered = run.lower()
    if len(lowered) != len(run):
        yield from enumerate(run)
        return
    for found in _PLAIN_OR_OTHER.finditer(lowered):
        start, end = found.span()
        yield start, found[0] if end - start > 1 else run[start]


def _plain_piece(run: str) -> Piece | None:
    """A word of letters that squeezing leaves as they are, or a number; perhaps with one sign
    behind it that ends a phrase. Most pieces are such."""
    is_phrase_end = run[-1] in _PHRASE_ENDS
    plain = (run[:-1] if is_phrase_end else run).lower()
    if not _PLAIN_WORD.fullmatch(plain):
        return None
    size = len(plain)
    starts, ends, boundaries, phrase_end = _plain_places(size)
    if is_phrase_end:
        starts, ends, _, _ = _plain_places(size + 1)
        words = ((0, size, plain), (size, size + 1, HARD))
        # A bracket, or a comma behind a locant, depends on what stands beside it.
        is_settled = run[-1] != ")" and not (run[-1] == "," and size == 1 and plain.isdigit())
        return Piece(plain + HARD, starts, ends, phrase_end, words, words, is_settled)
    return Piece(plain, starts, ends, boundaries, ((0, size, plain),), plain, True)


@cache
def _plain_places(size: int) -> tuple[tuple[int, ...], tuple[int, ...], bytes, bytes]:
    """Starts, ends and boundaries of a plain word, and the boundaries with a phrase's end."""
    boundaries = bytes((Boundary.SPACE,)) + bytes(size - 1)
    places = tuple(range(size + 1))
    return places[:-1], places[1:], boundaries, boundaries + bytes((Boundary.SPACE,))


def _separate(run: str, index: int, kind: int, pending: int) -> tuple[int, str]:
    """The boundary after a separator, and the character that it leaves behind, if any."""
    after = run[index + 1 : index + 2]
    before = run[index - 1 : index] if index else ""
    is_spaced_after = not after or after.isspace()
    if kind == Kind.SPACE:
        is_line_end = run[index].isspace() or before in HYPHENS
        return (max(pending, Boundary.JOINT) if is_line_end else Boundary.SPACE), ""
    if kind == Kind.HARD_MARK:
        return Boundary.SPACE, HARD
    if kind == Kind.BRACKET_OPEN:
        return (max(pending, Boundary.JOINT), "") if before else (Boundary.SPACE, HARD)
    if kind == Kind.BRACKET_CLOSE:
        return (Boundary.SPACE, HARD) if is_spaced_after else (max(pending, Boundary.JOINT), "")
    is_comma = kind == Kind.COMMA or run[index] == "."
    if is_comma and before.isdecimal() and after.isdecimal():
        return Boundary.JOINT, ","
    is_between_ideographs = before > "\u3400" or after > "\u3400"
    if is_comma and (is_spaced_after or is_between_ideographs):
        return Boundary.SPACE, HARD
    return max(pending, Boundary.JOINT), ""


def _compose(squeezed: list[str], ends: list[int], mark: str, index: int) -> None:
    """Join a combining mark to the letter before it where that makes another letter (й)."""
    if not squeezed or squeezed[-1] == HARD:
        return
    if len(squeezed[-1]) > 1:
        squeezed[-1:] = [squeezed[-1][:-1], squeezed[-1][-1]]
    ends[-1] = index + 1
    composed = unicodedata.normalize("NFC", squeezed[-1] + mark)
    if len(composed) == 1 and not squeezed[-1].isascii() and composed != "ё":
        squeezed[-1] = composed


def _words(
    run: str, squeezed: str, starts: list[int], ends: list[int], boundaries: bytearray
) -> Words:
    """A word ends at a sign other than those inside a name: "methylamino-" is a part."""
    edges = [0]
    for found in _WORD_MAY_END.finditer(boundaries, 1):
        at = found.start()
        between = run[ends[at - 1] : starts[at]]
        if (
            HARD in squeezed[at - 1 : at + 1]
            or boundaries[at] == Boundary.SPACE
            or not _PARTS_OF_A_NAME.fullmatch(between)
        ):
            edges.append(at)
    edges.append(len(squeezed))
    return tuple((a, b, squeezed[a:b]) for a, b in itertools.pairwise(edges) if a < b)
