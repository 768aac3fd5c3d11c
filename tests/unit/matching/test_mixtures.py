"""Concentrations beside names, and the verdict table of docs/matching.md cell by cell."""

from decimal import Decimal

import msgspec
import pytest

from risk.domain.matching.evidence import Verdict
from risk.domain.matching.mixtures import (
    Concentration,
    assign_concentrations,
    find_concentrations,
    list_verdicts,
    row_verdict,
)
from risk.domain.substances import ListEntry, SubstanceKind


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("99,5 %", "99.5"),
        ("99.8%", "99.8"),
        ("min 98%", "98"),
        ("не менее 95 %", "95"),
        ("≥ 99.9 %", "99.9"),
        ("40-60 %", "60"),
        ("от 40 до 60%", "60"),
        ("40% раствор", "40"),
        ("35 percent", "35"),
        ("９９％", "99"),
        ("94 GHT", "94"),
    ],
)
def test_find_concentrations_when_a_percent_is_stated_then_it_is_read(
    text: str, percent: str
) -> None:
    (found,) = find_concentrations(text)

    assert found.percent == Decimal(percent)


@pytest.mark.parametrize("text", ["water 0.5%", "содержание воды 0,2 %", "120%", "скидка 5%", "50"])
def test_find_concentrations_when_the_percent_is_of_something_else_then_it_is_left(
    text: str,
) -> None:
    assert find_concentrations(text) == []


def test_assign_concentrations_when_components_are_listed_then_each_gets_its_own() -> None:
    text = "60% acetone, 40% toluene"
    spans = [(4, 11), (17, 24)]

    found = assign_concentrations(text, spans, find_concentrations(text))

    assert [c.percent if c else None for c in found] == [60, 40]


def entry(code: str, limit: str | None = None, *, known: bool = True) -> ListEntry:
    return ListEntry(
        list_code=code,
        substance_key="acetone",
        schedule="",
        kind=SubstanceKind.PRECURSOR,
        form="base",
        form_name="Acetone",
        concentration_min_pct=Decimal(limit) if limit else None,
        is_limit_known=known,
    )


LIMITED = entry("RU", "60")
UNLIMITED = entry("UN")
UNKNOWN = entry("KZ", known=False)


@pytest.mark.parametrize(
    ("entries", "percent", "row", "per_list"),
    [
        ([LIMITED], "60", Verdict.ABOVE, [Verdict.ABOVE]),
        ([LIMITED], "59.9", Verdict.BELOW, [Verdict.BELOW]),
        ([LIMITED], None, Verdict.NOT_STATED, [Verdict.NOT_STATED]),
        ([UNLIMITED], "1", Verdict.ABOVE, [Verdict.ABOVE]),
        ([UNLIMITED], None, Verdict.NOT_LIMITED, [Verdict.NOT_LIMITED]),
        ([UNKNOWN], "99", Verdict.NOT_LIMITED, [Verdict.NOT_STATED]),
        ([UNKNOWN], None, Verdict.NOT_LIMITED, [Verdict.NOT_STATED]),
        ([LIMITED, UNKNOWN], "10", Verdict.BELOW, [Verdict.BELOW, Verdict.NOT_STATED]),
        ([LIMITED, UNKNOWN], None, Verdict.NOT_STATED, [Verdict.NOT_STATED, Verdict.NOT_STATED]),
        ([LIMITED, UNLIMITED], "10", Verdict.ABOVE, [Verdict.BELOW, Verdict.ABOVE]),
        ([LIMITED, UNLIMITED], None, Verdict.NOT_STATED, [Verdict.NOT_STATED, Verdict.NOT_LIMITED]),
        ([LIMITED, entry("UZ", "5")], "10", Verdict.ABOVE, [Verdict.BELOW, Verdict.ABOVE]),
    ],
)
def test_row_verdict_when_lists_differ_then_the_table_holds(
    entries: list[ListEntry], percent: str | None, row: Verdict, per_list: list[Verdict]
) -> None:
    stated = Concentration(Decimal(percent), 0, 1) if percent else None

    verdicts = list_verdicts(entries, stated)

    assert [v.verdict for v in verdicts] == per_list
    assert row_verdict(verdicts, stated) is row


def test_list_verdicts_when_the_limit_is_unknown_then_it_says_so() -> None:
    (verdict,) = list_verdicts([UNKNOWN], None)

    assert not verdict.is_limit_known
    assert verdict.limit_pct is None


def test_row_verdict_when_less_than_the_limit_is_stated_then_it_is_below() -> None:
    (stated,) = find_concentrations("less than 60%")

    assert row_verdict(list_verdicts([LIMITED], stated), stated) is Verdict.BELOW


@pytest.mark.parametrize(
    ("stated", "at_least", "more_than"),
    [
        ("59,9 %", Verdict.BELOW, Verdict.BELOW),
        ("60 %", Verdict.ABOVE, Verdict.BELOW),
        ("60,1 %", Verdict.ABOVE, Verdict.ABOVE),
        ("менее 60 %", Verdict.BELOW, Verdict.BELOW),
        ("до 60 %", Verdict.ABOVE, Verdict.BELOW),
        ("40-60 %", Verdict.ABOVE, Verdict.BELOW),
        ("не менее 60 %", Verdict.ABOVE, Verdict.ABOVE),
        ("more than 60 %", Verdict.ABOVE, Verdict.ABOVE),
        ("600 g/l", Verdict.ABOVE, Verdict.BELOW),
    ],
)
def test_a_limit_of_60_when_at_least_or_more_than_then_as_the_table_says(
    stated: str, at_least: Verdict, more_than: Verdict
) -> None:
    (concentration,) = find_concentrations(stated)
    limit = entry("A", "60")
    above = msgspec.structs.replace(limit, is_limit_exclusive=True)
    (first,) = list_verdicts([limit], concentration)
    (second,) = list_verdicts([above], concentration)
    assert (first.verdict, second.verdict) == (at_least, more_than)
    assert (first.is_limit_exclusive, second.is_limit_exclusive) == (False, True)
    assert list_verdicts([above, limit], concentration) == (first,)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("соляная кислота (1:3), 1 л", "25.00"),
        ("hydrochloric acid 1:3", "25.00"),
        ("盐酸 1：1", "50.00"),
        ("acetone (purity 99 pct)", "99"),
        ("delivery of acid at 12:30", None),
        ("hydrochloric acid, lot 1:3", None),
    ],
)
def test_find_concentrations_when_parts_stand_behind_an_acid_then_their_share(
    text: str, percent: str | None
) -> None:
    assert [str(one.percent) for one in find_concentrations(text)] == ([percent] if percent else [])
