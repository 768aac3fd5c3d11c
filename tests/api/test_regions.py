"""Rates by region and office: every count beside what it is a share of, within the scope."""

from datetime import UTC, datetime, timedelta

import pytest

from risk.models import Channel, ChannelConsignment
from risk.selectors.office import office_day
from tests.api.conftest import signed_in
from tests.factories.risk import InspectionOutcomeFactory, SubstanceFactory
from tests.factories.targeting import CustomsOfficeFactory, flagged_shipment

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/statistics/regions"


def office(code, region):
    row = CustomsOfficeFactory(code=code)
    row.region = region
    row.save()
    return row


def shipment(code, number, **more):
    numbers = {"registration_number": f"{code}/010326/{number:07}", "customs_office": code}
    declaration = {f"assessment__declaration__{name}": value for name, value in numbers.items()}
    return flagged_shipment(**declaration, **more)


@pytest.fixture
def country():
    """Two offices in one region, one in another, one that nobody entered."""
    office("55301", "Almaty")
    office("55302", "Almaty")
    office("50000", "Astana")
    return [
        shipment("55301", 1),
        shipment("55301", 2, lane="green"),
        shipment("55302", 3),
        shipment("50000", 4),
        shipment("99999", 5),
    ]


def channel(*alerts):
    first = alerts[0]
    known = dict.fromkeys(("first_seen_at", "last_seen_at", "proposed_at", "changed_at"))
    row = Channel.objects.create(
        substance=SubstanceFactory(),
        score=50,
        signs=[],
        declaration_count=len(alerts),
        mass_kg=1,
        **dict.fromkeys(known, first.accepted_at),
    )
    for alert in alerts:
        ChannelConsignment.objects.create(
            channel=row, declaration=alert.declaration, is_suspect=True, mass_kg=1
        )
    return row


def test_regions_count_lanes_inspections_findings_and_channels(analyst, country):
    InspectionOutcomeFactory(
        assessment=country[0].assessment, result="offence", found_substance=SubstanceFactory()
    )
    InspectionOutcomeFactory(assessment=country[2].assessment, result="clean")
    channel(country[0], country[2], country[3])
    rows = {row["region"]: row for row in analyst.get(PLACE).json()}
    assert set(rows) == {"Almaty", "Astana", ""}
    almaty = rows["Almaty"]
    assert (almaty["offices"], almaty["declarations"], almaty["office"]) == (2, 3, None)
    assert almaty["lanes"] == {"red": 2, "green": 1}
    assert (almaty["precision"]["inspected"], almaty["precision"]["offences"]) == (2, 1)
    assert almaty["precision"]["found_share"]["value"] == pytest.approx(0.5)
    assert almaty["inspected_share"]["value"] == pytest.approx(2 / 3)
    assert almaty["mean_score"] == str(country[0].score)
    assert [rows[name]["channels"] for name in ("Almaty", "Astana", "")] == [1, 1, 0]
    assert rows["Astana"]["precision"]["offence_share"]["value"] is None


def test_offices_are_told_with_their_region(analyst, country):
    rows = analyst.get(PLACE, {"by": "office"}).json()
    assert [(row["office"], row["region"], row["declarations"]) for row in rows] == [
        ("55301", "Almaty", 2),
        ("50000", "Astana", 1),
        ("55302", "Almaty", 1),
        ("99999", "", 1),
    ]
    assert sum(row["declarations"] for row in rows) == sum(
        row["declarations"] for row in analyst.get(PLACE).json()
    )


def test_regions_are_of_the_scope(country):
    channel(country[0], country[3])
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    (row,) = near.get(PLACE).json()
    assert (row["region"], row["offices"], row["declarations"]) == ("Almaty", 1, 2)
    assert row["channels"] == 0  # it reaches beyond what the caller sees


def test_days_are_the_office_s_own_wherever_they_are_counted(analyst):
    """Half past one at night of the second in Almaty is still the first in UTC."""
    late = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    alert = shipment("55301", 1, assessment__declaration__accepted_at=late)
    InspectionOutcomeFactory(assessment=alert.assessment, result="clean")
    channel(alert)
    # Of a day the period's end is within it, its beginning too.
    asked = {day: {"date_from": day, "date_to": day} for day in ("2026-03-01", "2026-03-02")}
    assert analyst.get(PLACE, asked["2026-03-01"]).json() == []
    (row,) = analyst.get(PLACE, asked["2026-03-02"]).json()
    assert (row["declarations"], row["channels"], row["precision"]["inspected"]) == (1, 1, 1)
    for day, acts in (("2026-03-01", 0), ("2026-03-02", 1)):
        counted = analyst.get("/api/v1/statistics/outcomes", asked[day]).json()
        assert (counted["acts"]["clean"], counted["misses"]["passed"]) == (acts, 0)
        behind = {"accepted_from": day, "accepted_to": day}
        assert len(analyst.get("/api/v1/outcomes", behind).json()["results"]) == acts
        behind = {"day_from": day, "day_to": day}
        assert len(analyst.get("/api/v1/alerts", behind).json()["results"]) == acts


def test_regions_are_of_the_period_and_place_asked_for(analyst, country):
    day = office_day(country[0].accepted_at)
    assert analyst.get(PLACE, {"date_from": day, "region": "Astana"}).json()[0]["offices"] == 1
    assert analyst.get(PLACE, {"date_from": day + timedelta(days=1)}).json() == []
    assert [row["region"] for row in analyst.get(PLACE, {"office": "55302"}).json()] == ["Almaty"]
    for wrong in ({"by": "country"}, {"date_from": "soon"}, {"lane": "red"}):
        assert analyst.get(PLACE, wrong).status_code == 400


@pytest.mark.parametrize("place", ["alerts", "lanes", "declarations"])
def test_lists_are_narrowed_by_region(analyst, country, place):
    found = analyst.get(f"/api/v1/{place}", {"region": "Almaty"}).json()["results"]
    assert {row["customs_office"] for row in found} == {"55301", "55302"}
    assert len(found) == 3


def test_outcomes_and_channels_are_narrowed_by_region(country):
    reader = signed_in(roles=["analyst"])
    for alert in country:
        InspectionOutcomeFactory(assessment=alert.assessment)
    found = reader.get("/api/v1/outcomes", {"region": "Astana"}).json()["results"]
    assert [row["customs_office"] for row in found] == ["50000"]
    counted = reader.get("/api/v1/statistics/outcomes", {"region": "Almaty"}).json()
    assert counted["acts"]["clean"] == 3
    row = channel(country[0], country[3])
    for asked, shown in (
        ("region=Astana", [row.pk]),
        ("region=Aktau", []),
        ("office=55301", [row.pk]),
    ):
        rows = reader.get(f"/api/v1/channels?{asked}").json()["results"]
        assert [one["id"] for one in rows] == shown


@pytest.mark.parametrize("count", [1, 5])
def test_regions_cost_the_same_number_of_queries(count, django_assert_num_queries):
    caller = signed_in(roles=["analyst"])
    for number in range(count):
        code = f"5530{number}"
        office(code, f"Region {number}")
        InspectionOutcomeFactory(assessment=shipment(code, number).assessment)
    with django_assert_num_queries(7):  # session, account, lanes, acts, channels, offices, audit
        assert len(caller.get(PLACE).json()) == count
