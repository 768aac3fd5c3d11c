"""Sentences of declarants around a name. ``{}`` is the name; most lines are dressed alike,
innocent ones too, so that no sentence gives the answer away."""

from random import Random

_DRESS = {
    "ru": (
        "{}", "{}", "{}, бочки по 200 кг", "{}, мешки 25 кг, изготовитель ООО «Восход»",
        "ХИМИЧЕСКАЯ ПРОДУКЦИЯ: {}, ПАРТИЯ 17/04", "Реактив {} в стеклянной таре, 48 шт",
        "{} для лабораторных целей, марка А", "{}; вес нетто 800 кг; страна происхождения Китай",
        "Товар 1: {}, не для розничной продажи", "Сырье химическое - {}, IBC 1000 л",
    ),
    "en": (
        "{}", "{}", "{}, 200 kg drums", "{}, 25 kg bags, made by Sunrise Chemicals",
        "CHEMICAL PRODUCT: {}, LOT 1704", "Reagent {} in glass bottles, 48 pcs",
        "{} for laboratory use, grade A", "{}; net mass 800 kg; origin China",
        "Item 1: {}, not for retail sale", "Industrial raw material - {}, IBC 1000 l",
    ),
    "kk": (
        "{}", "{}", "{}, 200 кг бөшкелер", "{}, 25 кг қаптар", "Химиялық өнім: {}, топтама 17/04",
        "Зертханалық реактив {}, шыны ыдыста", "{}; таза салмағы 800 кг; шыққан елі Қытай",
    ),
    "zh": (
        "{}", "{}", "{},200公斤/桶", "化工产品:{},批号1704", "{} 25公斤袋装",
        "实验室试剂 {} 500毫升", "{};净重800公斤;原产地中国", "化工原料 {} 工业用",
    ),
}  # fmt: skip
_GRADES = {
    "ru": (
        "{}, техн.", "{} тех.", "{} ч.д.а.", "{} ЧДА, ГОСТ", "{} х.ч.", "{} хч 1,2 кг",
        "{} ОСЧ 9-5",
        "{} чистый для анализа", "{} технич., б/у тара", "р-тив {}, квалификация «ч»",
        "{} реакт. чист.", "{}, марка ТС-1, в/с",
    ),
    "en": (
        "{} AR", "{} A.R. 2.5 L", "{}, tech. grade", "{} techn.", "{} ACS reagent", "{} HPLC grade",
        "{} LR 500ml", "{} p.a.", "{}, industrial gr.", "{} puriss. >=99", "{} extra pure",
    ),
    "zh": (
        "工业级{}", "{}分析纯", "{} AR 500ml", "{}(化学纯)", "试剂级{}", "{}工业级", "食品级{}",
    ),
    "kk": ("{} тех.", "{} х.ч.", "техникалық {}", "{} таза"),
}  # fmt: skip


def dressed(draw: Random, lang: str, name: str) -> str:
    """A name in a sentence, now and then in capitals."""
    return _cased(draw, draw.choice(_DRESS[lang]).format(name))


def graded(draw: Random, lang: str, name: str) -> str:
    """A name with a word of grade, as catalogues shorten it."""
    return _cased(draw, draw.choice(_GRADES[lang]).format(name))


def _cased(draw: Random, text: str) -> str:
    return text.upper() if draw.random() < 0.25 else text
