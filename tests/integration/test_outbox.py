"""Whoever subscribed is told: in the application, and by mail that survives a broken server."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from risk.domain.four_eyes import Actor
from risk.models import ListEdition
from risk.services.drafts import describe_draft, start_draft
from targeting.domain.outbox import (
    ANYTHING,
    FOR_PEOPLE,
    MOST_ATTEMPTS,
    OF_LISTS,
    EventKind,
    list_topic,
)
from targeting.models import Delivery, Notice, OutboxEvent
from targeting.services.editions import approve_edition, bring_into_force, propose_edition
from targeting.services.notice_mail import notice_text
from targeting.services.notices import subscribe
from targeting.services.outbox import deliver_again, deliver_due, record_event
from tests.factories.targeting import UserFactory
from tests.integration.mail_server import mail_server
from tests.integration.test_law import NOW, START, make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
AUTHOR, APPROVER = Actor("user:901", "person:901"), Actor("user:902", "person:902")


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


@pytest.fixture
def law() -> ListEdition:
    return make_edition(1, None, ["acetone"])


@pytest.fixture
def reader():
    return UserFactory(username="reader", email="reader@example.org", roles=["analyst"])


def asks(user, *, code="A", by_email=True, lang="en", kinds=FOR_PEOPLE):
    topic = list_topic(code) if code else ANYTHING
    return subscribe(user=user, topic=topic, kinds=kinds, by_email=by_email, lang=lang)


def proposed(law: ListEdition) -> ListEdition:
    draft = start_draft(control_list=law.control_list, actor=AUTHOR)
    draft = describe_draft(
        edition=draft,
        version=draft.version,
        in_force_from=START,
        change_note="decree 5",
        provenance="",
        actor=AUTHOR,
    )
    return propose_edition(edition=draft, version=draft.version, actor=AUTHOR, now=NOW)


def clock(minutes: float = 0):
    return lambda: NOW + timedelta(minutes=minutes)


def test_a_subscriber_is_told_when_proposed_approved_and_in_force(law, reader, server):
    asks(reader)
    assert [one.number for one in bring_into_force(now=NOW - timedelta(days=30))] == [1]
    proposal = proposed(law)
    approve_edition(edition=proposal, version=proposal.version, actor=APPROVER, now=NOW)
    assert [one.number for one in bring_into_force(now=NOW + timedelta(days=1))] == [2]
    assert bring_into_force(now=NOW + timedelta(days=1)) == []
    told = Notice.objects.filter(user=reader).order_by("id")
    assert [(n.event.kind, n.event.payload["edition"]) for n in told] == [
        ("edition_in_force", 1),
        ("edition_proposed", 2),
        ("edition_approved", 2),
        ("edition_in_force", 2),
    ]
    assert deliver_due(clock=clock(60 * 24 * 2)) == 4
    assert deliver_due(clock=clock(60 * 24 * 2)) == 0
    assert [mail["Subject"] for mail in server.mails] == [
        "A: edition 1 is in force",
        "A: edition 2 is proposed",
        "A: edition 2 is approved",
        "A: edition 2 is in force",
    ]
    assert {mail["To"] for mail in server.mails} == {"reader@example.org"}
    body = server.mails[1].get_content()
    assert "decree 5" in body
    assert str(START) in body
    assert "user:" not in body


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("kind", OF_LISTS)
def test_every_event_of_a_list_has_words_in_every_language(kind, lang):
    payload = {
        "list_code": "KZ-470-T4",
        "list_title": "Таблица IV & co",
        "edition": 3,
        "in_force_from": "2026-03-01",
        "change_note": "приказ 5",
    }
    subject, body = notice_text(OutboxEvent(kind=kind, payload=payload), lang)
    assert "KZ-470-T4" in subject
    assert "3" in subject
    assert ("редакция" in subject) == (lang == "ru")
    for value in ("Таблица IV & co", "2026-03-01", "приказ 5"):
        assert value in body
    assert "{" not in body


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_drift_of_a_model_has_words_in_every_language(lang):
    payload = {"model": 3, "first": "2026-03-01", "last": "2026-03-30"}
    subject, body = notice_text(OutboxEvent(kind="model_drifted", payload=payload), lang)
    assert "3" in subject
    assert ("модель" in subject) == (lang == "ru")
    assert "2026-03-01" in body
    assert "{" not in body


def test_who_did_not_ask_or_may_not_read_is_not_told(law, reader):
    proposer_only = UserFactory(roles=["list_editor"])
    asks(proposer_only, kinds=[EventKind.EDITION_APPROVED])
    asks(UserFactory(roles=[]))
    asks(UserFactory(roles=["analyst"], is_active=False))
    other = UserFactory(roles=["auditor"])
    asks(other, code=None, by_email=False)
    proposed(law)
    assert [one.user for one in Notice.objects.all()] == [other]
    assert not Delivery.objects.exists()
    assert not Notice.objects.filter(user=reader).exists()


def test_the_subscription_of_the_list_says_how_and_not_the_one_of_all(law, reader):
    asks(reader, code=None, by_email=False)
    asks(reader, by_email=True, lang="ru")
    proposed(law)
    assert Notice.objects.count() == 1
    assert Delivery.objects.get().lang == "ru"


def test_an_event_when_recorded_again_then_nobody_is_told_twice(law, reader):
    asks(reader)
    for _ in range(2):
        record_event(
            key="edition_approved:1",
            kind=EventKind.EDITION_APPROVED,
            topic=list_topic("A"),
            payload={},
            now=NOW,
        )
    assert (OutboxEvent.objects.count(), Notice.objects.count(), Delivery.objects.count()) == (
        1,
        1,
        1,
    )


def test_a_step_that_is_undone_tells_nobody(law, reader):
    asks(reader)
    with transaction.atomic():
        proposed(law)
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()
    assert not Delivery.objects.exists()


def test_a_delivery_when_the_server_refuses_then_tried_again_later_and_given_up(
    law, reader, server, caplog
):
    asks(reader)
    proposed(law)
    server.recipient_code = 451
    assert deliver_due(clock=clock()) == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.failure) == (
        "pending",
        1,
        "recipient_refused",
    )
    assert delivery.due_at == NOW + timedelta(minutes=1)
    assert deliver_due(clock=clock(0.5)) == 0
    assert Delivery.objects.get().attempts == 1  # not due yet
    for attempt in range(2, MOST_ATTEMPTS + 1):
        deliver_due(clock=clock(60 * 24 * attempt))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("dead", MOST_ATTEMPTS)
    server.recipient_code = 250
    assert deliver_due(clock=clock(60 * 24 * 30)) == 0
    deliver_again(delivery=delivery, now=NOW)
    assert deliver_due(clock=clock(60 * 24 * 30)) == 1
    assert len(server.mails) == 1
    logged = caplog.text
    assert "recipient_refused" in logged
    assert "reader@example.org" not in logged
    assert "secret.example" not in logged


def test_a_delivery_when_the_address_is_refused_for_good_then_given_up_at_once(law, reader, server):
    asks(reader)
    proposed(law)
    server.recipient_code = 550
    deliver_due(clock=clock())
    assert Delivery.objects.get().state == "dead"


def test_a_delivery_when_no_server_answers_then_tried_again(law, reader, server, settings):
    asks(reader)
    proposed(law)
    settings.EMAIL_PORT = 1
    deliver_due(clock=clock())
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.failure) == ("pending", "no_server_ConnectionRefusedError")
    settings.EMAIL_PORT = server.port
    assert deliver_due(clock=clock(2)) == 1


@pytest.mark.parametrize(
    ("values", "failure"),
    [({"email": ""}, "address_missing"), ({"is_active": False}, "recipient_gone")],
)
def test_a_delivery_when_the_recipient_is_gone_then_given_up(law, reader, values, failure):
    asks(reader)
    proposed(law)
    type(reader).objects.filter(pk=reader.pk).update(**values)
    deliver_due(clock=clock())
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.failure) == ("dead", failure)


def test_a_delivery_when_its_sender_died_then_another_sends_the_same_mail(law, reader, server):
    asks(reader)
    proposed(law)
    pk = Delivery.objects.get().pk
    Delivery.objects.update(leased_until=NOW + timedelta(minutes=5), attempts=1)
    assert deliver_due(clock=clock(4)) == 0
    assert deliver_due(clock=clock(5)) == 1
    assert server.mails[0]["Message-ID"].startswith(f"<delivery-{pk}@")


def test_the_database_keeps_a_delivery_once(law, reader):
    asks(reader)
    proposed(law)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'delivery_due'")
        assert cursor.fetchone() == (1,)
