"""The queue's changes as they happen, over a real server: in scope, resumed, many at once."""

import asyncio
import http.client
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from targeting.api import event_stream
from targeting.api.event_stream import Hub, Listener, stream
from targeting.domain.alert_events import MOST_EVENTS
from targeting.models import Alert, User
from targeting.selectors.alert_changes import alert_changes, current_cursor
from tests.api.conftest import signed_in
from tests.factories.targeting import AlertFactory
from tests.integration.serving import serving

STREAM = "/api/v1/events/stream"
POOL = 4

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(worker_environment, settings):
    return worker_environment | {
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_POOL_SIZE": str(POOL),
        "TARGETING_DRAW_SECRET": settings.TARGETING["DRAW_SECRET"],
    }


@pytest.fixture
def server(environment, served):
    return served(environment)


def cookie_of(caller):
    return f"sessionid={caller.session.session_key}"


@contextmanager
def asked(server, caller, path=STREAM, **headers):
    place = urlsplit(server)
    line = http.client.HTTPConnection(place.hostname, place.port, timeout=120)
    known = {"Cookie": cookie_of(caller), "Accept": "text/event-stream"} | headers
    try:
        line.request("GET", path, headers=known)
        yield line.getresponse()
    finally:
        line.close()


def blocks(answer):
    """The blocks of a stream, each as its fields; comments have none."""
    fields = {}
    while line := answer.readline():
        text = line.decode().rstrip("\n")
        if text and not text.startswith(":"):
            name, _, value = text.partition(": ")
            fields[name] = value
        elif not text:
            yield fields
            fields = {}


def next_of(answer, name):
    return next(block[name] for block in blocks(answer) if name in block)


def test_alert_when_raised_then_told_to_who_sees_it_and_to_nobody_else(server):
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    with asked(server, near) as ours, asked(server, far) as theirs:
        assert ours.status == 200
        assert ours.headers["Content-Type"].startswith("text/event-stream")
        assert ours.headers["Cache-Control"] == "no-store"
        assert next_of(ours, "retry") == "3000"
        position = next_of(ours, "id")
        next_of(theirs, "id")
        here = AlertFactory()
        there = AlertFactory(customs_office="50000")
        assert next_of(ours, "data") == f'{{"alert":{here.pk},"is_new":true}}'
        assert next_of(theirs, "data") == f'{{"alert":{there.pk},"is_new":true}}'
        Alert.objects.filter(pk=here.pk).update(state="closed")
        assert next_of(ours, "data") == f'{{"alert":{here.pk},"is_new":true}}'
        assert next_of(ours, "id") != position
    # Whoever lost the line is told on the next one what happened meanwhile, in one block.
    with asked(server, near, **{"Last-Event-ID": position}) as again:
        told = next_of(again, "data")
        assert told == f'{{"alert":{here.pk},"is_new":true}}'


@pytest.mark.parametrize(
    ("role", "status"), [("auditor", 200), ("examiner", 403), ("list_editor", 403)]
)
def test_stream_when_the_role_does_not_read_the_queue_then_refused_as_json(server, role, status):
    with asked(server, signed_in(roles=[role])) as answer:
        assert answer.status == status
        if status != 200:
            assert answer.headers["Content-Type"] == "application/problem+json"


def test_streams_when_there_are_many_then_requests_go_on_and_connections_stay_few(server):
    readers = [signed_in(roles=["analyst"]) for _ in range(10)]
    with ExitStack() as lines:
        open_lines = [
            lines.enter_context(asked(server, reader)) for reader in readers for _ in range(5)
        ]
        for answer in open_lines:
            next_of(answer, "id")
        with asked(server, readers[0], "/api/v1/me", Accept="application/json") as answer:
            assert answer.status == 200
        assert _sessions() <= POOL
        alert = AlertFactory()
        begun = time.monotonic()
        for answer in open_lines:
            assert str(alert.pk) in next_of(answer, "data")
        assert time.monotonic() - begun < 10
        with asked(server, readers[0]) as sixth, asked(server, readers[0]) as seventh:
            assert (sixth.status, seventh.status) == (200, 503)
            assert seventh.headers["Retry-After"]


def test_server_when_told_to_stop_then_streams_do_not_keep_it(environment):
    with serving(environment) as server:
        line = asked(server, signed_in(roles=["analyst"]))
        answer = line.__enter__()
        next_of(answer, "id")
        begun = time.monotonic()
    assert time.monotonic() - begun < 20
    line.__exit__(None, None, None)


def test_change_when_committed_late_then_not_passed_by():
    """Begun before the cursor, seen by nobody, and committed after others."""
    early = AlertFactory()
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE targeting_alert SET state = 'closed' WHERE id = %s", [early.pk])
        since = current_cursor()
        later = AlertFactory()
        told = alert_changes(since=since)
        assert [one.alert for one in told.changes] == [later.pk]
        other.commit()
        told = alert_changes(since=told.cursor)
        assert [one.alert for one in told.changes] == [early.pk]
        assert alert_changes(since=told.cursor).changes == ()
    finally:
        other.close()


def test_change_when_rolled_back_then_not_told():
    since = current_cursor()
    with transaction.atomic():
        AlertFactory()
        transaction.set_rollback(True)
    assert alert_changes(since=since).changes == ()


def test_changes_when_there_are_too_many_then_the_queue_is_loaded_anew():
    alert = AlertFactory()
    since = current_cursor()
    rows = [
        Alert(
            **{
                name: getattr(alert, name)
                for name in ("declaration", "assessment", "lane", "score")
            },
            registration_number=f"{number}",
            customs_office="55301",
            accepted_at=alert.accepted_at,
            raised_at=alert.raised_at,
            updated_at=alert.updated_at,
        )
        for number in range(MOST_EVENTS + 1)
    ]
    Alert.objects.bulk_create(rows[:MOST_EVENTS])
    told = alert_changes(since=since)
    assert (len(told.changes), told.is_complete) == (MOST_EVENTS, True)
    rows[-1].save()
    told = alert_changes(since=since)
    assert (told.changes, told.is_complete) == ((), False)
    assert alert_changes(since=told.cursor).is_complete


def test_cursor_when_of_a_database_further_on_then_the_queue_is_loaded_anew():
    far = 2**62 + 5
    told = alert_changes(since=f"{far}:{far}:")
    assert not told.is_complete
    assert alert_changes(since=told.cursor).is_complete


def test_polling_tells_the_same_from_cursor_to_cursor():
    analyst = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    first = analyst.get("/api/v1/events").json()
    assert (first["changes"], first["is_complete"]) == ([], True)
    alert = AlertFactory()
    AlertFactory(customs_office="50000")
    told = analyst.get("/api/v1/events", {"since": first["next"]}).json()
    assert told["changes"] == [{"alert": alert.pk, "is_new": True}]
    assert analyst.get("/api/v1/events", {"since": told["next"]}).json()["changes"] == []
    for wrong in ("now", "1:1:'", "0:0:", "9:5:", f"{2**62}:{2**62}:", ""):
        assert analyst.get("/api/v1/events", {"since": wrong}).status_code == 400
    assert analyst.get("/api/v1/events", {"after": "1:1:"}).status_code == 400


def test_polling_does_not_keep_a_session_alive():
    analyst = signed_in(roles=["analyst"])
    session = analyst.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - 3600}]
    session["seen_at"] = seen = int(time.time()) - 600
    session.save()
    assert analyst.get("/api/v1/events").status_code == 200
    assert analyst.session["seen_at"] == seen
    assert analyst.get("/api/v1/me").status_code == 200
    assert analyst.session["seen_at"] > seen


def test_stream_when_the_server_has_no_event_loop_then_it_ends_at_once():
    """As under WSGI, where it would hold a worker: the reader comes again with what it knows."""
    analyst = signed_in(roles=["analyst"])
    since = analyst.get("/api/v1/events").json()["next"]
    alert = AlertFactory()
    answer = analyst.get(STREAM, headers={"Last-Event-ID": since, "Accept": "text/event-stream"})
    assert f'"alert":{alert.pk}' in b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("taken", ["account", "role", "session"])
def test_stream_when_the_right_to_read_ends_then_the_stream_ends(monkeypatch, taken):
    monkeypatch.setattr(event_stream, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(event_stream, "CHECK_SECONDS", 0.0)
    analyst = signed_in(roles=["analyst"])
    user, session = analyst.user, analyst.session
    listener = Listener(user_id=user.pk, session_key=session.session_key, offices=None)

    def take():
        if taken == "account":
            User.objects.filter(pk=user.pk).update(is_active=False)
        elif taken == "role":
            User.objects.filter(pk=user.pk).update(roles=["examiner"])
        else:
            session.delete()
        connection.close()

    async def listen():
        blocks = stream(listener, since=None)
        assert b"retry" in await anext(blocks)
        await anext(blocks)
        await asyncio.to_thread(take)
        async with asyncio.timeout(10):
            return [block async for block in blocks]

    assert asyncio.run(listen()) == []


def test_reader_when_it_takes_nothing_for_long_then_its_stream_ends():
    listener = Listener(user_id=1, session_key="", offices=None)
    since = current_cursor()
    AlertFactory()
    told = alert_changes(since=since)

    async def fill():
        for _ in range(100):
            listener.tell(told)
        return await listener.waiting.get()

    assert asyncio.run(fill()) is None
    assert not Hub().listeners


def _sessions():
    """Connections of the server to the test's database: all but the test's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]
