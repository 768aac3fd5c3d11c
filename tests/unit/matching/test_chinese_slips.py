"""Misspelt Chinese names: what is read, and what another molecule or a word of the sentence is."""

import pytest

from risk.domain.matching.chinese_slips import slip_cost
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Method


@pytest.mark.parametrize(
    ("text", "substance_key", "place"),
    [
        ("高猛酸钾 25公斤", "potassium-permanganate", "高猛酸钾"),
        ("化工原料高锰钾,桶装", "potassium-permanganate", "高锰钾"),
        ("高锰酸酸钾", "potassium-permanganate", "高锰酸酸钾"),
        ("高錳酸押", "potassium-permanganate", "高錳酸押"),
        ("醋酸酣", "acetic-anhydride", "醋酸酣"),
        ("1-苯基-2-丙铜", "p2p", "1-苯基-2-丙铜"),
        ("邻胺基苯甲酸", "anthranilic-acid", "邻胺基苯甲酸"),
        ("四氢夫喃 200升", "tetrahydrofuran", "四氢夫喃"),
    ],
)
def test_misspelt_name_when_it_can_be_nothing_else_then_it_is_flagged(
    screener: Screener, text: str, substance_key: str, place: str
) -> None:
    (found,) = screener.screen(text)
    assert (found.substance_key, found.method, found.matched_text, found.flagged) == (
        substance_key,
        Method.FUZZY,
        place,
        True,
    )
    assert text[found.start : found.end] == place


@pytest.mark.parametrize(
    "text",
    [
        "流酸",  # two characters
        "丙桐",
        "高氯酸钾",  # another molecule
        "高锰酸钠",
        "锰酸钾",
        "苯乙酸已酯",  # hexyl as well as ethyl
        "盐酸甲氨蝶呤",
        "二甲氧基甲烷",
        "饲料级赖氨酸",
        "叶黄素软胶囊",
        "黄油曲奇",
        "不含高猛酸钾",
        "用乙酸酯溶剂",
        "麻黄减肥茶",
        "丙酮情醇",  # acetone cyanohydrin, misspelt itself
        "乙酸干燥设备",
    ],
)
def test_text_when_it_may_be_something_else_then_nothing_is_flagged(
    screener: Screener, text: str
) -> None:
    assert not [found for found in screener.screen(text) if found.flagged]


def test_word_of_the_sentence_when_it_is_like_a_first_character_then_the_shorter_name_stays(
    screener: Screener,
) -> None:
    assert [one.substance_key for one in screener.screen("本乙酸为工业级")] == ["acetic-acid"]
    assert [one.substance_key for one in screener.screen("笨乙酸为工业级")] == ["phenylacetic-acid"]


def test_first_character_when_typed_twice_then_it_is_no_negation(screener: Screener) -> None:
    (found,) = screener.screen("无无水乙酸 200kg桶")
    assert (found.substance_key, found.flagged) == ("acetic-anhydride", True)
    assert not [one for one in screener.screen("无丙酮") if one.flagged]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("高锰酸钾", "高锰酸钾"), ("高锰", "高锰酸钾"), ("", "高锰酸钾"), ("高猛梭钾", "高锰酸钾")],
)
def test_cost_when_there_is_not_one_slip_then_there_is_none(spelling: str, name: str) -> None:
    assert slip_cost(spelling, name) is None
