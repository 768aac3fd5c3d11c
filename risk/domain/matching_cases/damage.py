"""Slips of keys, ear and eye, kept only where the damaged name can still mean one thing."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from random import Random

from rapidfuzz import process
from rapidfuzz.distance import OSA

_KEYS = {
    "а": "вп", "е": "кн", "и": "мт", "о": "рл", "р": "по", "т": "иь", "н": "ег", "л": "од",
    "с": "чм", "к": "уе", "д": "лж", "м": "си", "п": "ар", "у": "цк", "г": "нш", "в": "ыа",
    "a": "sq", "e": "wr", "i": "uo", "o": "ip", "t": "ry", "n": "bm", "l": "ko", "d": "sf",
    "r": "et", "h": "gj", "y": "tu", "c": "xv", "p": "ol", "m": "nk", "u": "yi", "s": "ad",
}  # fmt: skip
_EAR = (
    ("ph", "f"), ("f", "ph"), ("y", "i"), ("i", "y"), ("c", "k"), ("k", "c"), ("ae", "e"),
    ("sul", "sull"), ("th", "t"), ("ei", "ie"), ("z", "s"), ("qu", "kv"), ("xy", "ksi"),
    ("о", "а"), ("а", "о"), ("е", "и"), ("и", "е"), ("э", "е"), ("т", "д"), ("д", "т"), ("з", "с"),
    ("ы", "и"), ("г", "к"), ("б", "п"), ("ж", "ш"), ("в", "ф"), ("нн", "н"), ("ц", "тс"),
)  # fmt: skip
_EYE = (
    ("o", "0"), ("O", "0"), ("l", "1"), ("i", "1"), ("I", "l"), ("l", "I"), ("m", "rn"),
    ("rn", "m"), ("S", "5"), ("B", "8"), ("о", "0"), ("О", "0"), ("з", "3"), ("З", "3"),
    ("б", "6"), ("cl", "d"), ("h", "b"), ("e", "c"),
)  # fmt: skip
# An edit may not make one of these where there was none: that would be another molecule.
_MORPHEME = re.compile(
    r"meth|eth|prop|but|pent|hex|phen|benz|tolu|chlor|fluor|brom|iod|nitr|amin|amid|imin|oxy|oxo"
    r"|cyan|thio|sulf|acet|form|acid|anhydr|alde|keto|ester|nor|iso|pseudo|per|hypo|alk|all|aryl"
    r"|vinyl|acryl"
    r"|метил|этил|проп|бут|фен|бенз|толу|хлор|фтор|бром|йод|нитр|амин|амид|имин|окси|оксо|циан"
    r"|тио|сульф|ацет|форм|кислот|ангидр|альде|кето|эфир|нор|изо|псевдо|пер|гипо|алк|алл|арил|винил"
)
_SHORTEST = 7
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_WORD = 4
# The last letters say what the molecule is (-ol, -al, -one): no slip of ours falls there.
_ENDING = 3

Slip = Callable[[Random, str], str | None]


def keyboard(draw: Random, name: str) -> str | None:
    """A neighbouring key instead of the right one."""
    place = _place(draw, name, lambda n: name[n].lower() in _KEYS)
    if place is None:
        return None
    return name[:place] + draw.choice(_KEYS[name[place].lower()]) + name[place + 1 :]


def by_ear(draw: Random, name: str) -> str | None:
    """Written as it is heard: f for ph, а for о."""
    return _replaced(draw, name, _EAR)


def by_eye(draw: Random, name: str) -> str | None:
    """Read by a machine: 0 for o, 1 for l, rn for m."""
    return _replaced(draw, name, _EYE)


def swapped(draw: Random, name: str) -> str | None:
    """Two neighbouring letters in the wrong order."""
    place = _place(draw, name, lambda n: name[n + 1].isalpha() and name[n] != name[n + 1])
    if place is None:
        return None
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def dropped(draw: Random, name: str) -> str | None:
    """A letter lost."""
    place = _place(draw, name, lambda n: True)
    return None if place is None else name[:place] + name[place + 1 :]


def doubled(draw: Random, name: str) -> str | None:
    """A letter typed twice."""
    place = _place(draw, name, lambda n: True)
    return None if place is None else name[:place] + name[place] + name[place:]


def _place(draw: Random, name: str, fits: Callable[[int], bool]) -> int | None:
    # Inside a word only: a letter of "(1R,2S)" or "N-" says what the molecule is.
    words = [word for word in _WORD.finditer(name) if len(word[0]) >= _SHORTEST_WORD]
    places = [
        n
        for word in words
        for n in range(word.start() + (word.start() == 0), word.end())
        if n < len(name) - _ENDING and fits(n)
    ]
    return draw.choice(places) if places else None


def _replaced(draw: Random, name: str, pairs: Iterable[tuple[str, str]]) -> str | None:
    choices = [
        (at.start(), old, new)
        for old, new in pairs
        for at in re.finditer(re.escape(old), name)
        if at.start() > 0 and at.end() <= len(name) - _ENDING + 1
    ]
    if not choices:
        return None
    start, old, new = draw.choice(choices)
    return name[:start] + new + name[start + len(old) :]


class Neighbours:
    """All names that are known, to see whether a damaged one could mean another."""

    def __init__(self, listed: Iterable[tuple[str, str]], innocents: Iterable[str]) -> None:
        self._owners: dict[str, set[str]] = defaultdict(set)
        for key, name in listed:
            self._owners[squeezed(name)].add(key)
        for name in innocents:
            self._owners[squeezed(name)].add("")
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for name in self._owners:
            self._by_length[len(name)].append(name)

    def __contains__(self, key: str) -> bool:
        return key in self._owners

    def owners_within(self, name: str, edits: int) -> set[str]:
        """Whose names are at most ``edits`` edits away; "" is an innocent chemical."""
        found: set[str] = set()
        key = squeezed(name)
        for length in range(len(key) - edits, len(key) + edits + 1):
            near = process.extract(
                key,
                self._by_length.get(length, ()),
                scorer=OSA.distance,
                score_cutoff=edits,
                limit=None,
            )
            for other, _edits, _place in near:
                found |= self._owners[other]
        return found

    def damaged(self, draw: Random, slip: Slip, name: str, key: str) -> str | None:
        """``name`` with one slip, or None where it would not clearly mean ``key`` any more."""
        if sum(char.isalpha() for char in name) < _SHORTEST:
            return None
        found = slip(draw, name)
        if found is None or squeezed(found) in self._owners:
            return None
        if set(_MORPHEME.findall(found.lower())) - set(_MORPHEME.findall(name.lower())):
            return None
        edits = OSA.distance(squeezed(found), squeezed(name))
        return found if self.owners_within(found, max(edits, 1)) <= {key} else None


def squeezed(name: str) -> str:
    """Letters and digits of a name in lower case."""
    return "".join(char for char in name.casefold().replace("ё", "е") if char.isalnum())
