"""Letters of the other alphabet, and digits, that stand for letters inside a word."""

import re
from enum import Enum

from risk.domain.matching.boundaries import Boundary

_LOOKS_CYRILLIC = str.maketrans("abcehikmoptxy3", "авсенікмортхуз")
_LOOKS_LATIN = str.maketrans("авсенікмортхуз", "abcehikmoptxy3")
_LATIN_OR_CYRILLIC_RUN = re.compile(r"[a-z\u0400-\u04ff]+")
_LETTER = r"[a-z\u0400-\u04ff]"
_CYRILLIC = r"[\u0400-\u04ff]"
_SUSPECT = re.compile(
    rf"[a-z]{_CYRILLIC}|{_CYRILLIC}[a-z]|{_LETTER}[013]{_LETTER}{{2}}|{_LETTER}{{4}}[01]"
    rf"|{_LETTER}{{2}}[01]{_LETTER}|6{_CYRILLIC}{{3}}|ox0"
)
_LATIN_LETTER = re.compile("[a-z]")
# Sought by its Latin letter, which Russian texts have few of.
_MIXED_ANYWHERE = re.compile(r"[A-Za-z](?:(?=[\u0400-\u04ff])|(?<=[\u0400-\u04ff][A-Za-z]))")
# Letters that have no look-alike in the other alphabet.
_LATIN_ONLY = re.compile("[dfgijlnqrsuvwzDFGIJLNQRSUVWZ]")
_CYRILLIC_ONLY = re.compile("[бгджийлпфцчшщъыьэюяБГДЖИЙЛПФЦЧШЩЪЫЬЭЮЯқғңөұүҚҒҢӨҰҮ]")
_MIXED_RUN = re.compile(r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]")
_DIGIT_FOR_LETTER = re.compile(
    rf"(?<={_LETTER})[013](?={_LETTER}{{2}})|(?<={_LETTER}{{4}})[01](?![\w])"
    rf"|(?<={_LETTER}{{2}})[01](?={_LETTER})|(?<!\d)6(?={_CYRILLIC}{{3}})"
    # The name of =O.
    r"|(?<=\box)0(?!\w)"
)
_READ_AS_LATIN = {"0": "o", "1": "l", "3": "3"}
_READ_AS_CYRILLIC = {"0": "о", "1": "1", "3": "з", "6": "б"}


class Alphabet(Enum):
    """The alphabet that most letters of a text belong to."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"


def is_mixed(text: str) -> bool:
    """Whether a Latin letter stands beside a Cyrillic one."""
    return not text.isascii() and _MIXED_ANYWHERE.search(text) is not None


def main_alphabet(text: str) -> Alphabet | None:
    """The alphabet of a text that mixes both inside its words; None for any other text."""
    if not is_mixed(text):
        return None
    latin, cyrillic = len(_LATIN_ONLY.findall(text)), len(_CYRILLIC_ONLY.findall(text))
    return Alphabet.LATIN if latin >= cyrillic else Alphabet.CYRILLIC


def without_lookalikes(squeezed: str, boundaries: bytearray, alphabet: Alphabet | None) -> str:
    """``squeezed`` with each word in one alphabet; boundaries inside such words are taken out.

    ``alphabet`` is that of the whole text: it decides on words that both could write.
    """
    if not _SUSPECT.search(squeezed):
        return squeezed if alphabet is None else _as_the_rest(squeezed, alphabet)
    words = []
    start = 0
    for end in range(1, len(squeezed) + 1):
        if end < len(squeezed) and boundaries[end] < Boundary.JOINT:
            continue
        word = squeezed[start:end]
        if _SUSPECT.search(word):
            plain = _DIGIT_FOR_LETTER.sub(_digit_as_letter, word)
            plain = _LATIN_OR_CYRILLIC_RUN.sub(
                lambda found: _one_alphabet(found[0], alphabet), plain
            )
            if plain != word:
                _forget_class_changes(plain, start, boundaries)
            word = plain
        words.append(word if alphabet is None else _as_the_rest(word, alphabet))
        start = end
    return "".join(words)


def _forget_class_changes(word: str, start: int, boundaries: bytearray) -> None:
    """Take out boundaries between letters that were of two classes before."""
    for at in range(1, len(word)):
        if word[at].isalpha() and word[at - 1].isalpha():
            boundaries[start + at] = Boundary.NONE


def _as_the_rest(word: str, alphabet: Alphabet) -> str:
    """A word of look-alikes only, in the alphabet of the text."""
    if alphabet is Alphabet.LATIN and not word.isascii():
        latin = word.translate(_LOOKS_LATIN)
        return latin if latin.isascii() else word
    if alphabet is Alphabet.CYRILLIC and _LATIN_LETTER.search(word):
        cyrillic = word.translate(_LOOKS_CYRILLIC)
        return word if _LATIN_LETTER.search(cyrillic) else cyrillic
    return word


def _one_alphabet(word: str, alphabet: Alphabet | None) -> str:
    if not _MIXED_RUN.search(word):
        return word
    as_cyrillic = word.translate(_LOOKS_CYRILLIC)
    as_latin = word.translate(_LOOKS_LATIN)
    is_cyrillic = not _LATIN_LETTER.search(as_cyrillic)
    is_latin = as_latin.isascii()
    if is_cyrillic and is_latin:
        return as_latin if alphabet is Alphabet.LATIN else as_cyrillic
    if is_cyrillic:
        return as_cyrillic
    return as_latin if is_latin else word


def _digit_as_letter(found: re.Match[str]) -> str:
    if found[0] == "6":
        return _READ_AS_CYRILLIC["6"]
    before = found.string[found.start() - 1]
    return (_READ_AS_LATIN if before.isascii() else _READ_AS_CYRILLIC)[found[0]]
