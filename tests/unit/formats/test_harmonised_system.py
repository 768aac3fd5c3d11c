"""The last headings of the chapters, held against the goods names of the fixtures."""

import csv
from pathlib import Path

from shipments.domain.harmonised_system import has_known_heading

GOODS = Path(__file__).parents[3] / "fixtures" / "goods" / "hs6_en.csv"
NOT_TO_THE_END_THERE = {"08", "29", "65", "70", "80", "81", "89", "96"}


def test_last_headings_when_held_against_the_goods_names_then_the_same() -> None:
    last: dict[str, int] = {}
    with GOODS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            chapter, heading = row["hs6"][:2], int(row["hs6"][2:4])
            last[chapter] = max(last.get(chapter, 0), heading)
    assert all(has_known_heading(f"{chapter}{number:02}00") for chapter, number in last.items())
    beyond = {c for c, number in last.items() if has_known_heading(f"{c}{number + 1:02}00")}
    assert beyond == NOT_TO_THE_END_THERE
