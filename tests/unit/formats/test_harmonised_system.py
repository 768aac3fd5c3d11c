"""The editions of the harmonised system, held against what else knows its codes."""

import csv
from datetime import date
from pathlib import Path

import pytest

from shipments.domain.harmonised_system import EDITIONS, correlated, edition_on, editions_of

ROOT = Path(__file__).parents[3]
GOODS = ROOT / "fixtures" / "goods"
KOREAN = ROOT / "fixtures" / "demo" / "wco_korea_5000.csv"


def column(path: Path, name: str) -> set[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row[name] for row in csv.DictReader(stream)}


def test_editions_when_counted_then_as_many_codes_as_were_published() -> None:
    codes = column(ROOT / "shipments" / "domain" / "hs6_editions.csv", "hs6")
    counts = {year: sum(year in editions_of(code) for code in codes) for year in EDITIONS}
    assert counts == {
        1992: 5020,
        1996: 5113,
        2002: 5224,
        2007: 5052,
        2012: 5205,
        2017: 5387,
        2022: 5612,
    }


@pytest.mark.parametrize(("file", "name"), [("codes_ru.csv", "code"), ("hs6_en.csv", "hs6")])
def test_editions_when_held_against_tariffs_of_today_then_all_in_the_newest(file, name) -> None:
    missing = {code for code in column(GOODS / file, name) if 2022 not in editions_of(code)}
    assert missing == set()


def test_editions_when_held_against_declarations_of_2020_then_all_in_that_of_2017() -> None:
    codes = {code.zfill(6) for code in column(KOREAN, "HS6 Code")}
    assert len(codes) > 1000
    assert {code for code in codes if 2017 not in editions_of(code)} == set()


@pytest.mark.parametrize(
    ("day", "edition"),
    [("1988-01-01", 1992), ("1995-12-31", 1992), ("1996-01-01", 1996), ("2030-06-01", 2022)],
)
def test_edition_on_a_day_then_the_one_in_force(day: str, edition: int) -> None:
    assert edition_on(date.fromisoformat(day)) == edition


@pytest.mark.parametrize(
    ("code", "editions"),
    [
        ("2404110000", (2022,)),  # heated tobacco has had a heading of its own since then
        ("2404", (2022,)),
        ("24041", (2022,)),
        ("854290", EDITIONS),
        ("9901000000", EDITIONS),
        ("7701000000", ()),
    ],
)
def test_editions_of_a_code_then_by_its_first_six_digits(code: str, editions) -> None:
    assert editions_of(code) == editions


@pytest.mark.parametrize(
    ("code", "others"),
    [
        # One code became several, and each points back to it.
        ("300440", {"300441", "300442", "300443", "300449", "300460"}),
        ("300442", {"300440"}),
        ("281217", {"281210"}),
        ("293945", {"293971"}),
        ("293972", {"293971"}),
        # Neither dropped nor new since 2012; and no such code.
        ("291411", set()),
        ("293229", set()),
        ("299999", set()),
        ("2812", set()),
    ],
)
def test_correlated_when_a_code_ended_as_another_began_then_each_tells_the_other(
    code: str, others: set[str]
) -> None:
    assert set(correlated(code)) == others


def test_correlated_when_one_tells_another_then_the_other_tells_it() -> None:
    codes = column(ROOT / "shipments" / "domain" / "hs6_editions.csv", "hs6")
    pairs = {(code, other) for code in codes for other in correlated(code)}
    assert len(pairs) > 500
    assert {(other, code) for code, other in pairs} == pairs
