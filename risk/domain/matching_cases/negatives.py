"""Classes of lines in which nothing may be flagged: innocent chemicals and goods, absence,
purpose; and the hand-written lines of ``hard.csv``."""

from collections.abc import Iterator
from random import Random

from risk.domain.matching_cases.case import Draft
from risk.domain.matching_cases.damage import (
    by_ear,
    by_eye,
    doubled,
    dropped,
    keyboard,
    squeezed,
    swapped,
)
from risk.domain.matching_cases.forms import case_forms_ru
from risk.domain.matching_cases.material import Material
from risk.domain.matching_cases.wording import dressed, graded

_SLIPS = (keyboard, by_ear, by_eye, swapped, dropped, doubled)
_ABSENT = {
    "en": (
        "{}-free {goods}", "{goods}, {} free", "{goods} without {}", "{goods}, does not contain {}",
        "{goods}, free of {}", "{goods} (no {})", "{goods}; contains no {}",
        "{goods}, free from {} and {other}", "{goods} containing no added {}", "non-{} {goods}",
    ),
    "ru": (
        "{goods}, не содержит {gen}", "{goods} без {gen}", "{goods}, без {gen} и {other_gen}",
        "{goods} (без содержания {gen})", "{goods}, не содержащие {gen}",
        "{goods}, кроме {gen}", "{goods}, за исключением {gen}", "{goods}, отсутствие {gen}",
    ),
    "zh": ("{goods},不含{}", "无{}{goods}", "{goods}(未添加{})", "{goods},不含有{}和{other}"),
    "kk": ("{goods}, құрамында {} жоқ", "{goods}, {} жоқ"),
}  # fmt: skip
_ABSENT_GOODS = {
    "en": ("paint thinner", "nail polish remover", "adhesive", "wood varnish", "cleaning liquid",
           "solvent blend", "degreaser"),
    "ru": ("растворитель", "лак", "средство для снятия лака", "клей", "краска", "смывка",
           "очиститель", "смесь растворителей"),
    "zh": ("稀释剂", "洗甲水", "胶粘剂", "清洗剂", "油漆"),
    "kk": ("еріткіш", "лак", "желім", "бояу"),
}  # fmt: skip
_PURPOSE = {
    "en": (
        "sensor for detecting {}", "detector of {} vapour", "pump for {}, stainless steel",
        "gloves resistant to {}", "tank for storing {}", "equipment for the production of {}",
        "test kit for determination of {}", "hose for transporting {}", "{} dispenser, 1 l, empty",
        "{} sensor", "{} storage tank", "filter for absorbing {}", "{} test strips",
        "{} substitute", "replacement for {}", "label: {} resistant coating",
    ),
    "ru": (
        "насос для перекачки {gen}", "датчик паров {gen}", "емкость для хранения {gen}",
        "перчатки, стойкие к {dat}", "оборудование для производства {gen}",
        "набор для определения {gen}", "шланг для {gen}, 20 м", "заменитель {gen}",
        "установка для получения {gen}", "средство для удаления {gen}",
        "цистерна порожняя из-под {gen}",
        "газоанализатор {gen}", "тара для перевозки {gen}", "фильтр от паров {gen}",
    ),
    "zh": (
        "{}检测仪", "{}储罐", "{}泵", "耐{}手套", "{}生产设备", "{}传感器", "检测{}用试剂盒",
        "{}替代品",
    ),
    "kk": ("{} сақтауға арналған ыдыс", "{} анықтауға арналған құрал", "{} айдайтын сорғы"),
}  # fmt: skip


def innocent_exact(material: Material, draw: Random) -> Iterator[Draft]:
    """Names of chemicals on no list, most of them near a listed one."""
    near = [one for one in material.innocents if one.near_key]
    while True:
        one = draw.choice(near if draw.random() < 0.8 else material.innocents)
        wrap = graded if draw.random() < 0.2 else dressed
        yield _innocent(material, draw, one.name, wrap(draw, one.lang, one.name), one.lang)


def innocent_misspelt(material: Material, draw: Random) -> Iterator[Draft]:
    """The same with one slip, where no listed name is as near."""
    pool = [one for one in material.innocents if one.near_key and one.lang in ("en", "ru")]
    neighbours = material.neighbours
    while True:
        one = draw.choice(pool)
        if len(squeezed(one.name)) > 30:
            continue
        found = neighbours.damaged(draw, draw.choice(_SLIPS), one.name, "")
        if found:
            yield _innocent(material, draw, one.name, dressed(draw, one.lang, found), one.lang)


def _innocent(material: Material, draw: Random, name: str, text: str, lang: str) -> Draft:
    code = "" if draw.random() < 0.5 else material.foreign_code(draw)
    return Draft(
        lang=lang, text=text, about=(name,), source=f"innocent: {name}", flagged="0", code=code
    )


def tariff_ru(material: Material, draw: Random) -> Iterator[Draft]:
    """Russian tariff wordings that name no listed substance, with their code."""
    yield from _tariff(material, draw, "ru")


def tariff_en(material: Material, draw: Random) -> Iterator[Draft]:
    """English ones."""
    yield from _tariff(material, draw, "en")


def _tariff(material: Material, draw: Random, lang: str) -> Iterator[Draft]:
    lines = [one for one in material.tariff if one.lang == lang]
    # A third of the lines are of the chapters in which chemicals are declared.
    chemical = [one for one in lines if one.code[:2] in ("28", "29", "30", "32", "34", "38", "39")]
    while True:
        one = draw.choice(chemical if draw.random() < 0.35 else lines)
        yield Draft(
            lang=lang,
            text=one.text,
            about=(one.text,),
            source=f"tariff: {one.code}",
            flagged="0",
            code=one.code if one.code[:6] not in material.listed_codes else "",
        )


def absence(material: Material, draw: Random) -> Iterator[Draft]:
    """acetone-free, не содержит ацетона, 不含丙酮."""
    yield from _around(material, draw, _ABSENT)


def purpose(material: Material, draw: Random) -> Iterator[Draft]:
    """for detecting acetone, заменитель ацетона, 丙酮检测仪."""
    yield from _around(material, draw, _PURPOSE)


def _around(
    material: Material, draw: Random, sentences: dict[str, tuple[str, ...]]
) -> Iterator[Draft]:
    names = {
        lang: [
            one
            for one in material.names_in(lang, kinds=("common", "list"))
            if len(one.name) <= 32 and material.is_precursor(one.key)
        ]
        for lang in sentences
    }
    while True:
        lang = draw.choice(("en", "en", "ru", "ru", "zh", "kk"))
        one, other = draw.sample(names[lang], 2)
        forms = {"name": one.name, "other": other.name}
        if lang == "ru":
            mine, its = case_forms_ru(one.name), case_forms_ru(other.name)
            if not mine or not its:
                continue
            forms |= mine | {"other_gen": its["gen"]}
        sentence = draw.choice(sentences[lang]).replace("{}", "{name}")
        is_two = "other" in sentence
        yield Draft(
            lang=lang,
            text=sentence.format(goods=draw.choice(_ABSENT_GOODS[lang]), **forms),
            about=(one.name, other.name) if is_two else (one.name,),
            source=f"names: {one.name}" + (f"; {other.name}" if is_two else ""),
            flagged="0",
        )


class HandWritten:
    """The lines of ``hard.csv`` of one class; those marked ``dress`` also inside sentences."""

    def __init__(self, class_name: str) -> None:
        self._class = class_name

    def __call__(self, material: Material, draw: Random) -> Iterator[Draft]:
        for row in material.hard:
            if row["class"] == self._class:
                yield from self._drafts(draw, row)

    def _drafts(self, draw: Random, row: dict[str, str]) -> Iterator[Draft]:
        texts = [row["text"]]
        texts += [dressed(draw, row["lang"], row["text"]) for _ in range(int(row["dress"] or 0))]
        for text in dict.fromkeys(texts):
            yield Draft(
                lang=row["lang"],
                text=text,
                about=(row["about"] or row["text"],),
                source="hand-written",
                keys=_parts(row["substance_keys"]),
                flagged=row["flagged"],
                code=row["commodity_code"],
                select=row["select"],
                verdicts=_parts(row["verdict"]),
                concentrations=_parts(row["concentration"]),
            )


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
