"""Misspelt Chinese names: one character wrong, missing or doubled, and nothing else it could be.

In Chinese a character is a morpheme, so nearly every slip that makes another chemical character
makes another molecule. A name of three characters or more is read only where that cannot be: the
wrong character looks or sounds like the right one and is of no chemical name ("高猛酸钾"), what
is missing leaves a morpheme that means nothing ("高酸钾"), or a character stands twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import ahocorasick
from rapidfuzz.distance import Levenshtein

from risk.domain.matching.lexicon import Found
from risk.domain.matching.near import Near, near_score
from risk.domain.matching.normalise import Boundary, Normalised
from risk.domain.matching.strength import GOOD
from risk.domain.matching.vocabulary import Term
from risk.domain.matching.wholeness import is_on_boundaries, is_whole

_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_MIN_IDEOGRAPHS = 3
_MAX_LENGTH = 40
# In a name this long any strange character inside it is a slip.
_LONG = 4
WRONG, STRANGE, MISSING, DOUBLED = 0.6, 0.9, 0.7, 0.4
# One character carries as much of a name as two letters.
_LETTERS = 2

# Characters that other molecules or other goods are named with: never a slip.
_CHEMICAL = frozenset(
    "甲乙丙丁戊己庚辛壬癸苯酚醇醛酮酸酐酯醚胺铵氨腈肼肟脒胍脲胩烷烯炔烃萘蒽菲茚茂吡咯啶嗪唑噻呋喃喹啉吲哚哌嘌"
    "呤嘧吗咪噁哒咔唍吖苄苷苯萜樟脑麻黄碱素椒胡角麦茴茉莉洋薄荷檀桂氢氧氮氟氯溴碘硫磷硅硼碳砷硒碲硝磺锂钠钾铷铯铍镁"
    "钙锶钡铝镓铟铊锡铅铋锑钛锆钒铬钼钨锰铁钴镍钯铂铜银金锌镉汞铈镧氰氨羟羧羰酰巯叠偶重亚过高次偏焦原正异仲叔季新伯邻"
    "间对内外顺反消左右旋环螺桥聚缩并去脱代水合无基化盐碱灰油脂胶醌醣糖肽酶素精胆肾腺维生粉盐片液膏剂含及与和或类品一"
    "二三四五六七八九十双单半两全多少上下大小青红黄白黑绿蓝紫玫木石草花果麝松柏杏仁酪乳蛋尿蚁琥珀酒柠檬苹马来延胡索硬软"
    "炭窒弗珪燐砒酢曹棕榈月桂肉豆蔻油亚麻花生癸壬辛醋盐王冰浓稀纯净工业试级型用为的之从在等不非未"
)
# Right character → what is typed for it: the same sound, or a part of the same shape.
_ALIKE: Mapping[str, str] = {
    "丙": "柄病饼炳丐秉", "丁": "盯钉叮订仃顶定锭", "甲": "申由田胛岬家加假价驾",
    "乙": "以亿忆艺易意义", "苯": "笨本奔畚", "酮": "桐同恫筒童彤酩通统痛",
    "醛": "荃诠拴痊泉权圈拳", "酸": "竣梭峻俊狻唆悛算蒜", "酐": "酣肝杆竿干旰赶敢",
    "酯": "指旨志止纸址", "胺": "按安案鞍岸暗", "氨": "安按鞍案俺", "腈": "睛晴情清菁京晶经静",
    "氯": "录律碌率", "溴": "臭嗅秀绣袖休修", "碘": "典点腆电店垫", "硫": "流琉留疏梳刘柳榴",
    "锰": "猛孟盟梦蒙锦", "钾": "贾押钟假价驾家", "钠": "纳呐衲那娜拿捺", "磷": "鳞麟嶙粼林临淋",
    "硝": "销肖俏逍萧效", "氢": "轻倾卿清情请", "氧": "养羊痒样阳", "碱": "咸减喊简碣检剪件建",
    "素": "紊诉塑速苏", "麻": "嘛蔴痳摩磨码妈", "黄": "簧璜皇横潢煌晃荒", "樟": "章漳障彰张掌",
    "胡": "湖糊葫故壶户", "椒": "淑交娇叫教脚骄蕉", "麦": "卖脉迈买", "角": "脚甬觉饺搅",
    "哌": "派呱佩拍排湃", "啶": "定淀碇绽锭订顶", "呋": "夫肤扶趺孵福", "喃": "南楠腩难男",
    "烯": "希晞析息西吸", "烷": "完玩浣皖院丸万晚", "醚": "迷谜眯糜米密", "盐": "监严言盅岩",
    "醋": "错措酷蜡借促粗", "伪": "伟沩讳委尾", "邻": "领岭怜令临林", "对": "队兑",
    "环": "坏还怀杯换欢", "己": "已巳几", "酰": "先铣洗宪鲜仙线显", "缩": "宿所锁梭",
    "砜": "枫风讽飒疯封", "苄": "卞汴忭便变边辩", "氰": "情晴请清擎", "羟": "强羌枪呛抢腔",
    "茴": "回蛔苗会", "莉": "利俐梨力丽里", "茉": "末沫抹莫磨", "芬": "分纷芳吩份", "甘": "柑廿",
    "油": "抽柚铀", "仲": "中种众", "叔": "淑菽督书梳数", "异": "导易意亦", "亚": "压娅哑雅呀牙",
    "伽": "珈迦加枷", "醇": "淳蹲唇春", "吡": "比毗批此", "氟": "佛拂", "羰": "汤", "巯": "球",
    "氮": "淡谈", "基": "其机墓击积激", "烟": "咽", "镪": "强", "茚": "印",
}  # fmt: skip
# A wrong character that is chemical, but not of any molecule there: copper, ammonia, fat.
_NOT_THERE = frozenset(
    ("铜酮", "胺氨", "脂酯", "索素", "绿氯", "青氰", "马麻", "纯醇", "磺黄", "索缩", "并丙")
)
_MEANT: dict[str, set[str]] = {}
_NONE: frozenset[str] = frozenset()
# Characters that stand in each other's place: what may be one of them is not another.
_FAMILIES = (
    "甲乙丙丁戊己庚辛",
    "氟氯溴碘",
    "钠钾锂铵",
    "邻间对",
    "氢氧氮硫",
    "醇醛酮酸酐酯醚胺腈",
    "仲叔异正伪",
)
for _right, _typed in _ALIKE.items():
    for _one in _typed:
        _MEANT.setdefault(_one, set()).add(_right)
# Beside a name these are words of the sentence: "本乙酸" is "this acetic acid".
_WORDS = frozenset(
    "本由已以同其伟张林安完中分种众意易便变强回利先怀坏又因监借夫扶男点夹宿难假指全通经电会线"
    "领西里力万家加定书米买教减简检剪件建干赶敢算净静纳拿消小效轻清情请样阳羊言延措促鲜仙显所"
    "锁风封边枪抢丽数重典店交叫派拍排玩希吸订顶盯录律率价驾卖觉"
)
# Words that stand before any name.
_SENTENCE = frozenset("本由以同其又还因先中种众")
# Morphemes that mean nothing without one of their characters.
_WHOLE = re.compile(
    "高锰酸|过锰酸|麻黄[碱素]|黄樟|樟脑|胡椒|麦角|缩水甘油|呋喃|[哌吡]啶|茉莉|芬太尼|氨茴|亚甲二氧|丙醇胺|二氧亚甲基|"
    "[氨氧羟]基|新碱|伽马|向日|戊烯|环戊|四氢"
)


def has_ideographs(text: str) -> bool:
    """Whether any character is an ideograph."""
    return not text.isascii() and _IDEOGRAPH.search(text) is not None


class ChineseSlips:
    """Listed Chinese names that may be misspelt, against innocent names that are as near."""

    def __init__(self, listed: Mapping[str, Term], innocent: Mapping[str, Term]) -> None:
        # Beginnings and ends: one slip leaves one of them as it is.
        self._halves = ahocorasick.Automaton()
        halves: dict[str, list[tuple[Term, bool]]] = {}
        for term in (*listed.values(), *innocent.values()):
            if is_slip_target(term):
                middle = len(term.key) // 2
                halves.setdefault(term.key[:middle], []).append((term, True))
                halves.setdefault(term.key[middle:], []).append((term, False))
        for half, owners in halves.items():
            self._halves.add_word(half, (len(half), owners))
        self._halves.make_automaton()

    def find(
        self, text: Normalised, exact: Sequence[Found]
    ) -> tuple[list[Near], list[tuple[int, int]]]:
        """Misspelt names, the longest first, none over another or inside an exact name; and the
        places of misspelt innocent names, which keep what is in them from being listed."""
        if not has_ideographs(text.original):
            return [], []
        found = [
            near
            for near in set(self._near(text))
            if not any(_is_in_the_way(text, name, *near[:2]) for name in exact)
        ]
        found.sort(key=lambda near: (near[0] - near[1], near[2], bool(near[3].refs), near[3].key))
        chosen: list[Near] = []
        innocent: list[tuple[int, int]] = []
        taken: set[int] = set()
        for first, last, cost, term in found:
            if taken.isdisjoint(range(first, last)):
                taken.update(range(first, last))
                meant = {_owner(other[3]) for other in found if other[:3] == (first, last, cost)}
                if len(meant) == 1 and term.refs:
                    score = near_score(term.refs[0], cost, _LETTERS * len(term.key))
                    chosen.append(Near(first, last, term.refs[0], score, cost))
                elif "" in meant:
                    innocent.append((first, last))
        return chosen, innocent

    def _near(self, text: Normalised) -> Iterator[tuple[int, int, float, Term]]:
        """Places that a slip makes of a name: first, last, cost, the name."""
        squeezed = text.squeezed
        for end, (size, owners) in self._halves.iter(squeezed):
            for term, is_beginning in owners:
                for length in range(len(term.key) - 1, len(term.key) + 2):
                    first = end + 1 - size if is_beginning else end + 1 - length
                    last = first + length
                    if first < 0 or last > len(squeezed):
                        continue
                    spelling = squeezed[first:last]
                    if Levenshtein.distance(spelling, term.key, score_cutoff=1) != 1:
                        continue
                    cost = slip_cost(spelling, term.key)
                    if (
                        cost is not None
                        and not _goes_on(text, last, term)
                        and is_on_boundaries(text, first, last)
                        and is_whole(text, first, last, term)
                    ):
                        yield first, last, cost, term


def is_slip_target(term: Term) -> bool:
    """Whether a Chinese name may be misspelt: long enough, sure, of one meaning."""
    if not len(_IDEOGRAPH.findall(term.key)) >= _MIN_IDEOGRAPHS or len(term.key) > _MAX_LENGTH:
        return False
    if not term.refs:
        return True
    ref = term.refs[0]
    return len(term.refs) == 1 and ref.score >= GOOD and not ref.substance_key.startswith("eq-")


def slip_cost(spelling: str, name: str) -> float | None:
    """What one slip that makes ``spelling`` of ``name`` costs, None where it is none.

    >>> slip_cost("高猛酸钾", "高锰酸钾"), slip_cost("高氯酸钾", "高锰酸钾")
    (0.6, None)
    """
    longer = len(spelling) - len(name)
    same = next(
        (at for at, (a, b) in enumerate(zip(spelling, name, strict=False)) if a != b),
        min(len(spelling), len(name)),
    )
    if longer == 0 and same < len(name) and spelling[same + 1 :] == name[same + 1 :]:
        return _cost_of_wrong(spelling[same], name, same)
    if longer == 1 and same and spelling[same + 1 :] == name[same:]:
        is_doubled = spelling[same] == spelling[same - 1] and _IDEOGRAPH.match(spelling[same])
        return DOUBLED if is_doubled else None
    if longer == -1 and spelling[same:] == name[same + 1 :]:
        return MISSING if _is_missed(name, same) else None
    return None


def _cost_of_wrong(typed: str, name: str, at: int) -> float | None:
    """What a wrong character costs: less where it is like the right one than a strange one,
    which is a slip inside a long name only."""
    right = name[at]
    if not _IDEOGRAPH.match(typed) or not _IDEOGRAPH.match(right):
        return None
    if typed + right in _NOT_THERE:
        return WRONG
    if typed in _CHEMICAL or (typed in _SENTENCE and at == 0):
        return None
    meant = _MEANT.get(typed, _NONE)
    if right in meant:
        return WRONG
    if any(right in family and not meant.isdisjoint(family) for family in _FAMILIES):
        return None
    is_inside = 0 < at < len(name) - 1
    return STRANGE if is_inside and len(_IDEOGRAPH.findall(name)) >= _LONG else None


def is_alike(spelling: str, name: str) -> bool:
    """Whether one character is wrong and looks or sounds like the right one.

    >>> is_alike("流酸", "硫酸"), is_alike("盐酸", "硫酸")
    (True, False)
    """
    if len(spelling) != len(name):
        return False
    wrong = [(typed, right) for typed, right in zip(spelling, name, strict=True) if typed != right]
    return len(wrong) == 1 and (
        wrong[0][1] in _MEANT.get(wrong[0][0], _NONE) or "".join(wrong[0]) in _NOT_THERE
    )


def _is_missed(name: str, at: int) -> bool:
    """Whether the name without this character is none: inside it a part of a morpheme is
    missing."""
    return (
        len(name) > _MIN_IDEOGRAPHS
        and 0 < at < len(name) - 1
        and any(whole.start() <= at < whole.end() for whole in _WHOLE.finditer(name))
    )


def _is_in_the_way(text: Normalised, exact: Found, first: int, last: int) -> bool:
    """Whether an exact name is over the place, or is all of it but a word of the sentence."""
    if exact.last <= first or last <= exact.first:
        return False
    is_smaller = (
        first <= exact.first and exact.last <= last and exact.last - exact.first < last - first
    )
    if not is_smaller or not exact.term.refs:
        return True
    return (exact.last == last - 1 and text.squeezed[last - 1] in _WORDS) or (
        exact.first == first + 1 and text.squeezed[first] in _WORDS
    )


def _goes_on(text: Normalised, last: int, term: Term) -> bool:
    """Whether the last character is no slip but begins a word: "麻黄减肥"."""
    return (
        text.squeezed[last - 1] != term.key[-1]
        and text.squeezed[last - 1] in _WORDS
        and text.boundaries[last] < Boundary.SPACE
        and _IDEOGRAPH.match(text.squeezed[last : last + 1]) is not None
    )


def _owner(term: Term) -> str:
    return term.refs[0].substance_key if term.refs else ""


def slip_targets(terms: Iterable[Term]) -> list[Term]:
    """The Chinese names among ``terms`` that may be misspelt."""
    return [term for term in terms if is_slip_target(term)]
