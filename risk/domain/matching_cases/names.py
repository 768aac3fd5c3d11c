"""Classes of lines that name a listed substance: as it is written, declined, damaged, disguised."""

import re
from collections.abc import Iterator
from random import Random

from risk.domain.matching_cases.case import Draft
from risk.domain.matching_cases.damage import Slip
from risk.domain.matching_cases.forms import (
    TRANSLITERATIONS,
    case_forms_kk,
    case_forms_ru,
    in_cyrillic,
    in_other_alphabet,
    in_traditional,
    reordered,
)
from risk.domain.matching_cases.material import Material, Named
from risk.domain.matching_cases.truth import expected_verdict
from risk.domain.matching_cases.wording import dressed, graded

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "альфа": "α", "бета": "β", "гамма": "γ"}
_ODD_DASHES = ("-", "‐", "–", "—", " - ")


def about_name(
    material: Material, draw: Random, one: Named, text: str, code: str | None = None
) -> Draft:
    """A line that names one substance and states no amount."""
    return Draft(
        lang=one.lang,
        text=text,
        about=(one.name,),
        source=f"names: {one.name}",
        keys=(one.key,),
        code=material.code_for(draw, one.key) if code is None else code,
        verdicts=(expected_verdict(material.entries[one.key], None),),
    )


class Exact:
    """Names as the files have them, in one language."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def __call__(self, material: Material, draw: Random) -> Iterator[Draft]:
        names = material.names_in(self._lang)
        while True:
            one = draw.choice(names)
            yield about_name(material, draw, one, dressed(draw, self._lang, one.name))


class Inflected:
    """Names in another case than the nominative, Russian or Kazakh."""

    _SENTENCES = {
        "ru": (
            ("gen", "Поставка {}, марка А"), ("gen", "Партия {} для лаборатории"),
            ("gen", "Образцы {} в стеклянной таре"), ("gen", "водный раствор {}"),
            ("ins", "Бочки с {}, 20 шт"), ("ins", "цистерна с {}"),
            ("dat", "Сопроводительные документы к {}, 40 канистр"),
            ("gen", "смесь на основе {}"), ("gen", "20 канистр {} по 20 л"),
        ),
        "kk": (
            ("gen", "{} ерітіндісі, 200 кг"), ("acc", "{} жеткізу, 20 бөшке"),
            ("ins", "{} толтырылған бөшкелер"), ("abl", "{} тұратын қоспа"),
        ),
    }  # fmt: skip

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def __call__(self, material: Material, draw: Random) -> Iterator[Draft]:
        names = [one for one in material.names_in(self._lang) if one.name[-1].isalpha()]
        decline = case_forms_ru if self._lang == "ru" else case_forms_kk
        while True:
            one = draw.choice(names)
            case, sentence = draw.choice(self._SENTENCES[self._lang])
            form = decline(one.name).get(case)
            if form:
                yield about_name(material, draw, one, sentence.format(form))


class Damaged:
    """Names with one slip of the keys, the ear or the eye, Russian and English."""

    def __init__(self, *slips: Slip) -> None:
        self._slips = slips

    def __call__(self, material: Material, draw: Random) -> Iterator[Draft]:
        names = [one for one in material.names_in("ru", "en") if len(one.name) <= 45]
        neighbours = material.neighbours
        while True:
            one = draw.choice(names)
            slip = draw.choice(self._slips)
            found = neighbours.damaged(draw, slip, one.name, one.key)
            if found:
                yield about_name(material, draw, one, dressed(draw, one.lang, found))


def word_order(material: Material, draw: Random) -> Iterator[Draft]:
    """кислота серная; acid, sulphuric; anhydride acetic."""
    names = material.names_in("ru", "en")
    while True:
        one = draw.choice(names)
        turned = reordered(draw, one.name, one.lang)
        if turned:
            yield about_name(material, draw, one, dressed(draw, one.lang, turned))


def abbreviations_and_grades(material: Material, draw: Random) -> Iterator[Draft]:
    """к-та серная х.ч., acetone AR, 工业级丙酮."""
    names = [one for one in material.names_in("ru", "en", "kk", "zh") if len(one.name) <= 35]
    while True:
        one = draw.choice(names)
        name = one.name
        if one.lang == "ru" and draw.random() < 0.6:
            name = name.replace("кислота", draw.choice(("к-та", "к-та", "кисл.")))
        yield about_name(material, draw, one, graded(draw, one.lang, name))


def transliterated(material: Material, draw: Random) -> Iterator[Draft]:
    """Russian names in Latin letters: ISO 9, GOST, what keyboards suggest."""
    names = [one for one in material.names_in("ru") if len(one.name) >= 7]
    neighbours = material.neighbours
    while True:
        one = draw.choice(names)
        text = draw.choice(TRANSLITERATIONS)(one.name)
        if neighbours.owners_within(text, 0) <= {one.key}:
            yield _respelt(material, draw, one, text, "en")._replace(lang="ru")


def latin_in_cyrillic(material: Material, draw: Random) -> Iterator[Draft]:
    """English names in Cyrillic letters: ацетик анхидрид."""
    names = [
        one
        for one in material.names_in("en", kinds=("common", "list"))
        if len(one.name) >= 7 and one.name.replace(" ", "").isalpha()
    ]
    neighbours = material.neighbours
    while True:
        one = draw.choice(names)
        text = in_cyrillic(one.name)
        if neighbours.owners_within(text, 1) <= {one.key}:
            yield _respelt(material, draw, one, text, "ru")._replace(lang="en")


def _respelt(material: Material, draw: Random, one: Named, text: str, lang: str) -> Draft:
    """A line in other letters; where that is a known name too, it is about both."""
    draft = about_name(material, draw, one, dressed(draw, lang, text))
    is_known = material.neighbours.owners_within(text, 0)
    return draft._replace(about=(one.name, text)) if is_known else draft


def mixed_alphabets(material: Material, draw: Random) -> Iterator[Draft]:
    """Letters of the other alphabet that look the same."""
    names = [one for one in material.names_in("ru", "en") if len(one.name) <= 60]
    while True:
        one = draw.choice(names)
        text = in_other_alphabet(draw, dressed(draw, one.lang, one.name), one.lang)
        if text:
            yield about_name(material, draw, one, text)


def joined_and_split(material: Material, draw: Random) -> Iterator[Draft]:
    """Glued, split by a space, hyphenated."""
    names = [one for one in material.names_in("ru", "en") if len(one.name) >= 10]
    while True:
        one = draw.choice(names)
        words = list(_LETTERS.finditer(one.name))
        if " " in one.name and draw.random() < 0.6:
            text = one.name.replace(" ", draw.choice(("", "-", " - ", "  ", "_")))
        elif words and len(word := max((w[0] for w in words), key=len)) >= 9:
            cut = draw.randint(4, len(word) - 4)
            halves = word[:cut] + draw.choice((" ", "-", "- ")) + word[cut:]
            text = one.name.replace(word, halves)
        else:
            continue
        yield about_name(material, draw, one, dressed(draw, one.lang, text))


def line_broken(material: Material, draw: Random) -> Iterator[Draft]:
    """A line break inside the name, with or without a hyphen."""
    names = [one for one in material.names_in("ru", "en") if len(one.name) >= 8]
    breaks = ("-\n", "-\r\n", "- \n", "\u00ad\n")
    while True:
        one = draw.choice(names)
        if " " in one.name and draw.random() < 0.5:
            text = one.name.replace(" ", draw.choice(("\n", "\r\n", " \n ", "\t")), 1)
        else:
            words = [word for word in _LETTERS.finditer(one.name) if len(word[0]) >= 7]
            if not words:
                continue
            cut = draw.choice(words).start() + draw.randint(3, 4)
            text = one.name[:cut] + draw.choice(breaks) + one.name[cut:]
        yield about_name(material, draw, one, dressed(draw, one.lang, text))


def greek_and_locants(material: Material, draw: Random) -> Iterator[Draft]:
    """α for alpha, odd dashes and spaces between locants, primes."""
    names = [
        one
        for one in material.names_in("ru", "en", "zh", kinds=("common", "iupac", "list", "salt"))
        if any(char.isdigit() for char in one.name)
        or any(word in one.name.lower() for word in _GREEK)
        or any("α" <= char <= "ω" for char in one.name)
    ]
    while True:
        one = draw.choice(names)
        text = one.name
        for word, letter in _GREEK.items():
            if draw.random() < 0.7:
                text = re.sub(rf"(?i)\b{word}\b", letter, text)
        text = text.replace("-", draw.choice(_ODD_DASHES))
        text = text.replace(",", draw.choice((",", ", ", ",")))
        text = text.replace("'", draw.choice(("'", "’", "′")))
        if text != one.name:
            yield about_name(material, draw, one, dressed(draw, one.lang, text))


def chinese_scripts(material: Material, draw: Random) -> Iterator[Draft]:
    """Traditional characters, spaces between characters, full-width signs."""
    names = material.names_in("zh")
    while True:
        one = draw.choice(names)
        chance = draw.random()
        if chance < 0.5:
            text = in_traditional(one.name)
            if text == one.name:
                continue
        elif chance < 0.75:
            text = " ".join(one.name) if _HAN.fullmatch(one.name[0]) else one.name
        else:
            text = one.name.translate(
                str.maketrans("0123456789,-()", "０１２３４５６７８９，－（）")
            )
        if text != one.name:
            yield about_name(material, draw, one, dressed(draw, "zh", text))


def salts_and_hydrates(material: Material, draw: Random) -> Iterator[Draft]:
    """Salts and hydrates that the files name as forms of a listed substance."""
    # Names of one word are brands.
    names = [
        one
        for one in material.names_in("ru", "en", "kk", "zh", kinds=("salt",))
        if " " in one.name or one.lang == "zh"
    ]
    while True:
        one = draw.choice(names)
        yield about_name(material, draw, one, dressed(draw, one.lang, one.name))


def several(material: Material, draw: Random) -> Iterator[Draft]:
    """Two or three listed substances in one line."""
    joins = {
        "ru": (", ", "; ", " и ", " / "),
        "en": (", ", "; ", " and ", " / "),
        "zh": ("、", ","),
    }
    by_lang = {lang: material.names_in(lang, kinds=("common", "list")) for lang in joins}
    while True:
        lang = draw.choice(tuple(joins))
        pool = [one for one in by_lang[lang] if len(one.name) <= 30]
        chosen = draw.sample(pool, draw.choice((2, 2, 3)))
        if len({one.key for one in chosen}) < len(chosen):
            continue
        text = draw.choice(joins[lang]).join(one.name for one in chosen)
        yield Draft(
            lang=lang,
            text=dressed(draw, lang, text),
            about=tuple(one.name for one in chosen),
            source="names: " + "; ".join(one.name for one in chosen),
            keys=tuple(one.key for one in chosen),
            verdicts=tuple(expected_verdict(material.entries[one.key], None) for one in chosen),
        )


def equipment(material: Material, draw: Random) -> Iterator[Draft]:
    """Machines that lists of equipment name and that have few other uses."""
    families = (
        "eq-tablet-press", "eq-encapsulating-machine", "eq-punches-dies", "eq-empty-capsules",
    )  # fmt: skip
    generic = ("-8474", "-8479")
    names = [
        one
        for one in material.names
        if one.key.startswith(families) and not one.key.endswith(generic)
    ]
    keys = sorted({one.key for one in names})
    trade = {
        "ru": ("{}", "{} б/у, 1 шт", "{}, модель ZP-9, 380 В", "Станок: {}, Китай"),
        "en": ("{}", "used {}, 1 set", "{}, model ZP-9, 380 V", "Machine: {}, China"),
        "kk": ("{}", "{}, 1 дана, 380 В", "Жабдық: {}"),
        "zh": ("{}", "{} 1台", "{},型号ZP-9", "设备:{}"),
    }
    while True:
        one = draw.choice(names)
        family = next(family for family in families if one.key.startswith(family))
        same = [key for key in keys if key.startswith(family)]
        yield Draft(
            lang=one.lang,
            text=draw.choice(trade[one.lang]).format(one.name),
            about=(one.name,),
            source=f"names: {one.name}",
            keys=("|".join([one.key, *(key for key in same if key != one.key)]),),
            code=material.code_of(one.key) if draw.random() < 0.5 else "",
            verdicts=("not_limited",),
        )


def wrong_code(material: Material, draw: Random) -> Iterator[Draft]:
    """The text names a listed substance, the code says other goods."""
    names = [one for one in material.names_in("ru", "en", "zh") if len(one.name) <= 40]
    while True:
        one = draw.choice(names)
        text = dressed(draw, one.lang, one.name)
        yield about_name(material, draw, one, text, code=material.foreign_code(draw))
