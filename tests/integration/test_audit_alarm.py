"""A tampered audit row is an alarm: in the log, and by mail to those who watch."""

from datetime import datetime

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from targeting.models import AuditEvent
from targeting.services.audit_alarm import check_chain
from targeting.tasks import check_audit
from tests.api.conftest import signed_in
from tests.factories.targeting import UserFactory
from tests.integration.test_audit import as_owner, record, seal

CHAIN, EVENTS = "/api/v1/audit-chain", "/api/v1/audit-events"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _sealed():
    cache.clear()
    UserFactory(roles=["auditor"], email="auditor@customs.example")
    UserFactory(roles=["administrator"], email="admin@customs.example")
    UserFactory(roles=["analyst"], email="analyst@customs.example")
    record(), record()
    assert seal() == 2


def test_chain_when_it_holds_then_nobody_is_alarmed():
    assert check_audit() is True
    assert mail.outbox == []


def test_tampered_row_when_checked_then_those_who_watch_are_told_once():
    tampered = AuditEvent.objects.earliest("id")
    AuditEvent.objects.filter(pk=tampered.pk).update(actor="user:8")
    assert check_audit() is False
    assert check_audit() is False
    (message,) = mail.outbox
    assert sorted(message.to) == ["admin@customs.example", "auditor@customs.example"]
    assert f"event {tampered.pk}: event_changed" in message.body


def test_end_of_the_chain_when_cut_then_noticed_by_the_head_seen_before():
    assert check_chain(now=timezone.now()) is True
    as_owner("DELETE FROM targeting_auditseal WHERE position = 2")
    last = AuditEvent.objects.latest("id")
    as_owner("DELETE FROM targeting_auditevent WHERE id = %s", last.pk)
    assert check_chain(now=timezone.now()) is False
    assert "seal_missing" in mail.outbox[0].body


def test_check_when_nothing_was_ever_sealed_then_it_holds():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE targeting_auditseal, targeting_auditevent")
    assert check_chain(now=timezone.now()) is True


def test_check_is_scheduled():
    assert settings.CELERY_BEAT_SCHEDULE["check_audit"]["task"] == check_audit.name


def test_auditor_when_asking_then_reads_what_the_last_walk_found():
    auditor = signed_in(roles=["auditor"])
    assert auditor.get(CHAIN).json()["checked_at"] is None
    now = timezone.now()
    check_chain(now=now)
    report = auditor.get(CHAIN).json()
    assert datetime.fromisoformat(report["checked_at"]) == now
    assert (report["holds"], report["sealed"], report["first_break"]) == (True, 2, None)
    assert len(bytes.fromhex(report["head"])) == 32
    sealed = {event["id"]: event["is_sealed"] for event in auditor.get(EVENTS).json()["results"]}
    first, second = AuditEvent.objects.order_by("id")[:2]
    assert (sealed[first.pk], sealed[second.pk], min(sealed.values())) == (True, True, False)
    AuditEvent.objects.filter(pk=second.pk).update(actor="user:8")
    check_chain(now=now)
    report = auditor.get(CHAIN).json()
    broken = {"position": 2, "event": second.pk, "difference": "event_changed"}
    assert (report["holds"], report["sealed"], report["first_break"]) == (False, 1, broken)
