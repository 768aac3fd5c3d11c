"""The selection report: ties, intervals, groups, reasons of misses, and a wrong truth file."""

import io
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from risk.domain.errors import InvalidTruth
from risk.domain.intervals import wilson
from risk.domain.selection_report import (
    TOP_SHARES,
    Match,
    MissReason,
    Population,
    Ranking,
    Scored,
    SelectionReport,
    evaluate_selection,
    miss_reason,
)
from risk.domain.selection_truth import Label, TruthRow, read_truth
from targeting.management.reports.selection import print_report, write_csv, write_misses
from targeting.management.reports.selection_html import html

HEADER = "registration_number,item_number,label,kind,substance_key,difficulty,detail"


def row(number: str = "n1", **changes: object) -> TruthRow:
    values = {
        "registration_number": number,
        "item_number": 1,
        "label": Label.PLANTED,
        "kind": "typo",
        "substance_key": "acetone",
        "difficulty": "easy",
        "group": "",
    }
    return TruthRow(**(values | changes))


def scored(number: str = "n1", score: float | None = 50.0, **changes: object) -> Scored:
    values = {"registration_number": number, "score": score, "lane": "green"}
    return Scored(**(values | {"item_numbers": frozenset({1})} | changes))


def match(**changes: object) -> Match:
    values = {
        "item_number": 1,
        "substance_key": "acetone",
        "method": "exact",
        "verdict": "above",
        "is_above_alert_point": True,
    }
    return Match(**(values | changes))


def report_of(
    truth: list[TruthRow], stored: list[Scored], others: dict[float, int], alerts: int = 0
) -> SelectionReport:
    scores = Counter(others) + Counter(one.score for one in stored if one.score is not None)
    population = Population(scores=scores, honest=sum(others.values()), alerts=alerts)
    return evaluate_selection(truth, {one.registration_number: one for one in stored}, population)


def named(report: SelectionReport, name: str, label: Label = Label.PLANTED):
    return next(row for row in report.rows if (row.label, row.name) == (label, name))


def test_chance_when_scores_tie_then_the_free_places_are_shared() -> None:
    ranking = Ranking({90.0: 1, 50.0: 4, 0.0: 95})
    assert ranking.chance(90.0, 0.01) == 1.0
    assert ranking.chance(50.0, 0.01) == 0.0
    assert ranking.chance(50.0, 0.02) == 0.25
    assert ranking.chance(50.0, 0.05) == 1.0
    assert ranking.chance(0.0, 0.10) == pytest.approx(5 / 95)
    assert ranking.chance(None, 1.0) == 0.0
    assert ranking.chance(12.0, 1.0) == 0.0


@given(st.dictionaries(st.integers(0, 100), st.integers(1, 30), min_size=1), st.floats(0, 1))
def test_chance_when_summed_over_all_then_exactly_the_share_is_selected(counts, share) -> None:
    ranking = Ranking({float(score): count for score, count in counts.items()})
    selected = sum(count * ranking.chance(float(s), share) for s, count in counts.items())
    assert selected == pytest.approx(share * sum(counts.values()))


@given(st.integers(1, 500), st.data())
def test_interval_when_computed_then_it_holds_the_share_within_0_and_1(of, data) -> None:
    share = wilson(data.draw(st.integers(0, of)), of)
    assert 0.0 <= share.low <= share.value + 1e-9
    assert share.value - 1e-9 <= share.high <= 1.0


def test_interval_when_nothing_was_planted_then_there_is_no_share() -> None:
    assert wilson(0, 0).value is None


def test_shares_when_evaluated_then_by_kind_and_difficulty_and_over_all() -> None:
    truth = [row("n1"), row("n2", kind="cover_name", difficulty="hard")]
    stored = [scored("n1", 80.0, lane="red"), scored("n2", 0.0)]
    report = report_of(truth, stored, {10.0: 98})
    assert [(r.by, r.name) for r in report.rows] == [
        ("all", "all"),
        ("kind", "cover_name"),
        ("kind", "typo"),
        ("difficulty", "easy"),
        ("difficulty", "hard"),
    ]
    assert [share.value for share in named(report, "typo").top] == [1.0] * len(TOP_SHARES)
    assert named(report, "all").selected.value == 0.5
    assert named(report, "all").red.value == 0.5
    assert named(report, "all").median_score == 40.0
    assert named(report, "cover_name").top[-1].value == 0.0


def test_group_when_any_member_is_at_the_top_then_found_once() -> None:
    truth = [row(f"n{i}", kind="split", group="g1") for i in range(5)]
    truth += [row(f"m{i}", kind="split", group="g2") for i in range(5)]
    stored = [scored(r.registration_number, 1.0) for r in truth[:-1]] + [scored("m4", 90.0)]
    report = report_of(truth, stored, {10.0: 90})
    assert named(report, "split").cases == 2
    assert named(report, "split").top[0].value == 0.5
    assert [miss.group for miss in report.misses] == ["g1"]


def test_group_of_a_trap_when_measured_then_every_row_counts_by_itself() -> None:
    truth = [row(f"n{i}", label=Label.TRAP, kind="big_broker", group="g1") for i in range(4)]
    stored = [scored("n0", 90.0), *(scored(f"n{i}", 1.0) for i in range(1, 4))]
    trap = named(report_of(truth, stored, {10.0: 96}), "big_broker", Label.TRAP)
    assert (trap.cases, trap.top[0].value) == (4, 0.25)


def test_declaration_when_not_stored_then_counted_apart_from_the_shares() -> None:
    report = report_of([row("n1"), row("n2")], [scored("n1", 80.0)], {10.0: 99})
    assert (named(report, "typo").cases, named(report, "typo").not_stored) == (1, 1)
    assert named(report, "typo").top[0].value == 1.0


def test_alerts_when_counted_then_per_thousand_honest() -> None:
    assert report_of([row()], [scored()], {1.0: 200}, alerts=3).alerts_per_1000_honest == 15.0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"score": None}, MissReason.NOT_ASSESSED),
        ({"item_numbers": frozenset({2})}, MissReason.ITEM_NOT_STORED),
        ({}, MissReason.NO_MATCH),
        ({"matches": (match(item_number=2),)}, MissReason.NO_MATCH),
        ({"matches": (match(substance_key="toluene"),)}, MissReason.OTHER_SUBSTANCE),
        ({"matches": (match(method="code"),)}, MissReason.CODE_ONLY),
        ({"matches": (match(is_above_alert_point=False),)}, MissReason.BELOW_ALERT_POINT),
        ({"matches": (match(verdict="below"),)}, MissReason.VERDICT_BELOW),
        ({"matches": (match(verdict="below"), match())}, MissReason.NOTHING_FIRED),
        ({"matches": (match(),), "fired": ("importer_new",)}, MissReason.OUTSCORED),
    ],
)
def test_miss_when_explained_then_by_the_first_thing_that_kept_it_down(changes, expected) -> None:
    assert miss_reason(row(), scored(**changes)) is expected


def test_miss_when_of_the_whole_declaration_then_any_item_counts() -> None:
    one = scored(matches=(match(item_number=3, method="code"),))
    assert miss_reason(row(item_number=0), one) is MissReason.CODE_ONLY
    assert miss_reason(row(item_number=0, substance_key=""), one) is MissReason.NOTHING_FIRED


def test_truth_when_read_then_groups_come_from_the_detail() -> None:
    text = (
        f"\ufeff{HEADER}\nn1,0,trap,big_broker,,,\nn2,3,planted,split,acetone,hard,a; group=g-7\n"
    )
    first, second = read_truth(io.StringIO(text, newline=""), file="t.csv")
    assert (first.label, first.item_number, first.group) == (Label.TRAP, 0, "")
    assert (second.label, second.item_number, second.group) == (Label.PLANTED, 3, "g-7")


@pytest.mark.parametrize(
    ("text", "line", "column", "value"),
    [
        ("", 1, "header", ""),
        ("a,b\n", 1, "header", "a,b"),
        (f"{HEADER}\nn1,1,planted\n", 2, "row", "n1,1,planted"),
        (f"{HEADER}\n,1,planted,typo,,,\n", 2, "registration_number", ""),
        (f"{HEADER}\nn1,-1,planted,typo,,,\n", 2, "item_number", "-1"),
        (f"{HEADER}\nn1,²,planted,typo,,,\n", 2, "item_number", "²"),
        (f"{HEADER}\nn1,1,case,typo,,,\n", 2, "label", "case"),
        (f"{HEADER}\nn1,1,planted,A typo,,,\n", 2, "kind", "A typo"),
        (f"{HEADER}\n" + "n1,1,planted,typo,,,\n" * 2, 3, "registration_number", "n1"),
        (f'{HEADER}\nn1,1,planted,typo,,,"x\n', 2, "row", "unexpected end of data"),
    ],
)
def test_truth_when_wrong_then_refused_with_its_place(text, line, column, value) -> None:
    with pytest.raises(InvalidTruth) as caught:
        list(read_truth(io.StringIO(text, newline=""), file="t.csv"))
    params = caught.value.params
    assert (params["file"], params["line"], params["column"], params["value"]) == (
        "t.csv",
        line,
        column,
        value,
    )
    assert params["allowed"]


@pytest.fixture
def report() -> SelectionReport:
    truth = [
        *(row(f"p{i}", kind="cover_name") for i in range(20)),
        *(row(f"t{i}", label=Label.TRAP, kind="big_broker") for i in range(20)),
        row("away"),
    ]
    stored = [scored(f"p{i}", float(i)) for i in range(20)]
    stored += [scored(f"t{i}", 90.0) for i in range(20)]
    return report_of(truth, stored, {5.0: 960})


def test_page_when_written_then_whole_accessible_and_from_nowhere_else(report) -> None:
    page = html(report, source="<truth>.csv", day="2026-01-01")
    assert "&lt;truth&gt;.csv" in page
    for reference in ("http://", "https://", "<script", "url(", " src=", "@import"):
        assert reference not in page
    drawings = [part.split("</svg>")[0] for part in page.split("<svg")[1:]]
    pictures = [ElementTree.fromstring(f"<svg{drawing}</svg>") for drawing in drawings]  # noqa: S314
    assert len(pictures) == 2
    for picture in pictures:
        title, description = picture[0], picture[1]
        assert picture.get("role") == "img"
        assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert title.text
        assert "planted" in description.text
    assert "above its share" in page


def test_table_when_printed_then_it_says_misses_groups_and_what_is_not_stored(report) -> None:
    output = io.StringIO()
    print_report(report, Console(file=output, width=160), shown_misses=2)
    text = output.getvalue()
    assert "▲" in text
    assert "counts once" in " ".join(text.split())
    assert "not stored: 1" in text
    assert f"Misses ({len(report.misses)})" in text


def test_csv_when_written_then_a_row_for_every_line_and_every_miss(report, tmp_path: Path) -> None:
    shares, misses = io.StringIO(), io.StringIO()
    write_csv(report, shares)
    write_misses(report.misses, misses)
    assert len(shares.getvalue().splitlines()) == len(report.rows) + 1
    assert len(misses.getvalue().splitlines()) == len(report.misses) + 1
    assert "cover_name,easy,p" in misses.getvalue()
