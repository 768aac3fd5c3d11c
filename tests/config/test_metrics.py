"""What Prometheus is told, and by whom it may be asked; dashboard and rules name what there is."""

import json
import re
import subprocess
import sys
from datetime import timedelta

import pytest
import yaml
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config import counting, env, heartbeats, metrics
from config.celery import app
from shipments.models import StageRun
from shipments.services.stage_runs import LeaseLost
from targeting.services import telemetry
from tests.factories.risk import ControlListFactory
from tests.factories.shipments import IntakeBatchFactory
from tests.factories.targeting import AlertFactory, DeliveryFactory, UserFactory

TOKEN = "a-token-of-more-than-32-characters-for-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
RULES = env.PROJECT / "deploy" / "prometheus" / "rules.yml"
DASHBOARD = env.PROJECT / "deploy" / "grafana" / "targeting-centre.json"
METRIC = re.compile(r"\btargeting_[a-z_]+")
NAMED = re.compile(r"(?:# (?:HELP|TYPE) )?(targeting_[a-z_]+)")


@pytest.fixture
def opened(settings):
    settings.METRICS_TOKEN = TOKEN


def samples(text):
    """Value by name and labels, in the order of their names."""
    return {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def value(told, name, **labels):
    return told[(name, *sorted(labels.items()))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        (BEARER, 200),
    ],
)
def test_metrics_when_asked_then_only_for_the_token(opened, client, headers, status):
    answer = client.get("/metrics", headers={"host": "10.0.0.7", **headers})
    assert answer.status_code == status
    assert (b"targeting_" in answer.content) == (status == 200)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_metrics_when_no_token_is_set_then_closed_to_everybody(settings, client):
    for token in ("", TOKEN):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.content) == (404, b"")
    client.force_login(UserFactory(roles=["administrator"]))
    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_state_when_things_wait_then_how_many_and_for_how_long(opened, client):
    now = timezone.now()
    for age, is_bulk, state in (
        (90, False, "pending"),
        (30, False, "done"),
        (900, True, "running"),
    ):
        batch = IntakeBatchFactory(is_bulk=is_bulk, received_at=now - timedelta(seconds=age))
        StageRun.objects.create(batch=batch, stage="match", chunk=0, state=state, woken_at=now)
    AlertFactory(lane="red", raised_at=now - timedelta(hours=3))
    AlertFactory(lane="red", raised_at=now - timedelta(hours=1), assignee=UserFactory())
    AlertFactory(lane="red", raised_at=now - timedelta(days=9), state="closed", disposition="other")
    DeliveryFactory(due_at=now - timedelta(minutes=5))
    ControlListFactory()
    told = samples(client.get("/metrics", headers=BEARER).text)
    assert value(told, "targeting_stage_runs", queue="quick", stage="match", state="pending") == 1
    assert value(told, "targeting_queue_age_seconds", queue="quick") == pytest.approx(90, abs=30)
    assert value(told, "targeting_queue_age_seconds", queue="bulk") == pytest.approx(900, abs=30)
    assert value(told, "targeting_open_alerts", lane="red") == 2
    assert value(told, "targeting_unassigned_alerts", lane="red") == 1
    age = value(told, "targeting_open_alert_age_seconds", lane="red")
    assert age == pytest.approx(3 * 3600, abs=30)
    assert value(told, "targeting_deliveries_due", channel="email") == 1
    assert value(told, "targeting_lists", state="known") == 1
    assert value(told, "targeting_lists", state="in_force") == 0
    assert value(told, "targeting_queue_messages", queue="quick") == 0
    assert value(told, "targeting_part_answers", part="database") == 1


@pytest.mark.django_db
def test_state_when_more_is_stored_then_the_same_number_of_queries(
    opened, client, django_assert_num_queries
):
    for more in (1, 5):
        AlertFactory.create_batch(more)
        with django_assert_num_queries(6):
            metrics.exposition()


@pytest.mark.django_db
def test_state_when_a_part_is_away_then_the_rest_is_told(opened, client, monkeypatch):
    def refuse():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    told = samples(client.get("/metrics", headers=BEARER).text)
    assert value(told, "targeting_part_answers", part="database") == 0
    assert value(told, "targeting_part_answers", part="broker") == 0
    assert value(told, "targeting_part_answers", part="disk") == 1
    assert value(told, "targeting_disk_free_bytes", folder="data") > 0


@pytest.mark.django_db
def test_requests_when_timed_then_by_address_and_never_by_what_was_asked(opened, client):
    before = samples(client.get("/metrics", headers=BEARER).text)
    client.get("/api/v1/parties/12345?name=Zyxwvut")
    client.get("/no-such-page/12345")
    after = samples(client.get("/metrics", headers=BEARER).text)
    name = "targeting_request_seconds_count"
    label = ("route", "party-detail")
    new = {key: number - before.get(key, 0) for key, number in after.items() if key[0] == name}
    assert {key[1:] for key, number in new.items() if number} == {
        (("method", "GET"), label, ("status", "4xx")),
        (("method", "GET"), ("route", "none"), ("status", "4xx")),
    }
    assert "12345" not in str(after.keys())
    assert "Zyxwvut" not in str(after.keys())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "word"),
    [(LeaseLost(), "lease_lost"), (OperationalError(), "passing"), (ValueError(), "final")],
)
def test_stage_when_it_fails_then_counted_by_what_follows(fault, word):
    run = StageRun(batch=IntakeBatchFactory(), stage="match", chunk=0)
    counter = telemetry.STAGE_FAILURES.labels("match", word)
    before = counter._value.get()

    def may_pass(error):
        return isinstance(error, OperationalError)

    with pytest.raises(type(fault)), telemetry.watching(run, may_pass=may_pass):
        raise fault
    assert counter._value.get() == before + 1


COUNT_ONE = """
import sys
from pathlib import Path
from config import counting
counting.share_among_processes(Path(sys.argv[1]))
from prometheus_client import Counter
Counter("targeting_trial_total", "Of a test.", ["of"]).labels("test").inc(int(sys.argv[2]))
"""


@pytest.mark.django_db
def test_counters_when_of_several_processes_then_added_up(tmp_path, settings):
    """Also of those that ended: a sum that falls would be read as one that began anew."""
    for number in (2, 3):
        subprocess.run(
            [sys.executable, "-c", COUNT_ONE, str(tmp_path), str(number)],
            cwd=env.PROJECT,
            check=True,
        )
    assert len(counting.files_of(tmp_path)) == 2
    settings.METRICS_DIR = tmp_path
    told = samples(metrics.exposition().decode())
    assert value(told, "targeting_trial_total", of="test") == 5
    counting.forget(tmp_path)
    assert counting.files_of(tmp_path) == []


def test_parts_when_not_seen_then_none_and_else_since_when():
    cache.clear()
    assert heartbeats.seconds_since_seen() == dict.fromkeys(heartbeats.PARTS)
    pulse = heartbeats._Pulse()
    pulse.beat()
    assert heartbeats.seconds_since_seen()["beat"] is None
    pulse.parts = ("beat",)
    pulse.beat()
    seconds = heartbeats.seconds_since_seen()
    assert 0 <= seconds["beat"] < 5
    assert seconds["worker"] is None


def _all_names():
    """Every name that a scrape may hold, samples and all."""
    for metric, labels in (
        (telemetry.STAGE_SECONDS, ("match",)),
        (telemetry.STAGE_COUNTS, ("match", "item")),
        (telemetry.STAGE_FAILURES, ("match", "final")),
        (telemetry.SCREENING_SECONDS, ("false",)),
        (telemetry.REQUEST_SECONDS, ("none", "GET", "2xx")),
        (telemetry.TASKS, ("none", "success")),
    ):
        metric.labels(*labels)
    # Other requests of this process may have been timed: their addresses are no metrics.
    lines = metrics.exposition().decode().splitlines()
    names = {found[1] for line in lines if (found := NAMED.match(line))}
    return names | {"targeting_part_silent_seconds"}


@pytest.mark.django_db
@pytest.mark.parametrize("file", [RULES, DASHBOARD], ids=lambda path: path.name)
def test_every_metric_that_a_file_names_is_there(file):
    if file is RULES:
        rules = [
            rule for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]
        ]
        assert all({"alert", "expr", "labels", "annotations"} <= rule.keys() for rule in rules)
        expressions = [rule["expr"] for rule in rules]
    else:
        panels = json.loads(file.read_text())["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    asked = {name for expression in expressions for name in METRIC.findall(expression)}
    assert len(asked) > 10
    assert asked - _all_names() == set()
    assert all(expression.count("(") == expression.count(")") for expression in expressions)


@pytest.mark.django_db
def test_every_metric_is_shown_or_watched():
    shown = set(METRIC.findall(RULES.read_text() + DASHBOARD.read_text()))
    families = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in _all_names()}
    told = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in shown}
    assert families - told == set()
