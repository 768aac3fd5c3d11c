"""Migrations that carry rows from one shape to another, tried on rows of the old shape."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from targeting.domain.office_hours import due_times, read_minutes, read_office_hours
from targeting.models import Alert, ApiClient, User
from tests.factories.targeting import flagged_shipment

WITHOUT_DUE_TIMES = [("targeting", "0027_export_resources")]
LANES = ("red", "yellow", "blue", "green")
DECIDED = ("red", "yellow", "blue")
KEPT = datetime(2026, 3, 1, 9, tzinfo=UTC)
BEFORE, NEWEST = [("targeting", "0003_client_secrets")], "targeting"


@pytest.fixture
def old_alerts(transactional_db):
    """Alerts of every lane and one that is closed, as they were before there were due times."""
    for lane in DECIDED:
        flagged_shipment(lane=lane)
    flagged_shipment(lane="red", state="closed")
    Alert.objects.update(due_at=None)
    kept = flagged_shipment(lane="yellow", due_at=KEPT)
    executor = MigrationExecutor(connection)
    executor.migrate(WITHOUT_DUE_TIMES)
    yield kept
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def before_roles(transactional_db):
    """The models as they were before people had several roles; brought up to date afterwards."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def bring_up_to_date():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def due_by_lane(now):
    chosen = settings.TARGETING
    hours = read_office_hours(
        chosen["OFFICE_HOURS"], zone=chosen["OFFICE_TIME_ZONE"], holidays=chosen["HOLIDAYS"]
    )
    return due_times(now, minutes=read_minutes(chosen["DECIDE_MINUTES"], names=LANES), hours=hours)


def test_due_times_when_alerts_are_of_before_then_the_open_ones_count_from_now(old_alerts):
    before = due_by_lane(timezone.now())
    bring_up_to_date()
    after = due_by_lane(timezone.now())
    filled = Alert.objects.exclude(pk=old_alerts.pk)
    found = dict(filled.filter(state="open").values_list("lane", "due_at"))
    assert found.keys() == set(DECIDED)
    for lane, due_at in found.items():
        if lane in before:
            assert before[lane] <= due_at <= after[lane]
        else:
            assert due_at is None
    assert [one.due_at for one in filled.filter(state="closed")] == [None]
    assert Alert.objects.get(pk=old_alerts.pk).due_at == KEPT


def test_roles_when_people_of_the_old_kind_exist_then_they_keep_what_they_could_do(before_roles):
    old = before_roles.get_model("targeting", "User").objects
    for name, more in {
        "analyst": {"role": "analyst"},
        "keeper": {"role": "list_administrator", "is_staff": True},
        "root": {"role": "analyst", "is_staff": True, "is_superuser": True},
        "nobody": {"role": ""},
        "gone": {"role": "analyst", "is_active": False},
    }.items():
        old.create(username=name, password="!", **more)
    submitter = before_roles.get_model("shipments", "Submitter").objects.create(key="broker")
    before_roles.get_model("targeting", "ApiClient").objects.create(
        client_id="broker", submitter=submitter, scopes=["receipts:read"], client_secret=""
    )
    bring_up_to_date()
    assert {user.username: user.roles for user in User.objects.all()} == {
        "analyst": ["analyst"],
        "keeper": ["list_editor"],
        "root": ["administrator"],
        "nobody": [],
        "gone": ["analyst"],
    }
    assert {user.reach for user in User.objects.all()} == {"central"}
    assert not User.objects.get(username="gone").is_active
    assert not User.objects.get(username="root").is_superuser
    client = ApiClient.objects.get()
    assert (client.kind, client.reach, client.scopes) == (
        "api_client",
        "offices",
        ["receipts:read"],
    )
