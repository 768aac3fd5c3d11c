"""Goods that are bought for another use than the substance in them: a nail-polish remover with
acetone, a battery with sulphuric acid, a vinegar. They are preparations: shown, not flagged by
the name alone, unless a stated concentration reaches a known limit. Medicines are none of
them: lists hold medicines of ephedrine by themselves.
"""

import re
from functools import cached_property

_WORDS = (
    r"nail[\s-]?polish", r"polish remover", r"nail varnish", r"nails? kit", r"manicure",
    r"batter(?:y|ies)", r"accumulators?", r"cement", r"adhesives?", r"glues?", r"sealants?",
    r"\w*cleaners?", r"descalers?", r"vinegar", r"pickle[ds]?", r"mayonnaise", r"ketchup",
    r"sauces?", r"aerosols?", r"starting fluid", r"eau de (?:toilette|parfum|cologne)",
    r"perfumes?", r"cologne", r"deodorants?", r"shampoos?", r"lotions?", r"balms?", r"soaps?",
    r"creams?", r"cosmetics?", r"disinfectants?", r"ink", r"toner", r"paints?", r"spray paint",
    r"enamels?", r"lacquers?", r"varnish\w*", r"primers?", r"model (?:car )?fuel", r"matches",
    r"fire extinguishers?", r"dental", r"denture\w*", r"candles?", r"flavou?rings?", r"toothpaste",
    r"food additive", r"beverages?", r"detergents?", r"wipes", r"pads",
    r"(?:жидкост\w+|средств\w+|салфет\w+) для (?:снятия|удаления) (?:лака|гель)\w*",
    r"снятия лака", r"аккумулятор(?:ы|а|ов|ом|ами)?", r"акб", r"батаре[яию]\w*", r"кле[йяюем]{1,2}",
    r"герметик\w*", r"средств\w+ (?:для|от)", r"чист\w+ средств\w+", r"моющ\w+",
    r"уксус столов\w+", r"маринован\w+", r"маринад\w*", r"майонез\w*", r"кетчуп\w*", r"соус\w*",
    r"аэрозол\w+", r"дух[иов]{1,2}", r"туалетн\w+ вод\w+", r"одеколон\w*", r"дезодорант\w*",
    r"шампун\w+", r"лосьон\w*", r"бальзам\w*", r"мыл[оа]", r"крем\w{0,2}", r"косметик\w+",
    r"дезинфицирующ\w+", r"чернил\w*", r"тонер\w*", r"краск[аиуой]{1,2}", r"эмал[ьией]{1,3}",
    r"лак", r"лак[аиов]{1,2}", r"грунтовк\w+", r"топлив\w+ модельн\w+", r"спичк\w+",
    r"огнетушител\w+", r"стоматологическ\w+", r"наращивани\w+ ногтей", r"отдушк\w+",
    r"ароматизатор\w* пищев\w+", r"освежител\w+", r"тырнақ лагын", r"желім\w*", r"бояу\w*",
    r"сірке суы", r"сабын\w*", r"сусабын\w*", r"иіссу\w*", r"сіріңке\w*",
)  # fmt: skip
_IDEOGRAPHS = (
    "洗甲水|蓄电池|电池|胶水|万能胶|粘合剂|胶粘剂|清洁剂|洁厕|疏通剂|食醋|酱|香水|花露水|火柴|油墨"
    "|墨水|喷漆|油漆|涂料|指甲油|美甲|洗发|护肤|肥皂|消毒剂|模型燃油|灭火器|除垢|牙科|化妆品|腌"
)
_GOODS = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS)})(?!\w)|{_IDEOGRAPHS}", re.IGNORECASE)
# How goods words begin, up to their first space: a run without any begins none.
_BEGINNINGS = re.compile(
    "(?<!\\w)(?:"
    + "|".join(re.split(r" |\[\\s-\]", word)[0] for word in _WORDS)
    + f")|{_IDEOGRAPHS}"
)
_LONGEST_KEPT = 80
_MEMORY_SIZE = 65_536
# "toluene for paints", "蓄电池用硫酸": the goods are the substance, not what it is for.
_USE_BEFORE = re.compile(
    r"(?:\bfor|\bused in|\bin the (?:production|manufacture) of|\bдля|производств\w*"
    r"|изготовлени\w*|生产|制造|用于)\s+(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
# Drums, tanks, tens of kilograms or litres a piece: raw material, whatever it is called.
_IN_BULK = re.compile(
    r"(?<!\w)(?:drums?|barrels?|ibc|iso tank|tank container|бочк\w+|барабан\w*|еврокуб\w*"
    r"|цистерн\w+|танк-контейнер\w*|бөшке\w*)(?!\w)|公斤/桶|吨桶|槽罐",
    re.IGNORECASE,
)
# Behind the name: "acetone nail polish remover", but not "sulphuric acid, battery grade".
_BEHIND = re.compile(r"\s(?:nail polish|nail varnish|polish remover|wipes|pads)\b", re.IGNORECASE)


def names_goods(words: str) -> bool:
    """Whether goods of another use are named: "battery" of "battery acid"."""
    return _GOODS.search(words) is not None


class _MayBegin(dict[str, bool]):
    """Whether goods words may begin in what stands between spaces; runs repeat."""

    def __missing__(self, run: str) -> bool:
        may_begin = _BEGINNINGS.search(run.lower()) is not None
        if len(run) <= _LONGEST_KEPT:
            if len(self) >= _MEMORY_SIZE:
                self.clear()
            self[run] = may_begin
        return may_begin


_MAY_BEGIN = _MayBegin()


class Preparations:
    """The goods words of one text, found once; none in a text about goods in bulk."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        if not any(map(_MAY_BEGIN.__getitem__, self._text.split())):
            return []
        if _IN_BULK.search(self._text):
            return []
        return [
            (found.start(), found.end())
            for found in _GOODS.finditer(self._text)
            if not _USE_BEFORE.search(self._text[max(0, found.start() - 40) : found.start()])
            and self._text[found.end() : found.end() + 1] != "用"
        ]

    def hold(self, start: int, end: int) -> bool:
        """Whether the name at the span is an ingredient: goods stand before or right behind it."""
        return any(last <= start for _, last in self._places) or bool(
            self._places and _BEHIND.match(self._text, end)
        )
