"""Letters of the other alphabet, and digits, that stand for letters inside a word."""

import re

from risk.domain.matching.boundaries import Boundary

_LOOKS_CYRILLIC = str.maketrans("abcehikmoptxy3", "авсенікмортхуз")
_LOOKS_LATIN = str.maketrans("авсенікмортхуз", "abcehikmoptxy3")
_LATIN_OR_CYRILLIC_RUN = re.compile(r"[a-z\u0400-\u04ff]+")
_LETTER = r"[a-z\u0400-\u04ff]"
_SUSPECT = re.compile(
    rf"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]|{_LETTER}[013]{_LETTER}{{2}}|{_LETTER}{{4}}[01](?!\d)"
)
_MIXED_RUN = re.compile(r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]")
_DIGIT_FOR_LETTER = re.compile(
    rf"(?<={_LETTER})[013](?={_LETTER}{{2}})|(?<={_LETTER}{{4}})[01](?![\w])"
)
_READ_AS_LATIN = {"0": "o", "1": "l", "3": "3"}
_READ_AS_CYRILLIC = {"0": "о", "1": "1", "3": "з"}


def without_lookalikes(squeezed: str, boundaries: bytearray) -> str:
    """``squeezed`` with each word in one alphabet; boundaries inside such words are taken out."""
    if not _SUSPECT.search(squeezed):
        return squeezed
    words = []
    start = 0
    for end in range(1, len(squeezed) + 1):
        if end < len(squeezed) and boundaries[end] < Boundary.JOINT:
            continue
        word = squeezed[start:end]
        if _SUSPECT.search(word):
            plain = _DIGIT_FOR_LETTER.sub(_digit_as_letter, word)
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
    before = found.string[found.start() - 1]
    return (_READ_AS_LATIN if before.isascii() else _READ_AS_CYRILLIC)[found[0]]
