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


@pytest.mark.parametrize(
    "piece",
    ["a", "acetone ", "99% ", "1-", "без ацетона, ", "丙", "((", "-", "acetnoe ", "7 ", "e\u0301"],
)
def test_screen_when_the_text_is_64_kilobytes_then_it_is_bounded(
    screener: Screener, piece: str
) -> None:
    """A generous bound against quadratic growth, not a speed figure."""
    text = (piece * 65_536)[:65_536]
    began = time.process_time()

    screener.screen(text)

    assert time.process_time() - began < 20
