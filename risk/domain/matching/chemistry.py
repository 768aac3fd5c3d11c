"""The veto of chemistry: a near name of another molecule is not a misspelt listed name.

Locants must agree; a morpheme that changes the molecule (methyl/ethyl, chloro/fluoro,
-ol/-al/-one, acid/anhydride, nor-, iso-) may be damaged by a typing error, but the spelling
may not hold another one in its place.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

_LATIN_MORPHEMES = (
    "meth", "eth", "prop", "but", "pent", "hex", "hept", "oct", "phen",
    "benzoyl", "benzyl", "benz", "tolu", "xyl",
    "naphth", "pyrid", "piper", "pyrrol", "chlor", "fluor", "brom", "iod", "nitr", "nitros",
    "amin", "amid", "imin", "hydroxy", "oxy", "oxo", "cyan", "thio", "sulf", "sulph", "phosph",
    "anhydrid", "acid", "chlorid", "ester", "aldehyd", "keto", "pseudo", "cyclo", "dehydro",
    "hydro", "acryl", "acet", "form", "vinyl", "allyl", "alkyl", "aryl", "manganat",
    "permangan", "chromat", "sodium", "potassium", "calcium", "ammonium", "barium", "zinc",
)  # fmt: skip
# These count only where a word or a part behind a locant begins.
_LATIN_PREFIXES = (
    "di", "tri", "tetra", "per", "nor", "iso", "psi", "homo", "hypo",
)  # fmt: skip
_CYRILLIC_MORPHEMES = (
    "метил", "этил", "пропил", "бутил", "пентил", "гексил", "фен",
    "бензоил", "бензил", "бенз", "толу", "ксил",
    "нафт", "пирид", "пипер", "пиррол", "хлор", "фтор", "бром", "йод", "иод", "нитр", "нитроз",
    "амин", "амид", "имин", "гидрокси", "окси", "оксо", "циан", "тио", "сульф", "фосф",
    "ангидрид", "кислот", "хлорид", "эфир", "альдегид", "кето", "псевдо", "цикло", "дегидро",
    "гидр", "акрил", "ацет", "форм", "винил", "аллил", "алкил", "арил", "манганат", "перманган",
    "хромат", "натри", "кали", "кальци", "аммони", "бари", "цинк", "серн", "сернист", "солян",
    "уксусн", "муравьин",
)  # fmt: skip
_CYRILLIC_PREFIXES = (
    "ди", "три", "тетра", "пер", "нор", "изо", "гомо", "гипо",
)  # fmt: skip
_ENDINGS = (
    # ending, class; longest first. Final -e and -a of other languages belong to the class.
    ("aldehyde", "aldehyde"), ("anhydride", "anhydride"), ("anhydrid", "anhydride"),
    ("oic", "acid"), ("ionic", "acid"), ("onic", "acid"), ("ous", "ous"), ("ic", "ic"),
    ("oyl", "oyl"), ("ile", "ile"), ("il", "ile"), ("ated", "ated"),
    ("ites", "ite"), ("ates", "ate"), ("amide", "amide"), ("amid", "amide"), ("imide", "imide"),
    ("ane", "ane"), ("ene", "ene"), ("yne", "yne"), ("one", "one"), ("ine", "ine"),
    ("ate", "ate"), ("ite", "ite"), ("ide", "ide"), ("ole", "ole"), ("ol", "ol"), ("al", "al"),
    ("ino", "ino"), ("ona", "one"), ("eno", "ene"), ("ano", "ane"), ("ato", "ate"), ("ito", "ite"),
    ("yl", "yl"), ("an", "ane"), ("en", "ene"), ("on", "one"), ("in", "ine"), ("at", "ate"),
    ("it", "ite"), ("id", "ide"), ("um", "um"),
    ("альдегид", "aldehyde"), ("ангидрид", "anhydride"), ("амид", "amide"), ("имид", "imide"),
    ("ан", "ane"), ("ен", "ene"), ("ин", "ine"), ("он", "one"), ("ол", "ol"), ("аль", "al"),
    ("ат", "ate"), ("ит", "ite"), ("ид", "ide"), ("ил", "yl"), ("истая", "ous"), ("ная", "ic"),
)  # fmt: skip
_CASE_ENDING = re.compile(r"(?<=[лнтдм])(?:ами|ов|ом|а|у|е|ы)$")
_SHORT = 10
_LONG_ENDING = 5
_NUMBERS = re.compile(r"\d+")


def _pattern(morphemes: Iterable[str], prefixes: Iterable[str]) -> re.Pattern[str]:
    choices = [
        *sorted(morphemes, key=len, reverse=True),
        *(rf"(?<![a-zа-я]){prefix}" for prefix in sorted(prefixes, key=len, reverse=True)),
    ]
    return re.compile("|".join(choices))


_LATIN = _pattern(_LATIN_MORPHEMES, _LATIN_PREFIXES)
_CYRILLIC = _pattern(_CYRILLIC_MORPHEMES, _CYRILLIC_PREFIXES)
_DOUBLED = re.compile(r"(.)\1")


def may_be_misspelt(spelling: str, name: str) -> bool:
    """Whether ``spelling`` can stand for ``name``; both squeezed keys of near equal length."""
    if _NUMBERS.findall(spelling) != _NUMBERS.findall(name) or not _begins_alike(spelling, name):
        return False
    if sorted(spelling) == sorted(name) or _singled(spelling) == _singled(name):
        return True
    if not _are_slips(spelling, name):
        return False
    return not _holds_another_morpheme(spelling, name) and not _ends_otherwise(spelling, name)


def _singled(key: str) -> str:
    """A key without doubled letters: which of them to double is the commonest slip."""
    return _DOUBLED.sub(r"\1", key)


def _holds_another_morpheme(spelling: str, name: str) -> bool:
    """Whether an edit made a morpheme that the name lacks: "ethylamine" for "methylamine"."""
    found, wanted = _signature(spelling), _signature(name)
    missing = wanted - found
    # The head of a missing one is that one, damaged: "chlor" of "chlorid".
    extra = {m for m in found - wanted if not any(lost.startswith(m) for lost in missing)}
    if not extra:
        return False
    edited = [edit.src_pos for edit in Levenshtein.editops(spelling, name)]
    return any(
        at.start() <= place <= at.end()
        for at in _pattern_for(spelling).finditer(spelling)
        if at[0] in extra
        for place in edited
    )


def _ends_otherwise(spelling: str, name: str) -> bool:
    """Whether both end in known endings of different classes; a damaged long ending is none."""
    (mine, mine_class), (listed, listed_class) = _ending(spelling), _ending(name)
    if not mine or not listed or mine_class == listed_class:
        return False
    return not (len(listed) >= _LONG_ENDING and listed.endswith(mine))


def _are_slips(spelling: str, name: str) -> bool:
    """Whether the edits are slips of keys or of the ear rather than another word.

    In a short name every edit must be one; in a long name one substitution may be anything.
    """
    if len(name) < _SHORT:
        return _is_typing_slip(spelling, name)
    strange = 0
    for edit in Levenshtein.editops(spelling, name):
        if edit.tag == "replace":
            pair = frozenset((spelling[edit.src_pos], name[edit.dest_pos]))
            strange += pair not in _SLIPS
    return strange == 0 or (strange == 1 and Levenshtein.distance(spelling, name) == 1)


def _begins_alike(spelling: str, name: str) -> bool:
    """Whether the first letters agree but for a swap, a dropped letter or a slip of a key."""
    if spelling[0] == name[0] or spelling[:2] == name[1::-1]:
        return True
    if len(name) >= _SHORT and (spelling[:4] == name[1:5] or spelling[1:5] == name[:4]):
        return True
    return spelling[1:5] == name[1:5] and frozenset((spelling[0], name[0])) in _SLIPS


def _is_typing_slip(spelling: str, name: str) -> bool:
    """Whether one edit in a short name is a slip of keys or of the ear, not another word.

    A swap of neighbours, a doubled or dropped letter inside, or a letter for its neighbour on
    the keyboard or for one that sounds alike. The last letter is an ending, so it stays.
    """
    if len(spelling) != len(name):
        longer, shorter = sorted((spelling, name), key=len, reverse=True)
        return longer[-1] in (shorter[-1], longer[-2])
    places = [at for at, (one, two) in enumerate(zip(spelling, name, strict=True)) if one != two]
    if len(places) != 1:
        return True
    return frozenset((spelling[places[0]], name[places[0]])) in _SLIPS and places[0] < len(name) - 1


def _neighbours(rows: tuple[str, ...]) -> set[frozenset[str]]:
    pairs: set[frozenset[str]] = set()
    for row, below in zip(rows, (*rows[1:], ""), strict=True):
        pairs.update(frozenset(pair) for pair in itertools.pairwise(row))
        for at, key in enumerate(row):
            pairs.update(frozenset((key, other)) for other in below[max(0, at - 1) : at + 1])
    return pairs


_SOUND_ALIKE = (
    "ae ai ao au ei eo eu io iu ou iy ey ck cs ks sz ij gj vw vf td pb kq xs "
    "ао ае аи ео еи ои уо уи ыи йи эе яе юу гх кг дт бп вф зс жш щш цс ьъ"
)
_SLIPS: frozenset[frozenset[str]] = frozenset(
    _neighbours(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    | _neighbours(("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"))
    | {frozenset(pair) for pair in _SOUND_ALIKE.split(" ")}
)


def _pattern_for(key: str) -> re.Pattern[str]:
    return _LATIN if key.isascii() else _CYRILLIC


@lru_cache(maxsize=65536)
def _signature(key: str) -> Counter[str]:
    return Counter(_pattern_for(key).findall(key))


@lru_cache(maxsize=65536)
def _ending(key: str) -> tuple[str, str]:
    """The known ending of a key without its Russian case, and the class of that ending."""
    bare = _CASE_ENDING.sub("", key)
    for ending, kind in _ENDINGS:
        if bare.endswith(ending):
            return ending, kind
    return "", ""
