"""Planted cases whose signal is a damaged or hidden name of a listed precursor."""

from risk.domain.proving.cases import Case, Scene
from risk.domain.proving.catalogue import Listed
from risk.domain.proving.disguise import (
    in_genitive,
    in_latin_letters,
    misread,
    with_look_alikes,
    with_typos,
)

_GRADES = ("ТЕХНИЧЕСКИЙ", "ЧДА", "ДЛЯ ПРОМЫШЛЕННОГО ПРИМЕНЕНИЯ", "ДЛЯ ЛАБОРАТОРИЙ", "ИМПОРТНЫЙ")
_PACKS = (
    "В БОЧКАХ ПО 200 КГ",
    "В КАНИСТРАХ 20 Л",
    "МЕШКИ 25 КГ",
    "IBC 1000 Л",
    "В ТАРЕ ИЗГОТОВИТЕЛЯ",
)
_COVERS = (
    ("ПОВЕРХНОСТНО-АКТИВНОЕ ВЕЩЕСТВО НЕИОНОГЕННОЕ, КАНИСТРЫ 20 Л", "3402420000", 1.7),
    ("СРЕДСТВО МОЮЩЕЕ ПРОМЫШЛЕННОЕ КОНЦЕНТРИРОВАННОЕ", "3402909000", 1.5),
    ("ДОБАВКА КОМПЛЕКСНАЯ ДЛЯ БЕТОНОВ И РАСТВОРОВ", "3824400000", 1.1),
    ("АРОМАТИЗАТОР ТЕХНИЧЕСКИЙ ДЛЯ БЫТОВОЙ ХИМИИ", "3302909000", 8.0),
    ("ПЛАСТИФИКАТОР ДЛЯ ПЕРЕРАБОТКИ ПЛАСТМАСС", "3812200000", 1.9),
    ("ПОЛИРОЛЬ ДЛЯ АВТОМОБИЛЬНЫХ КУЗОВОВ, ЖИДКАЯ", "3405300000", 4.0),
    ("КРАСИТЕЛЬ ОРГАНИЧЕСКИЙ ДЛЯ ТЕКСТИЛЯ", "3204170000", 6.0),
    ("ПРИСАДКА ДЛЯ СМАЗОЧНЫХ МАТЕРИАЛОВ", "3811290000", 4.5),
)
_SHORTEST = 7


def _plain(scene: Scene, language: str = "ru", longest: int = 60) -> tuple[Listed, str]:
    """A precursor and one of its usual names, long enough to be damaged."""
    for _ in range(200):
        listed = scene.listed()
        fitting = [
            name
            for name in listed.names.get(language, ())
            if _SHORTEST <= len(name) <= longest and sum(c.isalpha() for c in name) >= _SHORTEST
        ]
        if fitting:
            return listed, scene.draw.choice(fitting[:3])
    raise AssertionError(f"no name in {language}")


def _one_item(scene: Scene, listed: Listed, text: str, difficulty: str, detail: str) -> Case:
    """One declaration whose first item, or one of two, carries the text."""
    item = scene.item(text, listed.code, listed.key)
    items = [item, scene.honest_item()] if scene.draw.random() < 0.3 else [item]
    return Case([scene.shipment(*items)], difficulty, detail)


def _dressed(scene: Scene, name: str) -> str:
    """A name in a declarant's sentence, in capitals most of the time."""
    draw = scene.draw
    text = f"{name}, {draw.choice(_GRADES)}, {draw.choice(_PACKS)}"
    return text.upper() if draw.random() < 0.7 else text


def typo(scene: Scene) -> Case:
    """A Russian or English name with one or two slips of the keys; signal: the text."""
    language = scene.draw.choice(("ru", "ru", "en"))
    edits = scene.draw.choice((1, 1, 2))
    listed, name = _plain(scene, language)
    text = _dressed(scene, with_typos(scene.draw, name, edits))
    return _one_item(scene, listed, text, "easy" if edits == 1 else "medium", name)


def transliteration(scene: Scene) -> Case:
    """A Russian name typed in Latin letters; signal: the text."""
    listed, name = _plain(scene)
    text = (
        f"{in_latin_letters(name)}, {scene.draw.choice(('tekhnicheskiy', 'import', 'v bochkah'))}"
    )
    text = text.upper() if scene.draw.random() < 0.5 else text
    return _one_item(scene, listed, text, "medium", name)


def inflection(scene: Scene) -> Case:
    """A Russian name in the genitive inside a sentence; signal: the text."""
    listed, name = _plain(scene, longest=40)
    pattern = scene.draw.choice(
        ("Поставка {}, марка А", "Партия {} для лаборатории", "Образцы {} в стеклянной таре")
    )
    text = pattern.format(in_genitive(name))
    text = text.upper() if scene.draw.random() < 0.5 else text
    return _one_item(scene, listed, text, "easy", name)


def ocr(scene: Scene) -> Case:
    """A name in which recognition read one or two letters as others; signal: the text."""
    language = scene.draw.choice(("ru", "en"))
    listed, name = _plain(scene, language)
    text = f"{misread(scene.draw, name)}, {scene.draw.choice(_PACKS).lower()}"
    return _one_item(scene, listed, text, "medium", name)


def mixed_alphabets(scene: Scene) -> Case:
    """A Russian name with Latin letters that look the same; signal: the text."""
    listed, name = _plain(scene)
    text = _dressed(scene, name)
    return _one_item(scene, listed, with_look_alikes(scene.draw, text), "easy", name)


def cover_name_with_cas(scene: Scene) -> Case:
    """A harmless product name beside the CAS number of a precursor; signal: the number."""
    listed = scene.listed()
    cover, code, _price = scene.draw.choice(_COVERS)
    shown = scene.draw.choice(("CAS {}", "CAS No. {}", "КАС {}", "({})"))
    cas = listed.cas.replace("-", scene.draw.choice(("-", "-", "–", " - ")))
    item = scene.item(f"{cover}, {shown.format(cas)}", code, listed.key)
    return Case([scene.shipment(item)], "easy", cover)


def cover_name(scene: Scene) -> Case:
    """A harmless product name and nothing else; signal: a young importer without a chemical
    activity, a price many times that of the named goods, jerrycans, a detour."""
    listed = scene.listed()
    cover, code, usual = scene.draw.choice(_COVERS)
    price = usual * scene.draw.uniform(8, 30)
    item = scene.item(cover, code, listed.key, price=price, packing=1.3, package_kg=20.0)
    firm = scene.firm(age_days=scene.draw.randint(6, 60), activity="47910 розничная торговля")
    shipment = scene.shipment(item, firm=firm, dispatch=scene.draw.choice(("AE", "TR", "GE")))
    return Case([shipment], "hard", cover)
