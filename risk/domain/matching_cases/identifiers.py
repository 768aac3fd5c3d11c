"""Classes of lines with numbers and structures: CAS, EC, UN, InChIKey, SMILES, right and wrong."""

from collections.abc import Iterator
from random import Random

from risk.domain.matching_cases.case import Draft
from risk.domain.matching_cases.material import Material
from risk.domain.matching_cases.truth import expected_verdict

_COVERS = {
    "ru": (
        "добавка для бетонов", "поверхностно-активное вещество", "пластификатор", "присадка",
        "ароматизатор технический", "полироль автомобильная", "реактив", "химическая продукция",
        "сырье", "товар согласно спецификации", "образец",
    ),
    "en": (
        "concrete additive", "surfactant", "plasticiser", "lubricant additive", "car polish",
        "reagent", "chemical product", "raw material", "goods as per specification", "sample",
    ),
    "kk": ("бетонға арналған қоспа", "химиялық өнім", "реактив", "шикізат үлгісі"),
    "zh": ("混凝土添加剂", "表面活性剂", "增塑剂", "化工产品", "样品", "原料"),
}  # fmt: skip
_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


def numbered(
    material: Material, draw: Random, number: str, key: str, text: str, lang: str, code: str = ""
) -> Draft:
    """A line whose only evidence is a number."""
    return Draft(
        lang=lang,
        text=text,
        about=(number,),
        source=f"number: {number}",
        keys=(key,),
        code=code,
        verdicts=(expected_verdict(material.entries[key], None),),
    )


def _cover(draw: Random) -> tuple[str, str]:
    lang = draw.choice(("ru", "ru", "en", "en", "kk", "zh"))
    return lang, draw.choice(_COVERS[lang])


def cas_clean(material: Material, draw: Random) -> Iterator[Draft]:
    """A CAS number as it is printed, with or without the word."""
    numbers = material.numbers("cas_rn")
    shown = ("CAS {}", "CAS No. {}", "CAS-№ {}", "КАС {}", "{}", "({})", "CAS号{}", "CAS RN: {}")
    while True:
        number, key = draw.choice(numbers)
        lang = draw.choice(("ru", "en"))
        text = f"{draw.choice(shown).format(number)}, {draw.choice(_COVERS[lang][5:])}"
        yield numbered(material, draw, number, key, text, lang)


def cas_odd(material: Material, draw: Random) -> Iterator[Draft]:
    """A CAS number with other dashes, spaces or full-width digits."""
    numbers = material.numbers("cas_rn")
    dashes = ("–", "—", "−", "‐", " - ", "- ", " – ", "‑", "－")
    while True:
        number, key = draw.choice(numbers)
        lang, cover = _cover(draw)
        chance = draw.random()
        if chance < 0.6:
            odd = number.replace("-", draw.choice(dashes))
        elif chance < 0.8:
            odd = number.translate(_FULL_WIDTH)
        else:
            odd = number.replace("-", " ")
        shown = "CAS {}" if " " in odd else draw.choice(("CAS {}", "CAS: {}", "{}"))
        yield numbered(material, draw, number, key, f"{cover}, {shown.format(odd)}", lang)


def cover_with_cas(material: Material, draw: Random) -> Iterator[Draft]:
    """A harmless name of goods beside the CAS number of a listed substance."""
    numbers = material.numbers("cas_rn")
    while True:
        number, key = draw.choice(numbers)
        goods = draw.choice(material.trade)
        text = f"{goods.text}, {draw.choice(('CAS {}', '({})', 'CAS No {}')).format(number)}"
        yield numbered(material, draw, number, key, text, goods.lang, goods.code)


def ec_numbers(material: Material, draw: Random) -> Iterator[Draft]:
    """An EC number."""
    numbers = material.numbers("ec_number")
    shown = ("EC {}", "EC No. {}", "EINECS {}", "ЕС № {}", "EC-No: {}", "EC{}")
    while True:
        number, key = draw.choice(numbers)
        lang, cover = _cover(draw)
        yield numbered(
            material, draw, number, key, f"{cover}, {draw.choice(shown).format(number)}", lang
        )


def un_numbers(material: Material, draw: Random) -> Iterator[Draft]:
    """A UN number in its usual company of class and packing group."""
    numbers = material.numbers("un_number")
    shown = {
        "ru": ("№ ООН {}, класс 3, ГУ II", "ООН {}, опасный груз", "UN {} кл. 8", "№ ООН: {}"),
        "en": ("UN {}, class 3, PG II", "UN{} dangerous goods", "UN No. {} class 8", "UN-{}"),
        "kk": ("БҰҰ {}, 3-сынып", "UN {}, қауіпті жүк"),
        "zh": ("UN {},3类危险品", "联合国编号{},8类", "UN{} 危险货物"),
    }  # fmt: skip
    while True:
        number, key = draw.choice(numbers)
        lang, cover = _cover(draw)
        text = f"{cover}, {draw.choice(shown[lang]).format(number)}"
        yield numbered(material, draw, number, key, text, lang)


def structures(material: Material, draw: Random) -> Iterator[Draft]:
    """An InChIKey or a SMILES in the text."""
    keys = [pair for pair in material.numbers("inchikey") if "." not in pair[0]]
    smiles = [
        pair for pair in material.numbers("smiles") if len(pair[0]) >= 12 and "." not in pair[0]
    ]
    while True:
        lang, cover = _cover(draw)
        if draw.random() < 0.5:
            value, key = draw.choice(keys)
            shown = draw.choice(("InChIKey {}", "InChIKey={}", "{}", "({})"))
        else:
            value, key = draw.choice(smiles)
            shown = draw.choice(("SMILES {}", "SMILES: {}", "structure {}"))
        yield numbered(material, draw, value, key, f"{cover}, {shown.format(value)}", lang)


def cas_wrong_digit(material: Material, draw: Random) -> Iterator[Draft]:
    """Not a CAS number: the check digit is wrong."""
    numbers = material.numbers("cas_rn")
    while True:
        number, _key = draw.choice(numbers)
        wrong = str((int(number[-1]) + draw.randint(1, 9)) % 10)
        lang, cover = _cover(draw)
        yield Draft(
            lang=lang,
            text=f"{cover}, {draw.choice(('CAS {}', 'арт. {}', '{}')).format(number[:-1] + wrong)}",
            about=(number,),
            source=f"number: {number}",
            flagged="0",
        )


def cas_innocent(material: Material, draw: Random) -> Iterator[Draft]:
    """The CAS number of a chemical on no list, alone or beside its name."""
    listed = {entry.cas_rn for entries in material.entries.values() for entry in entries}
    pool = [one for one in material.innocents if one.cas and one.cas not in listed]
    while True:
        one = draw.choice(pool)
        lang, cover = _cover(draw)
        shown = draw.choice(
            (f"{cover}, CAS {one.cas}", f"{one.name}, CAS {one.cas}", f"CAS {one.cas}")
        )
        yield Draft(
            lang=lang,
            text=shown,
            about=(one.cas, one.name) if one.name in shown else (one.cas,),
            source=f"innocent: {one.name}" if one.name in shown else f"number: {one.cas}",
            flagged="0",
        )


def code_only(material: Material, draw: Random) -> Iterator[Draft]:
    """The code of a listed substance over other goods: shown to an analyst, never flagged."""
    owners: dict[str, set[str]] = {}
    for key, entries in material.entries.items():
        if material.is_precursor(key) and not any(entry.is_basket_code for entry in entries):
            owners.setdefault(material.code_of(key)[:6], set()).add(key)
    own = {code: next(iter(keys)) for code, keys in owners.items() if code and len(keys) == 1}
    while True:
        hs6 = draw.choice(sorted(own))
        key = own[hs6]
        goods = draw.choice(material.trade)
        yield Draft(
            lang=goods.lang,
            text=goods.text,
            about=(goods.text,),
            source=f"trade: {goods.code}",
            keys=(key,),
            flagged="0",
            code=material.code_of(key),
        )
