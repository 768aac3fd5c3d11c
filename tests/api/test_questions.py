"""Questions to operators: asked, answered over the receipts, held against the lane, kept secret."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from risk.domain.four_eyes import Actor
from risk.selectors.office import office_day
from targeting.domain.questions import MOST_DOCUMENT_BYTES, QuestionKind
from targeting.models import LaneTask, OperatorQuestion, OutboxEvent, QuestionReminder
from targeting.services.questions import Asked, ask_question, remind_operators
from tests.api.conftest import signed_in, with_token
from tests.api.test_lanes import acknowledge, give, given
from tests.factories.shipments import DeclarationFactory
from tests.factories.targeting import AccessTokenFactory, ApiClientFactory, flagged_shipment

pytestmark = pytest.mark.django_db

OFFICE, OWN, LANES = "/api/v1/operator-questions", "/api/v1/questions", "/api/v1/lanes"
SECRET = "Сеть перекупщиков: наводка 17"
PDF = b"%PDF-1.7 certificate"


@pytest.fixture
def alert():
    return given(lane="blue")


@pytest.fixture
def operator(alert):
    return with_token(application__submitter=alert.declaration.submitter)


def question(alert, **changes):
    return {
        "declaration": alert.declaration_id, "item_number": 1, "kind": "end_use",
        "text": "What will the goods be used for?", "reason": SECRET,
    } | changes  # fmt: skip


def asked(alert, caller, **changes):
    answer = caller.post(OFFICE, question(alert, **changes))
    assert answer.status_code == 201, answer.json()
    return answer.json()


def pdf(content=PDF, name="certificate.pdf"):
    upload = io.BytesIO(content)
    upload.name = name
    return upload


def replied(caller, made, text="For paint.", documents=()):
    place = f"{OWN}/{made['number']}/answer"
    form = {"text": text, "documents": list(documents)}
    return caller.post(place, form if documents else {"text": text}, format="multipart")


def lane(caller, alert):
    return caller.get(f"{LANES}/{alert.registration_number}").json()


def test_question_when_answered_and_settled_then_each_side_sees_its_own(alert, operator, analyst):
    made = asked(alert, analyst, needs_documents=True)
    (shown,) = operator.get(OWN, {"is_open": True}).json()["results"]
    assert (shown["id"], shown["state"], shown["due_on"]) == (
        made["number"], "open", made["due_on"],
    )  # fmt: skip
    assert shown["form"]["needs_documents"]
    receipt = operator.get(f"/api/v1/receipts/{shown['receipt']}").json()
    assert receipt["open_questions"] == 1
    assert replied(operator, made).json()["code"] == "invalid_value"  # a document is missing
    first = replied(operator, made, documents=[pdf(), pdf(b"\xff\xd8\xff photo", "a.jpg")])
    again = replied(operator, made, documents=[pdf(), pdf(b"\xff\xd8\xff photo", "a.jpg")])
    assert (first.status_code, again.status_code, first.json()["state"]) == (201, 200, "answered")
    (answer,) = again.json()["answers"]
    assert [one["media_type"] for one in answer["documents"]] == ["application/pdf", "image/jpeg"]
    inside = analyst.get(f"{OFFICE}/{made['id']}").json()
    assert inside["answers"][0]["answered_by"] == operator.token.application.actor
    document = analyst.get(f"{OFFICE}/{made['id']}/documents/1")
    assert (document.content, document["Content-Type"]) == (PDF, "application/octet-stream")
    assert document["Content-Disposition"].startswith("attachment")
    assert analyst.get(f"{OFFICE}/{made['id']}/documents/3").status_code == 404
    ended = analyst.post(
        f"{OFFICE}/{made['id']}/settle", {"satisfaction": "satisfied", "note": "in order"}
    ).json()
    assert (ended["state"], ended["closing_note"]) == ("settled", "in order")
    closed = operator.get(f"{OWN}/{made['number']}").json()
    assert (closed["state"], operator.get(OWN, {"is_open": True}).json()["results"]) == (
        "closed", [],
    )  # fmt: skip
    assert replied(operator, made, text="one thing more").json()["code"] == "wrong_state"
    row = OperatorQuestion.objects.get()
    assert [event.pgh_label for event in row.events.order_by("pgh_id")] == [
        "insert", "update", "update",
    ]  # fmt: skip


def test_question_when_it_brings_privileged_fields_then_none_is_set(alert, operator, analyst):
    brought = {"state": "settled", "asked_by": "user:1", "answered_by": "user:1", "submitter": 1}
    made = asked(alert, analyst, **brought)
    place = f"{OWN}/{made['number']}/answer"
    operator.post(place, {"text": "For paint.", **brought, "is_late": True}, format="multipart")
    later = (date.fromisoformat(made["due_on"]) + timedelta(days=3)).isoformat()
    analyst.post(f"{OFFICE}/{made['id']}/extend", {"due_on": later, **brought})
    analyst.post(
        f"{OFFICE}/{made['id']}/settle",
        {"satisfaction": "satisfied", "note": "", "closed_by": "user:1", **brought},
    )
    row = OperatorQuestion.objects.get()
    assert (row.state, row.submitter) == ("settled", alert.declaration.submitter)
    assert {row.asked_by, row.closed_by} == {analyst.user.actor}
    (answer,) = row.answers.all()
    assert (answer.answered_by, answer.is_late) == (operator.token.application.actor, False)


def test_question_when_read_by_the_operator_then_nothing_of_why_or_who(alert, operator, analyst):
    made = asked(alert, analyst)
    replied(operator, made)
    analyst.post(f"{OFFICE}/{made['id']}/settle", {"satisfaction": "unsatisfied", "note": SECRET})
    seen = [
        operator.get(OWN).content,
        operator.get(f"{OWN}/{made['number']}").content,
        operator.get(f"/api/v1/receipts/{alert.declaration.batch.public_id}").content,
        replied(operator, made, text="more").content,
        json.dumps([event.payload for event in OutboxEvent.objects.all()]).encode(),
    ]
    words = (SECRET, analyst.user.actor, analyst.user.username, "unsatisfied", "settled", "blue",
             "yellow", "reason")  # fmt: skip
    told = b"".join(seen[:4]).decode()
    assert [word for word in words if word in told] == []
    assert SECRET not in seen[4].decode()
    assert set(operator.get(f"{OWN}/{made['number']}").json()) == {
        "id", "receipt", "registration_number", "item_number", "kind", "text", "state",
        "asked_at", "due_on", "closed_at", "form", "answers", "reminders",
    }  # fmt: skip


def test_question_when_to_another_then_it_does_not_exist(alert, analyst):
    made = asked_when_heard(alert, analyst)
    stranger = with_token()
    assert stranger.get(OWN).json()["results"] == []
    assert stranger.get(f"{OWN}/{made['number']}").status_code == 404
    assert replied(stranger, made).status_code == 404
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert far.get(OFFICE).json()["results"] == []
    assert far.get(f"{OFFICE}/{made['id']}").status_code == 404
    assert far.post(OFFICE, question(alert)).status_code == 404


def asked_when_heard(alert, caller, **changes):
    ApiClientFactory(submitter=alert.declaration.submitter)
    return asked(alert, caller, **changes)


def test_lane_when_a_question_waits_then_yellow_and_told_anew(alert, analyst, customs_system):
    assert acknowledge(customs_system, alert).status_code == 200
    made = asked_when_heard(alert, analyst)
    held = lane(customs_system, alert)
    assert (held["lane"], held["is_waiting"], held["acknowledged_at"]) == ("yellow", True, None)
    assert "Do not release: an answer of the declarant is awaited." in held["note"]
    assert acknowledge(customs_system, alert).json()["code"] == "lane_changed"
    assert acknowledge(customs_system, alert, lane="yellow").status_code == 200
    assert [len(customs_system.get(LANES, {"lane": one}).json()["results"])
            for one in ("yellow", "blue")] == [1, 0]  # fmt: skip
    analyst.post(f"{OFFICE}/{made['id']}/withdraw", {"note": "asked by mistake"})
    free = lane(customs_system, alert)
    assert (free["lane"], free["is_waiting"], free["acknowledged_at"]) == ("blue", False, None)
    told = OutboxEvent.objects.filter(kind="lane_given").order_by("pk")
    assert [event.payload["lane"] for event in told] == ["blue", "yellow", "blue"]


def test_lane_when_red_then_a_question_leaves_it_red(analyst, customs_system):
    red = given()
    asked_when_heard(red, analyst)
    assert (lane(customs_system, red)["lane"], LaneTask.objects.get().lane) == ("red", "red")


def test_lane_when_amended_while_a_question_waits_then_given_as_yellow(alert, analyst):
    asked_when_heard(alert, analyst)
    amended = DeclarationFactory(
        registration_number=alert.registration_number, version=2, supersedes=alert.declaration
    )
    flagged_shipment(assessment__declaration=amended, lane="green", state="closed")
    give(amended)
    assert LaneTask.objects.latest("pk").lane == "yellow"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"item_number": 9}, "invalid_value"),
        ({"due_on": "2020-01-01"}, "invalid_value"),
        ({"due_on": "2999-01-01"}, "invalid_value"),
        ({"text": " "}, "invalid_request"),
        ({"reason": ""}, "invalid_request"),
        ({"kind": "gossip"}, "invalid_request"),
    ],
)
def test_question_when_wrong_then_nothing_is_asked(alert, analyst, operator, changes, code):
    assert analyst.post(OFFICE, question(alert, **changes)).json()["code"] == code
    assert not OperatorQuestion.objects.exists()


def test_question_when_nobody_could_read_it_then_refused(alert, analyst):
    assert analyst.post(OFFICE, question(alert)).json()["code"] == "no_channel"


@pytest.mark.parametrize(
    "documents",
    [
        [pdf(b"MZ program", "a.pdf")],
        [pdf(b"%PDF-" + b"0" * MOST_DOCUMENT_BYTES)],
        [pdf(PDF + bytes([n])) for n in range(11)],
    ],
)
def test_answer_when_its_documents_are_not_taken_then_refused(alert, operator, analyst, documents):
    made = asked(alert, analyst)
    answer = replied(operator, made, documents=documents)
    assert answer.status_code in (400, 422)
    assert OperatorQuestion.objects.get().state == "open"


def test_question_when_extended_or_unanswered_then_as_the_state_allows(alert, operator, analyst):
    made = asked(alert, analyst)
    place = f"{OFFICE}/{made['id']}"
    later = (office_day(timezone.now()) + timedelta(days=20)).isoformat()
    assert analyst.post(f"{place}/settle", {"satisfaction": "satisfied"}).status_code == 409
    assert analyst.post(f"{place}/extend", {"due_on": later}).json()["due_on"] == later
    replied(operator, made)
    assert analyst.post(f"{place}/extend", {"due_on": later}).status_code == 409
    assert analyst.post(f"{place}/settle", {"satisfaction": "unanswered"}).status_code == 409
    auditor = signed_in(roles=["auditor"])
    assert auditor.post(f"{place}/withdraw", {"note": "x"}).status_code == 403


def test_reminders_when_run_again_then_each_kind_once_for_a_last_day():
    shipment = flagged_shipment()
    AccessTokenFactory(application__submitter=shipment.declaration.submitter)
    friday = datetime(2026, 3, 13, 5, tzinfo=UTC)
    ask_question(
        declaration=shipment.declaration,
        asked=Asked(QuestionKind.OTHER, "Why?", SECRET, due_on=date(2026, 3, 16)),
        by=Actor("user:1", "person:1"),
        now=friday - timedelta(days=2),
    )
    days = [friday - timedelta(days=1), friday, friday, datetime(2026, 3, 17, 5, tzinfo=UTC)]
    assert [remind_operators(now=day) for day in (*days, days[-1])] == [0, 1, 0, 1, 0]
    kinds = QuestionReminder.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["due_soon", "overdue"]
    OperatorQuestion.objects.update(due_on=date(2026, 3, 18))
    assert remind_operators(now=days[-1]) == 1
    assert OutboxEvent.objects.filter(kind="question_reminded").count() == 3


def test_questions_when_filtered_or_exported_then_what_fits(alert, operator, analyst):
    asked(alert, analyst)
    asked(alert, analyst, kind="permit", item_number=None)
    OperatorQuestion.objects.filter(kind="permit").update(due_on=date(2020, 1, 1))
    for query, count in (
        ({}, 2),
        ({"kind": "permit"}, 1),
        ({"is_overdue": "true"}, 1),
        ({"is_overdue": "false"}, 1),
        ({"state": "answered"}, 0),
        ({"office": "55301", "submitter": alert.declaration.submitter.key}, 2),
        ({"asked_by": "user:0"}, 0),
        ({"registration_number": alert.registration_number, "due_to": "2021-01-01"}, 1),
    ):
        assert len(analyst.get(OFFICE, query).json()["results"]) == count, query
    receipt = str(alert.declaration.batch.public_id)
    assert len(operator.get(OWN, {"receipt": receipt}).json()["results"]) == 2
    sheet = analyst.get(f"{OFFICE}/sheet", {"kind": "permit"}).content.decode("utf-8-sig")
    heading, line = sheet.splitlines()
    assert (heading.split(",")[:2], SECRET in line) == (["number", "registration_number"], True)


def test_question_when_asked_then_the_dossier_leads_to_it_and_an_examiner_sees_none(
    alert, operator, analyst, examiner
):
    made = asked(alert, analyst)
    place = f"/api/v1/declarations/{alert.declaration_id}"
    (shown,) = analyst.get(place).json()["questions"]
    assert (shown["id"], shown["kind"], shown["state"]) == (made["id"], "end_use", "open")
    assert analyst.get(shown["question"]).json()["reason"] == SECRET
    assert SECRET not in analyst.get(place).content.decode()
    assert examiner.get(place).json()["questions"] is None


def test_question_in_the_admin_shows_what_was_asked_and_answered(alert, operator, analyst, auditor):
    replied(operator, asked(alert, analyst), text="For paint.")
    row = OperatorQuestion.objects.get()
    listed = auditor.get(reverse("admin:targeting_operatorquestion_changelist")).content.decode()
    assert row.registration_number in listed
    page = auditor.get(reverse("admin:targeting_operatorquestion_change", args=[row.pk]))
    assert "For paint." in page.content.decode()
    assert SECRET in page.content.decode()


@pytest.mark.parametrize("count", [2, 5])
def test_questions_cost_the_same_number_of_queries(
    alert, operator, analyst, count, django_assert_num_queries
):
    for _ in range(count):
        replied(operator, asked(alert, analyst))
    with django_assert_num_queries(
        7
    ):  # session, account, page, answers, documents, reminders, audit
        assert len(analyst.get(OFFICE).json()["results"]) == count
