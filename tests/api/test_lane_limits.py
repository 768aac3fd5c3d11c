"""Limits of offices' lanes over the API: recorded for days to come, by whom and why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from risk.models import LaneDay, LaneLimit
from risk.selectors.office import office_day
from targeting.models import AuditEvent
from tests.api.conftest import signed_in
from tests.factories.risk import LaneLimitFactory
from tests.factories.targeting import CustomsOfficeFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/lane-limits"


@pytest.fixture(autouse=True)
def _offices() -> None:
    CustomsOfficeFactory(code="55301")


def limit(**changes):
    tomorrow = office_day(timezone.now()) + timedelta(days=1)
    body = {
        "customs_office": "55301", "lane": "yellow", "capacity": 40, "rate": "0.05",
        "valid_from": str(tomorrow), "reason": "order 5",
    }  # fmt: skip
    return body | changes


def test_limit_when_recorded_then_told_with_who_and_why(senior_analyst) -> None:
    answer = senior_analyst.post(PLACE, limit())
    assert answer.status_code == 201, answer.content
    shown = senior_analyst.get(f"{PLACE}/{answer.json()['id']}").json()
    assert (shown["capacity"], shown["rate"], shown["reason"]) == (40, "0.0500", "order 5")
    assert shown["recorded_by"] == senior_analyst.user.actor
    event = AuditEvent.objects.get(resource="lane-limit-list", verb="create")
    assert (event.actor, event.object_key) == (senior_analyst.user.actor, str(shown["id"]))
    rows = senior_analyst.get(f"{PLACE}?customs_office=55301&lane=yellow").json()["results"]
    assert [one["id"] for one in rows] == [shown["id"]]
    ended = senior_analyst.post(PLACE, limit(capacity=None, rate=None))
    assert (ended.status_code, ended.json()["capacity"]) == (201, None)


def test_limit_when_its_day_has_begun_then_refused(senior_analyst) -> None:
    answer = senior_analyst.post(PLACE, limit(valid_from=str(office_day(timezone.now()))))
    assert (answer.status_code, answer.json()["code"]) == (422, "limit_refused")
    assert answer.json()["params"]["field"] == "valid_from"
    assert not LaneLimit.objects.exists()


def test_limit_when_the_office_was_never_entered_then_refused(senior_analyst) -> None:
    answer = senior_analyst.post(PLACE, limit(customs_office="55310"))
    assert (answer.status_code, answer.json()["code"]) == (422, "office_unknown")
    assert answer.json()["params"]["value"] == ["55310"]
    assert not LaneLimit.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"lane": "green"},
        {"lane": "purple"},
        {"rate": "1.1"},
        {"rate": "-0.1"},
        {"rate": "0.00001"},
        {"capacity": -1},
        {"capacity": "many"},
        {"customs_office": ""},
        {"reason": ""},
        {"valid_from": "soon"},
    ],
)
def test_limit_when_a_value_is_impossible_then_refused_by_its_name(senior_analyst, changes) -> None:
    answer = senior_analyst.post(PLACE, limit(**changes))
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == list(changes)


def test_limit_when_it_brings_privileged_fields_then_none_is_set(senior_analyst) -> None:
    rights = {"id": 9, "recorded_by": "user:0", "recorded_at": "2000-01-01T00:00:00Z"}
    assert senior_analyst.post(PLACE, limit(**rights)).status_code == 201
    row = LaneLimit.objects.get()
    assert row.recorded_by == senior_analyst.user.actor
    assert row.recorded_at.year > 2000


@pytest.mark.parametrize("who", ["analyst", "examiner", "list_editor", "client_system", "auditor"])
def test_limit_when_others_would_record_it_then_refused(who, request) -> None:
    client = request.getfixturevalue(who)
    assert client.post(PLACE, limit()).status_code == 403
    assert client.get(PLACE).status_code == (200 if who == "auditor" else 403)
    assert client.get("/api/v1/lane-days").status_code == (200 if who == "auditor" else 403)


def test_limits_and_days_when_the_caller_sees_one_office_then_its_own(senior_analyst) -> None:
    for office in ("55301", "55302"):
        LaneLimitFactory(customs_office=office, capacity=5)
        LaneDay.objects.create(customs_office=office, day=office_day(timezone.now()), seen=3)
    local = signed_in(roles=["senior_analyst"], reach="offices", offices=["55302"])
    for place in (PLACE, "/api/v1/lane-days"):
        rows = local.get(place).json()["results"]
        assert [one["customs_office"] for one in rows] == ["55302"]
        assert len(senior_analyst.get(place).json()["results"]) == 2
    assert "passed" not in senior_analyst.get("/api/v1/lane-days").json()["results"][0]
    assert local.post(PLACE, limit(customs_office="55302")).status_code == 403
