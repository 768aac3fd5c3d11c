"""Honest goods descriptions: a wording in the habits of graph 31."""

from random import Random

from risk.domain.proving.goods import Good

LANGUAGES = ("ru", "en", "zh", "kk")
_SHARES = (0.80, 0.11, 0.06, 0.03)
_MARK_NAMES = """
    ALTURA BERGUM CORVIN DELMAR EKSTRO FALKEN-R GROTTA HELVO INTARO JORVIK KELMET LUMIRA MORANDO
    NORDIX ORBELLA PRESTEN QUORA RAVELLO SINTRA-M TOMIRA UNIFOR VALTEX WESTOR XINLE YUNTAI
    ZELMER-K HUAFON LONGDA SHENLI KARATAY
"""
_MARKS = tuple(_MARK_NAMES.split())
_RU_TAILS = (
    ", МАРКА {mark}",
    ", ТОВАРНЫЙ ЗНАК: {mark}, АРТИКУЛ: {article}",
    ", АРТ. {article} - {count} ШТ",
    " ДЛЯ ОПТОВОЙ ТОРГОВЛИ, Т.З. {mark}",
    ", НОВЫЕ, ДЛЯ СОБСТВЕННЫХ НУЖД, МОДЕЛЬ {article}",
    ", ИЗГОТОВИТЕЛЬ: {maker}, МАРКА: {mark}, МОДЕЛЬ: {article}, КОЛ-ВО: {count} ШТ",
    ", УПАКОВАНЫ В КОРОБКИ КАРТОННЫЕ, ВСЕГО {count} МЕСТ",
    ". СМ. ДОПОЛНЕНИЕ",
    ", В АССОРТИМЕНТЕ, СМ. ДОПОЛНЕНИЕ",
    " (Т.З. {mark}), ПАРТИЯ {article}",
    ", ГОСТ, УП. ПО {pack} КГ",
    ", ФАС. {pack} КГ, ПР-ВО {maker}",
    "",
)
_EN_TAILS = (
    ", BRAND {mark}",
    ", MODEL {article}, {count} PCS",
    ", P/N {article}, MADE BY {maker}",
    ", HS AS PER INVOICE",
    ", PACKED IN CARTONS, {count} CTNS",
    ", NEW, ART. {article}",
    "",
)
_ZH_TAILS = ("，品牌{mark}", "，型号{article}", "，{count}件", "，每箱{pack}公斤", "")
_KK_TAILS = (
    ", {mark} маркасы",
    ", артикул {article}",
    ", {count} дана",
    ", қаптамасы {pack} кг",
    "",
)
_TAILS = {"ru": _RU_TAILS, "en": _EN_TAILS, "zh": _ZH_TAILS, "kk": _KK_TAILS}
_SHORT = (("для", "д/"), ("изделия", "изд."), ("оборудование", "оборуд."), ("прочие", "проч."))
_FORM_LINE = 125


def new_mark(draw: Random) -> str:
    """An invented trade mark."""
    return draw.choice(_MARKS)


def new_article(draw: Random) -> str:
    """An article number as catalogues print them."""
    return f"{draw.choice('ABDEFGHKLMNPRSTVX')}{draw.choice('ABCDEKMX')}-{draw.randint(10, 99_999)}"


def honest_text(draw: Random, good: Good, maker: str) -> str:
    """A description of ``good``: official wording or trade name, mark, packing, abbreviations.

    A twelfth is cut off in the middle, as forms of a fixed length do. Holds no quotation
    mark and no backslash, so that it may stand in JSON as it is.
    """
    language = draw.choices(LANGUAGES, _SHARES)[0]
    if language not in good.texts:
        language = "ru" if "ru" in good.texts else next(iter(good.texts))
    choices = good.texts[language]
    text = choices[0] if draw.random() < 0.6 else draw.choice(choices)
    tail = draw.choice(_TAILS[language]).format(
        mark=new_mark(draw), article=new_article(draw), maker=maker,
        count=draw.randint(2, 4_000), pack=draw.choice((1, 5, 10, 20, 25, 50)),
    )  # fmt: skip
    if language == "ru":
        text = _russian_habits(draw, text) + tail
        if draw.random() < 0.08:
            text = text[:_FORM_LINE]
    elif language == "en" and draw.random() < 0.7:
        text = (text + tail).upper()
    else:
        text += tail
    return text.replace('"', "").replace("\\", "").strip()


def _russian_habits(draw: Random, text: str) -> str:
    chance = draw.random()
    if chance < 0.12:
        for word, short in _SHORT:
            text = text.replace(f"{word} ", f"{short} ")
    return text.upper() if chance < 0.8 else text[0].upper() + text[1:]
