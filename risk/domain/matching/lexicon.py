"""Listed and innocent names in one automaton; the longest name on word boundaries wins."""

import re
from collections.abc import Iterable, Iterator, Sequence

import ahocorasick
import msgspec

from risk.domain.matching import kazakh, russian, strength
from risk.domain.matching.normalise import HARD, Boundary, Normalised, normalise
from risk.domain.substances import SubstanceName

MIN_KEY_LENGTH = 2
_TRANSLITERATION_MIN_LENGTH = 6
TRANSLITERATED_SCORE = 0.82
# A name of fewer characters may not span more words than it was printed with.
_GLUED_MIN_LENGTH = 9
_USELESS_NAME = re.compile(r"\bCAS\b|\d\s?%|\bGHT\b|質量", re.IGNORECASE)
_TRAILING_NOTE = re.compile(r"\s*\((?:INN|DCI|МНН|combination|[A-Z]{3,6})\)$")

_KATAKANA = re.compile(r"[\u30a1-\u30fa]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
# Neighbours that leave a Chinese name of at most three characters whole.
_MAY_PRECEDE = frozenset("浓稀纯水业级的和与及或含是为剂学品装标发用冰由，口产售购:号名油")
_MAY_FOLLOW = frozenset(
    "溶液浓含桶工试分优化纯级瓶和与及或的等为用百质净重、，标装水原试有罐储吨技"
)
# Neighbours that make another molecule of a longer Chinese name.
_MAKES_ANOTHER = frozenset(
    "酸酮醛醇酚醚酯胺铵腈肼肟烷烯炔苯甲乙丙丁戊己庚辛壬癸氯溴氟碘硝氨羟硫磷钠钾钙镁锌铜铁铝银钡锰"
    "镍铅锂钴铬锡基代环异仲叔聚过亚酐酰脲嘧吡呋噻咪唑啶啉嗪吲哚萘蒽菲酞氢氰去脱树"
)
# What precedes a listed name and makes another molecule; salts of a base may follow it.
_MAKES_ANOTHER_BEFORE = _MAKES_ANOTHER - frozenset("酸钠钾钙镁") | frozenset(
    "二三四五六七八九双对间邻"
)


class NameRef(msgspec.Struct, frozen=True):
    """A listed name behind a key; ``score`` is that of the name alone."""

    substance_key: str
    name: str
    lang: str
    score: float
    is_respelt: bool = False


class Term(msgspec.Struct, frozen=True):
    """What a squeezed key means: listed names (best first) or, without any, an innocent one."""

    key: str
    words: tuple[str, ...]
    refs: tuple[NameRef, ...]
    innocent_name: str = ""


class Found(msgspec.Struct, frozen=True):
    """A term at squeezed positions ``first`` up to but without ``last``."""

    first: int
    last: int
    term: Term


class Lexicon:
    """Names of substances and of innocent chemicals, matched exactly after normalisation."""

    def __init__(self, names: Sequence[SubstanceName], innocent_names: Sequence[str]) -> None:
        refs: dict[str, list[NameRef]] = {}
        words: dict[str, tuple[str, ...]] = {}
        for name in names:
            for spelling, score, is_respelt in _spellings(name):
                key, parts = squeezed_key(spelling)
                if len(key) < MIN_KEY_LENGTH:
                    continue
                ref = NameRef(name.substance_key, name.name, name.lang, score, is_respelt)
                refs.setdefault(key, []).append(ref)
                words[key] = max(parts, words.get(key, ()), key=len)
        self.terms: dict[str, Term] = {
            key: Term(key, words[key], _best_per_substance(found)) for key, found in refs.items()
        }
        self.innocents: dict[str, Term] = {}
        for innocent in innocent_names:
            for spelling in (innocent, *russian.inflected(innocent)):
                key, parts = squeezed_key(spelling)
                if len(key) >= 4 and key not in self.terms:
                    self.innocents.setdefault(key, Term(key, parts, (), innocent))
        self._automaton = ahocorasick.Automaton()
        for key, term in (*self.innocents.items(), *self.terms.items()):
            self._automaton.add_word(key, term)
        self._automaton.make_automaton()

    def find(self, text: Normalised) -> list[Found]:
        """Names in ``text`` in order of place: the longest first, none inside another."""
        if not len(self._automaton):
            return []
        candidates = [
            Found(end + 1 - len(term.key), end + 1, term)
            for end, term in self._automaton.iter(text.squeezed)
            if is_on_boundaries(text, end + 1 - len(term.key), end + 1)
        ]
        candidates.sort(key=lambda found: (found.first - found.last, found.first))
        taken = bytearray(len(text.squeezed))
        chosen: list[Found] = []
        for found in candidates:
            if taken[found.first] or taken[found.last - 1]:
                continue
            if not _is_whole(text, found):
                continue
            taken[found.first : found.last] = b"\x01" * (found.last - found.first)
            chosen.append(found)
        chosen.sort(key=lambda found: found.first)
        return chosen


def squeezed_key(name: str) -> tuple[str, tuple[str, ...]]:
    """The key of a name, and its words."""
    text = normalise(name)
    return text.squeezed.strip(HARD), text.words(0, len(text.squeezed)) if text.squeezed else ()


def is_on_boundaries(text: Normalised, first: int, last: int) -> bool:
    """Whether a word starts at ``first`` and ends before ``last``, not inside a locant."""
    if not text.boundaries[first] or not text.boundaries[last]:
        return False
    return not (first and text.squeezed[first - 1] == "," and text.squeezed[first].isdigit())


def _is_whole(text: Normalised, found: Found) -> bool:
    """Whether the name stands for itself, not for a piece of a longer word or phrase."""
    key = found.term.key
    if _IDEOGRAPH.search(key):
        return _is_whole_ideographs(text, found)
    inside = text.boundaries[found.first + 1 : found.last]
    if len(key) < _GLUED_MIN_LENGTH and inside.count(Boundary.SPACE) >= max(
        1, len(found.term.words)
    ):
        return len(key) >= 5 and all(inside)
    return True


def _is_whole_ideographs(text: Normalised, found: Found) -> bool:
    is_short = len(found.term.key) <= 3 and not found.term.innocent_name
    # Word-bag titles put spaces inside phrases: a short name looks across them.
    reach = Boundary.SPACE + 1 if is_short else Boundary.SPACE
    before = text.squeezed[found.first - 1] if found.first else ""
    if text.boundaries[found.first] >= reach:
        before = ""
    after = text.squeezed[found.last : found.last + 1]
    if text.boundaries[found.last] >= reach:
        after = ""
    if _KATAKANA.match(before) or _KATAKANA.match(after):
        return False
    is_before, is_after = bool(_IDEOGRAPH.match(before)), bool(_IDEOGRAPH.match(after))
    if is_short:
        return not (is_before and before not in _MAY_PRECEDE) and not (
            is_after and after not in _MAY_FOLLOW
        )
    return (before not in _MAKES_ANOTHER_BEFORE and after not in _MAKES_ANOTHER) or not (
        is_before or is_after
    )


def _spellings(name: SubstanceName) -> Iterator[tuple[str, float, bool]]:
    """Spellings of a name with their score, and whether a spelling is in other letters."""
    if _USELESS_NAME.search(name.name):
        return
    score = strength.base_score(name)
    plain = _TRAILING_NOTE.sub("", name.name)
    yield plain, score, False
    if "(" in plain:
        yield plain.replace("(", "").replace(")", ""), score, False
        if name.kind == "list":
            yield re.sub(r"\s*\([^()]*\)\s*$", "", plain), min(score, strength.GOOD), False
    if name.lang == "kk":
        for form in kazakh.inflected(plain):
            yield form, score, False
    if name.lang in ("ru", "uk"):
        for form in {plain.lower()} | russian.inflected(plain):
            yield form, score, False
            if "кислот" in form:
                yield form.replace("кислот", "к-т"), score, False
        if name.lang == "ru" and len(plain) >= _TRANSLITERATION_MIN_LENGTH:
            for latin in russian.in_latin(plain):
                yield latin, min(score, TRANSLITERATED_SCORE), True


def _best_per_substance(refs: Iterable[NameRef]) -> tuple[NameRef, ...]:
    """The strongest name of each substance, strongest first; several make a name ambiguous."""
    best: dict[str, NameRef] = {}
    for ref in refs:
        known = best.get(ref.substance_key)
        if known is None or (ref.score, not ref.is_respelt) > (known.score, not known.is_respelt):
            best[ref.substance_key] = ref
    return tuple(sorted(best.values(), key=lambda ref: (-ref.score, ref.substance_key)))
