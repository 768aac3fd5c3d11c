"""Any text gives an answer, with spans inside the original, in bounded time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain.matching.engine import Screener
from risk.domain.matching.normalise import normalise

_FRAGMENTS = st.sampled_from(
    ["acetone", "ацетон", "丙酮", "(", ")", "-", "99,5 %", "CAS 67-64-1", "UN ", "й", "e\u0301",
     "ﬁ", "ß", "α-", "\u00ad", "\n", "без ", "％", "①", "²", "\ud83d\ude00", "İ", "ﾊﾞ"]
)  # fmt: skip
_TEXTS = st.lists(st.one_of(_FRAGMENTS, st.text(max_size=12)), max_size=30).map("".join)


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_screen_when_given_any_text_then_spans_lie_inside_it(screener: Screener, text: str) -> None:
    for evidence in screener.screen(text, "2914110000"):
        assert 0 <= evidence.start <= evidence.end <= len(text)
        assert text[evidence.start : evidence.end] == evidence.matched_text
        assert 0 <= evidence.match_score <= 1
        if evidence.concentration_span:
            start, end = evidence.concentration_span
            assert 0 <= start < end <= len(text)


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_normalise_when_given_any_text_then_the_map_is_whole_and_ascends(text: str) -> None:
    found = normalise(text)

    assert len(found.squeezed) == len(found.starts) == len(found.ends)
    assert len(found.boundaries) == len(found.squeezed) + 1
    assert found.starts == sorted(found.starts)
    assert all(
        start < end <= len(text) for start, end in zip(found.starts, found.ends, strict=True)
    )


# Lines, names, numbers and formulas that a text may be full of.
_PIECES = (
    "a", "acetone ", "99% ", "1-", "без ацетона, ", "丙", "((", "-", "acetnoe ", "7 ", "e\u0301",
    "(C2H5)2O ", "(((((H2", "acetone CAS 64-17-5, ", "acteone CAS 64-17-5, ", "67-64-1 ",
    "acetone C4H6O3 ", "C1CC", "для ",
)  # fmt: skip


def _seconds(screener: Screener, text: str) -> float:
    began = time.process_time()
    screener.explain(text, "2914110000")
    return time.process_time() - began


@pytest.mark.parametrize("piece", _PIECES)
@pytest.mark.parametrize("length", [8_192, 65_536])
def test_screen_when_a_text_is_four_times_as_long_then_its_cost_grows_no_faster(
    screener: Screener, piece: str, length: int
) -> None:
    """Quadratic growth would be sixteen times; the tenth of a second keeps small times out."""
    text = (piece * length)[:length]
    screener.explain(text[: length // 4])
    quarter = _seconds(screener, text[: length // 4])
    assert _seconds(screener, text) <= 10 * quarter + 0.1


@settings(max_examples=8, deadline=None)
@given(st.text(min_size=1, max_size=40), st.integers(2, 65_536))
def test_explain_when_any_text_fills_64_kilobytes_then_places_lie_inside_it(
    screener: Screener, piece: str, length: int
) -> None:
    text = (piece * length)[:length]
    screening = screener.explain(text, "2914110000")
    for one in (*screening.evidence, *screening.dismissed):
        assert text[one.start : one.end] == one.matched_text
    for evidence in screening.evidence:
        for contradiction in evidence.contradictions:
            assert 0 <= contradiction.start <= contradiction.end <= len(text)
