"""Names compiled to squeezed keys: every spelling of every listed name, and innocent names."""

from collections.abc import Iterable, Sequence

import msgspec

from risk.domain.matching import russian
from risk.domain.matching.normalise import HARD, normalise
from risk.domain.matching.spellings import spellings
from risk.domain.substances import SubstanceName

MIN_KEY_LENGTH = 2
_MIN_INNOCENT_LENGTH = 4
TRANSLITERATED_SCORE = 0.82


class NameRef(msgspec.Struct, frozen=True, gc=False):
    """A listed name behind a key; ``score`` is that of the name alone."""

    substance_key: str
    name: str
    lang: str
    score: float
    is_inflected: bool = False


class Term(msgspec.Struct, frozen=True, gc=False):
    """What a squeezed key means: listed names (best first) or, without any, an innocent one.

    ``is_inverted``: the words stand in the order of an index ("acid, phenylacetic").
    """

    key: str
    words: tuple[str, ...]
    refs: tuple[NameRef, ...]
    innocent_name: str = ""
    is_inverted: bool = False


class Vocabulary(msgspec.Struct, frozen=True, gc=False):
    """Terms of listed names and of innocent names; no key is in both."""

    terms: list[Term]
    innocents: list[Term]


def compile_vocabulary(names: Sequence[SubstanceName], innocent_names: Sequence[str]) -> Vocabulary:
    """Every spelling of the names under its squeezed key; a listed name wins its key."""
    refs: dict[str, list[NameRef]] = {}
    words: dict[str, tuple[str, ...]] = {}
    inverted: dict[str, bool] = {}
    for name in names:
        for spelling in spellings(name):
            key, parts = squeezed_key(spelling.text)
            if len(key) < MIN_KEY_LENGTH:
                continue
            ref = NameRef(
                name.substance_key, name.name, name.lang, spelling.score, spelling.is_inflected
            )
            refs.setdefault(key, []).append(ref)
            words[key] = max(parts, words.get(key, ()), key=len)
            inverted[key] = inverted.get(key, True) and spelling.is_inverted
    innocents: dict[str, Term] = {}
    for innocent in innocent_names:
        for form in (innocent, *russian.inflected(innocent)):
            key, parts = squeezed_key(form)
            if len(key) >= _MIN_INNOCENT_LENGTH and key not in refs:
                innocents.setdefault(key, Term(key, parts, (), innocent))
    terms = [
        Term(key, words[key], _best_per_substance(found), "", inverted[key])
        for key, found in refs.items()
    ]
    return Vocabulary(terms, list(innocents.values()))


def squeezed_key(name: str) -> tuple[str, tuple[str, ...]]:
    """The key of a name, and its words."""
    text = normalise(name)
    return text.squeezed.strip(HARD), text.words()


def _best_per_substance(refs: Iterable[NameRef]) -> tuple[NameRef, ...]:
    """The strongest name of each substance, strongest first; several make a name ambiguous."""
    best: dict[str, NameRef] = {}
    for ref in refs:
        known = best.get(ref.substance_key)
        if known is None or (ref.score, not ref.is_inflected) > (
            known.score,
            not known.is_inflected,
        ):
            best[ref.substance_key] = ref
    return tuple(sorted(best.values(), key=lambda ref: (-ref.score, ref.substance_key)))
