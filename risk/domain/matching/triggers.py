"""Which patterns of context may match beside a name, told by the runs between spaces.

Each pattern of ``context.py`` and ``compounds.py`` needs some word to stand there, and most texts
have none of them. Runs repeat from text to text, so what a run can be part of is found once; a
pattern is looked for only where one of its words stands.
"""

import re

_MEMORY_SIZE = 100_000
_LONGEST_KEPT = 40


def _whole(*words: str) -> str:
    return rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"


ABSENT, KIND, NO_ZH, COMPOUND, PREFIX, HEAD, POLYMER, PRESERVED, PURPOSE, FOR_IT = (
    1 << place for place in range(10)
)
_BEFORE = {
    ABSENT: _whole(
        "free", "without", "does", "do", "not", "no", "contains", "neither", "other", "except",
        "excluding", "absence", "w/o", "non", "без", "не", r"свободн\w+", "кроме", "за",
        "исключая", r"отсутств\w+", "ни", "ohne", "frei", "ausgenommen", "sans", "exempte?", "sin",
        "sem", "senza", "à", "autres", "andere",
    ),
    KIND: "прекурсор|precursor|кетон|ketone|растворител|solvent|наркот|запрещ|контролир",
    NO_ZH: "[不未无非除]",
    COMPOUND: _whole("sel", "sels") + "|salt|salz|compd|compound|complex|adduct|acid|сол[ьие]",
    PREFIX: (
        r"(?:yl|oxy|oxo|chlor|chloro|bromo|brom|fluoro|fluor|iodo|nitro|amino|hydroxy|cyano"
        r"|mercapto|thio|sulfo|sulpho|aceto|cyclo|poly|nitroso|azo|diazo"
        r"|ил|окси|оксо|хлор|бром|фтор|иод|йод|нитро|амино|циано|меркапто|тио|сульфо|ацето|цикло"
        r"|поли|iso|nor|pseudo|psi|ψ|пси|homo|para|meta|gamma|beta|delta|omega|пара|мета|гамма"
        r"|бета|per|di|tri|tetra|mono|bis|acet\w*|изо|нор|псевдо|гомо|пер|ди|три|тетра|моно|бис)"
        r"(?:[-–]|$|[a-z]-|\d[\d,']*-)"
    ),
    HEAD: (
        r"(?:bis|tris|poly)[(\[]|ylester|anilid|ester|ether|amide|oxime|peroxide|polymer|resin"
        "|nitrile|эфир|амид|нитрил|ангидрид|роксид|перекис|оксим|смол|полимер|производн"
    ),
    POLYMER: "polymer|полимер",
    PRESERVED: "preserved|pickled|консервированн|приготовленн",
    PURPOSE: (
        _whole("for", "под", "in", "free")
        + "|substitut|replacement|alternative|instead|resist|against|derived|obtained|made"
        "|produced|prepared|modified|treated|esterified|smell|soluble|dissolved|dispersed"
        "|suspended|used|для|производстве|заменител|аналог|вместо|взамен|стойк|устойчив|запах"
        "|против|обработанн|модифицированн|полученн|изготовленн|произведенн|произведённ|раствор"
        "|из-под|detector|sensor|solution|анализатор|датчик|детектор|сенсор|фильтр|конденсатор"
        "|уловител|поглотител|тест|анализ|проверк|индикатор"
    ),
    FOR_IT: _whole("от", "для", "for"),
}  # fmt: skip
ANOTHER, NOT_MADE = 1, 2
_AFTER = {
    ANOTHER: (
        "iso[cx]yanat|oxime|hydrin|sul(?:f|ph)[oi]|peroxide|hydrazone|semicarbazone|a[ck]etal"
        "|thiol|carbox|ester|ether|amide|anilide|azide|diamine|polymer|resin|anhydride|bisulfite"
        "|extract|dehydrogenase|synthase|derivative|phosphat|dimethyl|diethyl|diglycid|nitrile"
        "|карбонов|изоцианат|циангидрин|оксим|роксид|перекис|сульфо|гидразон|смол|эфир|нитрил"
        "|амид|анилид|ангидрид|полимер|формальдегид"
    ),
    NOT_MADE: "free|без|polymer",
}


class _Runs(dict[str, int]):
    """What runs, in lower case, can be part of; made when first asked for."""

    def __init__(self, patterns: dict[int, str]) -> None:
        super().__init__()
        self._patterns = tuple((bit, re.compile(words)) for bit, words in patterns.items())
        self._any = re.compile("|".join(patterns.values()))

    def __missing__(self, run: str) -> int:
        found = 0
        if self._any.search(run):
            for bit, words in self._patterns:
                if words.search(run):
                    found |= bit
        if len(run) <= _LONGEST_KEPT:
            if len(self) >= _MEMORY_SIZE:
                self.clear()
            self[run] = found
        return found

    def of(self, text: str) -> int:
        """What the runs of ``text`` can be part of, together."""
        found = 0
        for run in text.split():
            found |= self[run]
        return found


BEFORE, AFTER = _Runs(_BEFORE), _Runs(_AFTER)
