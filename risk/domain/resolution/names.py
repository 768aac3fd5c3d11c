"""A trader's name brought to the words in which its spellings in any script meet.

Legal forms go first (those of the union's languages by
:func:`shipments.domain.names.normalise_trader_name`, those of other countries by cleanco's
tables), then every script becomes Latin (anyascii), then habits of spelling one sound become
one. What is left is for comparing only: nobody is shown it.
"""

import re
from functools import lru_cache
from unicodedata import normalize

import msgspec
from anyascii import anyascii
from cleanco.termdata import terms_by_country, terms_by_type

from shipments.domain.names import latin_key

# Romanised legal forms of the languages that write another script; what they look like once
# folded follows from the same functions as the names.
_ROMANISED = (
    "tovarishchestvo s ogranichennoy otvetstvennostyu",
    "obshchestvo s ogranichennoy otvetstvennostyu",
    "aktsionernoe obshchestvo",
    "individualnyy predprinimatel",
    "zhauapkershiligi shekteuli seriktestigi",
    "zhauapkershiligi shekteuli seriktestik",
    "aktsionerlik kogamy",
    "zheke kasipker",
    "youxian gongsi",
    "you xian gong si",
    "gongsi",
    "anonim sirketi",
    "anonim sirket",
    "limited sirketi",
    "ltd sti",
    "sanayi ve ticaret",
    "san ve tic",
    "san ve",
    "masuliyati cheklangan jamiyati",
    "mas uliyati cheklangan jamiyati",
    "aksiyadorlik jamiyati",
    "yakka tartibdagi tadbirkor",
    "gesellschaft mit beschraenkter haftung",
    "gesellschaft mit beschrankter haftung",
    "gesellschaft",
    "aktiengesellschaft",
    "limited liability partnership",
    "limited liability company",
    "joint stock company",
    "private limited",
    "sp z o o",
    "sole trader",
    "individual entrepreneur",
    "sdn bhd",
    "llp", "llc", "ltd", "too", "ooo", "jsc", "zhshs", "ip", "ao", "zao", "oao", "mchj",
    "mchzh", "ok", "xk", "yatt", "gmbh", "ag", "kg", "inc", "co", "fze",
)  # fmt: skip
# A legal form is dotted in Latin letters alone; what is dotted in Cyrillic ones, or in the name
# of a sole trader, are initials.
_INITIALS = re.compile(r"(?<![^\W\d_])([а-яёәғқңөұүһі])\.", re.IGNORECASE)
# Alone behind a space, or behind a name in Latin letters, too.
_CHINESE_FORM = re.compile(r"(?<=.)(?:有限责任|股份有限|集团有限|有限)公司\s*$")
_ANY_INITIALS = re.compile(r"(?<![^\W\d_])([^\W\d_])\.")
_SOLE_TRADER = re.compile(
    r"\b(?:ип|жк|чп|ip|zhk|yatt|индивидуальный предприниматель|жеке кәсіпкер)\b", re.IGNORECASE
)
_TWICE = re.compile(r"(?<![\w.])([a-z])\.\s?\1\.(?!\w\.)", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_DOUBLED = re.compile(r"(.)\1+")
_DIGITS = re.compile(r"[0-9]+")


class FoldedName(msgspec.Struct, frozen=True):
    """``words`` in their order without numbers, ``numbers`` apart: they tell firms of one name
    from each other; ``digits`` are those of all numbers in their order, however spaced.
    ``latin`` are the words before sounds became one, place by place: slips of
    the keys are counted there too. ``compact`` is all words written together, ``ordered``
    the words by the alphabet.
    """

    words: tuple[str, ...]
    numbers: frozenset[str]
    compact: str
    latin: tuple[str, ...]
    ordered: str
    digits: str = ""


def fold_name(name: str) -> FoldedName:
    """The name without its legal form, in the spelling where its variants meet.

    >>> {fold_name(name).words for name in ('ТОО "Химпром"', "HIMPROM LLP", "Khimprom TOO")}
    {('himprom',)}
    >>> fold_name("上海化工有限公司").compact == fold_name("Shanghai Huagong Co., Ltd").compact
    True
    """
    name = _CHINESE_FORM.sub("", name)
    initials = _ANY_INITIALS if _SOLE_TRADER.search(name) else _INITIALS
    plain = latin_key(_TWICE.sub(r"\1 \1 ", initials.sub(r"\1 ", name)))
    if not plain.isascii():
        plain = latin_key(anyascii(plain))
    given = _NOT_PLAIN.sub(" ", plain).split()
    first, last = _without_forms(given)
    # Of the name as it came: a digit written twice is no habit of spelling.
    numbers = [n.lstrip("0") or "0" for n in _DIGITS.findall(normalize("NFKC", name))]
    latin = tuple(filter(None, (_DIGITS.sub("", word) for word in given[first:last])))
    compact = _DOUBLED.sub(r"\1", _sound("".join(latin)))
    words = tuple(map(_sound, latin))
    ordered = " ".join(sorted(words))
    return FoldedName(words, frozenset(numbers), compact, latin, ordered, "".join(numbers))


# In this order. latin_key has made i of y and j, h of kh, ks of x already. A Kazakh or Russian zh
# is written j as often, so it becomes the same i; an Uzbek or Chinese x is an h.
_SOUNDS = (
    *(("dzh", "i"), ("zh", "i"), ("ts", "c"), ("tz", "c"), ("sch", "sh"), ("q", "k")),
    *(("ii", "i"), ("ae", "a"), ("oe", "o"), ("ue", "u")),
)
# At the beginning of a word the i stays: initials are told from it.
_SOFT_VOWEL = re.compile(r"(?<=.)i([aeu])")
_SOFT_C = re.compile(r"c(?=[ei])")
_HARD_C = re.compile(r"c(?!h)")
_SILENT_H = re.compile(r"(?<=[bdgkrt])h")


@lru_cache(maxsize=65_536)
def _sound(word: str) -> str:
    """One spelling for what several habits of romanisation write differently."""
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    word = _SOFT_VOWEL.sub(r"\1", word)
    word = _HARD_C.sub("k", _SOFT_C.sub("s", word))
    return _SILENT_H.sub("", word.replace("ks", "h"))


def _folded_words(text: str) -> tuple[str, ...]:
    plain = latin_key(f"x {text} x") if text.isascii() else latin_key(f"x {anyascii(text)} x")
    return tuple(_NOT_PLAIN.sub(" ", plain).split())[1:-1]


def _forms() -> tuple[frozenset[str], tuple[tuple[str, ...], ...]]:
    """Single words and phrases, longest first, that are a legal form once folded."""
    written = list(_ROMANISED)
    for table in (terms_by_type, terms_by_country):
        written += [term for terms in table.values() for term in terms]
    folded = {_folded_words(term.replace(".", "")) for term in written}
    words = frozenset(form[0] for form in folded if len(form) == 1 and len(form[0]) > 1)
    phrases = {form for form in folded if len(form) > 1}
    return words, tuple(sorted(phrases, key=len, reverse=True))


_FORM_WORDS, _FORM_PHRASES = _forms()
_ENDS = frozenset(phrase[0] for phrase in _FORM_PHRASES) | frozenset(p[-1] for p in _FORM_PHRASES)


def _without_forms(words: list[str]) -> tuple[int, int]:
    """From where to where the name reaches without legal forms at either end; what is nothing
    but a form stays whole."""
    first, last = 0, len(words)
    while first < last:
        begins, ends = _form_at_ends(words[first:last])
        if not begins and not ends:
            return first, last
        first, last = first + begins, last - ends
    return 0, len(words)


def _form_at_ends(words: list[str]) -> tuple[int, int]:
    """How many words a form takes at the beginning or at the end."""
    if words[-1] in _FORM_WORDS:
        return 0, 1
    if words[0] in _FORM_WORDS:
        return 1, 0
    if words[0] in _ENDS or words[-1] in _ENDS:
        for phrase in _FORM_PHRASES:
            size = len(phrase)
            if tuple(words[-size:]) == phrase:
                return 0, size
            if tuple(words[:size]) == phrase:
                return size, 0
    return 0, 0
