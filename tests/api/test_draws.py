"""The random draw told before the day and proved after it."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from risk.domain.draws import day_key, draw, key_digest
from risk.models import DrawDigest, DrawKey, LaneDecision
from risk.services.draws import Published, publish_draws
from targeting.tasks import publish_draws as task
from tests.factories.risk import LaneDecisionFactory

SECRET = b"a secret of the tests that is long enough"
DAY = date(2026, 3, 1)
NOW = datetime(2026, 2, 27, 6, 0, tzinfo=UTC)


def publish(today: date, *, secret: bytes = SECRET, days_ahead: int = 3) -> Published:
    return publish_draws(secret=secret, today=today, days_ahead=days_ahead, key_days=7, now=NOW)


def decide(number: str, day: date = DAY, *, secret: bytes = SECRET) -> LaneDecision:
    key = day_key(secret, day)
    value = draw(key, number)
    return LaneDecisionFactory(
        assessment__declaration__registration_number=number,
        draw=value,
        random_rate=0.5,
        is_drawn=value < 0.5,
        draw_day=day,
        key_digest=key_digest(key),
    )


def verify(*args: str) -> str:
    out = StringIO()
    call_command("verify_draw", str(DAY), *args, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_digests_are_told_ahead_and_keys_when_no_draw_uses_them_any_more() -> None:
    first = publish(DAY - timedelta(days=2))
    assert first == ([DAY + timedelta(days=day) for day in (-2, -1, 0, 1)], [], [])
    assert publish(DAY - timedelta(days=2)) == ([], [], [])
    assert publish(DAY + timedelta(days=7)).keys == [
        DAY - timedelta(days=2),
        DAY - timedelta(days=1),
    ]
    assert publish(DAY + timedelta(days=8)).keys == [DAY]
    published = DrawKey.objects.get(announcement__day=DAY)
    assert published.key == day_key(SECRET, DAY).hex()
    assert DrawDigest.objects.get(day=DAY).digest == key_digest(day_key(SECRET, DAY))


@pytest.mark.django_db
def test_another_secret_is_told_and_publishes_no_key_of_days_bound_before() -> None:
    publish(DAY, days_ahead=0)
    told = publish(DAY + timedelta(days=8), secret=b"another secret", days_ahead=0)
    assert (told.broken, told.keys) == ([DAY], [])
    assert DrawDigest.objects.get(day=DAY).digest == key_digest(day_key(SECRET, DAY))


@pytest.mark.django_db
def test_draw_of_a_day_is_proved_by_what_was_published(tmp_path) -> None:
    for serial in range(10):
        decide(f"1/{serial}")
    publish(DAY - timedelta(days=2))
    publish(DAY + timedelta(days=8))
    said = verify("--csv", str(tmp_path / "draws.csv"))
    assert "decisions: 10" in said
    assert "the draw holds" in said
    assert "note:" not in said
    rows = list(csv.DictReader((tmp_path / "draws.csv").open(encoding="utf-8")))
    assert len(rows) == 10
    assert all((row["is_drawn"] == "True") == (float(row["draw"]) < 0.5) for row in rows)


@pytest.mark.django_db
def test_decision_that_was_changed_is_named() -> None:
    changed = decide("1/1")
    decide("1/2")
    publish(DAY - timedelta(days=2))
    publish(DAY + timedelta(days=8))
    LaneDecision.objects.filter(pk=changed.pk).update(is_drawn=not changed.is_drawn)
    with pytest.raises(CommandError, match="1/1: is_drawn is"):
        verify()


@pytest.mark.django_db
def test_key_that_is_not_public_yet_is_used_by_who_holds_the_secret_alone(settings) -> None:
    settings.TARGETING = settings.TARGETING | {"DRAW_SECRET": SECRET.decode(), "DRAW_KEY_DAYS": 7}
    decide("1/1")
    publish(DAY - timedelta(days=2))
    with pytest.raises(CommandError, match="it is due on 2026-03-09"):
        verify()
    assert "the draw holds" in verify("--secret")
    assert "the draw holds" in verify("--key", day_key(SECRET, DAY).hex())
    with pytest.raises(CommandError, match="not the announced one"):
        verify("--key", "00")


@pytest.mark.django_db
def test_day_without_an_announcement_is_no_proof() -> None:
    decide("1/1")
    with pytest.raises(CommandError, match="no digest was announced"):
        verify("--key", day_key(SECRET, DAY).hex())


@pytest.mark.django_db
def test_digest_that_came_too_late_is_noted() -> None:
    publish_draws(
        secret=SECRET, today=DAY, days_ahead=0, key_days=7, now=datetime(2026, 3, 1, 9, tzinfo=UTC)
    )
    assert "only after the day had begun" in verify("--key", day_key(SECRET, DAY).hex())


@pytest.mark.django_db
def test_beat_announces_days_and_logs_a_changed_secret(settings, caplog) -> None:
    assert len(task()["announced"]) == settings.TARGETING["DRAW_DAYS_AHEAD"] + 1
    settings.TARGETING = settings.TARGETING | {"DRAW_SECRET": "another secret of the tests, long"}
    broken = task()["broken"]
    assert len(broken) == settings.TARGETING["DRAW_DAYS_AHEAD"] + 1
    assert "draw_secret_changed" in caplog.text
