"""Corrections that say only what changes: one end, in whatever order they come."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from risk.models import SubstanceMatch
from shipments.models import (
    Declaration,
    GoodsItem,
    IntakeBatch,
    IntakeIssue,
    RawMessage,
    StageRun,
    WaitingAmendment,
)
from shipments.services.amendments import lapse_amendments
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.selectors.retention import due_messages, empty_batches
from targeting.tasks import lapse_amendments as lapse_amendments_of_beat
from tests.integration.conftest import RECEIVED_AT, declaration, load_reference_data, work_off
from tests.integration.orders import states_in_every_order
from tests.unit.formats.test_corrections_of_customs import CORRECTION

pytestmark = pytest.mark.django_db

NUMBER = "55301/121125/0001234"
ACID = {"description": "УКСУСНЫЙ АНГИДРИД", "commodity_code": "2915240000"}
ROLE = ("role", "name", "identifiers")


def first(**changes):
    made = declaration(1234)
    items = [{**made["items"][0], "item_number": n, "documents": LICENCE} for n in (1, 2, 3)]
    return [made | {"items": items} | changes]


LICENCE = [{"code": "01011", "number": "KZ1"}]


def correction(number: int, *items: str, total: int | None = 3) -> bytes:
    stated = "" if total is None else f"<TotalGoodsNumber>{total}</TotalGoodsNumber>"
    text = CORRECTION.format(count=number, total=stated, items="".join(items))
    # What is said of parties and route is of other tests.
    start, end = text.index("  <KTDoutConsignor>"), text.index("  <KDToutGoods>")
    return (text[:start] + text[end:]).encode()


def goods(number: int, stated: str) -> str:
    return f"  <KDToutGoods><GoodsNumeric>{number}</GoodsNumeric>{stated}</KDToutGoods>"


HEAVIER = correction(1, goods(2, "<NetWeightQuantity>70</NetWeightQuantity>"))
RENAMED = correction(
    2,
    goods(
        3,
        "<GoodsDescription>УКСУСНЫЙ АНГИДРИД</GoodsDescription>"
        "<GoodsTNVEDCode>2915240000</GoodsTNVEDCode>",
    ),
)
WHOLE = first(version=4, items=[{**declaration(1234)["items"][0], **ACID}])
HISTORY = [first(), HEAVIER, RENAMED, WHOLE]


def send(take_in, message):
    format_key = "eaeu" if isinstance(message, bytes) else "ndjson"
    return take_in(message, format_key=format_key)


def test_corrections_when_in_any_order_and_repeated_then_the_same_state(take_in) -> None:
    """Corrected once, twice, and lodged anew behind."""
    states = states_in_every_order(HISTORY, lambda message: send(take_in, message))
    for count in (1, 2, 3, 4):
        known = states[tuple(range(count))]
        assert known["declaration"][0] == count
        assert known["issue"][0] == 0
    # Without the declaration its corrections wait.
    assert states[1, 2]["declaration"][0] == 0
    assert states[1, 2]["issue"][0] == 2


def test_correction_when_it_says_one_mass_then_everything_else_stays_and_risk_sees_it(take_in):
    send(take_in, first(items=[{**item, **ACID} for item in first()[0]["items"]]))
    batch = send(take_in, HEAVIER)
    assert (batch.declaration_count, batch.item_count, batch.issue_count) == (1, 3, 0)
    before, after = Declaration.objects.order_by("version")
    assert (after.version, after.supersedes, after.submitter) == (2, before, before.submitter)
    assert (after.accepted_at, after.customs_office) == (before.accepted_at, "55301")
    assert list(after.party_roles.order_by("position").values_list(*ROLE)) == list(
        before.party_roles.order_by("position").values_list(*ROLE)
    )
    masses = after.items.order_by("item_number").values_list("net_mass_kg", flat=True)
    assert list(masses) == [Decimal(100), Decimal(70), Decimal(100)]
    assert GoodsItem.objects.filter(declaration=after, documents__number="KZ1").count() == 3
    flagged = SubstanceMatch.objects.filter(goods_item__declaration=after, is_flagged=True)
    assert flagged.count() == 3


def test_correction_when_it_comes_first_then_the_receipt_says_that_it_waits(take_in) -> None:
    batch = send(take_in, HEAVIER)
    assert (batch.state, batch.declaration_count, batch.issue_count) == ("done", 0, 1)
    told = IntakeIssue.objects.get()
    assert (told.code, told.severity, told.value, told.allowed) == (
        *("amendment_waits", "warn", "2"),
        "version 1",
    )
    assert WaitingAmendment.objects.get().raw.startswith("<KDTout_CU>")
    send(take_in, first())
    batch.refresh_from_db()
    assert (batch.declaration_count, batch.item_count, batch.issue_count) == (1, 3, 0)
    assert not WaitingAmendment.objects.exists()


def test_correction_when_another_submitter_declared_then_it_waits_for_its_own(take_in) -> None:
    other = register_submitter(key="broker-2")
    take_in(first(), owner=other)
    send(take_in, HEAVIER)
    assert Declaration.objects.count() == 1
    assert IntakeIssue.objects.get().code == "amendment_waits"


def test_correction_when_its_version_never_came_then_refused_with_its_source(take_in) -> None:
    take_in(first(), owner=register_submitter(key="broker-2"))
    batch = send(take_in, HEAVIER)
    assert lapse_amendments(before=batch.received_at) == {}
    assert lapse_amendments(before=batch.received_at + timedelta(days=1)) == {"broker-1": 1}
    assert lapse_amendments(before=batch.received_at + timedelta(days=1)) == {}
    batch.refresh_from_db()
    assert (batch.rejected_count, batch.issue_count, batch.declaration_count) == (1, 1, 0)
    issue = batch.issues.get()
    assert (issue.code, issue.severity, issue.value, issue.allowed) == (
        *("amendment_lapsed", "reject", "2"),
        "version 1",
    )
    assert issue.raw.startswith("<KDTout_CU>")
    assert not WaitingAmendment.objects.exists()
    # What comes afterwards is as if the correction had never come.
    send(take_in, first())
    assert not Declaration.objects.filter(version=2).exists()


def test_task_when_corrections_waited_too_long_then_their_sender_is_named(take_in):
    send(take_in, HEAVIER)
    IntakeBatch.objects.update(received_at=timezone.now() - timedelta(days=89))
    assert lapse_amendments_of_beat() == {}
    IntakeBatch.objects.update(received_at=timezone.now() - timedelta(days=91))
    assert lapse_amendments_of_beat() == {"broker-1": 1}


def test_retention_when_a_correction_waits_then_its_batch_and_message_stay(take_in) -> None:
    send(take_in, HEAVIER)
    later = RECEIVED_AT.date() + timedelta(days=400)
    IntakeBatch.objects.update(finished_at=RECEIVED_AT)
    assert not due_messages(later).exists()
    RawMessage.objects.all().delete()
    assert not empty_batches(later).exists()
    WaitingAmendment.objects.all().delete()
    assert empty_batches(later).exists()


@pytest.mark.parametrize(
    ("before", "message", "code"),
    [
        (first(), correction(1, goods(2, ""), total=5), "amendment_incomplete"),
        (first(version=1), correction(1, goods(5, "<GoodsDescription>x</GoodsDescription>")),
         "amendment_incomplete"),
        ([{"registration_number": NUMBER, "accepted_at": "2025-11-12T10:00:00+05:00",
           "version": 1, "is_cancelled": True}], HEAVIER, "amendment_of_cancelled"),
    ],
    ids=["fewer", "more", "cancelled"],
)  # fmt: skip
@pytest.mark.parametrize("is_first", [True, False])
def test_correction_when_it_does_not_fit_then_refused_with_its_source(
    take_in, before, message, code, is_first
) -> None:
    messages = [before, message] if is_first else [message, before]
    for one in messages:
        send(take_in, one)
    (issue,) = IntakeIssue.objects.filter(severity="reject")
    assert (issue.code, issue.registration_number) == (code, NUMBER)
    assert "<KDToutGoods>" in issue.raw
    assert issue.batch.rejected_count == 1
    assert Declaration.objects.count() == 1
    assert not WaitingAmendment.objects.exists()


def test_correction_when_its_version_was_declared_otherwise_then_version_exists(take_in) -> None:
    send(take_in, first())
    send(take_in, HEAVIER)
    other = send(take_in, HEAVIER.replace(b">70<", b">71<"))
    assert (other.rejected_count, other.issues.get().code) == (1, "version_exists")


@pytest.mark.django_db(transaction=True)
def test_correction_when_worked_on_beside_its_declaration_then_applied_once() -> None:
    """Both are stored before either of them is matched, and two workers match at once."""
    load_reference_data()
    owner = register_submitter(key="broker-1")
    for content, key in ((pipeline_bytes(first()), "ndjson"), (HEAVIER, "eaeu")):
        pipeline.receive(submitter=owner, content=content, format_key=key, received_at=RECEIVED_AT)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: worked_off(), range(2)))
    work_off()
    assert list(Declaration.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    assert not WaitingAmendment.objects.exists()


def pipeline_bytes(messages) -> bytes:
    return "\n".join(json.dumps(one) for one in messages).encode()


def worked_off() -> None:
    try:
        for run_id in StageRun.objects.order_by("pk").values_list("pk", flat=True):
            pipeline.run_stage(run_id)
    finally:
        connection.close()
