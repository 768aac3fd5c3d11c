"""The demonstration data through the whole pipeline, against its hand-checked truth."""

import csv

import pytest

from risk.models import RiskAssessment, SubstanceMatch
from shipments.models import GoodsItem
from targeting.models import Alert
from tests.integration.conftest import DEMO

pytestmark = pytest.mark.django_db


def _truth() -> list[dict[str, str]]:
    with (DEMO / "truth.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def demo(take_in):
    batch = take_in((DEMO / "declarations.ndjson").read_bytes())
    assert (batch.state, batch.declaration_count, batch.issue_count) == ("done", 300, 0)
    return batch


def test_demo_cases_are_flagged_with_their_substance_and_nothing_else_is(demo) -> None:
    truth = _truth()
    due = {row["registration_number"] for row in truth if row["expected"] != "not_flagged"}
    raised = set(
        Alert.objects.filter(is_random_arm=False).values_list("registration_number", flat=True)
    )
    cases = {row["registration_number"] for row in truth if row["kind"] == "case"}
    assert cases - raised == set()
    assert raised - due == set()
    matched = set(
        SubstanceMatch.objects.filter(is_flagged=True).values_list(
            "goods_item__declaration__registration_number",
            "goods_item__item_number",
            "substance__key",
        )
    )
    expected = {
        (row["registration_number"], int(row["item_number"]), row["substance_key"])
        for row in truth
        if row["expected"] != "not_flagged"
    }
    assert expected - matched == set()


def test_permitted_precursors_score_below_every_unpermitted_one(demo) -> None:
    scores: dict[str, list[float]] = {"case": [], "permitted": []}
    for row in _truth():
        substance = row["substance_key"]
        if row["kind"] in scores and not substance.startswith("eq-"):
            alert = Alert.objects.get(registration_number=row["registration_number"])
            scores[row["kind"]].append(float(alert.score))
            if row["kind"] == "permitted":
                assert alert.lane != "red", row
    assert max(scores["permitted"]) < min(scores["case"])


def test_every_assessment_adds_up_and_every_span_lies_in_its_text(demo) -> None:
    for assessment in RiskAssessment.objects.prefetch_related("indicator_rows"):
        own = (0, assessment.leading_item_number)
        rows = [row for row in assessment.indicator_rows.all() if row.item_number in own]
        assert sum(row.contribution for row in rows) == assessment.score
    for match in SubstanceMatch.objects.select_related("goods_item"):
        text = match.goods_item.description
        assert text[match.start : match.end] == match.matched_text
    assert GoodsItem.objects.count() == 529
