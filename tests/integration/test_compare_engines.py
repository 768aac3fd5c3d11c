"""The stored matches beside what the present engine says."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

from risk.domain.matching.comparison import Change, Judgement, differences
from risk.models import SubstanceMatch
from tests.factories.risk import (
    ListEntryFactory,
    SubstanceFactory,
    SubstanceMatchFactory,
    SubstanceNameFactory,
)
from tests.integration.conftest import declaration

ANHYDRIDE = {"description": "Уксусный ангидрид, бочки", "commodity_code": ""}


def judgement(**changes: object) -> Judgement:
    given = {
        "matched_text": "x", "method": "exact", "match_score": 0.9, "verdict": "above",
        "flagged": True,
    }  # fmt: skip
    return Judgement(**{**given, **changes})  # type: ignore[arg-type]


def test_differences_when_compared_then_by_substance_and_scores_alone_are_none() -> None:
    stored = {"a": judgement(), "b": judgement(), "c": judgement(), "d": judgement()}
    new = {
        "a": judgement(match_score=0.8),
        "b": judgement(verdict="below", flagged=False),
        "c": judgement(method="fuzzy"),
        "e": judgement(flagged=False),
    }
    found = [(one.substance_key, one.change, one.alters_flag) for one in differences(stored, new)]
    assert found == [
        ("b", Change.CHANGES, True),
        ("c", Change.CHANGES, False),
        ("d", Change.DISAPPEARS, True),
        ("e", Change.APPEARS, False),
    ]


@pytest.fixture
def _stored(take_in) -> None:
    SubstanceNameFactory()
    ListEntryFactory()
    take_in([declaration(1, item=ANHYDRIDE), declaration(2, item=ANHYDRIDE), declaration(3)])


@pytest.mark.django_db
@pytest.mark.usefixtures("_stored")
def test_command_when_the_engine_is_the_same_then_no_difference(capsys) -> None:
    call_command("compare_engines")
    said = capsys.readouterr().out
    assert "2 distinct descriptions of 3 goods items" in said
    assert "no difference" in said


@pytest.mark.django_db
@pytest.mark.usefixtures("_stored")
def test_command_when_stored_matches_are_others_then_counts_examples_and_a_row_each(
    tmp_path: Path, capsys
) -> None:
    match = SubstanceMatch.objects.order_by("goods_item").last()
    assert match is not None
    SubstanceMatchFactory(
        goods_item=match.goods_item, substance=SubstanceFactory(key="gone"), start=1
    )
    SubstanceMatch.objects.filter(pk=match.pk).update(verdict="below", is_flagged=False)
    target = tmp_path / "differences.csv"
    call_command("compare_engines", out=target)
    said = capsys.readouterr().out
    assert "changes: 1 matches (1 alter a flag) on 2 goods items" in said
    assert "disappears: 1 matches" in said
    assert "most: gone 1" in said
    with target.open(encoding="utf-8", newline="") as stream:
        rows = {row["substance_key"]: row for row in csv.DictReader(stream)}
    assert rows["acetic-anhydride"]["stored_verdict"] == "below"
    assert rows["acetic-anhydride"]["new_flagged"] == "1"
    assert (rows["gone"]["change"], rows["gone"]["new_method"]) == ("disappears", "")
    assert SubstanceMatch.objects.filter(substance__key="gone").exists()
