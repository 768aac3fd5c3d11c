"""Text → the characters that carry a name, with a way back to the original text.

Names are compared *squeezed*: case, accents, spaces, hyphens and brackets inside a name do
not matter, so "Methyl-ethyl ketone" and "methylethylketone" are one. What was dropped is kept
as a boundary in front of the next character. Separators that end a phrase (``;``, ``:``, a
comma or full stop with a space, a bracket set off by a space, ``%``) stay as ``|``.
"""

import itertools
import re
import unicodedata
from enum import IntEnum

import msgspec

HARD = "|"
_BRACKET_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))


class Boundary(IntEnum):
    """What stood in front of a squeezed character in the original text."""

    NONE = 0
    CLASS = 1
    JOINT = 2
    SPACE = 3


class Normalised(msgspec.Struct, frozen=True):
    """``squeezed[i]`` came from ``original[starts[i]:ends[i]]``; ``boundaries`` has one more."""

    original: str
    squeezed: str
    starts: list[int]
    ends: list[int]
    boundaries: bytearray

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets in the original of squeezed characters ``first`` up to but without ``last``.

        A bracket that opens inside and closes just behind belongs to the span.
        """
        start, end = self.starts[first], self.ends[last - 1]
        for opening, closing in _BRACKET_PAIRS:
            piece = self.original[start:end]
            if piece.count(opening) == piece.count(closing) + 1:
                end += self.original[end : end + 1] == closing
        return start, end

    def words(self, first: int, last: int) -> tuple[str, ...]:
        """The squeezed words (between spaces) from ``first`` up to but without ``last``."""
        edges = [first]
        edges += [at for at in range(first + 1, last) if self.boundaries[at] == Boundary.SPACE]
        return tuple(
            self.squeezed[start:end].strip(HARD)
            for start, end in itertools.pairwise((*edges, last))
        )


_SPACE, _JOINT, _HARD_MARK, _BRACKET_OPEN, _BRACKET_CLOSE, _COMMA, _DROP, _MARK = range(8)
_LATIN, _CYRILLIC, _DIGIT, _IDEOGRAPH, _KANA = range(10, 15)
_FIRST_LETTER_CLASS = 10

_GREEK_NAMES = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ω": "omega"}
_HYPHENS = frozenset("-‐")
_JOINTS = frozenset("-‐‑‒–—―−⁃﹣－'’‘ʹ′″`´\"«»“”[]{}/\\·*_+±^~.・")
_HARD_MARKS = frozenset(";:|%‰!?=<>≥≤•●▪、。，；：@#№&\u2028\u2029")
_ODD_LETTERS = {"ё": "е", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d"}

_LOOKS_CYRILLIC = str.maketrans("abcehikmoptxy3", "авсенікмортхуз")
_LOOKS_LATIN = str.maketrans("авсенікмортхуз", "abcehikmoptxy3")
_LATIN_OR_CYRILLIC_RUN = re.compile(r"[a-z\u0400-\u04ff]+")
_SUSPECT = re.compile(
    r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]|[a-z\u0400-\u04ff][013][a-z\u0400-\u04ff]{2}"
)
_MIXED_RUN = re.compile(r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]")
_LETTER_ZERO_LETTER = re.compile(r"(?<=[a-z\u0400-\u04ff])[013](?=[a-z\u0400-\u04ff]{2})")
_READ_AS = {
    _LATIN: {"0": "o", "1": "l", "3": "3"},
    _CYRILLIC: {"0": "о", "1": "1", "3": "з"},
}

# One entry per character ever seen; Unicode bounds it.
_CHARACTERS: dict[str, tuple[str, int]] = {}


def _character(char: str) -> tuple[str, int]:
    found = _CHARACTERS.get(char)
    if found is None:
        found = _CHARACTERS[char] = _classified(char)
    return found


def _classified(char: str) -> tuple[str, int]:
    if char in "\u00ad\u200b\u200c\u200d\u2060\ufeff":
        return "", _DROP
    if char in _HARD_MARKS:
        return HARD, _HARD_MARK
    if char in _JOINTS:
        return "", _JOINT
    folded = unicodedata.normalize("NFKC", char).casefold()
    folded = _GREEK_NAMES.get(folded, _ODD_LETTERS.get(folded, folded))
    if not folded or folded.isspace():
        return "", _SPACE
    if folded[0] in "(（":
        return "", _BRACKET_OPEN
    if folded[0] in ")）":
        return "", _BRACKET_CLOSE
    if folded == ",":
        return "", _COMMA
    if folded in _JOINTS:
        return "", _JOINT
    if folded in _HARD_MARKS:
        return HARD, _HARD_MARK
    if unicodedata.category(char) in ("Mn", "Me"):
        return char, _MARK
    return _letter(folded)


def _letter(folded: str) -> tuple[str, int]:
    first = folded[0]
    if "\u0400" <= first <= "\u04ff":
        return folded, _CYRILLIC
    if folded.isdecimal() and folded.isascii():
        return folded, _DIGIT
    if "\u3400" <= first <= "\u9fff" or first == "々":
        return first, _IDEOGRAPH
    if "\u3040" <= first <= "\u30ff":
        return folded, _KANA
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    plain = "".join(c for c in plain if c.isalnum())
    return (plain, _LATIN) if plain else ("", _SPACE)


def normalise(text: str) -> Normalised:
    """The squeezed text with its map; time and size are linear in ``text``."""
    squeezed: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    boundaries = bytearray()
    before = -1
    pending = Boundary.SPACE
    for index, char in enumerate(text):
        out, kind = _CHARACTERS.get(char) or _character(char)
        if kind >= _FIRST_LETTER_CLASS:
            if pending == Boundary.NONE and (kind != before or kind == _IDEOGRAPH):
                pending = Boundary.CLASS
            for part in out:
                squeezed.append(part)
                starts.append(index)
                ends.append(index + 1)
                boundaries.append(pending)
                pending = Boundary.NONE
            before = kind
        elif kind == _MARK:
            _compose(squeezed, ends, char, index)
        elif kind != _DROP:
            pending, kept = _separate(text, index, kind, pending)
            if kept and squeezed and squeezed[-1] != HARD:
                squeezed.append(kept)
                starts.append(index)
                ends.append(index + 1)
                boundaries.append(pending)
    boundaries.append(Boundary.SPACE)
    joined = _without_lookalikes("".join(squeezed), boundaries)
    return Normalised(text, joined, starts, ends, boundaries)


def _separate(text: str, index: int, kind: int, pending: Boundary) -> tuple[Boundary, str]:
    """The boundary after a separator, and the character that it leaves behind, if any."""
    after = text[index + 1 : index + 2]
    before = text[index - 1 : index]
    is_spaced_after = not after or after.isspace()
    if kind == _SPACE:
        is_hyphenated = text[index] == "\n" and before in _HYPHENS
        return Boundary.JOINT if is_hyphenated else Boundary.SPACE, ""
    if kind == _HARD_MARK:
        return Boundary.SPACE, HARD
    if kind == _BRACKET_OPEN:
        spaced = not before or before.isspace()
        return (Boundary.SPACE, HARD) if spaced else (max(pending, Boundary.JOINT), "")
    if kind == _BRACKET_CLOSE:
        return (Boundary.SPACE, HARD) if is_spaced_after else (max(pending, Boundary.JOINT), "")
    is_comma = kind == _COMMA or text[index] == "."
    if is_comma and before.isdecimal() and after.isdecimal():
        return Boundary.JOINT, ","
    if is_comma and is_spaced_after:
        return Boundary.SPACE, HARD
    return max(pending, Boundary.JOINT), ""


def _compose(squeezed: list[str], ends: list[int], mark: str, index: int) -> None:
    """Join a combining mark to the letter before it where that makes another letter (й)."""
    if not squeezed or squeezed[-1] == HARD:
        return
    ends[-1] = index + 1
    composed = unicodedata.normalize("NFC", squeezed[-1] + mark)
    if len(composed) == 1 and not squeezed[-1].isascii() and composed != "ё":
        squeezed[-1] = composed


def _without_lookalikes(squeezed: str, boundaries: bytearray) -> str:
    """Letters of the other alphabet and digits that stand for letters, put right in a word."""
    if not _SUSPECT.search(squeezed):
        return squeezed
    words = []
    start = 0
    for end in range(1, len(squeezed) + 1):
        if end < len(squeezed) and boundaries[end] < Boundary.JOINT:
            continue
        word = squeezed[start:end]
        if _SUSPECT.search(word):
            plain = _LETTER_ZERO_LETTER.sub(_digit_as_letter, word)
            plain = _LATIN_OR_CYRILLIC_RUN.sub(_one_alphabet, plain)
            if plain != word:
                _forget_class_changes(plain, start, boundaries)
            word = plain
        words.append(word)
        start = end
    return "".join(words)


def _forget_class_changes(word: str, start: int, boundaries: bytearray) -> None:
    """Take out boundaries between letters that were of two classes before."""
    for at in range(1, len(word)):
        if word[at].isalpha() and word[at - 1].isalpha():
            boundaries[start + at] = Boundary.NONE


def _one_alphabet(run: re.Match[str]) -> str:
    word = run[0]
    if not _MIXED_RUN.search(word):
        return word
    as_cyrillic = word.translate(_LOOKS_CYRILLIC)
    as_latin = word.translate(_LOOKS_LATIN)
    is_cyrillic = not re.search("[a-z]", as_cyrillic)
    is_latin = as_latin.isascii()
    if is_cyrillic and is_latin:
        cyrillic_count = sum(char > "\u0400" for char in word)
        return as_cyrillic if 2 * cyrillic_count >= len(word) else as_latin
    if is_cyrillic:
        return as_cyrillic
    return as_latin if is_latin else word


def _digit_as_letter(found: re.Match[str]) -> str:
    after = found.string[found.end()]
    alphabet = _LATIN if after.isascii() else _CYRILLIC
    return _READ_AS[alphabet][found[0]]
