"""Which character set a file of a table is written in, from its first bytes."""

import codecs
from collections.abc import Collection
from itertools import pairwise

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In the order in which they are met; the first of equals is taken.
_CANDIDATES = ("windows-1251", "cp866", "koi8-r", "iso-8859-5", "windows-1252")
# The letters that make up three quarters of a Russian text.
_FREQUENT = frozenset("оеаинтсрвлкмдпу")


def found_encoding(head: bytes, names: Collection[str]) -> tuple[str, str]:
    """The character set and what tells it; ``names`` are the column names that are looked for.

    Evidence is ``byte order mark``, ``zero bytes`` (UTF-16), ``content`` (valid UTF-8 that is
    not ASCII alone), ``header`` (only there the columns have their names), ``letters`` (the
    most usual Russian ones) or ``assumed``.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, "byte order mark"
    if zero_bytes := _utf16_without_mark(head):
        return zero_bytes, "zero bytes"
    if head.isascii():
        return "utf-8", "assumed"
    if _is_utf8(head):
        return "utf-8", "content"
    texts = {encoding: head.decode(encoding, "replace") for encoding in _CANDIDATES}
    special = [name for name in names if not name.isascii()]
    seen = {encoding: sum(name in text for name in special) for encoding, text in texts.items()}
    best = max(_CANDIDATES, key=lambda encoding: seen[encoding])
    if seen[best]:
        return best, "header"
    shares = {encoding: _frequent_share(text) for encoding, text in texts.items()}
    best = max(_CANDIDATES, key=lambda encoding: shares[encoding])
    return (best, "letters") if shares[best] >= 0.5 else (_CANDIDATES[0], "assumed")


def _utf16_without_mark(head: bytes) -> str:
    """Latin letters, digits and delimiters have a zero byte each in UTF-16."""
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    first, second = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if max(first, second) * 5 < pairs or min(first, second) * 20 > pairs:
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _is_utf8(head: bytes) -> bool:
    """The last character may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _frequent_share(text: str) -> float:
    letters = [char for char in text if ord(char) > 127]
    cyrillic = sum(char.lower() in _FREQUENT for char in letters)
    # Capitals inside words are the sign of a wrong reading in these character sets.
    capitals = sum(char.isupper() and before.islower() for before, char in pairwise(letters))
    return (cyrillic - 2 * capitals) / len(letters) if letters else 0.0
