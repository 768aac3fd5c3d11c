"""Why not: what looks like a listed substance is told with the reason why it is none."""

import pytest

from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Reason


@pytest.mark.parametrize(
    ("text", "span", "key", "reason", "innocent"),
    [
        ("ethylamine 70 %", "ethylamine", "methylamine", Reason.INNOCENT_NAME, "ethylamine"),
        ("acetone oxime, 98 %", "acetone oxime", "acetone", Reason.INNOCENT_NAME, "acetone oxime"),
        ("paint without acetone", "acetone", "acetone", Reason.ABSENT, ""),
        ("pump for removing acetone", "acetone", "acetone", Reason.PURPOSE, ""),
        ("toluene diisocyanates", "toluene", "toluene", Reason.DERIVATIVE, ""),
        ("asetone thiosemicarbazone", "asetone", "acetone", Reason.DERIVATIVE, ""),
        ("高氯酸钾 25kg", "高氯酸钾", "potassium-permanganate", Reason.INNOCENT_NAME, "高氯酸钾"),
        ("狐椒基醛", "狐椒基醛", "piperonal", Reason.ANOTHER_MOLECULE, ""),
        ("苯乙酸已酯", "苯乙酸已酯", "ethyl-phenylacetate", Reason.ANOTHER_MOLECULE, ""),
        ("流酸 98%", "流酸", "sulfuric-acid", Reason.ANOTHER_MOLECULE, ""),
        ("丙丙酮", "丙丙酮", "acetone", Reason.ANOTHER_MOLECULE, ""),
        ("solvent CAS 67-64-2", "67-64-2", "acetone", Reason.WRONG_CHECK_DIGIT, ""),
    ],
)
def test_explain_when_a_near_name_is_no_match_then_it_says_why(
    screener: Screener, text: str, span: str, key: str, reason: Reason, innocent: str
) -> None:
    screening = screener.explain(text)
    assert [one for one in screening.evidence if one.substance_key == key] == []
    found = {one.substance_key: one for one in screening.dismissed}
    assert found[key].reason is reason
    assert found[key].matched_text == span == text[found[key].start : found[key].end]
    assert found[key].innocent.lower() == innocent


def test_explain_when_asked_then_the_evidence_is_that_of_screening(screener: Screener) -> None:
    text = "acteone 99 %, without toluene, ethylamine"
    assert screener.explain(text, "2914110000").evidence == screener.screen(text, "2914110000")


def test_explain_when_a_substance_is_recognised_then_its_own_place_is_not_dismissed(
    screener: Screener,
) -> None:
    screening = screener.explain("acetone 99 % in drums")
    assert [one.substance_key for one in screening.evidence] == ["acetone"]
    assert "acetone" not in {one.substance_key for one in screening.dismissed}


def test_evidence_when_a_name_is_misspelt_then_the_nearest_innocent_name_stands_beside(
    screener: Screener,
) -> None:
    (evidence,) = screener.screen("diethly ether 200 kg")
    assert evidence.nearest_innocent is not None
    assert evidence.nearest_innocent.name.lower() == "dimethyl ether"
    assert evidence.nearest_innocent.distance > 0.5


def test_explain_when_chinese_words_are_far_from_listed_names_then_nothing_is_told(
    screener: Screener,
) -> None:
    assert screener.explain("不锈钢螺栓和塑料玩具, 每箱5公斤").dismissed == ()
    (found,) = screener.explain("高锰酸钾 25kg").evidence
    assert found.matched_text == "高锰酸钾"
