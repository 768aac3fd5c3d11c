"""By when an alert is to be decided: by its lane, in office hours, never later than before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from targeting.models import Alert
from targeting.services.alerts import DECIDE, _set_due
from targeting.services.lanes import lane_due_times
from tests.api.conftest import signed_in
from tests.factories.targeting import AlertFactory

pytestmark = pytest.mark.django_db


def test_alert_when_its_lane_gets_heavier_then_earlier_and_never_later() -> None:
    now = timezone.now()
    times = lane_due_times(now, DECIDE)
    alert = AlertFactory(lane="yellow", due_at=None)
    for lane, expected in (("yellow", "yellow"), ("red", "red"), ("blue", "red"), ("green", "red")):
        Alert.objects.update(lane=lane)
        _set_due([alert.registration_number], now)
        alert.refresh_from_db()
        assert alert.due_at == times[expected]
    AlertFactory(lane="red", due_at=None, state="closed", disposition="other")
    assert Alert.objects.filter(due_at=None).count() == 1


def test_queue_when_asked_for_what_is_overdue_then_open_ones_past_their_time() -> None:
    now = timezone.now()
    late = AlertFactory(due_at=now - timedelta(hours=1))
    soon = AlertFactory(due_at=now + timedelta(hours=1))
    none = AlertFactory(due_at=None)
    AlertFactory(due_at=now - timedelta(hours=2), state="closed", disposition="other")
    caller = signed_in(roles=["analyst"])

    def asked(**query):
        rows = caller.get("/api/v1/alerts", query).json()["results"]
        return [row["id"] for row in rows]

    assert asked(overdue="true") == [late.pk]
    assert late.pk not in asked(overdue="false")
    assert {soon.pk, none.pk} <= set(asked(overdue="false"))
    assert asked(ordering="due_at", state="open") == [late.pk, soon.pk]
    assert asked(ordering="-due_at", state="open") == [soon.pk, late.pk]


def test_alert_when_opened_again_then_it_has_its_time_anew() -> None:
    alert = AlertFactory(
        lane="yellow", state="closed", disposition="other", due_at=timezone.now() - timedelta(9)
    )
    caller = signed_in(roles=["analyst"])
    row = caller.get(f"/api/v1/alerts/{alert.pk}").json()
    place, headers = f"/api/v1/alerts/{alert.pk}/reopen", {"If-Match": row["etag"]}
    answer = caller.post(place, {"comment": "new facts"}, headers=headers)
    alert.refresh_from_db()
    assert alert.due_at > timezone.now()
    assert answer.json()["due_at"] == alert.due_at.isoformat().replace("+00:00", "Z")
