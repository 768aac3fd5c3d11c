"""The classes of cases with their sizes, and all cases of a seed."""

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random
from typing import NamedTuple

from risk.domain.matching_cases import amounts, chinese, identifiers, names, negatives
from risk.domain.matching_cases.case import FROZEN, TUNED, Draft, MatchingCase, numbered, split_of
from risk.domain.matching_cases.damage import by_ear, by_eye, doubled, dropped, keyboard, swapped
from risk.domain.matching_cases.material import Material

Maker = Callable[[Material, Random], Iterator[Draft]]
# Drafts looked at for each case wanted: makers repeat themselves, pairs fall between the parts.
_PATIENCE = 60


class CaseClass(NamedTuple):
    """A kind of line; ``size`` cases in each part, fewer when its maker ends before."""

    name: str
    size: int
    maker: Maker


CLASSES: tuple[CaseClass, ...] = (
    CaseClass("exact-en", 110, names.Exact("en")),
    CaseClass("exact-ru", 110, names.Exact("ru")),
    CaseClass("exact-kk", 110, names.Exact("kk")),
    CaseClass("exact-zh", 110, names.Exact("zh")),
    CaseClass("chinese-scripts", 110, names.chinese_scripts),
    CaseClass("inflected-ru", 110, names.Inflected("ru")),
    CaseClass("inflected-kk", 110, names.Inflected("kk")),
    CaseClass("word-order", 220, names.word_order),
    CaseClass("abbreviation-and-grade", 110, names.abbreviations_and_grades),
    CaseClass("typo-keyboard", 220, names.Damaged(keyboard)),
    CaseClass("typo-ear", 110, names.Damaged(by_ear)),
    CaseClass("typo-transposition", 110, names.Damaged(swapped)),
    CaseClass("typo-dropped-or-doubled", 110, names.Damaged(dropped, doubled)),
    CaseClass("ocr", 110, names.Damaged(by_eye)),
    CaseClass("typo-chinese", 130, chinese.misspelt),
    CaseClass("transliteration-to-latin", 110, names.transliterated),
    CaseClass("transliteration-to-cyrillic", 110, names.latin_in_cyrillic),
    CaseClass("mixed-alphabets", 110, names.mixed_alphabets),
    CaseClass("glued-split-hyphenated", 110, names.joined_and_split),
    CaseClass("line-broken", 110, names.line_broken),
    CaseClass("greek-and-locants", 110, names.greek_and_locants),
    CaseClass("salts-and-hydrates", 110, names.salts_and_hydrates),
    CaseClass("several-substances", 110, names.several),
    CaseClass("equipment", 110, names.equipment),
    CaseClass("wrong-code", 110, names.wrong_code),
    CaseClass("cas-clean", 110, identifiers.cas_clean),
    CaseClass("cas-odd", 110, identifiers.cas_odd),
    CaseClass("cover-with-cas", 110, identifiers.cover_with_cas),
    CaseClass("ec", 110, identifiers.ec_numbers),
    CaseClass("un-with-class", 110, identifiers.un_numbers),
    CaseClass("structure", 110, identifiers.structures),
    CaseClass("code-only", 110, identifiers.code_only),
    CaseClass("concentration-above", 110, amounts.Plain(amounts.above)),
    CaseClass("concentration-below", 110, amounts.Plain(amounts.below)),
    CaseClass("concentration-bounds", 110, amounts.bounded),
    CaseClass("concentration-g-l-and-ratio", 110, amounts.grams_and_parts),
    CaseClass("concentration-mixture", 110, amounts.mixtures),
    CaseClass("concentration-grade-word", 110, negatives.HandWritten("concentration-grade-word")),
    CaseClass("preparation-medicine", 110, negatives.HandWritten("preparation-medicine")),
    CaseClass("cas-wrong-digit", 110, identifiers.cas_wrong_digit),
    CaseClass("cas-innocent", 110, identifiers.cas_innocent),
    CaseClass("innocent-exact", 900, negatives.innocent_exact),
    CaseClass("innocent-misspelt", 300, negatives.innocent_misspelt),
    CaseClass("innocent-chinese", 200, chinese.innocent),
    CaseClass("tariff-ru", 900, negatives.tariff_ru),
    CaseClass("tariff-en", 500, negatives.tariff_en),
    CaseClass("chinese-neighbour", 110, negatives.HandWritten("chinese-neighbour")),
    CaseClass("negation", 110, negatives.absence),
    CaseClass("purpose", 110, negatives.purpose),
    CaseClass("derivative", 150, negatives.HandWritten("derivative")),
    CaseClass("preparation-consumer", 150, negatives.HandWritten("preparation-consumer")),
    CaseClass("hard-positive", 400, negatives.HandWritten("hard-positive")),
    CaseClass("hard-negative", 400, negatives.HandWritten("hard-negative")),
)


def generate_cases(material: Material, seed: int) -> Iterator[MatchingCase]:
    """All cases of a seed by class; the same material and seed give the same cases.

    A line is made once, whatever its class; a name, number or wording is in one part only.
    """
    seen: set[tuple[str, str, str]] = set()
    parts: dict[str, str] = {}
    for one in CLASSES:
        draw = Random(f"{seed}:{one.name}")  # noqa: S311 - data, not a secret
        missing = {TUNED: one.size, FROZEN: one.size}
        for draft in islice(one.maker(material, draw), one.size * _PATIENCE):
            split = split_of(draft.about)
            asked = (draft.text, draft.code, draft.select)
            line = draft.text.casefold()
            if split is None or not missing[split] or asked in seen:
                continue
            if parts.setdefault(line, split) != split:
                continue
            seen.add(asked)
            missing[split] -= 1
            yield numbered(draft, one.name, split)
            if not any(missing.values()):
                break
