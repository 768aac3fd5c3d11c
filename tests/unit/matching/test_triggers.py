"""A pattern of context matches only where its words are told to stand."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from risk.domain.matching import compounds, context, triggers
from risk.domain.matching.context import REACH
from risk.domain.matching_cases.case import FILES, TUNED, read_cases

FIXTURES = Path(__file__).parents[3] / "fixtures"
_BEFORE = (
    (triggers.ABSENT, context._ABSENT_BEFORE),
    (triggers.KIND, context._ABSENT_KIND_BEFORE),
    (triggers.NO_ZH, context._ABSENT_BEFORE_ZH),
    (triggers.COMPOUND, compounds._COMPOUND_BEFORE),
    (triggers.COMPOUND, compounds._SALT_BEFORE),
    (triggers.PREFIX, context._DERIVATIVE_BEFORE),
    (triggers.HEAD, context._HEAD_BEFORE),
    (triggers.POLYMER, context._POLYMER_BEFORE),
    (triggers.PRESERVED, context._PRESERVED_BEFORE),
    (triggers.PURPOSE, context._PURPOSE_BEFORE),
    (triggers.FOR_IT, context._FOR_IT_BEFORE),
    (triggers.FOR_IT, context._FOR_THEM_BEFORE),
)
_AFTER = ((triggers.ANOTHER, context._DERIVATIVE_AFTER),)
_EDGE = re.compile(r"(?<=\W)(?=\w)|(?<=\w)(?=\W)")


def _texts() -> Iterator[str]:
    for case in read_cases(FIXTURES / "matching" / FILES[TUNED])[::2]:
        yield case.text.lower()


@pytest.mark.parametrize(("told", "pattern"), _BEFORE)
def test_before_when_a_pattern_matches_then_its_words_are_told(
    told: int, pattern: re.Pattern[str]
) -> None:
    matched = 0
    for text in _texts():
        for edge in _EDGE.finditer(text):
            before = text[max(0, edge.start() - REACH) : edge.start()].rstrip(".")
            if pattern.search(before):
                matched += 1
                assert triggers.BEFORE.of(before) & told, before
    assert matched


@pytest.mark.parametrize(("told", "pattern"), _AFTER)
def test_after_when_a_pattern_matches_then_its_words_are_told(
    told: int, pattern: re.Pattern[str]
) -> None:
    matched = 0
    for text in _texts():
        for edge in _EDGE.finditer(text):
            after = text[edge.start() : edge.start() + REACH]
            if pattern.match(after):
                matched += 1
                assert triggers.AFTER.of(after) & told, after
            if compounds._NOT_MADE_OF_IT.search(after):
                assert triggers.AFTER.of(after) & triggers.NOT_MADE, after
    assert matched


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("methyln-", triggers.PREFIX),
        ("di-acetyl ", triggers.PREFIX),
        ("хлор-", triggers.PREFIX),
        ("(no ", triggers.ABSENT),
        ("свободный от ", triggers.ABSENT),
        ("0.1 m in ", triggers.PURPOSE),
        ("ёмкость под ", triggers.PURPOSE),
        ("poly(", triggers.HEAD),
    ],
)
def test_before_when_the_words_stand_there_then_told(before: str, told: int) -> None:
    assert triggers.BEFORE.of(before) & told
