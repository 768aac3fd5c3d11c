"""The ways in which one listed name is written: cases, word order, abbreviations, brackets."""

import re
from collections.abc import Iterator

import msgspec

from risk.domain.matching import kazakh, russian, strength
from risk.domain.matching.preparations import names_goods
from risk.domain.substances import CUS_KIND, SubstanceName

_USELESS_NAME = re.compile(r"\bCAS\b|\d\s?%|\bGHT\b|質量", re.IGNORECASE)
_TRAILING_NOTE = re.compile(r"\s*\((?:INN|DCI|МНН|combination|(?![IVX]+\))[A-Z]{3,6})\)$")
# A bracket in which the act says more of the name; of "methadone (intermediate)" it is the name.
_LAST_BRACKET = re.compile(r"\s*\((?!промежуточн|intermediate)[^()]*\)\s*$", re.IGNORECASE)
_ABBREVIATED = (
    (re.compile(r"кислот([а-я]{1,2})\b"), ("к-та", r"к-т\1", "кисл")),
    (re.compile(r"\b(серн|солян|уксусн)(?:ая|ой|ую)\b"), (r"\1", r"\1.")),
    (re.compile(r"\bуксусн(?:ый|ого|ому|ым|ом)\b"), ("уксусн.", "уксус.")),
    (re.compile(r"қышқылы\b"), ("қыш", "қ-лы", "қышқ")),
    (re.compile(r"\bметил(?=[а-я]{4})"), ("мет-",)),
    (re.compile(r"\bперманганат[а-я]{0,2}\b"), ("перманг", "перманг.")),
)
_MAX_INVERTED_WORDS = 3
_ACID = re.compile(r"^(\w+) (кислот\w{1,2})$")
_OF_AN_ACID = re.compile(r"^\w+ \w+ой кислоты$")


class Spelling(msgspec.Struct, frozen=True):
    """A way of writing a name; ``score`` is that of an exact match of it."""

    text: str
    score: float
    is_inflected: bool = False
    is_inverted: bool = False


def spellings(name: SubstanceName) -> Iterator[Spelling]:
    """The name as printed and as papers write it; none for a wording that names goods."""
    if name.kind == CUS_KIND or _USELESS_NAME.search(name.name):
        return
    score = strength.base_score(name)
    plain = _TRAILING_NOTE.sub("", name.name)
    yield Spelling(plain, score)
    if "(" in plain:
        yield Spelling(plain.replace("(", "").replace(")", ""), score)
        if name.kind == "list":
            short = _LAST_BRACKET.sub("", plain)
            yield Spelling(short, min(score, strength.GOOD))
    if strength.is_molecular_formula(plain) and "O" in plain:
        # A nought for the letter, as it is typed in a hurry.
        yield Spelling(plain.replace("O", "0"), score)
    if plain.endswith("-one"):
        # As a scan reads "butan-2-one"; of "propan-2-0l" nobody knows whether it is 20 l.
        yield Spelling(f"{plain[:-3]}0ne", score)
    if score < strength.FAIR:
        return
    if _OF_AN_ACID.search(plain):
        # "уксусной кислоты ангидрид"
        first, rest = plain.split(" ", 1)
        yield Spelling(f"{rest} {first}", score)
    for text in _inverted(plain):
        yield Spelling(text, score, is_inverted=True)
    forms = {plain.lower()}
    if name.lang == "kk":
        forms |= kazakh.inflected(plain)
    elif name.lang in ("ru", "uk"):
        forms |= russian.inflected(plain)
    for form in forms - {plain.lower()}:
        yield Spelling(form, score, is_inflected=True)
    for form in forms | {_ACID.sub(r"\2 \1", form) for form in forms}:
        for short in _abbreviated(form):
            yield Spelling(short, score, is_inflected=True)


def _abbreviated(form: str) -> list[str]:
    """A form with one or more of its words abbreviated: "серн к-та"."""
    known = [form]
    for word, short_words in _ABBREVIATED:
        full = [one for one in known if word.search(one)]
        known += [word.sub(short, one) for one in full for short in short_words]
    return known[1:]


def _inverted(name: str) -> Iterator[str]:
    """The last word first, as indexes and price lists have it: "acid, phenylacetic"."""
    words = name.split(" ")
    if not 2 <= len(words) <= _MAX_INVERTED_WORDS or any(sign in name for sign in ",;("):
        return
    head, rest = words[-1], " ".join(words[:-1])
    if len(head) < 3 or len(rest) < 3:
        return
    yield f"{head}, {rest}"
    if not names_goods(rest):  # An acid battery is not battery acid.
        yield f"{head} {rest}"
    if len(words) == 2:
        yield f"{rest}, {head}"
