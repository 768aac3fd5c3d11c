"""Salts, esters and adducts: the words around a name that make another substance of it.

Part of ``context.py``, and like it works on the original text in lower case beside the span.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from risk.domain.matching import triggers
from risk.domain.matching.sound import sound

_SLIP_MIN_LENGTH = 5
_WORDS_BEHIND = 6
# What a neighbouring word makes of a name, by its sound, so that a slip does not hide it.
_DERIVATIVE_WORDS = (
    "asetal", "ketal", "gidrason", "semikarbason", "oksim", "gidrasid", "adukt", "kondensat",
    "kompleks", "kopolimer", "polimer", "peroksid", "giperoksid", "siangidrin", "disulfid",
    "sianogidrin", "difenilgidrason", "metilgidrason", "kompound", "diasetal", "bisulfit",
    "asin", "isosianat", "diisosianat", "sulfonat", "sulfoglorid",
)  # fmt: skip
_ACETATE = sound("acetate")
_DERIVATIVE_ENDINGS = ("semikarbason", "gidrason", "ketal", "asetal", "oksim")
_ESTER_WORDS = ("ester", "esters", "estere")
# A list of goods goes on with an ether: only right behind an acid does the word make an ester.
_ESTER_WORDS_BEHIND = ("efir", "efiri")
_ESTER_MAKERS = re.compile(r"(?:acid|кислот\w{1,3}|қышқыл\w*|s(?:ä|ae|a)ure)$", re.IGNORECASE)
# "ketone, peroxide free" is no peroxide, "polymer grade" no polymer.
_NOT_MADE_OF_IT = re.compile(
    r"\w+[\s-]{1,2}free\b(?! of| from)|\bfree (?:of|from) \w+|\bбез \w+|\bpolymer (?:grade|quality)"
)
_NEXT_WORDS = re.compile(r"[^\W\d_][\w'-]*")
_PHRASE = re.compile(r"^[^;.:|%\n]*")
_COMPOUND_AFTER = re.compile(r"^\W*(?:compd|compound with|salt\b|\(\d:\d\))")
# Parts of acid and of water, no salt.
_DILUTED_AFTER = re.compile(r"^\s*\(1:(?:[2-9]|\d\d)\)")
_COMPOUND_BEFORE = re.compile(
    r"(?:salts? with|(?:compd\.?|compound|complex|adduct|mixture of acids?) (?:with|of))\s+$"
)
_SALT_BEFORE = re.compile(
    r"(?:salts? of|salze? (?:der|des|von)|sels? (?:de l['’]|d['’]|de )|(?<!\w)сол(?:ь|и|ей))\s*$"
)
_ETHERS = re.compile(r"\bethyl\s?ethers?$|этиловый эфир$|этилового эфира$", re.IGNORECASE)
_CHEMICAL_WORD_BEFORE = re.compile(
    r"(?:yl|ol|in|one|acid|ate|ide|ene|ane|hyde|phenol)[),]*\s+$|[)\]]\s+$"
)
_CHEMICAL_WORD_AFTER = re.compile(
    r"^\s+\w*(?:ate|ide|yl|гликол\w*|фталат|акрилат|ацетат)\b|^\s+\w*(?:глик|кислот|фенол|глицер)"
)
# Salts of these acids are other substances in every list.
_SALTLESS_ACID = re.compile(
    r"(?<!\w)(?:(?:acetic|ethanoic|sul(?:f|ph)uric|hydrochloric) ?acid$|(?:серн|солян|уксусн)\w+"
    r"|(?:essig|schwefel|salz)s(?:ä|ae|a)ure[rsnm]?$"
    r"|acide (?:ac[ée]tique|sulfurique|chlorhydrique)$)",
    re.IGNORECASE,
)
_SALT_BEHIND = re.compile(r"^[\s,]*(?:\S+ ){1,3}(?:salt|соль)\b")
# "essigsaure Tonerde" is a salt, "Essigsaure 99 %" the acid without its dots.
_ACID_AS_ADJECTIVE = re.compile(r"(?:essig|schwefel|salz)saure[rsnm]?$", re.IGNORECASE)
_BASE_BEHIND = re.compile(
    r"^[rsnm]? (?:tonerde|aluminium|natrium|natron|kalium|kali|kalk|calcium|ammonium|blei|zink)\b"
)
# "phénylacétate d'éthyle", "fenilacetato de etilo": the metal of a salt ends otherwise.
_SALT_OR_ESTER = re.compile(r"(?:ate|ato)$", re.IGNORECASE)
_OF_AN_ALKYL_AFTER = re.compile(r"^ d(?:['’]|[ei] )\w*(?:yle|[iy]l[aeo])\b")


def is_of_compound(before: str, name: str, *, may_be_salt: bool) -> bool:
    """Whether what stands in front makes a salt or adduct of the name; a salt that a list covers
    is the substance."""
    if _COMPOUND_BEFORE.search(before):
        return True
    is_salt_another = not may_be_salt or _SALTLESS_ACID.search(name) is not None
    return is_salt_another and _SALT_BEFORE.search(before) is not None


def makes_compound(before: str, name: str, after: str, told: int, *, may_be_salt: bool) -> bool:
    """Whether neighbouring words make a salt, ester or adduct of the name; ``told`` is what
    ``after`` can be part of."""
    if _COMPOUND_AFTER.match(after) and not (
        _DILUTED_AFTER.match(after) and _ESTER_MAKERS.search(name)
    ):
        return True
    if _ETHERS.search(name) and (
        _CHEMICAL_WORD_BEFORE.search(before) or _CHEMICAL_WORD_AFTER.match(after)
    ):
        return True
    words = _words_behind(after, is_plain=not told & triggers.NOT_MADE)
    # One letter from an acetal, but of a base the acetate is a salt.
    if may_be_salt:
        words = tuple(word for word in words if word != _ACETATE)
    if any(map(_makes_derivative, words[:3])) or "polimer" in words:
        return True
    if _SALTLESS_ACID.search(name) and _SALT_BEHIND.match(after):
        return True
    if _ACID_AS_ADJECTIVE.search(name) and _BASE_BEHIND.match(after):
        return True
    if _SALT_OR_ESTER.search(name) and _OF_AN_ALKYL_AFTER.match(after):
        return True
    if not _ESTER_MAKERS.search(name):
        return False
    if words and after[:1].isspace() and _is_one_of(words[0], _ESTER_WORDS_BEHIND):
        return True
    return any(_is_one_of(word, _ESTER_WORDS) or word.endswith("ilester") for word in words)


@lru_cache(maxsize=16_384)
def _words_behind(after: str, *, is_plain: bool) -> tuple[str, ...]:
    """The sounds of the first words up to the end of the phrase; unless ``is_plain`` without
    those of what it is not made of. The same is said behind many names."""
    phrase = _PHRASE.match(after)
    behind = phrase[0] if phrase else ""
    if not is_plain:
        behind = _NOT_MADE_OF_IT.sub("", behind)
    return tuple([sound(word) for word in _NEXT_WORDS.findall(behind)[:_WORDS_BEHIND]])


@lru_cache(maxsize=65_536)
def _makes_derivative(word: str) -> bool:
    return _is_one_of(word, _DERIVATIVE_WORDS) or word.endswith(_DERIVATIVE_ENDINGS)


def _is_one_of(word: str, known: Sequence[str]) -> bool:
    return word in known or (
        len(word) >= _SLIP_MIN_LENGTH
        and any(
            OSA.distance(word, one, score_cutoff=1) <= 1
            for one in known
            if abs(len(one) - len(word)) <= 1
        )
    )
