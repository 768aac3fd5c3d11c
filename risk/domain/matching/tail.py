"""The long tail of innocent names: hundreds of thousands of chemicals and goods on no list.

The automaton holds the curated innocent names; the rest is a sorted array of 64-bit words in a
file that is mapped, not read, so it costs no time at the start and no memory of the process.
A word is 34 bits of the hash of a squeezed name and 30 bits of the CAS number (without its
check digit) of what bears the name, 0 for goods. With a million names a look-up meets a
foreign name once in 17,000; what is written, ``manage.py build_innocent_tail`` decides.
"""

import hashlib
import mmap
import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable
from pathlib import Path

from risk.domain.matching.normalise import HARD
from risk.domain.proving.purity import stem

FILE_NAME = "innocent_tail.bin"
_MAGIC = b"innocent tail 1\n"
_DIGEST_SIZE = 32
# Magic, digest of what follows, number of names, number of CAS numbers.
_HEADER_SIZE = len(_MAGIC) + _DIGEST_SIZE + 16
_CAS_BITS = 30
_CAS_MASK = (1 << _CAS_BITS) - 1
GOODS = 0
# How far most words lie from where their share of all hashes puts them.
_STRAY = 1024
_CYRILLIC_WORD = re.compile("[а-я]{6,}")


class InvalidTail(ValueError):
    """The file is not what the command wrote; the sentence says so and what to do."""


class InnocentTail:
    """Look-up of names and CAS numbers of substances that are on no list."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            try:
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise _invalid(path, "it is empty") from error
        content = memoryview(mapped)
        if content[: len(_MAGIC)] != _MAGIC or len(content) < _HEADER_SIZE:
            raise _invalid(path, f"it does not begin with {_MAGIC!r}")
        names, numbers = content[_HEADER_SIZE - 16 : _HEADER_SIZE].cast("Q")
        if len(content) != _HEADER_SIZE + 8 * names + 4 * numbers:
            raise _invalid(path, f"{len(content)} bytes do not hold {names} names")
        end = _HEADER_SIZE + 8 * names
        self.digest = bytes(content[len(_MAGIC) : len(_MAGIC) + _DIGEST_SIZE]).hex()
        self._names = content[_HEADER_SIZE:end].cast("Q")
        self._numbers = content[end:].cast("I")

    def __len__(self) -> int:
        """How many names there are, one that two substances bear counted twice."""
        return len(self._names)

    def is_whole(self) -> bool:
        """Whether the content is that of the digest; reads all of it."""
        return _digest(self._names, self._numbers) == self.digest

    def owners(self, key: str) -> tuple[str, ...]:
        """The CAS numbers of the substances that bear the squeezed name ``key``; a word of
        goods has the owner ``""``. Empty for an unknown name. O(log n)."""
        wanted = _hashed(key) << _CAS_BITS
        place = self._place(wanted)
        found = []
        while place < len(self._names) and self._names[place] >> _CAS_BITS == wanted >> _CAS_BITS:
            found.append(_cas_rn(self._names[place] & _CAS_MASK))
            place += 1
        return tuple(found)

    def _place(self, wanted: int) -> int:
        """Where the word is or would be: hashes lie evenly, so near its share of the whole."""
        size = len(self._names)
        guess = wanted * size >> 64
        low, high = max(0, guess - _STRAY), min(size, guess + _STRAY)
        if low and self._names[low - 1] >= wanted:
            low, high = 0, low
        elif high < size and self._names[high] < wanted:
            low, high = high, size
        return bisect_left(self._names, wanted, low, high)

    def is_innocent_number(self, cas_rn: str) -> bool:
        """Whether the CAS number is known to be that of a substance on no list."""
        number = _cas_number(cas_rn)
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number


class NamesOnNoList:
    """The tail as lists with the CAS numbers ``listed`` see it: a name that a listed
    substance bears too is not innocent. Without a tail nothing is known to be innocent."""

    def __init__(self, tail: InnocentTail | None, listed: Collection[str]) -> None:
        self._tail = tail
        self._listed = frozenset(filter(None, listed))
        self.is_known = tail is not None
        self.digest = tail.digest if tail is not None else ""

    def is_innocent(self, key: str) -> bool:
        """Whether the squeezed name is that of a substance or of goods on no list; a single
        Russian word of goods in any case form."""
        if self._tail is None:
            return False
        key = key.rstrip(HARD)
        owners = self._tail.owners(key)
        if owners:
            return self._listed.isdisjoint(owners)
        root = stem_key(key)
        return bool(root) and bool(self._tail.owners(root))

    def is_chemical(self, key: str) -> bool:
        """Whether the squeezed name is that of a chemical on no list."""
        if self._tail is None:
            return False
        owners = self._tail.owners(key.rstrip(HARD))
        return any(owners) and self._listed.isdisjoint(owners)

    def is_innocent_number(self, cas_rn: str) -> bool:
        """Whether the CAS number is known to be that of another substance."""
        return (
            self._tail is not None
            and cas_rn not in self._listed
            and self._tail.is_innocent_number(cas_rn)
        )


def stem_key(word: str) -> str:
    """Under what a Russian word of goods is kept whatever its case; blank for any other."""
    return f"~{stem(word)}" if _CYRILLIC_WORD.fullmatch(word) else ""


def open_tail(path: Path) -> InnocentTail | None:
    """The tail of the file, None where there is none; raises InvalidTail for a damaged one."""
    return InnocentTail(path) if path.exists() else None


def write_tail(path: Path, names: Iterable[tuple[str, str]], numbers: Iterable[str]) -> int:
    """Write (squeezed name, CAS number or blank for goods) pairs and the CAS numbers that are
    known to be innocent; how many words of names were written. The same content gives the
    same bytes, whatever its order."""
    words = array("Q", sorted({_word(key, cas_rn) for key, cas_rn in names}))
    known = array("I", sorted({_cas_number(cas_rn) for cas_rn in numbers}))
    with path.open("wb") as stream:
        stream.write(_MAGIC)
        stream.write(bytes.fromhex(_digest(words, known)))
        stream.write(array("Q", (len(words), len(known))).tobytes())
        stream.write(words.tobytes())
        stream.write(known.tobytes())
    return len(words)


def _word(key: str, cas_rn: str) -> int:
    return _hashed(key) << _CAS_BITS | (_cas_number(cas_rn) if cas_rn else GOODS)


def _hashed(key: str) -> int:
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> _CAS_BITS


def _cas_number(cas_rn: str) -> int:
    """At most nine digits, 30 bits: the last of the ten is the check digit."""
    return int(cas_rn.replace("-", "")[:-1])


def _cas_rn(number: int) -> str:
    if number == GOODS:
        return ""
    digits = str(number)
    check = sum(at * int(digit) for at, digit in enumerate(reversed(digits), 1)) % 10
    return f"{digits[:-2]}-{digits[-2:]}-{check}"


def _digest(names: "memoryview | array[int]", numbers: "memoryview | array[int]") -> str:
    found = hashlib.sha256()
    found.update(names)
    found.update(numbers)
    return found.hexdigest()


def _invalid(path: Path, reason: str) -> InvalidTail:
    return InvalidTail(f"{path}: {reason}; build it again with manage.py build_innocent_tail")
