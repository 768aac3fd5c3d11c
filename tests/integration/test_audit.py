"""The chain over the audit: what holds it, and what breaks it."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg import errors

from config import env
from targeting.domain.audit import Action, Difference, Verb
from targeting.models import AuditEvent, AuditSeal
from targeting.selectors.audit import verify_chain
from targeting.services import audit
from targeting.tasks import seal_audit

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PLAIN_INSERT = """
    INSERT INTO targeting_auditevent (at, actor, role, verb, resource, object_key,
      terms, status, purpose, address, request_id)
    VALUES (now(), 'user:7', '', 'read', 'x', '', '{}', 200, '', '', 'r')"""


def record(**changes):
    given = {
        "at": NOW,
        "actor": "user:7",
        "role": "analyst",
        "verb": Verb.SEARCH,
        "resource": "party-list",
        "object_key": "",
        "terms": {"q": ["ангидрид"]},
        "status": 200,
        "purpose": "",
        "address": "127.0.0.1",
        "request_id": "r",
    }
    return audit.record_action(Action(**given | changes)).pk


def seal():
    """A transaction of another test process that ends in this very moment holds it back once."""
    runs = (audit.seal_events(now=NOW)[0] for _ in range(10))
    return next(filter(None, runs), 0)


def found():
    first = verify_chain().first_break
    return (first.event_id, first.difference) if first else None


def as_owner(statement, *values):
    """The tests' own connection is the owner's."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0


def other_login(role_url, database=""):
    parts = env.database(role_url)
    return psycopg.connect(
        host=parts["HOST"],
        port=parts["PORT"],
        user=parts["USER"],
        password=parts["PASSWORD"],
        dbname=database or connection.settings_dict["NAME"],
    )


@pytest.fixture
def sealed():
    """Six events sealed in two runs; an event that was rolled back left a gap of ids."""
    ids = [record(), record(), record()]
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert seal() == 3
    ids += [record(), record(), record()]
    assert seal() == 3
    return ids


def test_chain_when_untouched_then_it_holds_over_gaps(sealed):
    record(at=NOW + timedelta(seconds=2))
    record(at=NOW + timedelta(seconds=1))
    verdict = verify_chain()
    assert verdict.first_break is None
    assert (verdict.sealed, verdict.unsealed) == (6, 2)
    assert verdict.oldest_unsealed_at == NOW + timedelta(seconds=1)
    assert sealed[3] - sealed[2] == 2


def test_chain_when_there_is_nothing_then_it_holds():
    assert seal() == 0
    assert verify_chain().first_break is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "user:8"),
        ("terms", {"q": ["other"]}),
        ("at", NOW + timedelta(microseconds=1)),
        ("status", 403),
        ("xid", 1),
    ],
)
def test_chain_when_an_event_is_updated_then_named(sealed, column, value):
    AuditEvent.objects.filter(pk=sealed[1]).update(**{column: value})
    assert found() == (sealed[1], Difference.EVENT_CHANGED)


def test_chain_when_an_event_is_deleted_then_named(sealed):
    as_owner("DELETE FROM targeting_auditevent WHERE id = %s", sealed[1])
    assert found() == (sealed[1], Difference.EVENT_MISSING)


def test_chain_when_event_and_seal_are_deleted_then_the_hole_is_seen(sealed):
    as_owner("DELETE FROM targeting_auditevent WHERE id = %s", sealed[1])
    as_owner("DELETE FROM targeting_auditseal WHERE event_id = %s", sealed[1])
    assert found() == (None, Difference.SEAL_MISSING)


def test_chain_when_two_events_change_places_then_named(sealed):
    swap = "UPDATE targeting_auditevent SET id = %s WHERE id = %s"
    as_owner(swap, 10**9, sealed[1])
    as_owner(swap, sealed[1], sealed[4])
    as_owner(swap, sealed[4], 10**9)
    assert found() == (sealed[1], Difference.EVENT_CHANGED)


def test_chain_when_seals_change_places_then_named(sealed):
    swap = "UPDATE targeting_auditseal SET position = %s WHERE position = %s"
    for new, old in ((100, 2), (2, 3), (3, 100)):
        as_owner(swap, new, old)
    assert found() == (sealed[2], Difference.SEAL_CHANGED)


def test_chain_when_a_run_is_changed_then_named(sealed):
    as_owner("UPDATE targeting_auditseal SET sealed_at = sealed_at - interval '1 day'")
    assert found() == (sealed[0], Difference.SEAL_CHANGED)


def insert_into_the_gap(sealed):
    planted = sealed[2] + 1
    as_owner(PLAIN_INSERT)
    as_owner("UPDATE targeting_auditevent SET id = %s WHERE resource = 'x'", planted)
    return planted


def test_chain_when_an_event_is_put_in_the_middle_then_named_before_and_after_it_is_sealed(sealed):
    planted = insert_into_the_gap(sealed)
    assert found() == (planted, Difference.EVENT_INSERTED)
    assert seal() == 1
    assert found() == (planted, Difference.EVENT_INSERTED)


def test_chain_when_the_planted_event_forges_its_transaction_then_never_sealed_and_named(sealed):
    xid = AuditEvent.objects.get(pk=sealed[1]).xid
    planted = insert_into_the_gap(sealed)
    as_owner("UPDATE targeting_auditevent SET xid = %s WHERE id = %s", xid, planted)
    assert found() == (planted, Difference.EVENT_INSERTED)
    assert seal() == 0
    assert found() == (planted, Difference.EVENT_INSERTED)


def test_chain_when_its_end_is_cut_then_the_anchor_tells(sealed):
    head = AuditSeal.objects.get(position=6)
    anchor = (6, bytes(head.digest))
    assert verify_chain(anchor=anchor).first_break is None
    as_owner("DELETE FROM targeting_auditseal WHERE position > 4")
    as_owner("DELETE FROM targeting_auditevent WHERE id > %s", sealed[3])
    assert verify_chain().first_break is None
    cut = verify_chain(anchor=anchor).first_break
    assert (cut.position, cut.difference) == (5, Difference.SEAL_MISSING)
    assert seal() == 0
    record(), record()
    assert seal() == 2
    rebuilt = verify_chain(anchor=anchor).first_break
    assert (rebuilt.position, rebuilt.difference) == (6, Difference.SEAL_CHANGED)


def test_event_when_an_older_transaction_is_open_then_it_waits():
    with other_login("DATABASE_OWNER_URL") as slow:
        slow.execute(PLAIN_INSERT)
        early = record()
        assert seal() == 0
        assert verify_chain().unsealed == 1
        slow.commit()
    assert seal() == 2
    assert AuditSeal.objects.get(position=2).event_id == early
    assert found() is None


def test_event_when_a_transaction_of_another_database_is_open_then_sealed():
    with other_login("DATABASE_OWNER_URL", env.database("DATABASE_URL")["NAME"]) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        record()
        assert seal() == 1


def test_event_when_it_commits_late_with_a_lower_id_then_sealed_and_no_break():
    with other_login("DATABASE_OWNER_URL") as slow:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            slow.execute(PLAIN_INSERT)
            higher = record()
        assert seal() == 1
        slow.commit()
    assert seal() == 1
    first, second = AuditSeal.objects.order_by("position")
    assert first.event_id == higher
    assert second.event_id < higher
    assert found() is None


def test_sealing_when_another_sealer_runs_then_nothing_is_done(sealed):
    record()
    with other_login("DATABASE_OWNER_URL") as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [audit.SEALER_LOCK])
        assert audit.seal_events(now=NOW) == (0, None)
    assert seal() == 1


def test_sealing_when_restored_into_another_cluster_then_everything_is_sealed(sealed, monkeypatch):
    """There the numbers of transactions start anew, below those in the tables."""
    far = 10**12
    AuditSeal.objects.all().delete()
    as_owner("UPDATE targeting_auditevent SET xid = xid + %s", far)
    monkeypatch.setattr(audit, "_horizon", lambda: (2 * far, 2 * far))
    monkeypatch.setattr(audit, "_own_xid", lambda: 2 * far)
    assert seal() == 6
    monkeypatch.undo()
    waiting = record()
    assert found() is None
    assert seal() == 1
    assert AuditSeal.objects.latest("position").event_id == waiting
    record()
    assert seal() == 1
    assert found() is None


@pytest.mark.parametrize("table", ["targeting_auditevent", "targeting_auditseal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_app_role_when_it_would_change_the_audit_then_refused(sealed, table, change):
    column = "status" if table.endswith("event") else "horizon"
    with (
        other_login("DATABASE_URL") as app,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        app.execute(change.format(table, column, column))


def test_app_role_when_it_records_and_seals_then_allowed(sealed):
    with other_login("DATABASE_URL") as app:
        app.execute(PLAIN_INSERT)
        app.execute("INSERT INTO targeting_auditseal SELECT 7, 0, '', '', 1, 1, now()")
        app.execute("SELECT pg_try_advisory_xact_lock(%s)", [audit.SEALER_LOCK])
        app.rollback()


def test_command_when_the_chain_holds_then_it_says_so_with_the_window(sealed):
    record()
    out = StringIO()
    call_command("verify_audit", stdout=out)
    head = bytes(AuditSeal.objects.get(position=6).digest).hex()
    assert f"sealed: 6, head 6:{head}" in out.getvalue()
    assert f"not sealed yet: 1, the oldest of {NOW.isoformat()}" in out.getvalue()
    assert "may change the audit tables" in out.getvalue(), "the tests run as the owner"
    call_command("seal_audit", stdout=out)
    assert "1 sealed, head 7:" in out.getvalue()
    call_command("verify_audit", "--anchor", f"6:{head}", stdout=out)


def test_command_when_the_chain_is_broken_then_exit_code_1_and_the_event(sealed):
    as_owner("DELETE FROM targeting_auditevent WHERE id = %s", sealed[1])
    with pytest.raises(CommandError, match=f"event {sealed[1]} .*event_missing") as caught:
        call_command("verify_audit", stdout=StringIO())
    assert caught.value.returncode == 1


def test_task_when_run_then_it_seals():
    record()
    assert seal_audit() == 1
    assert seal_audit() == 0
