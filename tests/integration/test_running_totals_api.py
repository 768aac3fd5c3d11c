"""Running totals over the API: of importers, up to a day, with what is behind them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import signed_in
from tests.factories.requirements import norm, state
from tests.integration.test_running_totals import OTHER, THIRD, merged, party, trade

pytestmark = pytest.mark.django_db
TOTALS = "/api/v1/running-totals"
HOLDER = "990140000007"
DAY = {"day": "2025-04-30"}


@pytest.fixture
def traded(take_in):
    state(norm(150, year=2025))
    take_in([
        trade(1), trade(2), trade(3, importer=OTHER, kg=900, customs_office="50000"),
        *(trade(number, importer=THIRD, kg=5) for number in (4, 5, 6)),
        trade(7, importer=OTHER, text="ТОЛУОЛ", code="2902300000", kg=50),
        trade(8, importer=OTHER, direction="export", document_kind="export"),
    ])  # fmt: skip


def told(answer):
    return [
        (row["importer"]["key"].removeprefix("bin:"), row["substance_key"],
         Decimal(row["running"]["importer_year_kg"]))
        for row in answer.json()["results"]
    ]  # fmt: skip


def test_totals_when_listed_then_what_is_too_much_first_and_filters_hold(traded):
    analyst = signed_in(roles=["analyst"])
    exceeded, split = (HOLDER, "acetone", 200), (THIRD, "acetone", 15)
    large, other = (OTHER, "acetone", 900), (OTHER, "toluene", 50)
    for query, found in (
        ({}, [exceeded, split, large, other]),
        ({"is_exceeded": "true"}, [exceeded]),
        ({"is_exceeded": "false"}, [split, large, other]),
        ({"is_split": "true"}, [split]),
        ({"substance": "toluene"}, [other]),
        ({"substance": "nothing"}, []),
        ({"importer": party(OTHER).pk, "substance": "acetone"}, [large]),
        ({"country": "UZ"}, []),
        ({"day": "2025-04-02"}, [exceeded]),
        ({"day": "2025-04-01"}, [(HOLDER, "acetone", 100)]),
        ({"day": "2026-04-01"}, [large, (HOLDER, "acetone", 100), other, split]),
    ):
        assert told(analyst.get(TOTALS, DAY | query)) == found, query


def test_totals_of_a_year_ago_when_asked_today_then_none(traded):
    answer = signed_in(roles=["analyst"]).get(TOTALS, {"day": "2026-05-30"})
    assert (answer.json()["count"], answer.json()["day"]) == (0, "2026-05-30")


@pytest.mark.parametrize(
    "query",
    [
        {"nonsense": "1"}, {"day": "2999-01-01"}, {"day": "0001-01-01"}, {"importer": "x"},
        {"importer": str(2**70)}, {"is_split": "maybe"}, {"substance": "\x00"},
    ],
)  # fmt: skip
def test_totals_when_asked_wrongly_then_the_parameter_is_named(query):
    analyst = signed_in(roles=["analyst"])
    for place in (TOTALS, f"{TOTALS}/sheet"):
        answer = analyst.get(place, query)
        assert answer.status_code == 400
        assert next(iter(query)) in str(answer.json())


def test_total_when_opened_then_the_group_and_the_consignments_behind_it(traded):
    merged(OTHER, THIRD)
    analyst = signed_in(roles=["analyst"])
    for number in (OTHER, THIRD):
        shown = analyst.get(f"{TOTALS}/{party(number).pk}/acetone", DAY).json()
        assert Decimal(shown["running"]["importer_year_kg"]) == 915
        assert [
            (one["party"]["key"], one["is_own"], Decimal(one["year_kg"])) for one in shown["group"]
        ] == [(f"bin:{OTHER}", True, 900), (f"bin:{THIRD}", True, 15)]
        assert [
            (int(one["registration_number"][-7:]), one["is_small"]) for one in shown["consignments"]
        ] == [(6, True), (5, True), (4, True), (3, False)]
    for wrong in (f"{party(HOLDER).pk}/toluene", "999999999/acetone", f"{2**70}/acetone"):
        assert analyst.get(f"{TOTALS}/{wrong}", DAY).status_code == 404


def test_totals_when_of_another_office_then_only_importers_seen_there(traded):
    near = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert told(near.get(TOTALS, DAY)) == [(OTHER, "acetone", 900)]
    assert near.get(f"{TOTALS}/{party(HOLDER).pk}/acetone", DAY).status_code == 404
    shown = near.get(f"{TOTALS}/{party(OTHER).pk}/acetone", DAY).json()
    assert [one["customs_office"] for one in shown["consignments"]] == ["50000"]


def test_totals_when_taken_away_then_a_line_each_with_the_needs(traded):
    sheet = signed_in(roles=["analyst"]).get(f"{TOTALS}/sheet", DAY)
    heading, *lines = sheet.content.decode("utf-8-sig").splitlines()
    first = dict(zip(heading.split(","), lines[0].split(","), strict=True))
    assert len(lines) == 4
    assert (first["holder_required_kg"], first["holder_declared_kg"]) == ("150", "200")
    assert (first["is_exceeded"], first["country_share"], first["day"]) == ("true", "", DAY["day"])


def test_totals_cost_as_many_queries_however_many_there_are(traded):
    analyst = signed_in(roles=["analyst"])
    counts = []
    for query in ({"substance": "toluene"}, {"substance": "toluene"}, {}):
        with CaptureQueriesContext(connection) as asked:
            analyst.get(TOTALS, DAY | query)
        counts.append(len(asked))
    assert counts[1] == counts[2]
