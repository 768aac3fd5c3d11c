"""Goods that are bought for another use than the substance in them: a nail-polish remover with
acetone, a battery with sulphuric acid, a vinegar. They are preparations: shown, not flagged by
the name alone, unless a stated concentration reaches a known limit. Medicines are none of
them: lists hold medicines of ephedrine by themselves.
"""

import re
from functools import cached_property

_GOODS = re.compile(
    r"(?<!\w)(?:"
    r"nail[\s-]?polish|polish remover|nail varnish|nails? kit|manicure|batter(?:y|ies)"
    r"|accumulators?|cement|adhesives?|glues?|sealants?|\w*cleaners?|descalers?|vinegar|pickle[ds]?"
    r"|mayonnaise|ketchup|sauces?|aerosols?|starting fluid|eau de (?:toilette|parfum|cologne)"
    r"|perfumes?|cologne|deodorants?|shampoos?|lotions?|balms?|soaps?|creams?|cosmetics?"
    r"|disinfectants?|ink|toner|paints?|spray paint|enamels?|lacquers?|varnish\w*|primers?"
    r"|model (?:car )?fuel|matches|fire extinguishers?|dental|denture\w*|candles?|flavou?rings?"
    r"|toothpaste|food additive|beverages?|detergents?|wipes|pads"
    r"|(?:жидкост\w+|средств\w+|салфет\w+) для (?:снятия|удаления) (?:лака|гель)\w*"
    r"|снятия лака|аккумулятор(?:ы|а|ов|ом|ами)?"
    r"|батаре[яию]\w*|кле[йяюем]{1,2}|герметик\w*|средств\w+ (?:для|от)"
    r"|чист\w+ средств\w+|моющ\w+|уксус столов\w+|маринован\w+|маринад\w*|майонез\w*|кетчуп\w*"
    r"|соус\w*|аэрозол\w+|дух[иов]{1,2}|туалетн\w+ вод\w+|одеколон\w*|дезодорант\w*|шампун\w+"
    r"|лосьон\w*|бальзам\w*|мыл[оа]|крем\w{0,2}|косметик\w+|дезинфицирующ\w+|чернил\w*|тонер\w*"
    r"|краск[аиуой]{1,2}|эмал[ьией]{1,3}|лак|лак[аиов]{1,2}|грунтовк\w+|топлив\w+ модельн\w+"
    r"|спичк\w+"
    r"|огнетушител\w+|стоматологическ\w+|наращивани\w+ ногтей|отдушк\w+|ароматизатор\w* пищев\w+"
    r"|освежител\w+|тырнақ лагын|желім\w*|бояу\w*|сірке суы|сабын\w*|сусабын\w*|иіссу\w*|сіріңке\w*"
    r")(?!\w)"
    r"|洗甲水|蓄电池|电池|胶水|万能胶|粘合剂|胶粘剂|清洁剂|洁厕|疏通剂|食醋|酱|香水|花露水|火柴|油墨|墨水"
    r"|喷漆|油漆|涂料|指甲油|美甲|洗发|护肤|肥皂|消毒剂|模型燃油|灭火器|除垢|牙科|化妆品|腌",
    re.IGNORECASE,
)
# "toluene for paints": the goods are the substance, not the paint.
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


class Preparations:
    """The goods words of one text, found once; none in a text about goods in bulk."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        if _IN_BULK.search(self._text):
            return []
        return [
            (found.start(), found.end())
            for found in _GOODS.finditer(self._text)
            if not _USE_BEFORE.search(self._text[max(0, found.start() - 40) : found.start()])
        ]

    def hold(self, start: int, end: int) -> bool:
        """Whether the name at the span is an ingredient: goods stand before or right behind it."""
        return any(last <= start for _, last in self._places) or bool(
            self._places and _BEHIND.match(self._text, end)
        )
