"""Text → the characters that carry a name, with a way back to the original text.

Names are compared *squeezed*: case, accents, spaces, hyphens and brackets inside a name do
not matter, so "Methyl-ethyl ketone" and "methylethylketone" are one. What was dropped is kept
as a boundary in front of the next character. Separators that end a phrase (``;``, ``:``, a
comma or full stop with a space, a bracket set off by a space, ``%``) stay as ``|``.

The text is taken in pieces between spaces. Pieces repeat from line to line ("200", "kg",
"бочки"), so the result of a piece is kept: that is most of the speed of the engine.
"""

import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

import msgspec

from risk.domain.matching.boundaries import Boundary
from risk.domain.matching.characters import GREEK_NAMES, HARD, HYPHENS, Kind, character
from risk.domain.matching.chinese import SIMPLIFIED
from risk.domain.matching.lookalikes import Alphabet, main_alphabet, without_lookalikes

__all__ = ["HARD", "Boundary", "Normalised", "Piece", "normalise"]

_BRACKET_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
# A hyphen at the end of a line joins the next one; bounded, so that no text is slow.
_PIECE = re.compile(r"(?:\S*[-‐‑¬\u00ad][ \t]{0,4}\r?\n\s{0,8})?\S+")
# Letters that squeezing leaves as they are, or digits.
_PLAIN_LETTERS = "[a-z]+|[а-яіїєґәғқңөұүһ]+|[0-9]+"
_PLAIN_WORD = re.compile(_PLAIN_LETTERS)
_PLAIN_OR_OTHER = re.compile(f"{_PLAIN_LETTERS}|.", re.DOTALL)
_PHRASE_ENDS = frozenset(",.;:)")
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_GREEK = re.compile("[αβγδωψΑΒΓΔΩΨ]")
_PARTS_OF_A_NAME = re.compile(r"[-‐‑–—−()\[\]{}'’′,\s]*")
_WORD_MAY_END = re.compile(rb"[\x02\x03]")
_OPENS_INSIDE = re.compile(r"[-–—−]\s{1,2}\($")
_CLOSES_INSIDE = re.compile(r"\)\s{1,2}[-–—−]\s")
_LOCANT_BEFORE = re.compile(r"(?:^|\D)\d[rs]?\|$")
_MEMORY_SIZE = 100_000
_LONGEST_KEPT = 80


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A run of the text between spaces; ``starts`` and ``ends`` count from its beginning.

    ``words`` are the (first, last, squeezed) of its words: runs that hold no sign other than
    those inside a name. A separator is a word of its own that equals ``HARD``.
    """

    squeezed: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    boundaries: bytes
    words: tuple[tuple[int, int, str], ...]


_PIECES: dict[Alphabet | None, dict[str, Piece]] = {None: {}, **{one: {} for one in Alphabet}}


class Normalised:
    """``squeezed[i]`` came from ``original[starts[i]:ends[i]]``; ``boundaries`` has one more."""

    __slots__ = ("boundaries", "firsts", "offsets", "original", "pieces", "squeezed")

    def __init__(self, original: str, pieces: list[Piece], offsets: list[int]) -> None:
        self.original = original
        self.pieces = pieces
        self.offsets = offsets
        self.squeezed = "".join([piece.squeezed for piece in pieces])
        self.boundaries = b"".join([piece.boundaries for piece in pieces]) + bytes(
            (Boundary.SPACE,)
        )
        sizes = [len(piece.squeezed) for piece in pieces]
        self.firsts = list(itertools.accumulate(sizes, initial=0))[:-1]

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
    pieces: list[Piece] = []
    offsets: list[int] = []
    ends_hard = False
    before = ""
    alphabet = main_alphabet(text)
    known = _PIECES[alphabet]
    for start, run in _runs(text):
        piece = known.get(run) or _kept(run, alphabet)
        if not piece.squeezed:
            continue
        if run[0] == "(" or run[-1] == ")":
            piece = _with_joined_brackets(piece, text, start, start + len(run))
        if ends_hard and before[-1] == "," and run[0].isdigit():
            pieces[-1] = _with_comma_inside(pieces[-1])
            ends_hard = pieces[-1].squeezed[-1] == HARD
        if ends_hard and piece.squeezed[:1] == HARD:
            piece = _without_first(piece)
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
            pieces[0] = _without_first(pieces[0])
    return Normalised(text, pieces, offsets)


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """Where each run starts, and the run: what stands between spaces."""
    if "\n" in text:
        for found in _PIECE.finditer(text):
            yield found.start(), found[0]
        return
    start = 0
    for run in text.split():
        start = text.index(run, start)
        yield start, run
        start += len(run)


def _kept(run: str, alphabet: Alphabet | None) -> Piece:
    piece = _piece(run, alphabet)
    if len(run) <= _LONGEST_KEPT:
        known = _PIECES[alphabet]
        if len(known) >= _MEMORY_SIZE:
            known.clear()
        known[run] = piece
    return piece


def _with_joined_brackets(piece: Piece, text: str, start: int, end: int) -> Piece:
    """ "3 - (3,4-methylenedioxy) - 2": brackets between dashes stand inside a name."""
    if piece.squeezed[0] == HARD and _OPENS_INSIDE.search(text, max(0, start - 3), start + 1):
        piece = _without_first(piece)
    if piece.squeezed[-1:] == HARD and _CLOSES_INSIDE.match(text, end - 1):
        piece = _without_last(piece)
    return piece


def _without_first(piece: Piece) -> Piece:
    words = tuple((first - 1, last - 1, word) for first, last, word in piece.words if last > 1)
    boundaries = bytes((Boundary.SPACE,)) + piece.boundaries[2:]
    return Piece(piece.squeezed[1:], piece.starts[1:], piece.ends[1:], boundaries, words)


def _without_last(piece: Piece) -> Piece:
    return Piece(
        piece.squeezed[:-1], piece.starts[:-1], piece.ends[:-1], piece.boundaries[:-1],
        piece.words[:-1],
    )  # fmt: skip


def _with_comma_inside(piece: Piece) -> Piece:
    """ "1, 2-" and "1R, 2S": a space slipped in behind the comma between locants."""
    is_joined = piece.boundaries[-2:-1] == bytes((Boundary.JOINT,))
    if not is_joined and not _LOCANT_BEFORE.search(piece.squeezed):
        return piece
    if not piece.squeezed[-2].isdigit():
        return _without_last(piece)
    boundaries = piece.boundaries[:-1] + bytes((Boundary.JOINT,))
    first = piece.words[-2][0] if len(piece.words) > 1 else 0
    squeezed = piece.squeezed[:-1] + ","
    words = (*piece.words[:-2], (first, len(squeezed), squeezed[first:]))
    return Piece(squeezed, piece.starts, piece.ends, boundaries, words)


def _piece(run: str, alphabet: Alphabet | None) -> Piece:
    if alphabet is None and (plain := _plain_piece(run)):
        return plain
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
    return Piece(joined, tuple(starts), tuple(ends), bytes(boundaries), words)


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
        return Piece(plain + HARD, starts, ends, phrase_end, words)
    return Piece(plain, starts, ends, boundaries, ((0, size, plain),))


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
) -> tuple[tuple[int, int, str], ...]:
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
