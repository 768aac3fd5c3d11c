"""Cover names: innocent wording under its code, as evidence of its own kind."""

import pytest

from risk.domain.matching.blocking import blocking_keys
from risk.domain.matching.choosing import choose_keys
from risk.domain.matching.combine import ALERT_POINT, SHOW_POINT
from risk.domain.matching.covers import COVER_NAME_SCORE
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import EvidenceKind, Method
from risk.domain.substances import CoverName, ListEntry, SubstanceKind, SubstanceName

ENTRY = ListEntry(
    list_code="UN",
    substance_key="bmk",
    schedule="I",
    kind=SubstanceKind.PRECURSOR,
    form="base",
    form_name="1-phenyl-2-propanone",
    cas_rn="103-79-7",
    hs6="291431",
)
NAMES = [
    SubstanceName(substance_key="bmk", name="phenylacetone", lang="en", kind="common"),
    SubstanceName(substance_key="other", name="toluene", lang="en", kind="common"),
]


def cover(name: str, code: str = "3402", key: str = "bmk", lang: str = "en") -> CoverName:
    return CoverName(substance_key=key, name=name, lang=lang, commodity_code=code)


@pytest.fixture
def screener() -> Screener:
    covers = [
        cover("industrial surfactant"),
        cover("Industrial  Surfactant", "340290"),
        cover("растворитель универсальный", "3402", lang="ru"),
        cover("window cleaner", key="unlisted"),
    ]
    return Screener([ENTRY], NAMES, cover_names=covers)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("INDUSTRIAL SURFACTANT in 346 jerrycans", "3402900000"),
        ("Растворитель универсальный, бочки", "3402 11 000 0"),
        ("партия растворителя универсального", "340290"),
    ],
)
def test_a_cover_name_when_its_code_is_declared_then_evidence_of_its_own_kind(
    screener: Screener, text: str, code: str
) -> None:
    (found,) = screener.screen(text, code)
    assert (found.substance_key, found.kind) == ("bmk", EvidenceKind.COVER_NAME)
    assert found.method is Method.EXACT
    assert text[found.start : found.end] == found.matched_text != ""
    assert SHOW_POINT <= found.match_score == COVER_NAME_SCORE < ALERT_POINT
    assert not found.flagged
    assert not found.is_above_alert_point


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("industrial surfactant", "3403990000"),
        ("industrial surfactant", ""),
        ("industrial surfactants-free soap", "3402"),
        ("window cleaner", "3402900000"),
        ("surfactant", "3402900000"),
    ],
)
def test_a_cover_name_when_code_or_wording_is_another_then_nothing(
    screener: Screener, text: str, code: str
) -> None:
    assert screener.screen(text, code) == ()


def test_a_cover_name_when_the_substance_is_told_then_that_counts(screener: Screener) -> None:
    (found,) = screener.screen("industrial surfactant (phenylacetone)", "3402900000")
    assert found.kind is EvidenceKind.TOLD
    assert found.matched_text == "phenylacetone"


def test_a_percent_beside_a_cover_name_is_that_of_other_goods(screener: Screener) -> None:
    (found,) = screener.screen("industrial surfactant 30 %", "3402900000")
    assert found.concentration_pct is None


def test_cover_names_when_there_are_none_then_the_digest_is_as_before() -> None:
    plain = Screener([ENTRY], NAMES)
    assert Screener([ENTRY], NAMES, cover_names=[cover("x y z", key="unlisted")]).digest == (
        plain.digest
    )
    assert Screener([ENTRY], NAMES, cover_names=[cover("x y z")]).digest != plain.digest


def test_a_text_with_a_cover_name_is_chosen_for_a_look_back() -> None:
    stored = blocking_keys("Industrial surfactant, drums", "3402900000")
    assert not choose_keys([ENTRY], NAMES, stored).admits(stored)
    covers = [cover("industrial surfactant")]
    assert choose_keys([ENTRY], NAMES, stored, covers).admits(stored)
