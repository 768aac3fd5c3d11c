"""What cannot be true together: numbers beside names, codes, texts."""

from decimal import Decimal

import pytest

from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import ContradictionKind, Method, SubstanceEvidence
from risk.domain.matching.registry import EntryRegistry
from risk.domain.substances import EntryCode, ListEntry, Nomenclature, SubstanceKind, SubstanceName


def named(screener: Screener, text: str, key: str, code: str = "") -> SubstanceEvidence:
    return next(
        one for one in screener.screen(text, code)
        if one.substance_key == key and one.method in (Method.EXACT, Method.FUZZY)
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "acetone CAS 64-17-5",
        "acetone (CAS No. 64-17-5), 20 drums",
        "acetone 99,5 % CAS: 64-17-5",
        "Acetone [64-17-5]",
        "ацетон, КАС № 64-17-5",
        "64-17-5 acetone",
        "丙酮 CAS号 64-17-5",
        "toluene; acetone 108-88-3",
    ],
)
def test_exact_name_when_another_number_stands_beside_then_it_stays_and_is_marked(
    screener: Screener, text: str
) -> None:
    evidence = named(screener, text, "acetone")
    assert evidence.flagged
    (one,) = evidence.contradictions
    assert one.kind is ContradictionKind.CAS_OF_ANOTHER
    assert text[one.start : one.end] == one.value
    assert one.value in ("64-17-5", "108-88-3")


@pytest.mark.parametrize(
    "text",
    [
        "acetone CAS 67-64-1",
        "ethanol 64-17-5, acetone",
        "acetone, 64-17-5 ethanol",
        "acetone and ethanol CAS 64-17-5",
        "Toluene 108-88-3, acetone 67-64-1, ethanol 64-17-5",
        # Nobody knows this number: it may be one of the forms.
        "acetone CAS 9999999-00-7",
    ],
)
def test_name_when_the_number_is_its_own_or_of_other_goods_then_nothing_contradicts(
    screener: Screener, text: str
) -> None:
    assert named(screener, text, "acetone").contradictions == ()


def test_misspelt_name_when_the_number_of_an_innocent_substance_stands_beside_then_no_alert(
    screener: Screener,
) -> None:
    alone = named(screener, "acteone 200 kg", "acetone")
    beside = named(screener, "acteone CAS 64-17-5, 200 kg", "acetone")
    assert (alone.flagged, beside.flagged) == (True, False)
    assert beside.match_score > 0.25
    assert [one.value for one in beside.contradictions] == ["64-17-5"]


@pytest.mark.parametrize(
    ("code", "is_contradicted"),
    [
        ("2914110000", False),
        ("291411", False),
        ("8471300000", True),
        ("2914120000", True),
        # What no subheading names stands under "other" of the heading.
        ("2914190000", False),
        ("2914", False),
        ("", False),
    ],
)
def test_name_when_the_code_is_of_other_goods_then_it_is_marked_and_stays(
    screener: Screener, code: str, is_contradicted: bool
) -> None:
    evidence = named(screener, "acetone 99 %", "acetone", code)
    kinds = [one.kind for one in evidence.contradictions]
    assert kinds == [ContradictionKind.CODE_OF_OTHER_GOODS] * is_contradicted
    assert evidence.flagged


@pytest.mark.parametrize(
    ("text", "key", "code", "is_contradicted"),
    [
        # The lists give the codes of 2017 and 2022; these ended with the editions before.
        ("thionyl chloride 99 %", "thionyl-chloride", "2812109900", False),
        ("cocaine hydrochloride", "nd-cocaine", "2939710000", False),
        ("ephedrine tablets 25 mg", "ephedrine-medicines", "3004400000", False),
        # This one went on, so it is of other goods.
        ("thionyl chloride 99 %", "thionyl-chloride", "2811210000", True),
    ],
)
def test_name_when_the_code_is_of_an_earlier_edition_then_nothing_contradicts(
    screener: Screener, text: str, key: str, code: str, is_contradicted: bool
) -> None:
    kinds = {one.kind for one in named(screener, text, key, code).contradictions}
    assert (ContradictionKind.CODE_OF_OTHER_GOODS in kinds) is is_contradicted


def test_code_when_of_an_earlier_edition_then_it_says_little_of_each_successor() -> None:
    entry = ListEntry(
        list_code="X", substance_key="x", schedule="", kind=SubstanceKind.PRECURSOR, form="base",
        form_name="x", codes=(EntryCode(nomenclature=Nomenclature.HTS, code="281217"),),
    )  # fmt: skip
    registry = EntryRegistry([entry])
    assert [one.is_basket for one in registry.meanings_of("281217")] == [False]
    assert [(one.code, one.is_basket) for one in registry.meanings_of("2812101000")] == [
        ("281210", True)
    ]


def test_code_when_the_text_names_another_chemical_then_it_is_told(screener: Screener) -> None:
    text = "isopropyl alcohol 99 %"
    (evidence,) = screener.screen(text, "2914110000")
    (one,) = evidence.contradictions
    assert (evidence.substance_key, evidence.method) == ("acetone", Method.CODE)
    assert one.kind is ContradictionKind.TEXT_OF_OTHER_GOODS
    assert text[one.start : one.end].lower() == "isopropyl alcohol"
    (silent,) = screener.screen("chemical product", "2914110000")
    assert silent.contradictions == ()


def coded(**values: object) -> ListEntry:
    code = EntryCode(nomenclature=Nomenclature.CN, code="29333999", **values)  # type: ignore[arg-type]
    return ListEntry(
        list_code="X", substance_key="x", schedule="", kind=SubstanceKind.PRECURSOR, form="base",
        form_name="x", codes=(code,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "score", "support"),
    [
        ({}, 0.30, 0.60),
        ({"is_ex": True}, 0.05, 0.10),
        ({"is_ex": True, "prior_share": Decimal("0.5")}, 0.15, 0.30),
        ({"is_ex": True, "prior_share": Decimal("0.01")}, 0.003, 0.006),
    ],
)
def test_code_when_it_holds_other_goods_too_then_its_share_scales_what_it_says(
    values: dict[str, object], score: float, support: float
) -> None:
    (meaning,) = EntryRegistry([coded(**values)]).meanings_of("2933399900")
    assert (meaning.score, meaning.support) == (score, support)


def test_screen_when_a_code_has_a_share_then_the_score_of_the_code_alone_is_scaled() -> None:
    names = [SubstanceName(substance_key="x", name="x", lang="en", kind="common")]
    entry = coded(is_ex=True, prior_share=Decimal("0.5"))
    (evidence,) = Screener([entry], names).screen("chemical product", "2933399900")
    assert evidence.match_score == 0.15
