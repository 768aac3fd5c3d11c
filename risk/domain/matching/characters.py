"""What single characters mean to a name: letters of a class, joints, separators, look-alikes."""

import unicodedata
from typing import Final

HARD = "|"


class Kind:
    """The part a character plays; letters come last so that ``kind >= LATIN`` tells them.

    Plain numbers, as in ``Boundary``.
    """

    SPACE: Final = 0
    JOINT: Final = 1
    HARD_MARK: Final = 2
    BRACKET_OPEN: Final = 3
    BRACKET_CLOSE: Final = 4
    COMMA: Final = 5
    DROP: Final = 6
    MARK: Final = 7
    LATIN: Final = 10
    CYRILLIC: Final = 11
    DIGIT: Final = 12
    IDEOGRAPH: Final = 13
    KANA: Final = 14


# Latin spelling, Cyrillic spelling: a Greek letter follows the alphabet of its word.
GREEK_NAMES = {
    "α": ("alpha", "альфа"),
    "β": ("beta", "бета"),
    "γ": ("gamma", "гамма"),
    "δ": ("delta", "дельта"),
    "ω": ("omega", "омега"),
    "ψ": ("psi", "пси"),
}
HYPHENS = frozenset("-‐‑¬\u00ad")
_JOINTS = frozenset("-‐‑‒–—―−⁃﹣－'’‘ʹ′″`´\"«»“”[]{}/\\·*_+±^~.・¬")
_HARD_MARKS = frozenset(";:|%‰!?=<>≥≤•●▪、。；：@#№&\u2028\u2029")
_ODD_LETTERS = {
    "ё": "е",
    "ı": "i",
    "ɑ": "a",
    "ɡ": "g",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    # ISO 9 transliteration of я and ю.
    "â": "ia",
    "û": "iu",
}

# One entry per character ever seen; Unicode bounds it.
_KNOWN: dict[str, tuple[str, int]] = {}


def character(char: str) -> tuple[str, int]:
    """The squeezed form of a character and its kind."""
    found = _KNOWN.get(char)
    if found is None:
        found = _KNOWN[char] = _classified(char)
    return found


def _classified(char: str) -> tuple[str, int]:
    if char in "\u00ad\u200b\u200c\u200d\u2060\ufeff":
        return "", Kind.DROP
    if char in _HARD_MARKS:
        return HARD, Kind.HARD_MARK
    if char in _JOINTS:
        return "", Kind.JOINT
    folded = unicodedata.normalize("NFKC", char).casefold()
    if folded in GREEK_NAMES:
        return GREEK_NAMES[folded][0], Kind.LATIN
    folded = _ODD_LETTERS.get(folded, folded)
    if not folded or folded.isspace():
        return "", Kind.SPACE
    if folded[0] in "(（":
        return "", Kind.BRACKET_OPEN
    if folded[0] in ")）":
        return "", Kind.BRACKET_CLOSE
    if folded == ",":
        return "", Kind.COMMA
    if folded in _JOINTS:
        return "", Kind.JOINT
    if folded in _HARD_MARKS:
        return HARD, Kind.HARD_MARK
    if unicodedata.category(char) in ("Mn", "Me"):
        return char, Kind.MARK
    return _letter(folded)


def _letter(folded: str) -> tuple[str, int]:
    first = folded[0]
    if "\u0400" <= first <= "\u04ff":
        return folded, Kind.CYRILLIC
    if folded.isdecimal() and folded.isascii():
        return folded, Kind.DIGIT
    if "\u3400" <= first <= "\u9fff" or first == "々":
        return first, Kind.IDEOGRAPH
    if "\u3040" <= first <= "\u30ff":
        return folded, Kind.KANA
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    plain = "".join(c for c in plain if c.isalnum())
    return (plain, Kind.LATIN) if plain else ("", Kind.SPACE)
