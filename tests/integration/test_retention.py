"""Retention: what is due goes, in batches that are counted; what is held never goes."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from risk.domain.four_eyes import Actor
from risk.models import (
    IndicatorRow,
    LaneDecision,
    LinkSubstance,
    RiskAssessment,
    SubstanceMatch,
    TieSubstance,
    TradeRecord,
)
from shipments.models import (
    Declaration,
    GoodsItem,
    IntakeBatch,
    IntakeIssue,
    PartyRole,
    RawMessage,
)
from shipments.services import raw_messages
from targeting.domain.webhooks import subject_of
from targeting.models import Alert, AuditEvent, Delivery, LegalHold, OutboxEvent, RetentionRun
from targeting.selectors.retention import events_about
from targeting.services import legal_holds, retention
from targeting.services.retention import remove_due
from tests.factories.risk import SubstanceMatchFactory
from tests.factories.shipments import PartyFactory
from tests.integration.conftest import declaration
from tests.integration.test_raw_messages import LARGE, files, send

pytestmark = pytest.mark.django_db

# Everything of ``declaration()`` is accepted on 12 November 2025 and received on 1 December.
LATER = datetime(2027, 1, 1, 9, tzinfo=UTC)
FOREVER = {"raw": 0, "match": 0, "declaration": 0}
SOMEBODY, ANOTHER = Actor("user:1", "person:1"), Actor("user:2", "person:2")
ACID = {"item": {"description": "Уксусный ангидрид", "commodity_code": "2915240000"}}


def finished_long_ago() -> None:
    IntakeBatch.objects.update(finished_at=datetime(2025, 12, 1, 10, tzinfo=UTC))


def remove(now: datetime = LATER, **months: int) -> dict[str, RetentionRun]:
    finished_long_ago()
    return {run.kept: run for run in remove_due(policy=FOREVER | months, now=now)}


def numbers() -> set[str]:
    return set(Declaration.objects.values_list("registration_number", flat=True))


def test_policy_when_for_ever_or_not_due_then_nothing_goes_and_nothing_is_told(take_in):
    take_in([declaration()])
    assert remove() == {}
    assert remove(raw=14, match=14, declaration=14)["declaration"].removed_count == 0
    assert (Declaration.objects.count(), RawMessage.objects.count()) == (1, 1)
    assert not AuditEvent.objects.filter(resource="retention").exists()


def test_declarations_when_due_then_gone_with_all_that_hangs_on_them(take_in):
    take_in([declaration(1), declaration(2), declaration(3, accepted_at="2026-11-12T10:00:00Z")])
    take_in([declaration(1, version=2)])
    run = remove(declaration=6)["declaration"]
    assert numbers() == {"55301/121125/0000003"}
    assert {m.objects.count() for m in (GoodsItem, TradeRecord, RiskAssessment, LaneDecision)} == {
        1
    }
    assert (run.removed_count, run.counts["shipments.Declaration"]) == (2, 3)
    assert IntakeBatch.objects.count() == 2, "their messages are kept, so the receipts are"


def told(subject: dict[str, str], state: str) -> None:
    """An event about it, and what came of telling a webhook."""
    event = OutboxEvent.objects.create(
        key=str(subject), kind="lane_given", topic="office:55301", payload=subject, at=LATER
    )
    Delivery.objects.create(
        event=event,
        channel="webhook",
        recipient="webhook:1",
        subject=subject_of(subject),
        sequence=1,
        state=state,
        due_at=LATER,
        delivered_at=LATER if state == "delivered" else None,
    )


def test_events_when_what_they_tell_of_goes_then_gone_with_their_deliveries(take_in):
    gone = take_in([declaration(1), declaration(2)])
    kept = take_in([declaration(3, accepted_at="2026-11-12T10:00:00Z")])
    OutboxEvent.objects.all().delete()
    for number, state in ((1, "delivered"), (2, "dead"), (3, "dead")):
        told({"registration_number": f"55301/121125/{number:07d}"}, state)
    for batch in (gone, kept):
        told({"receipt": str(batch.public_id)}, "pending")
    told({"list": "KZ-470-T4"}, "dead")
    run = remove(raw=6, declaration=6)["declaration"]
    left = set(Delivery.objects.values_list("subject", flat=True))
    assert left == {"55301/121125/0000003", str(kept.public_id), ""}
    assert OutboxEvent.objects.count() == 3
    assert (run.counts["targeting.OutboxEvent"], run.counts["targeting.Delivery"]) == (3, 3)


def test_events_when_looked_for_by_what_they_tell_of_then_by_the_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "event_of_subject" in events_about({"1", "2"}).explain()


def test_messages_when_due_then_gone_with_what_issues_quote_and_the_rest_stays(
    take_in,
    submitter,
    storage,
    django_capture_on_commit_callbacks,
):
    batch = take_in([declaration(item={"commodity_code": "29x5"})])
    send(submitter, LARGE)
    assert IntakeIssue.objects.filter(batch=batch).exclude(value="").exists()
    with django_capture_on_commit_callbacks(execute=True):
        run = remove(raw=6)["raw"]
    assert (run.removed_count, RawMessage.objects.count(), files(storage)) == (2, 0, [])
    issues = IntakeIssue.objects.filter(batch=batch)
    assert issues.exists()
    assert not issues.exclude(raw="", value="").exists()
    with pytest.raises(raw_messages.MessageRemoved), raw_messages.open_message(batch):
        pass
    assert remove(raw=6, declaration=6)["declaration"].counts["shipments.IntakeBatch"] == 2


def test_judgements_when_due_then_gone_and_what_was_declared_stays(take_in):
    take_in([declaration()])
    SubstanceMatchFactory(goods_item=GoodsItem.objects.get(), is_flagged=True)
    call_command("weigh_network", stdout=StringIO())
    assert LinkSubstance.objects.exists()
    assert TieSubstance.objects.exists()
    run = remove(match=6)["match"]
    assert not LinkSubstance.objects.exists()
    assert not TieSubstance.objects.exists()
    left = {m.objects.count() for m in (SubstanceMatch, RiskAssessment, IndicatorRow, LaneDecision)}
    assert (left, GoodsItem.objects.count(), TradeRecord.objects.count()) == ({0}, 1, 1)
    assert run.removed_count == 1
    assert remove(match=6)["match"].removed_count == 0


def test_declaration_when_it_goes_before_its_judgement_then_links_bear_nothing_of_it(take_in):
    take_in([declaration(1, **ACID), declaration(2, **ACID, accepted_at="2026-11-12T10:00:00Z")])
    known = LinkSubstance.objects.get()
    assert (known.mass_kg, known.declaration_count) == (200, 2)
    Alert.objects.all().delete()
    assert remove(declaration=6)["declaration"].removed_count == 1
    known.refresh_from_db()
    assert (known.mass_kg, known.declaration_count) == (100, 1)


def test_case_when_its_declaration_is_due_then_kept_and_counted(take_in):
    take_in([declaration(1, **ACID), declaration(2)])
    assert Alert.objects.count() == 1
    runs = remove(match=6, declaration=6)
    assert {kept: (run.removed_count, run.protected_count) for kept, run in runs.items()} == {
        "match": (1, 1),
        "declaration": (1, 1),
    }
    assert numbers() == {Alert.objects.get().registration_number}
    assert LaneDecision.objects.count() == 1


def test_removal_when_done_then_recorded_with_policy_counts_and_an_audit_event(take_in):
    take_in([declaration(1), declaration(2)])
    run = remove(declaration=6)["declaration"]
    stored = RetentionRun.objects.get()
    assert (stored.months, stored.first_kept_day) == (6, date(2026, 7, 1))
    assert (stored.finished_at, stored.removed_count, stored.counts) == (LATER, 2, run.counts)
    event = AuditEvent.objects.get(resource="retention")
    assert (event.actor, event.verb, event.object_key) == (retention.ACTOR, "delete", str(run.pk))
    assert event.terms["removed"] == ["2"]
    assert "shipments.GoodsItem 2" in event.terms["rows"]


def hold_declaration() -> LegalHold:
    number = "55301/121125/0000002"
    return legal_holds.set_hold(
        registration_number=number, reason="court", actor=SOMEBODY, now=LATER
    )


def hold_party() -> LegalHold:
    roles = PartyRole.objects.filter(role="consignor", declaration__version=1)
    role = roles.get(declaration__registration_number__endswith="2")
    role.party = PartyFactory()
    role.save()
    return legal_holds.set_hold(party=role.party, reason="court", actor=SOMEBODY, now=LATER)


def hold_period() -> LegalHold:
    # 00:30 of the office's 13 November, 19:30 of the 12th in UTC.
    moment = datetime(2025, 11, 12, 19, 30, tzinfo=UTC)
    Declaration.objects.filter(registration_number__endswith="2").update(accepted_at=moment)
    day = date(2025, 11, 13)
    return legal_holds.set_hold(
        first_day=day, last_day=day, reason="court", actor=SOMEBODY, now=LATER
    )


@pytest.mark.parametrize("hold", [hold_declaration, hold_party, hold_period])
def test_held_when_due_in_every_way_then_all_of_it_stays_until_lifted(take_in, hold):
    take_in([declaration(1), declaration(2)])
    take_in([declaration(2, version=2)])
    held = hold()
    before = Declaration.objects.filter(registration_number__endswith="2").count()
    runs = remove(raw=6, match=6, declaration=6)
    assert numbers() == {"55301/121125/0000002"}
    assert Declaration.objects.count() == before
    assert (LaneDecision.objects.count(), RawMessage.objects.count() >= 1) == (2, True)
    assert {run.held_count for kept, run in runs.items() if kept != "raw"} == {1}
    legal_holds.propose_lifting(hold=held, reason="over", actor=SOMEBODY, now=LATER)
    remove(declaration=6)
    assert numbers(), "a proposal lifts nothing"
    legal_holds.lift_hold(hold=held, actor=ANOTHER, now=LATER)
    remove(raw=6, declaration=6)
    assert (numbers(), RawMessage.objects.count(), IntakeBatch.objects.count()) == (set(), 0, 0)


def test_message_when_it_brought_a_held_declaration_that_was_refused_then_kept(take_in):
    take_in([declaration(2)])
    other = take_in([declaration(2, accepted_at="31.02.2025"), declaration(5)])
    assert other.rejected_count == 1
    hold_declaration()
    remove(raw=6)
    assert RawMessage.objects.filter(batch=other).exists()


def test_batches_when_many_are_due_then_each_is_counted_and_a_run_ends(take_in, monkeypatch):
    take_in([declaration(n) for n in range(1, 8)])
    Alert.objects.all().delete()  # of the random arm
    hold_declaration()
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MAX_BATCHES", 2)
    first = remove(declaration=6)["declaration"]
    assert (first.removed_count, first.held_count) == (3, 1)
    second = remove(declaration=6)["declaration"]
    assert (second.removed_count, second.held_count) == (3, 1)
    assert numbers() == {"55301/121125/0000002"}


def test_run_when_killed_between_batches_then_says_what_it_did_and_is_closed(take_in, monkeypatch):
    take_in([declaration(n) for n in range(1, 4)])
    monkeypatch.setattr(retention, "BATCH", 1)
    work, calls = retention._remove_declarations, []

    def killed_in_the_second(latest):
        calls.append(latest)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return work(latest)

    monkeypatch.setattr(retention, "_remove_declarations", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        remove(declaration=6)
    killed = RetentionRun.objects.get()
    assert (killed.finished_at, killed.removed_count, len(numbers())) == (None, 1, 2)
    remove(declaration=6)
    killed.refresh_from_db()
    assert (killed.finished_at, len(numbers())) == (LATER, 0)
    assert AuditEvent.objects.filter(resource="retention").count() == 2


def test_declaration_when_a_version_is_still_worked_on_then_left_alone(take_in):
    take_in([declaration()])
    IntakeBatch.objects.update(finished_at=None)
    runs = remove_due(policy=FOREVER | {"declaration": 6}, now=LATER)
    assert (runs[0].removed_count, len(numbers())) == (0, 1)


def test_hold_when_a_removal_is_under_way_then_waits_for_it(db):
    legal_holds.lock_holds()
    login = connection.settings_dict
    address = {"host": login["HOST"], "port": login["PORT"], "dbname": login["NAME"]}
    with (
        psycopg.connect(**address, user=login["USER"], password=login["PASSWORD"]) as other,
        other.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [legal_holds.HOLD_LOCK])
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [retention.RUN_LOCK])
        assert cursor.fetchone() == (True,)
        assert remove_due(policy=FOREVER | {"raw": 1}, now=LATER) == []


def test_hold_when_one_person_would_lift_it_then_the_database_refuses(db):
    hold = LegalHold.objects.create(
        kind="declaration", registration_number="1", reason="r", set_by="u", set_at=LATER
    )
    rows = LegalHold.objects.filter(pk=hold.pk)
    alone = {"proposed_by": "user:1", "proposed_person": "person:1", "lifting_reason": "r"}
    alone |= {"approved_by": "user:9", "approved_person": "person:1", "lifted_at": LATER}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**alone)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(lifted_at=LATER)


def test_file_when_no_row_names_it_then_cleared_after_two_days(submitter, storage):
    batch = send(submitter, LARGE)
    today = timezone.now().date()
    (stored,) = storage.rglob("*.ndjson")
    (stored.parent / "orphan.ndjson").write_bytes(b"x")
    assert raw_messages.clear_orphans(today=today + timedelta(days=1)) == 0
    assert raw_messages.clear_orphans(today=today + timedelta(days=2)) == 1
    assert files(storage) == [f"{batch.public_id}.ndjson"]
