"""Several acids under one word: "sulphuric and hydrochloric acids", "серная, соляная кислоты".

The last one is a name as it stands. Of each one before it the name is its own word and the word
that they share, whose form follows the whole row and is tried in those that names have.
"""

import re
from collections.abc import Iterator

import msgspec

# "тұз" is the shortest.
_WORD = r"[^\W\d_]{3,20}"
_JOINT = r"(?:\s{0,3}[,/&]\s{0,3}(?:and |и )?|\s{1,3}(?:and|or|и|или|және|мен|бен|пен)\s{1,3})"
_ROW = re.compile(
    rf"(?<![\w-])((?:{_WORD}{_JOINT}){{1,4}})[^\W\d_]{{3,20}}\s{{1,3}}$", re.IGNORECASE
)
_SIGNS = ",/&"
_JOINTS = frozenset(("and", "or", "и", "или", "және", "мен", "бен", "пен"))
_OF_ROW = re.compile(_WORD)
_REACH = 90
# The word that is shared, and the forms that stand in names.
_HEADS = (
    ("acid", re.compile(r"\bacids?\b", re.IGNORECASE), ("acid",)),
    ("кислот", re.compile(r"\bкислот\w{0,3}\b", re.IGNORECASE), ("кислота", "кислоты", "кислоту")),
    ("қышқыл", re.compile(r"\bқышқыл\w{0,6}\b", re.IGNORECASE), ("қышқылы",)),
)


def _is_joined(before: str) -> bool:
    """Whether the last word but one is joined to the last: most acids stand alone."""
    *others, last = before.split()[-2:] or [""]
    if any(sign in last for sign in _SIGNS):
        return True
    return bool(others) and (others[0][-1] in _SIGNS or others[0].lower() in _JOINTS)


class Shared(msgspec.Struct, frozen=True, gc=False):
    """A word of a row with the names that it may be short for; ``row_end`` is where the shared
    word ends, so that what stands behind it is read of all."""

    start: int
    end: int
    row_end: int
    names: tuple[str, ...]


def find_shared(text: str) -> Iterator[Shared]:
    """The words of rows that share a word further on; linear time."""
    lowered = text.lower()
    for sign, head, forms in _HEADS:
        if sign not in lowered:
            continue
        for shared in head.finditer(text):
            if not _is_joined(text[max(0, shared.start() - _REACH) : shared.start()]):
                continue
            row = _ROW.search(text, max(0, shared.start() - _REACH), shared.start())
            if row is None:
                continue
            for word in _OF_ROW.finditer(text, *row.span(1)):
                if word[0].lower() in _JOINTS:
                    continue
                names = tuple(f"{word[0]} {form}" for form in forms)
                yield Shared(word.start(), word.end(), shared.end(), names)


def may_share(run: str) -> bool:
    """Whether a run between spaces holds a word that a row can share."""
    lowered = run.lower()
    return any(sign in lowered for sign, _, _ in _HEADS)


def as_if_repeated(text: str) -> str:
    """The names of all such words in a row of their own, blank without any: for the keys of
    look-back."""
    return "; ".join(name for shared in find_shared(text) for name in shared.names)
