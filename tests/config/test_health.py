import pytest
from django.db import OperationalError, connection

from config.celery import app


def test_live_when_asked_by_address_then_ok_without_host_or_database(client):
    answer = client.get("/health/live", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_when_both_answer_then_ok(client):
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["parts"] == {"database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_ready_when_the_broker_is_away_then_503_names_it(client, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "parts": {"database": "ok", "broker": "unavailable"},
    }


@pytest.mark.django_db
def test_ready_when_the_database_is_away_then_503_names_it(client, monkeypatch):
    def refuse():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "unavailable", "broker": "ok"}
