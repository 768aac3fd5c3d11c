"""Whether a name found in a text stands for itself, not for a piece of a longer word or phrase."""

import re
from typing import TYPE_CHECKING

from risk.domain.matching.normalise import HARD, Boundary, Normalised
from risk.domain.matching.sound import sound

if TYPE_CHECKING:
    from risk.domain.matching.vocabulary import Term

# A name of fewer characters may not span more words than it was printed with.
_GLUED_MIN_LENGTH = 9
_KATAKANA = re.compile(r"[\u30a1-\u30fa]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
# What may follow the name of an acid: not the base of its salt ("盐酸二甲双胍").
_MAY_FOLLOW_ACID = frozenset(
    "溶液浓含桶工试分优化纯级瓶和与及或的等为用百质净重、，标装水原有罐储吨技散产出进中国品价供批"
    "由从自经雾洗处清浸蚀腐泄库约大小共电高低稀废发除清食药饲"
)
# Neighbours that make another molecule.
_MAKES_ANOTHER = frozenset(
    "酸酮醛醇酚醚酯胺铵腈肼肟烷烯炔苯甲乙丙丁戊己庚辛壬癸氯溴氟碘硝氨羟硫磷钠钾钙镁锌铜铁铝银钡锰"
    "镍铅锂钴铬锡基代环异仲叔聚过亚酐酰脲嘧吡呋噻咪唑啶啉嗪吲哚萘蒽菲酞氢氰去脱树二三四"
)
# Bases that begin with a word of trade: berberine, spectinomycin, stachydrine.
_BASES = ("小檗", "大观", "药根", "水苏", "高乌", "优降")
_PILLS = ("片", "丸")
_MEDICINE = re.compile("胶囊|霉素|沙星|注射|口服|软骨|葡萄糖|氨糖|颗粒|维生素")
_OPENING, _CLOSING = frozenset("(（"), re.compile("[)）]")
# What precedes a listed name and makes another molecule; salts of a base may follow it.
_MAKES_ANOTHER_BEFORE = _MAKES_ANOTHER - frozenset("酸钠钾钙镁") | frozenset(
    "二三四五六七八九双单对间邻"
)
# Medicines name their substances in a row: "氨酚伪麻黄碱片", "麻黄碱苯海拉明片".
_EPHEDRINE = re.compile("伪?麻黄[碱素]")
_MAKES_ANOTHER_EPHEDRINE = frozenset("伪甲氯溴羟去基")
# Words that no chemical name begins with end in these characters.
_TRADE_WORD_BEFORE = ("无水", "工业级", "试剂级", "纯水")
# What they begin and name a grade or a vessel with: "甲苯 硝化级", "丙酮 铁桶".
_GRADE_BEHIND = (
    "硝化级", "硝化用", "硝化專用", "氯化级", "磺化级",
    "铁桶", "铁罐", "铁听", "铝桶", "铝罐", "铝瓶", "铝箔",
)  # fmt: skip
# A locant letter that the printed name lacks: "m-ethylphenyl" is not "methylphenyl".
_LOCANT_LETTERS = frozenset("mopnsмопн")
_YL_ATE = re.compile(r"(?:yl|ил)$")
_ATE = re.compile(r"^(?:[a-z]{2,12}ate|[а-я]{2,12}ат[аоуе]?м?)$")
# Shorter words are those of a sentence: "in", "at", "an".
_SHORTEST_CHEMICAL = 4
_MAX_BESIDE = 20
_LOOKS_CHEMICAL = re.compile(r"(?:il|ol|on|at|it|ium|an|en|in|ik|eter|ester|asid|oksid|glorid)$")


def is_on_boundaries(text: Normalised, first: int, last: int) -> bool:
    """Whether a word starts at ``first`` and ends before ``last``, not inside a locant."""
    if not text.boundaries[first] or not text.boundaries[last]:
        return False
    return not (first and text.squeezed[first - 1] == "," and text.squeezed[first].isdigit())


def is_whole(text: Normalised, first: int, last: int, term: "Term") -> bool:
    """Whether ``term`` at ``first`` up to ``last`` is what the text names there."""
    if _IDEOGRAPH.search(term.key):
        return _is_whole_ideographs(text, first, last, term)
    inside = text.boundaries[first + 1 : last]
    # A separator inside the name has one on either side: "серн. к-та".
    spaces = inside.count(Boundary.SPACE) - term.key.count(HARD)
    if len(term.key) < _GLUED_MIN_LENGTH and spaces >= max(1, len(term.words)):
        return len(term.key) >= 5 and all(inside)
    if term.is_inverted and not _is_phrase(text, first, last, term):
        return False
    return not _is_locant_glued(text, first, term) and not (
        spaces == len(term.words) == 1 and _is_ester_in_two_words(text, first, last)
    )


def _is_locant_glued(text: Normalised, first: int, term: "Term") -> bool:
    edges = text.boundaries[first + 1 : first + 3]
    is_split = edges[:1] == bytes((Boundary.JOINT,)) and edges[1:] < bytes((Boundary.JOINT,))
    if not is_split or text.squeezed[first] not in _LOCANT_LETTERS:
        return False
    return not any(ref.name.lstrip("([{")[1:2] in "-, (" for ref in term.refs)


def _is_ester_in_two_words(text: Normalised, first: int, last: int) -> bool:
    """ "phenyl acetate" is another molecule than "phenylacetate"."""
    for at in range(first + 1, last):
        if text.boundaries[at] == Boundary.SPACE:
            before, after = text.squeezed[first:at], text.squeezed[at:last]
            if _YL_ATE.search(before) and _ATE.match(after):
                return True
    return False


def _is_phrase(text: Normalised, first: int, last: int, term: "Term") -> bool:
    """Whether an index name stands between words that are no part of other chemical names."""
    head = sound(term.words[0].rstrip(HARD))
    if head in ("asid", "kislota", "asidum"):
        return True
    return not any(
        len(word) >= _SHORTEST_CHEMICAL and _LOOKS_CHEMICAL.search(sound(word))
        for word in (_word_before(text, first), _word_behind(text, last))
    )


def _word_before(text: Normalised, first: int) -> str:
    """The word in front of the place; blank where a number or the end of a phrase is."""
    start = next(
        (at for at in range(first - 1, max(0, first - _MAX_BESIDE), -1)
         if text.boundaries[at] == Boundary.SPACE), max(0, first - _MAX_BESIDE)
    )  # fmt: skip
    return re.split(r"[|\d]", text.squeezed[start:first])[-1]


def _word_behind(text: Normalised, last: int) -> str:
    """The word behind the place; blank where a number or the end of a phrase is."""
    end = min(last + _MAX_BESIDE, len(text.squeezed))
    end = next((at for at in range(last + 1, end) if text.boundaries[at] == Boundary.SPACE), end)
    return re.split(r"[|\d]", text.squeezed[last:end])[0]


def _may_follow_acid(text: Normalised, last: int) -> bool:
    """Whether what stands behind an acid is not the base of its salt: words of trade, or of
    anything but chemicals and medicines where a space parts them."""
    if text.squeezed.startswith(_BASES, last):
        return False
    if text.squeezed[last] in _MAY_FOLLOW_ACID:
        return True
    if text.boundaries[last] < Boundary.SPACE:
        return False
    end = text.boundaries.find(Boundary.SPACE, last + 1)
    word = text.squeezed[last:end]
    if word.endswith(_PILLS) or _MEDICINE.search(text.squeezed):
        return False
    return _MAKES_ANOTHER.isdisjoint(word)


def _bracket_behind(text: Normalised, last: int) -> str | None:
    """What stands behind the bracket that opens at the end of a name, blank for nothing; None
    where none opens: "丙酮(二甲酮)" names one thing twice, "乙酸(2-乙基己)酯" is an ester."""
    if text.boundaries[last] != Boundary.JOINT:
        return None
    original, at = text.original, text.span(last - 1, last)[1]
    if original[at : at + 1] not in _OPENING:
        return None
    close = _CLOSING.search(original, at)
    return original[close.end() : close.end() + 1] if close else ""


def _opens_bracket(text: Normalised, first: int) -> bool:
    return text.original[text.span(first, first + 1)[0] - 1] in _OPENING


def _is_whole_ideographs(text: Normalised, first: int, last: int, term: "Term") -> bool:
    before = text.squeezed[first - 1] if first else ""
    after = text.squeezed[last : last + 1]
    # Word-bag titles put spaces inside phrases: a short name looks across them.
    is_short = len(term.key) <= 3 and not term.innocent_name
    if _KATAKANA.match(before) or _KATAKANA.match(after):
        return False
    if _EPHEDRINE.fullmatch(term.key):
        return before not in _MAKES_ANOTHER_EPHEDRINE or not before
    if text.boundaries[first] >= Boundary.SPACE and not is_short:
        before = ""
    if text.boundaries[last] >= Boundary.SPACE and not is_short:
        after = ""
    if (bracket := _bracket_behind(text, last)) is not None:
        if bracket in _MAKES_ANOTHER:
            return False
        after = ""
    if text.boundaries[first] == Boundary.JOINT and _opens_bracket(text, first):
        before = ""
    if term.key[-1] == "酸" and is_short and _IDEOGRAPH.match(after):
        if not _may_follow_acid(text, last):
            return False
    elif after and after in _MAKES_ANOTHER and not text.squeezed.startswith(_GRADE_BEHIND, last):
        return False
    head = text.squeezed[max(0, first - 3) : first]
    return not before or before not in _MAKES_ANOTHER_BEFORE or head.endswith(_TRADE_WORD_BEFORE)
