"""What the pipeline raises has a time by which somebody is to decide."""

from datetime import timedelta

import pytest

from targeting.models import Alert
from targeting.services.alerts import DECIDE
from targeting.services.lanes import lane_due_times
from tests.integration.conftest import DEMO

pytestmark = pytest.mark.django_db


def test_alerts_when_raised_then_each_has_the_time_of_its_lane(take_in) -> None:
    take_in((DEMO / "declarations.ndjson").read_bytes())
    alerts = list(Alert.objects.all())
    assert {alert.lane for alert in alerts} >= {"red", "yellow"}
    for alert in alerts:
        assert alert.due_at == lane_due_times(alert.raised_at, DECIDE).get(alert.lane)
    due = {alert.lane: alert.due_at - alert.raised_at for alert in alerts if alert.due_at}
    assert timedelta() < due["red"] < due["yellow"]
