"""What the words around a name do to it: absence, purpose, another molecule, a product made of it.

Works on the original text beside the span; looks at most ``REACH`` characters either way, so
the cost per name is constant.
"""

import re
from enum import StrEnum

from risk.domain.matching import triggers
from risk.domain.matching.compounds import is_of_compound, makes_compound
from risk.domain.matching.name_parts import is_part_of_name
from risk.domain.matching.other_goods import is_held_by_equipment, is_raw_material

REACH = 60


class Reading(StrEnum):
    """How the words around a name read it."""

    PRESENT = "present"
    ABSENT = "absent"
    PURPOSE = "purpose"
    DERIVATIVE = "derivative"


def _words(*alternatives: str) -> str:
    return "(?:" + "|".join(alternatives) + ")"


# "A, B and " between the word that negates and the name that is negated.
_LISTED_BEFORE = (
    r"(?:[\w-]+\s*(?:,|/|\band\b|\bor\b|\bи\b|\bили\b|\bни\b)\s*"
    r"|[^.;:%()]{2,50}?\s(?:and|or|nor|и|или|ни)\s+){0,3}"
)
_FILLER = r"(?:added |any |the |free |чистого |добавления |содержания |следов |паров )?"

_ABSENT_BEFORE = re.compile(
    r"(?<!\w)(?P<word>"
    + _words(
        r"free (?:of|from)", "without", r"(?:does|do) not contain", "not containing", "no added",
        "contains no", "neither", "other than", "except(?: for)?", "excluding", "absence of",
        "w/o", "non", "not", "без", r"не содерж\w+", "свободн\\w+ от", "кроме", "за исключением",
        "исключая",
        r"отсутств\w+", "не включая", "не", "ни", "ohne", "frei von", "ausgenommen", "sans",
        "exempte? de", r"(?<=[(,;] )no", r"(?<=[(,;])no",
        "sin", "sem", "senza", "à l'exclusion de", "autres que", "andere als",
    )
    + r")[\s-]+" + _FILLER + rf"(?P<listed>{_LISTED_BEFORE})" + _FILLER + r"[(\s]*$"
)  # fmt: skip
# "Non-hazardous, acetone": these take one word. "Not acetone" takes it, "not restricted, acetone"
# does not.
_TAKES_ONE_WORD = frozenset(("non", "не", "not"))
# In Russian they take the genitive: "без упаковки, ацетон" is acetone.
_TAKES_GENITIVE = frozenset(("без", "кроме", "за исключением", "исключая"))
_IN_GENITIVE = re.compile(r"(?:(?<!слот)а|[ыия]|кислот)$|^[A-ZА-ЯЁ]{2,5}$")
# Of papers, not of goods: "without packaging, toluene".
_OF_PAPERS = re.compile(
    r"(?:pack|label|mark|charge|licen[cs]|permit|document|invoice|certificat|vat\b|tax|duty|smell"
    r"|odou?r|value|hazard|danger|restrict|brand|name|insur)[\w-]*\s*[,/]\s*$"
)
# "без прекурсоров (ацетон, толуол)": a kind of substances is absent, and these are of it.
_ABSENT_KIND_BEFORE = re.compile(
    r"(?<!\w)(?:free (?:of|from)|without|no|(?:does|do) not contain|not containing|contains no|без"
    r"|не содерж\w+)\s+(?:\w+\s){0,2}"
    r"(?:прекурсор|precursor|кетон|ketone|растворител|solvent|наркот|запрещ|контролир)\w*"
    r"(?:\s\w+)?\s*(?:[(:]|,?\s(?:such as|like|including|типа|таких как|в том числе)\s)[^();]*$"
)
_NO_BEFORE, _ADDED_AFTER = re.compile(r"(?<!\w)no\s+$"), re.compile(r"^\s+(?:is\s)?added\b")
# "无水", "无色", "非危险品" say nothing of what comes next, nor does "除草"; "除丙酮外" does.
_ABSENT_BEFORE_ZH = re.compile(
    r"(?:(?:不含有?|未含|[未不无]添加|未加|不包括)[^,，。;；]{0,8}"
    r"|(?:无(?![水色味臭标机毒害])|非)\s?[^,，。;；\s]{0,8}"
    r"|(?:不含有?|未含|[未不无]添加|未加|[无非]|不包括)"
    r"(?:[^。;；]{1,40}[和及与、]|[^,，。;；(（]{1,12}[(（][^)）]{0,30}))$"
)
_EXCEPT_BEFORE_ZH = re.compile(r"除了?[^,，。;；]{0,8}$")
_EXCEPT_AFTER_ZH = re.compile(r"^[^,，。;；]{0,10}外")
_ABSENT_AFTER = re.compile(
    r"^[\s(]*-?\s*"
    + _words(
        r"free\b(?! of| from|[ -]flow)", r"less\b(?! than)", r"frei\b", r"absent\b",
        "жоқ", "болмайды", "қосылма", "кірмейді", "отсутству",
        r"не (?:добавл|содерж|использ|применя|входит|входят)\w*",
        r"(?:is |was |are |were )?not (?:added|contained|included|present|used)\b",
    )
)  # fmt: skip
_PURPOSE_BEFORE = re.compile(
    r"(?<!\w)"
    + _words(
        r"for (?:the )?(?:removing|removal of|detecting|detection of|testing|determination of"
        r"|determining|measuring|absorbing|production of|producing|manufacture of|manufacturing"
        r"|making|storage of|storing|dispensing|transporting|neutrali[sz]ing|handling)",
        r"substitutes? (?:for|of)", r"replacement (?:for|of)", "alternative to", "instead of",
        r"resist\w+ (?:to|against)", "against", "derived from", "obtained from",
        r"(?:made|produced|prepared|modified|treated|esterified) (?:from|with|by)", "smell of",
        r"(?:soluble|dissolved|dispersed|suspended) in",
        r"used (?:in|for) (?:the )?(?:production|manufacture) of",
        r"для (?:удаления|снятия|определения|обнаружения|хранения|перевозки|производства"
        r"|получения|измерения|замены|анализа|розлива|нейтрализации|перекачки|транспортировки"
        r"|выявления|изготовления|синтеза|дозирования)",
        r"(?:в|при) производстве", r"заменител\w+", r"аналог\w*", "вместо", "взамен",
        r"(?:[её]мкост|бочк|бак|канистр|бутыл|тар|резервуар|цистерн)\w* под",
        r"(?:стойк|устойчив)\w+ к(?: действию| воздействию| парам)?",
        r"(?<!без )запах\w*", "против",
        r"(?:обработанн|модифицированн|полученн|изготовленн|произведенн|произведённ)\w+"
        r"(?: (?:из|с|с помощью|при помощи))?",
        r"растворим\w+ в", "из-под", "detector of", "sensor of",
        r"solutions? (?:\w+ )?in", r"(?:\w*анализатор|датчик|детектор|сенсор|фильтр|конденсатор"
        r"|уловител|поглотител)\w*(?: паров)?",
        r"раствор\w* в", r"% free",
        r"\d ?m(?:ol/l)? in",
        r"(?:тест|анализ|проверк|индикатор)[\w-]*(?: мочи| воды| полоск\w+)? на",
    )
    + r"\s+" + _FILLER + _LISTED_BEFORE + r"$"
)  # fmt: skip
# What a bare preposition takes ends at a comma: "сироп от кашля, эфедрин".
_FOR_IT_BEFORE = re.compile(
    r"(?<!\w)(?:от|для|for)\s+"
    + _FILLER
    + r"(?:[^.,;:%()]{2,50}?(?:\s(?:and|or|и|или)\s+|/\s*)){0,2}"
    + _FILLER
    + r"$"
)
_FOR_THEM_BEFORE = re.compile(r"(?<!\w)(?:от|для)\s+" + _FILLER + _LISTED_BEFORE + r"$")
_GENITIVE = re.compile(r"(?<!слот)[аыия]$", re.IGNORECASE)
_PURPOSE_BEFORE_ZH = re.compile(r"(?:去除|检测|测定|耐|代替|替代|生产|制造|储存|用于)$")
_PURPOSE_AFTER = re.compile(
    r"^[\s-]*"
    + _words(
        "remover", "removal", "substitute", "replacement", "alternative", "resistant",
        "resistance", "proof", "detector", "sensor", "analy[sz]er", "test(?:ing|er)?(?! sample)",
        "scented", "smell", "odou?r", "dispenser", "pump", "meter", "storage", "wash bottle",
        "(?:test |indicator )?strips?", r"тест-? ?полоск\w*", "indicator", "test kit", "vapou?r",
        "poisoning", "plant",
        "modified", "treated", "esterified", r"(?:transfer |suction )?hoses?", "gaskets?",
        "batter(?:y|ies)(?! grade| acid| quality)", "cabinets?", "street", "avenue", "road",
    )
    + r"\b"
)  # fmt: skip
_PURPOSE_AFTER_KK = re.compile(
    r"^\s*(?:(?:сақта|анықта|тасымалда|тасу|ал|өндір|тазарт|кетір|өлше|құю|сүз|таб|бейтараптанд)"
    r"\w* арналған|айдайтын|үшін\b|өлшейтін|сақтайтын|төзімді|маринадтал|консервілен)"
)
_PURPOSE_AFTER_ZH = re.compile(r"^(?:检测|测定|替代|代替|储罐|泵|传感|生产|残留)")

_ANOTHER_AFTER = (
    r"\w*iso[cx]yanat\w*", r"\w*oximes?", r"cyan[oh]\w*hydrin", r"sul(?:f|ph)[oi]\w*",
    r"\w*peroxide\w*",
    r"\w*hydrazone", "semicarbazone", r"(?:\w+ )?\w*a[ck]etals?", r"\w*thiol\w*",
    r"(?:di|tri|tetra)?carbox\w+",
    r"(?:\w+ )?esters?", r"(?:\w+yl )?ethers?", r"\w*amides?", "anilide", "azide", "diamines?",
    r"(?:co)?polymers?", r"(?:\w+ )?resins?", "anhydrides?", r"\w*bisulfite", "extract",
    "dehydrogenase", "synthase", "derivatives?", "phosphat\\w*", "dimethyl", "diethyl",
    "diglycid\\w*", "nitrile",
    r"(?:ди|три)?карбонов\w+",
    r"\w*изоцианат\w*", "циангидрин\\w*", r"\w*оксим\w*", r"\w*п?ероксид\w*", "перекис\\w*",
    r"сульфо\w*", "гидразон\\w*", "смол\\w*", r"(?:\w+ )?эфир\w*", "нитрил\\w*", "амид\\w*",
    "анилид\\w*", "(?:хлор)?ангидрид\\w*", "сополимер\\w*", "полимер\\w*", "формальдегид\\w*",
)  # fmt: skip
_DERIVATIVE_AFTER = re.compile(
    r"^[\s\-–]{0,2}(?:(?:\d[\d,']*|[a-zα-ω]|alpha|beta|альфа|[омп])-)*"
    + _words(*_ANOTHER_AFTER)
    + r"(?!\w)"
)  # fmt: skip
_SALT_AFTER = re.compile(
    r"^\s*(?:hydrochloride|hydrobromide|\w*sul(?:f|ph)ate|\w*phosphate|acetate|chloride|гидрохлорид)"
)
_FIRST_IDEOGRAPH = "\u3400"
_POLYMER_BEFORE = re.compile(r"(?:polymer|полимер|copolymer|сополимер)\w*\b[^;]*$")
_PRESERVED_BEFORE = re.compile(r"(?:preserved|pickled|консервированн|приготовленн)\w*[^;]*$")
_PREFIX = (
    r"\w*(?:yl|oxy|oxo|chlor|chloro|bromo|brom|fluoro|fluor|iodo|nitro|amino|hydroxy|cyano|mercapto"
    r"|thio|sulfo|sulpho|aceto|cyclo|poly|nitroso|azo|diazo"
    r"|ил|окси|оксо|хлор|бром|фтор|иод|йод|нитро|амино|циано|меркапто|тио|сульфо|ацето|цикло|поли)"
    r"|(?:iso|nor|pseudo|psi|ψ|пси|homo|para|meta|gamma|beta|delta|omega|пара|мета|гамма|бета|per|di|tri|tetra|mono|bis|di-?acet\w*|изо|нор|псевдо|гомо|пер"
    r"|ди|три|тетра|моно|бис)"
)
_DERIVATIVE_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:{_PREFIX})\s?[-–]?|(?:{_PREFIX})\s?[-–]?(?:\d[\d,']*|[a-z])-)$"
)
_HEAD_BEFORE = re.compile(
    r"(?<!\w)"
    + _words(
        r"(?:bis|tris|poly)[(\[]", r"\w*(?:ylester|anilid)",
        r"(?:esters?|ethers?|amides?|oximes?|peroxides?|polymers?|resins?|nitriles?)"
        r" (?:of|d[eao]|di|de[rsl]|von)", r"esters? (?:de l|d|dell)['’]",
        r"(?:(?:поли|сложн|прост)\w+ )?(?:(?:\w+л)овы[йе] )?эфир\w*", r"амид\w*", r"нитрил\w*",
        r"хлорангидрид\w*", r"ангидрид\w*", r"п?ероксид\w*", r"перекис\w*", r"оксим\w*",
        r"смол\w*", r"полимер\w*", r"сополимер\w*", r"производн\w+",
    )
    + r"(?:\s+|(?<=[(\['’]))$"
)  # fmt: skip


def read_context(text: str, start: int, end: int, *, may_be_salt: bool = False) -> Reading:
    """How the words beside ``text[start:end]`` read the name.

    ``may_be_salt`` is True for a substance whose salts are covered, so that a salt word after
    the name does not make another molecule of it.
    """
    if text[start - 1 : start] == text[start] > _FIRST_IDEOGRAPH:
        # A character typed twice: "无无水乙酸" is not "without".
        start -= 1
    before = text[max(0, start - REACH) : start].lower().rstrip(".")
    after = text[end : end + REACH].lower()
    name = text[start:end]
    told_before, told_after = triggers.BEFORE.of(before), triggers.AFTER.of(after)
    if _is_absent(before, name, after, told_before):
        return Reading.ABSENT
    if is_part_of_name(before, name, after):
        return Reading.DERIVATIVE
    if told_before & triggers.COMPOUND and is_of_compound(before, name, may_be_salt=may_be_salt):
        return Reading.DERIVATIVE
    if makes_compound(before, name, after, told_after, may_be_salt=may_be_salt):
        return Reading.DERIVATIVE
    lowered = name.lower()
    if is_raw_material(before, lowered, after):
        return Reading.DERIVATIVE
    if (
        told_after & triggers.ANOTHER
        and _DERIVATIVE_AFTER.match(after)
        and not (may_be_salt and _SALT_AFTER.match(after))
    ):
        return Reading.DERIVATIVE
    if told_before and _is_headed(before, told_before):
        return Reading.DERIVATIVE
    if told_before and _is_what_it_is_for(before, name, told_before):
        return Reading.PURPOSE
    if is_held_by_equipment(before, lowered, after):
        return Reading.PURPOSE
    if _PURPOSE_AFTER.match(after):
        return Reading.PURPOSE
    if not before.isascii() and _PURPOSE_BEFORE_ZH.search(before):
        return Reading.PURPOSE
    if not after.isascii() and (_PURPOSE_AFTER_ZH.match(after) or _PURPOSE_AFTER_KK.match(after)):
        return Reading.PURPOSE
    return Reading.PRESENT


def _is_absent(before: str, name: str, after: str, told: int) -> bool:
    """Whether the words around say that it is not there; ``told`` is what ``before`` can be
    part of (``triggers.py``)."""
    if told & triggers.ABSENT and _is_taken_away(before, name):
        return True
    if _ABSENT_AFTER.match(after):
        return True
    if told & triggers.KIND and _ABSENT_KIND_BEFORE.search(before):
        return True
    if before.endswith("no ") and _NO_BEFORE.search(before) and _ADDED_AFTER.match(after):
        return True
    if not told & triggers.NO_ZH:
        return False
    return _ABSENT_BEFORE_ZH.search(before) is not None or (
        _EXCEPT_BEFORE_ZH.search(before) is not None and _EXCEPT_AFTER_ZH.match(after) is not None
    )


def _is_taken_away(before: str, name: str) -> bool:
    """Whether a word of absence takes the name, directly or as one of a row."""
    found = _ABSENT_BEFORE.search(before)
    if found is None or not found["listed"]:
        return found is not None
    if found["word"] in _TAKES_ONE_WORD or _OF_PAPERS.search(found["listed"]):
        return False
    return (
        found["word"] not in _TAKES_GENITIVE
        or name.isascii()
        or _IN_GENITIVE.search(name) is not None
    )


def _is_headed(before: str, told: int) -> bool:
    """Whether what stands in front makes another molecule or a polymer of the name."""
    return bool(
        (told & triggers.PREFIX and _DERIVATIVE_BEFORE.search(before))
        or (told & triggers.HEAD and _HEAD_BEFORE.search(before))
        or (told & triggers.POLYMER and _POLYMER_BEFORE.search(before))
    )


def _is_what_it_is_for(before: str, name: str, told: int) -> bool:
    """Whether the goods in front serve it or hold it preserved, or a bare preposition takes the
    name: that beyond a comma in the genitive only."""
    if told & triggers.PRESERVED and _PRESERVED_BEFORE.search(before):
        return True
    if told & triggers.PURPOSE and _PURPOSE_BEFORE.search(before):
        return True
    if not told & triggers.FOR_IT:
        return False
    if _FOR_IT_BEFORE.search(before):
        return True
    return _GENITIVE.search(name) is not None and _FOR_THEM_BEFORE.search(before) is not None
