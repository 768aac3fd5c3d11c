"""`manage.py evaluate_selection` over declarations that went through the whole pipeline."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from risk.models import ModelScore, RiskAssessment, RiskProfile
from targeting.selectors.selection import population_around, scored_declarations
from targeting.selectors.selection_rankings import rankings
from tests.factories.risk import RiskModelFactory
from tests.integration.conftest import declaration

pytestmark = pytest.mark.django_db

HEADER = "registration_number,item_number,label,kind,substance_key,difficulty,detail"


def number(place: int) -> str:
    return f"55301/121125/{place:07}"


def goods(place: int, description: str, code: str, **changes: object) -> dict[str, object]:
    return declaration(place, item={"description": description, "commodity_code": code}, **changes)


@pytest.fixture
def truth(take_in, tmp_path: Path) -> Path:
    """Forty innocents; two planted, one of them under a name that nobody knows; a trap."""
    sent = [declaration(place) for place in range(1, 41)]
    sent += [
        goods(41, "УКСУСНЫЙ АНГИДРИД 99 %, В БОЧКАХ", "2915240000"),
        goods(42, "ФУТБОЛКИ СИНИЕ", "6109100000"),
        goods(43, "ЖИДКОСТЬ ДЛЯ СНЯТИЯ ЛАКА БЕЗ АЦЕТОНА", "3304300000"),
    ]
    assert take_in(sent).issue_count == 0
    # Another batch: no part of what is measured.
    take_in([declaration(90)])
    path = tmp_path / "truth.csv"
    path.write_text(
        f"{HEADER}\n"
        f"{number(41)},1,planted,plain,acetic-anhydride,easy,\n"
        f"{number(42)},1,planted,cover_name,acetone,hard,\n"
        f"{number(43)},1,trap,denied,acetone,,\n"
        f"{number(99)},0,planted,plain,acetone,easy,\n",
        encoding="utf-8",
    )
    return path


def test_selection_when_measured_then_table_csv_and_page_say_the_same(
    truth: Path, tmp_path: Path, capsys
) -> None:
    paths = {name: tmp_path / name for name in ("by_kind.csv", "misses.csv", "report.html")}
    call_command(
        "evaluate_selection",
        str(truth),
        csv=paths["by_kind.csv"],
        misses_csv=paths["misses.csv"],
        html=paths["report.html"],
    )
    printed = " ".join(capsys.readouterr().out.split())
    assert "43 assessed declarations, 41 honest" in printed
    assert "per 1,000 honest declarations: 0.0" in printed
    assert "not stored: 1" in printed

    with paths["by_kind.csv"].open(encoding="utf-8", newline="") as stream:
        rows = {(r["label"], r["by"], r["name"]): r for r in csv.DictReader(stream)}
    plain = rows["planted", "kind", "plain"]
    assert (plain["cases"], plain["not_stored"], plain["top_5_pct"]) == ("1", "1", "1.0000")
    assert plain["red_or_yellow"] == "1.0000"
    assert float(rows["planted", "kind", "cover_name"]["top_1_pct"]) == 0.0
    assert float(rows["trap", "kind", "denied"]["red"]) == 0.0

    with paths["misses.csv"].open(encoding="utf-8", newline="") as stream:
        (miss,) = csv.DictReader(stream)
    assert (miss["registration_number"], miss["kind"]) == (number(42), "cover_name")
    assert miss["reason"] == "no_match"
    assert number(42) in paths["report.html"].read_text(encoding="utf-8")


def test_rankings_when_measured_then_each_over_the_same_cases(
    truth: Path, tmp_path: Path, capsys
) -> None:
    """A shadow that knows the disguised one finds it; both together lose nothing of the rules."""
    model = RiskModelFactory(profile=RiskProfile.objects.get(is_active=True))
    for row in RiskAssessment.objects.select_related("declaration"):
        is_disguised = row.declaration.registration_number == number(42)
        raw_score = 4.0 if is_disguised else -4.0
        ModelScore.objects.create(assessment=row, model=model, raw_score=raw_score, item_number=1)
    path = tmp_path / "rankings.csv"
    call_command("evaluate_selection", str(truth), rankings_csv=path)
    assert f"Model {model.number} (shadow)" in capsys.readouterr().out
    with path.open(encoding="utf-8", newline="") as stream:
        rows = {row["ranking"]: row for row in csv.DictReader(stream)}
    top = {name: float(row["planted_top_5_pct"]) for name, row in rows.items()}
    # The first 5 % are two of 43 declarations and a part of the third; the many innocents tie.
    assert 0.5 <= top["rules alone"] < 0.55
    assert 0.5 <= top["model alone"] < 0.55
    assert top["both"] == 1.0
    assert top["random"] == pytest.approx(0.05)
    assert 0.5 <= top["code only"] < 0.55
    assert rows["rules alone"]["weakest_kind"] == "cover_name"
    with pytest.raises(CommandError, match="no model 99"):
        call_command("evaluate_selection", str(truth), model=99)


def test_rankings_when_there_is_no_model_then_without_it(truth: Path) -> None:
    assert list(rankings([number(41)], model=None)) == ["rules alone", "random", "code only"]


def test_declaration_when_amended_then_its_current_version_counts(truth, take_in) -> None:
    take_in([goods(41, "ФУТБОЛКИ ХЛОПЧАТОБУМАЖНЫЕ", "6109100000", version=2)])
    assert scored_declarations([number(41)])[number(41)].matches == ()
    population = population_around([number(41), number(42)], planted=[number(41), number(42)])
    assert (population.size, population.honest) == (43, 41)


def test_selection_when_read_then_queries_do_not_grow_with_the_declarations(
    truth, django_assert_num_queries
) -> None:
    with django_assert_num_queries(5):
        assert len(scored_declarations([number(place) for place in range(1, 44)])) == 43


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{HEADER}\nn1,1,case,typo,,,\n", "truth.csv, line 2, label: 'case' is not allowed"),
        (f"{HEADER}\n", "no rows under the header"),
        (f"{HEADER}\nn1,1,planted,typo,,,\n", "none of the 1 declarations"),
    ],
)
def test_truth_when_useless_then_refused_with_a_sentence(content, message, tmp_path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=message):
        call_command("evaluate_selection", str(path))


def test_truth_when_missing_or_not_text_then_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("evaluate_selection", str(tmp_path / "none.csv"))
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="not UTF-8"):
        call_command("evaluate_selection", str(tmp_path / "binary.csv"))
