"""Squeezing keeps what carries a name and the way back to the original."""

import pytest

from risk.domain.matching.normalise import normalise


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("Methyl-Ethyl  ketone", "methylethylketone"),
        ("1,4-Butanediol", "1,4butanediol"),
        ("Толуол", "толуол"),
        ("Тoлyoл", "толуол"),
        ("acetоne", "acetone"),
        ("acet0ne", "acetone"),
        ("Essigsäure", "essigsaure"),
        ("γ-butyrolactone", "gammabutyrolactone"),
        ("й", "й"),
        ("и\u0306од", "йод"),
        ("ａｃｅｔｏｎｅ", "acetone"),
        ("acetone; toluene", "acetone|toluene"),
        ("acetone (MEK)", "acetone|mek"),
        ("H₂SO₄", "h2so4"),
        ("соль\u00adный", "сольный"),
    ],
)
def test_normalise_when_written_differently_then_the_key_is_one(text: str, squeezed: str) -> None:
    assert normalise(text).squeezed.strip("|") == squeezed


def test_span_when_characters_expand_then_it_points_to_the_original() -> None:
    text = "(γ-бутиролактон)"

    found = normalise(text)
    first = found.squeezed.index("гамма")

    assert found.span(first, len(found.squeezed.rstrip("|"))) == (1, len(text) - 1)
