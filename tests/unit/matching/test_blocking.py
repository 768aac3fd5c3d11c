"""A text can match only if its keys meet those of the entries: against full screening."""

import csv
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.blocking import blocking_keys
from risk.domain.matching.choosing import Choice, choose_keys
from risk.domain.matching.combine import SHOW_POINT
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Method
from risk.domain.substances import ListEntry, SubstanceName
from tests.unit.matching.conftest import FIXTURES

_TEXTS = 500
_MISSPELT = 400
_READ_AS = {"o": "0", "l": "1", "s": "5", "b": "8", "о": "0", "з": "3", "m": "rn"}
_HEARD_AS = {"y": "i", "i": "y", "c": "k", "k": "c", "t": "d", "э": "е", "и": "ы", "с": "з"}
_CHINESE_WRONG = {
    "酸": "梭俊",
    "锰": "猛孟",
    "钾": "押贾",
    "酮": "桐铜",
    "基": "其机",
    "苯": "笨",
    "碱": "减咸",
}
_AROUND = ("{}", "goods: {}, 200 l", "ПРОДУКТ {} технический", "в бочках, {} чда", "a {}-x", "({})")

Text = tuple[str, str]
Material = tuple[list[ListEntry], list[SubstanceName], list[Text]]


@pytest.fixture(scope="module")
def material() -> Material:
    lists = read_lists(FIXTURES / "lists")
    names = [name for one in lists for name in one.names]
    names += read_names(FIXTURES / "names" / "synonyms.csv")
    with (FIXTURES / "matching" / "cases.csv").open(encoding="utf-8", newline="") as stream:
        texts = [(row["text"], row["commodity_code"]) for row in csv.DictReader(stream)]
    return [entry for one in lists for entry in one.entries], names, texts


@pytest.mark.parametrize("seed", range(3))
def test_keys_when_a_text_matches_then_they_are_chosen(material: Material, seed: int) -> None:
    all_entries, names, all_texts = material
    draw = random.Random(seed)
    chosen = set(draw.sample(sorted({entry.substance_key for entry in all_entries}), 12))
    entries = [entry for entry in all_entries if entry.substance_key in chosen]
    own = [name.name for name in names if name.substance_key in chosen]
    texts = draw.sample(all_texts, _TEXTS)
    texts += [(_misspelt(draw, draw.choice(own)), "") for _ in range(_MISSPELT)]
    stored = {text: blocking_keys(*text) for text in texts}

    choice = choose_keys(entries, names, frozenset().union(*stored.values()))

    screener = Screener(entries, names)
    shown = [
        text
        for text in texts
        if any(one.match_score >= SHOW_POINT for one in screener.screen(*text))
    ]
    assert len(shown) > _MISSPELT / 2
    assert [text for text in shown if not choice.admits(stored[text])] == []
    asked = choice.asked({})
    assert [text for text in shown if stored[text].isdisjoint(asked)] == []


def _misspelt(draw: random.Random, name: str) -> str:
    """The name with slips of hand, ear, scanner and space bar, among other words."""
    if re.search("[\u4e00-\u9fff]{3}", name):
        return draw.choice(_AROUND).format(_misspelt_chinese(draw, name))
    for _ in range(draw.choice((0, 1, 1, 2, 2, 3))):
        if len(name) < 4:
            break
        at = draw.randrange(1, len(name) - 1)
        before, letter, after = name[:at], name[at], name[at + 1 :]
        name = draw.choice(
            (
                before + after[:1] + letter + after[1:],
                before + letter + letter + after,
                before + after,
                before + draw.choice("aeiousntrlаеиосрнт") + after,
                before + _READ_AS.get(letter.lower(), letter) + after,
                before + _HEARD_AS.get(letter.lower(), letter) + after,
                before + draw.choice(" -,") + letter + after,
                name.replace(" ", "", 1),
            )
        )
    return draw.choice(_AROUND).format(name)


def _misspelt_chinese(draw: random.Random, name: str) -> str:
    """One character wrong, missing or doubled."""
    at = draw.randrange(len(name))
    wrong = draw.choice(_CHINESE_WRONG.get(name[at], "强回"))
    return name[:at] + draw.choice((wrong, "", name[at] * 2)) + name[at + 1 :]


def test_misspelt_chinese_names_when_screened_then_their_keys_are_chosen(
    material: Material,
) -> None:
    all_entries, names, _texts = material
    draw = random.Random(5)
    chosen = set(draw.sample(sorted({one.substance_key for one in all_entries}), 40))
    entries = [one for one in all_entries if one.substance_key in chosen]
    chinese = [
        one.name
        for one in names
        if one.lang == "zh" and len(one.name) >= 3 and one.substance_key in chosen
    ]
    texts = [_misspelt(draw, draw.choice(chinese)) for _ in range(_MISSPELT)]
    stored = {text: blocking_keys(text) for text in texts}

    choice = choose_keys(entries, names, frozenset().union(*stored.values()))

    screener = Screener(entries, names)
    misspelt = [
        text for text in texts if any(one.method is Method.FUZZY for one in screener.screen(text))
    ]
    assert len(misspelt) > _MISSPELT / 8
    assert [text for text in misspelt if not choice.admits(stored[text])] == []


def test_keys_when_a_text_holds_nothing_near_then_they_are_not_chosen(material: Material) -> None:
    entries, names, _texts = material
    piperonal = [entry for entry in entries if entry.substance_key == "piperonal"]
    stored = blocking_keys("хлопчатобумажные рубашки мужские, 20 коробок", "6205200000")

    assert not choose_keys(piperonal, names, stored).admits(stored)


def test_keys_when_only_one_word_of_a_name_is_there_then_they_are_not_chosen(
    material: Material,
) -> None:
    entries, names, _texts = material
    ether = [entry for entry in entries if entry.substance_key == "diethyl-ether"]
    texts = ("эфиры сложные прочие", "диэтиловый эфир", "диэтиловй эфирр", "диэтил овый эфир")
    stored = {text: blocking_keys(text) for text in texts}

    choice = choose_keys(ether, names, frozenset().union(*stored.values()))

    assert [choice.admits(keys) for keys in stored.values()] == [False, True, True, True]


def test_keys_when_a_longer_word_begins_as_a_name_then_they_are_not_chosen(
    material: Material,
) -> None:
    entries, names, _texts = material
    allylbenzene = [entry for entry in entries if entry.substance_key == "allylbenzene"]
    texts = (
        "линейные алкилбензолсульфокислоты",
        "алкил бензол",
        "аллилбензол",
        "алилбензол",
        "аллил бензол",
        "аллил бензл технический",
    )
    stored = {text: blocking_keys(text) for text in texts}

    choice = choose_keys(allylbenzene, names, frozenset().union(*stored.values()))

    chosen = [choice.admits(keys) for keys in stored.values()]
    assert chosen == [False, False, True, True, True, True]


def test_keys_when_one_word_is_like_a_name_of_two_then_both_words_are_asked_for(
    material: Material,
) -> None:
    entries, names, _texts = material
    acid = [entry for entry in entries if entry.substance_key == "acetic-acid"]
    texts = ("консервированные без уксусной добавки", "уксусн. к-ты", "уксусная кислтоа")
    stored = {text: blocking_keys(text) for text in texts}

    choice = choose_keys(acid, names, frozenset().union(*stored.values()))

    assert [choice.admits(keys) for keys in stored.values()] == [False, True, True]


def test_structures_when_a_text_only_looks_like_one_then_it_has_no_key() -> None:
    assert "x:" not in blocking_keys("STEEL STRUCTURES (NOT KNITTED), POTASH (CAUSTIC), #5")
    assert "x:" in blocking_keys("CC(=O)OC1=CC=CC=C1C(=O)O, 5 KG")
    assert "x:" in blocking_keys("PMK, InChIKey XIYKRJLTYKUWAM-UHFFFAOYSA-N")


def test_a_choice_when_asked_then_by_the_rarest_part_of_each_name() -> None:
    choice = Choice({"a"}, [(frozenset({"b", "c"}), frozenset({"d"}))])
    assert choice.asked({"b": 0.1, "c": 0.2, "d": 0.2}) == {"a", "d"}
    assert choice.asked({"b": 0.1, "d": 0.2}) == {"a", "b", "c"}
    assert [choice.admits(keys) for keys in ({"b", "c"}, {"c", "d"}, {"a"}, set())] == [
        False,
        True,
        True,
        False,
    ]
    numbers = choice.renamed({"a": 1, "b": 2, "c": 3, "d": 4})
    assert (numbers.alone, numbers.admits([2, 4])) == ({1}, True)


@pytest.mark.parametrize("text", ["", " ", "-", "…", "№", "|||", "。", "()", "\u200b"])
def test_keys_when_a_text_says_nothing_then_there_is_the_code_alone(text: str) -> None:
    assert blocking_keys(text, "2914110000") == {"c:291411"}
    assert blocking_keys(text) == frozenset()


@given(st.text(max_size=40), st.text(max_size=12))
def test_keys_when_a_text_is_anything_then_there_are_some_or_none(text: str, code: str) -> None:
    assert all(isinstance(key, str) for key in blocking_keys(text, code))
