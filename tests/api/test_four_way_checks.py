"""Four-way checks over the API: one, many, filtered, taken away, of one's own offices."""

import pytest

from risk.models import Substance
from tests.api.conftest import signed_in
from tests.api.test_permit_matches import acetone
from tests.factories.authorisations import declare, entry, register
from tests.factories.risk import IndicatorRowFactory, LawEntryFactory, RiskAssessmentFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/four-way-checks"


@pytest.fixture
def declared(db):
    """Two imports of acetone, one of which nobody allowed, and one of nothing controlled."""
    register(entry(amount=1000))
    LawEntryFactory(substance=Substance.objects.get(key="acetone"))
    missing = acetone("D1")
    acetone("D2", customs_office="50000", kg=30)
    declare("D3")
    return missing


def test_checks_when_listed_then_each_as_alone_and_nothing_that_is_not_controlled(
    declared, analyst
):
    rows = {row["registration_number"]: row for row in analyst.get(PLACE).json()["results"]}
    assert set(rows) == {"D1", "D2"}
    alone = analyst.get(f"/api/v1/declarations/{declared.pk}/four-way-check").json()
    assert (rows["D1"]["rows"], rows["D1"]["is_clean"]) == (alone, False)
    cell = next(one for one in alone[0]["cells"] if one["side"] == "authorisation")
    assert (cell["verdict"], cell["reasons"]) == ("missing", ["none"])
    assert "authorisation:none" in alone[0]["reasons"]


def test_checks_when_filtered_or_of_another_office_then_what_fits(declared, analyst):
    IndicatorRowFactory(assessment=RiskAssessmentFactory(declaration=declared))
    near = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    for caller, query, found in (
        (analyst, {"has_fault": "true"}, ["D1"]),
        (analyst, {"has_fault": "false"}, ["D2"]),
        (analyst, {"registration_number": "D3"}, []),
        (analyst, {"substance": "acetone", "office": "50000"}, ["D2"]),
        (near, {}, ["D2"]),
    ):
        results = caller.get(PLACE, query).json()["results"]
        assert [row["registration_number"] for row in results] == found, query
    assert near.get(f"/api/v1/declarations/{declared.pk}/four-way-check").status_code == 404


def test_checks_when_taken_away_then_a_line_a_row_with_every_side(declared, analyst):
    heading, *lines = analyst.get(f"{PLACE}/sheet").content.decode("utf-8-sig").splitlines()
    columns = heading.split(",")
    told = [dict(zip(columns, line.split(","), strict=True)) for line in lines]
    assert [row["registration_number"] for row in told] == ["D2", "D1"]
    assert (told[0]["declaration_value_kg"], told[0]["authorisation_verdict"]) == ("30", "missing")
    assert analyst.get(f"{PLACE}/sheet", {"as": "pdf"}).status_code == 400
    assert analyst.get(f"{PLACE}/sheet", {"as": "xlsx"}).content[:2] == b"PK"


@pytest.mark.parametrize("count", [1, 6])
def test_checks_cost_the_same_number_of_queries(
    declared, analyst, count, django_assert_num_queries
):
    for number in range(count):
        acetone(f"E{number}")
    analyst.get(PLACE)
    with django_assert_num_queries(22):
        assert len(analyst.get(PLACE).json()["results"]) == count + 2
