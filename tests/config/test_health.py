import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from config import disks, heartbeats
from config.celery import app
from tests.factories.risk import ListEditionFactory

TOKEN = "a-token-of-more-than-32-characters-for-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
GOOD = {"database": "ok", "broker": "ok", "disk": "ok"}


def test_live_when_asked_by_address_then_ok_without_host_or_database(client):
    answer = client.get("/health/live", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_when_all_answer_then_ok_and_strangers_learn_no_more(client, settings):
    settings.METRICS_TOKEN = TOKEN
    for headers in ({}, {"Authorization": f"Bearer {TOKEN}x"}):
        answer = client.get("/health/ready", headers=headers)
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok", "parts": GOOD}


@pytest.mark.django_db
def test_ready_when_the_broker_is_away_then_503_names_it(client, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "parts": GOOD | {"broker": "unavailable"}}


@pytest.mark.django_db
def test_ready_when_the_database_is_away_then_503_names_it(client, monkeypatch, settings):
    def refuse():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    settings.METRICS_TOKEN = TOKEN
    for headers in ({}, BEARER):
        answer = client.get("/health/ready", headers=headers)
        assert answer.status_code == 503
        assert answer.json()["parts"]["database"] == "unavailable"


@pytest.mark.django_db
def test_ready_when_the_disk_is_full_then_503_and_when_it_is_low_a_warning(client, settings):
    settings.METRICS_TOKEN = TOKEN
    settings.LEAST_FREE_BYTES = disks.free_bytes() * 2
    assert client.get("/health/ready").status_code == 503
    settings.LEAST_FREE_BYTES, settings.LOW_FREE_BYTES = 0, disks.free_bytes() * 2
    answer = client.get("/health/ready", headers=BEARER)
    assert (answer.status_code, answer.json()["parts"]["disk"]) == (200, "warning")


@pytest.mark.django_db
def test_ready_when_nobody_works_then_a_warning_for_whoever_shows_the_token(client, settings):
    cache.clear()
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/health/ready", headers=BEARER)
    assert (answer.status_code, answer.json()["status"]) == (200, "warning")
    silent = dict.fromkeys((*heartbeats.PARTS, "lists"), "warning")
    assert answer.json()["parts"] == GOOD | silent
    pulse = heartbeats._Pulse()
    pulse.parts = heartbeats.PARTS
    pulse.beat()
    ListEditionFactory()
    answer = client.get("/health/ready", headers=BEARER)
    assert answer.json() == {
        "status": "ok",
        "parts": GOOD | dict.fromkeys((*heartbeats.PARTS, "lists"), "ok"),
    }
