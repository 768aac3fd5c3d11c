"""Raw material of other goods, what equipment is for, and acids that share their word."""

import pytest

from risk.domain.matching.context import Reading, read_context
from risk.domain.matching.coordinated import as_if_repeated, find_shared


@pytest.mark.parametrize(
    ("text", "name", "reading"),
    [
        ("sodium acetate from acetic acid", "acetic acid", Reading.DERIVATIVE),
        ("acetic acid from methanol carbonylation", "acetic acid", Reading.PRESENT),
        ("этилацетат из уксусной кислоты", "уксусной кислоты", Reading.DERIVATIVE),
        ("бисфенол А из фенола и ацетона", "ацетона", Reading.DERIVATIVE),
        ("смесь из толуола и ацетона", "ацетона", Reading.PRESENT),
        ("blend made of acetone and toluene", "toluene", Reading.PRESENT),
        ("from acetone", "acetone", Reading.PRESENT),
        ("由醋酸制成的醋酸钠", "醋酸", Reading.DERIVATIVE),
        ("由丙酮和甲苯组成的混合溶剂", "丙酮", Reading.PRESENT),
        ("ацетоннан жасалған бисфенол А", "ацетоннан", Reading.DERIVATIVE),
        ("ацетон, мұнайдан алынған", "ацетон", Reading.PRESENT),
        ("hose for toluene, acetone", "acetone", Reading.PURPOSE),
        ("solvent for paints, acetone", "acetone", Reading.PRESENT),
        ("drums for solvents, acetone 99 %", "acetone", Reading.PRESENT),
        ("канистра для серной кислоты, соляной кислоты", "соляной кислоты", Reading.PURPOSE),
        ("толуолға, ацетонға арналған шланг", "толуолға", Reading.PURPOSE),
        ("ацетон, бояуға арналған еріткіш", "ацетон", Reading.PRESENT),
        ("甲苯、丙酮用软管", "甲苯", Reading.PURPOSE),
        ("丙酮、橡胶软管", "丙酮", Reading.PRESENT),
        ("empty drums, last contained acetone", "acetone", Reading.PURPOSE),
        ("contains neither acetone nor toluene", "acetone", Reading.ABSENT),
        ("no acetone added", "acetone", Reading.ABSENT),
        ("растворитель без прекурсоров (ацетон, толуол)", "толуол", Reading.ABSENT),
        ("растворитель без запаха (ацетон)", "ацетон", Reading.PRESENT),
    ],
)
def test_read_context_when_other_goods_are_named_then_the_name_is_not_theirs(
    text: str, name: str, reading: Reading
) -> None:
    start = text.index(name)

    assert read_context(text, start, start + len(name)) is reading


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("серная, соляная и уксусная кислоты", ["серная", "соляная"]),
        ("sulphuric/hydrochloric acid", ["sulphuric"]),
        ("күкірт және тұз қышқылдары", ["күкірт"]),
        ("hydrochloric acid", []),
        ("toluene, pure hydrochloric acid", []),
    ],
)
def test_find_shared_when_acids_share_their_word_then_those_before_the_last(
    text: str, words: list[str]
) -> None:
    found = list(find_shared(text))

    assert [text[one.start : one.end] for one in found] == words
    assert all(text[one.row_end - 1].isalpha() for one in found)


def test_as_if_repeated_when_nothing_is_shared_then_blank() -> None:
    assert as_if_repeated("серная кислота") == ""
    assert "sulfuric acid" in as_if_repeated("sulfuric and hydrochloric acids")
