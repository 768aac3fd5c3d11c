"""Instants and days in filters: any offset that ISO 8601 knows, and the offices' own midnight."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

# Where times are narrowed by instants, and of which caller.
INSTANTS = [
    ("analyst", "/api/v1/exemption-claims", "accepted_from"),
    ("analyst", "/api/v1/exemption-claims/sheet", "accepted_to"),
    ("analyst", "/api/v1/notification-matches", "accepted_from"),
    ("analyst", "/api/v1/register-changes", "changed_from"),
    ("auditor", "/api/v1/audit-events", "time_to"),
]
# The last day there is has no day after it.
PERIOD = {"date_from": "9999-12-30", "date_to": "9999-12-31"}


@pytest.mark.parametrize(("caller", "place", "name"), INSTANTS)
def test_instant_when_its_offset_is_more_than_postgresql_takes_then_answered(
    request, caller, place, name
):
    answer = request.getfixturevalue(caller).get(place, {name: "0107-08-22T04:55:54-19:52"})
    assert answer.status_code == 200


@pytest.mark.parametrize(("caller", "place", "name"), INSTANTS)
@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"])
def test_instant_when_utc_has_no_such_year_then_refused(request, caller, place, name, instant):
    answer = request.getfixturevalue(caller).get(place, {name: instant})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, name)


def test_instant_when_written_with_another_offset_then_the_same(auditor):
    place = "/api/v1/audit-events"
    assert auditor.get(place).status_code == 200
    first = auditor.get(place).json()["results"][-1]
    moment = datetime.fromisoformat(first["at"]).astimezone(timezone(timedelta(hours=17)))
    after = auditor.get(place, {"time_from": moment.isoformat()}).json()["results"]
    before = auditor.get(place, {"time_to": moment.isoformat()}).json()["results"]
    assert first["id"] in [row["id"] for row in after]
    assert first["id"] not in [row["id"] for row in before]


@pytest.mark.parametrize(
    ("raised_at", "day"),
    [
        # Almaty, +05:00: the evening before in UTC is already the next day there.
        (datetime(2026, 3, 1, 18, 59, 59, tzinfo=UTC), "2026-03-01"),
        (datetime(2026, 3, 1, 19, tzinfo=UTC), "2026-03-02"),
    ],
)
def test_alert_when_raised_at_the_edge_of_a_day_then_on_the_offices_own(analyst, raised_at, day):
    alert = flagged_shipment(raised_at=raised_at)
    for other in ("2026-03-01", "2026-03-02"):
        rows = analyst.get("/api/v1/alerts", {"raised_from": other, "raised_to": other}).json()
        assert [row["id"] for row in rows["results"]] == ([alert.pk] if other == day else [])


@pytest.mark.parametrize(
    ("accepted_at", "day"),
    [
        (datetime(2026, 3, 1, 18, 59, 59, tzinfo=UTC), "2026-03-01"),
        (datetime(2026, 3, 1, 19, tzinfo=UTC), "2026-03-02"),
    ],
)
def test_lane_when_accepted_at_the_edge_of_a_day_then_on_the_offices_own(
    customs_system, accepted_at, day
):
    flagged_shipment(assessment__declaration__accepted_at=accepted_at)
    for other in ("2026-03-01", "2026-03-02"):
        rows = customs_system.get("/api/v1/lanes", {"date_from": other, "date_to": other}).json()
        assert len(rows["results"]) == (other == day)


@pytest.mark.parametrize(
    ("place", "more"),
    [
        ("channels/counts", {}),
        ("intermediaries", {"role": "representative"}),
        ("exemption-claimants", {"role": "importer"}),
    ],
)
def test_period_when_it_ends_with_the_last_day_there_is_then_answered(analyst, place, more):
    assert analyst.get(f"/api/v1/{place}", PERIOD | more).status_code == 200
