"""Goods that are none of the substance: what was made from it, and equipment that serves it.

"Sodium acetate from acetic acid" is sodium acetate, "acetic acid from methanol" is the acid: of a
product and its raw material the goods are what stands first. "Hose for toluene, acetone" is a
hose. What a mixture is made of is in it, so "a blend of acetone and toluene" names both.
"""

import re

# One kind of name may stand between the preposition and the name: "from phenol and acetone".
_ONE_MORE = r"(?:[^.,;:%()\d\n]{2,50}?\s(?:and|or|и|или)\s+)?"
_QUALITY = (
    r"(?:(?:the|its|pure|crude|glacial|technical|industrial|synthetic|natural|waste|spent|recycled"
    r"|recovered|food[- ]grade|dilute|concentrated"
    r"|отход\w+|остатк\w+|(?:чист|технич|ледян|синтетич|пищев|отработанн|концентрированн|разбавленн)\w+)\s+){0,2}"
)
_FROM = re.compile(
    r"(?<!\w)(?:from|(?:made|consisting|produced)(?: out)? of|out of|из|ex)\s+"
    + _QUALITY
    + _ONE_MORE
    + _QUALITY
    + r"[\"«“(]?$"
)
# What stands before "from" is a product when it is a word; a phrase that ended is none.
_PRODUCT = re.compile(r"[^\W\d_]{3}[^;:|\n]*$")
# "A mixture from acetone and toluene" holds both; what came "in a shipment from" is the goods.
_MIXED = re.compile(
    r"(?<!\w)(?:mix\w*|blend\w*|solutions?|solvents?|thinners?|cleaners?|compos\w+|consist\w*"
    r"|formulat\w+|kits?|sets?|shipments?|consignments?|смес\w*|раствор\w*|разбавител\w*|состо\w+"
    r"|состав\w*|композиц\w+|набор\w*|комплект\w*|парти\w+|груз\w*|очистител\w*)(?!\w)"
    r"[^;:|\n]{0,40}$"
)
_FROM_WORDS = ("from", " of", "из ", "ex ")
_ABLATIVE = re.compile(r"(?:[нтд][ае]н)$")
_PASSIVES_KK = ("алын", "жасал", "өндіріл", "дайындал", "шығарыл", "синтезделі", "синтездел")
_MADE_KK = rf"(?:{'|'.join(_PASSIVES_KK)})(?:ған|ген|н?атын|етін)"
_FROM_IT_KK = re.compile(rf"^(?:\s+(?:және|мен|бен|пен)\s+\w+)?\s+{_MADE_KK}")
_FROM_THEM_KK = re.compile(rf"^\s+(?:(?:және|мен|бен|пен)\s+)?[\w-]+[нтд][ае]н\s+{_MADE_KK}")
_JOINED_KK = re.compile(r"(?:\s(?:мен|бен|пен)$)")
_JOINS_KK = re.compile(r"^\s+(?:және|мен|бен|пен)\s")
_BY_ZH = re.compile(r"(?:由|以|用|从|自)(?:[^,，。;；]{0,12}[和及与、])?$")
_MADE_ZH = re.compile(
    r"^(?:[和及与、][^,，。;；]{1,12}?)?\s?等?(?:(?:作?为|做)(?:主要)?原料"
    r"|(?:制成|制得|制备|制造|制取|生产|合成|提取|衍生|转化|加工)(?!(?:而成)?的?(?:混合|稀释|溶)))"
)

_EQUIPMENT = (
    r"(?:hoses?|gaskets?|gloves?|pumps?|valves?|pip(?:es?|ing)|tub(?:es?|ing)|(?:storage )?tanks?"
    r"|containers?|drums?|barrels?|canisters?|jerry ?cans?|cans?|bottles?|carboys?|ibcs?|filters?"
    r"|seals?|sensors?|detectors?|(?:flow ?)?meters?|respirators?|masks?|cartridges?|cabinets?"
    r"|liners?|linings?|aprons?|suits?|labels?|dispensers?|tankers?|trailers?|nozzles?|couplings?"
    r"|fittings?|funnels?|scrubbers?)"
)
# What ends so is a chemical or a liquid of that kind: "bags for rice, acetone" are two goods.
_CHEMICAL = (
    r"(?:[^\W\d_][\w-]*\s+){0,2}[\w-]*"
    r"(?:ol|one|ane|ene|ine|acid|acids|ether|ide|ate|yde|solvents?|alcohols?|petrol|gasoline|fuels?"
    r"|oils?|diesel|chemicals?)"
)
_EQUIPMENT_FOR = re.compile(
    rf"(?<!\w){_EQUIPMENT}(?!\w)[^.;:%()\n]{{0,25}}?\sfor\s+(?:the )?"
    rf"(?:{_CHEMICAL}\s*(?:,|/|\s(?:and|or)\s)\s*(?:and |or )?){{1,4}}$"
)
_EQUIPMENT_RU = (
    r"(?:шланг|рукав|насос|канистр|бочк|бочек|[её]мкост|цистерн|контейнер|танк|резервуар|бак|тар"
    r"|перчат|респиратор|противогаз|маск|проклад|уплотнени|клапан|вентил|кран|труб|фильтр|датчик"
    r"|сч[её]тчик|расходомер|дозатор|бутыл|флакон|этикет|наклей|шкаф|патруб|муфт|фартук|костюм)"
)
_EQUIPMENT_FOR_RU = re.compile(
    rf"(?<!\w){_EQUIPMENT_RU}\w*(?!\w)[^.;:%()\n]{{0,25}}?\s(?:для|под)\s+"
    rf"[^.;:%()\d\n]{{2,50}}?(?:[,/]\s*|\s(?:и|или)\s+)$"
)
_OBLIQUE_RU = re.compile(r"[аяыиую]$", re.IGNORECASE)
# "Bottle for solvents, acetone 99 %": a strength is that of goods.
_STRENGTH_AFTER = re.compile(r"^[\s,(]*(?:\d|[≥>]|min\b|не менее)[\d.,\s–-]*%")
_DATIVE_KK = re.compile(r"(?:[ғгқкн][ае])$")
_EQUIPMENT_KK = (
    r"(?:шланг|канистр|ыдыс|бөшке|цистерна|сорғы|контейнер|резервуар|қолғап|құбыр|сүзгі|бак|крек"
    r"|клапан|датчик|респиратор|құты|сыйымдылық|құмыра)"
)
# "Толуолдан тазарту сүзгісі": a filter that cleans of it; "күкірт қышқылды аккумулятор".
_CLEANED_KK = re.compile(r"^\s+таза(?:рт|ла)(?:у|атын|йтын|ғыш)")
_WITH_IT_KK = re.compile(r"қышқылд[ыі]$")
_ACCUMULATOR_KK = re.compile(
    r"^\s+(?:аккумулятор|батарея)(?:лар\w*|сы)?(?!\w)(?!\s+(?:үшін|арнал))"
)
_FOR_IT_KK = re.compile(r"^\s+арнал(?:ған|атын)")
_FOR_THEM_KK = re.compile(
    r"^(?:\s*(?:,|/|және|мен|бен|пен)?\s*[\w-]+(?:\s+[\w-]+)?){1,3}?(?<=[ае])\s+арналған\s+"
    rf"(?:[\w-]+\s+){{0,2}}{_EQUIPMENT_KK}"
)
_EQUIPMENT_ZH = (
    r"(?:软管|胶管|管道|管件|(?:输送|计量|化工)?泵|阀门|阀|手套|口罩|面具|密封|垫片|传感器|检测仪|探测器"
    r"|过滤器|空桶|空罐|空瓶|容器|储存柜|标签|呼吸器|防护服)"
)
_FOR_IT_ZH = re.compile(
    rf"^(?:(?:[、和及与][^,，。;；\s]{{1,10}}?){{0,3}}(?:专用|用的?|的)(?:[^,，。;；\s]{{0,4}})?"
    rf"|){_EQUIPMENT_ZH}"
)
_VESSEL = r"(?:drums?|barrels?|containers?|cans?|tanks?|bottles?|ibcs?|cylinders?)"
_EMPTIED = re.compile(
    rf"(?:(?<!\w)empty (?:\w+ )?{_VESSEL} (?:of|ex)"
    r"|(?<!\w)(?:порожн|пуст)\w{2,3} \w+ (?:от|после)"
    r"|last (?:contain(?:ed|ing)|contents?:?|cargo(?:es)?:?|product:?)|previously contain\w+"
    r"|ранее содержа\w+|последний груз:?)\s+(?:the )?$"
)
_EMPTY_WORDS = ("empty", "порожн", "пуст", "last ", "previously", "ранее", "последний груз")
# "Test strips for ketones (acetone)", "gas detector tube, acetone 100-12000 ppm".
_ANALYSER = re.compile(
    r"(?:(?<!\w)(?:(?:test|indicator|dip)[ -]?(?:strips?|papers?)|(?:detector|indicator) tubes?"
    r"|(?:rapid|express) tests?|тест-? ?полоск\w*|экспресс-? ?тест\w*"
    r"|индикаторн\w+ (?:трубк|полоск|бумаг)\w*)(?!\w)|试纸|检测管)"
    r"(?P<between>[^.;:%\n]{0,60})$"
)
_ANALYSER_WORDS = (
    "strip", "tube", "paper", "test", "полоск", "трубк", "бумаг", "тест", "试纸", "检测管",
)  # fmt: skip
_RANGE_AFTER = re.compile(r"^[\s(]*[\d.,\s–-]+\s?(?:ppm|mg/m|мг/м|мкг/|ml/m|мл/м)")
_EMPTY_BEFORE = re.compile(r"(?<!\w)empty(?:,? (?:used|uncleaned))?\s+$")
_VESSEL_AFTER = re.compile(rf"^\s+{_VESSEL}\b")


def is_raw_material(before: str, name: str, after: str) -> bool:
    """Whether the name is that of what other goods were made from; all in lower case."""
    if any(map(before.__contains__, _FROM_WORDS)) and _is_made_from(before):
        return True
    if after.isascii():
        return False
    if _is_chinese(after):
        return _MADE_ZH.match(after) is not None and _BY_ZH.search(before) is not None
    if not any(map(after.__contains__, _PASSIVES_KK)):
        return False
    if _ABLATIVE.search(name):
        return _FROM_IT_KK.match(after) is not None
    is_joined = _JOINED_KK.search(name) or _JOINS_KK.match(after)
    return bool(is_joined) and _FROM_THEM_KK.match(after) is not None


def _is_made_from(before: str) -> bool:
    found = _FROM.search(before)
    if found is None:
        return False
    product = before[: found.start()]
    return _PRODUCT.search(product) is not None and not _MIXED.search(product)


def is_held_by_equipment(before: str, name: str, after: str) -> bool:
    """Whether the name is that of what the goods, an equipment, are for; all in lower case."""
    if _is_listed_behind_equipment(before, name) and not _STRENGTH_AFTER.match(after):
        return True
    if any(map(before.__contains__, _EMPTY_WORDS)) and _is_of_emptied(before, after):
        return True
    if any(map(before.__contains__, _ANALYSER_WORDS)) and _is_analysed(before, after):
        return True
    if after.isascii():
        return False
    if _is_chinese(after):
        return _FOR_IT_ZH.match(after) is not None
    if _ABLATIVE.search(name) and _CLEANED_KK.match(after):
        return True
    if _WITH_IT_KK.search(name) and _ACCUMULATOR_KK.match(after):
        return True
    if "арнал" not in after:
        return False
    if _DATIVE_KK.search(name) and _FOR_IT_KK.match(after):
        return True
    return _FOR_THEM_KK.match(after) is not None


def _is_of_emptied(before: str, after: str) -> bool:
    return _EMPTIED.search(before) is not None or (
        _EMPTY_BEFORE.search(before) is not None and _VESSEL_AFTER.match(after) is not None
    )


def _is_analysed(before: str, after: str) -> bool:
    """Whether the name is of what strips or tubes show. Behind a comma other goods may be named,
    unless a range is measured."""
    found = _ANALYSER.search(before)
    if found is None or _STRENGTH_AFTER.match(after):
        return False
    return not re.search("[,，、]", found["between"]) or _RANGE_AFTER.match(after) is not None


def _is_chinese(after: str) -> bool:
    return after.lstrip()[:1] > "\u2fff"


def _is_listed_behind_equipment(before: str, name: str) -> bool:
    if " for " in before:
        return _EQUIPMENT_FOR.search(before) is not None
    if "для " in before or "под " in before:
        return _OBLIQUE_RU.search(name) is not None and bool(_EQUIPMENT_FOR_RU.search(before))
    return False
