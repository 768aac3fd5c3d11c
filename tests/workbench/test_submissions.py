"""A submitter's person sends a file, corrects it, answers questions, and learns nothing of risk."""

import csv
import hashlib
import json
import re
import time
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from risk.domain.four_eyes import Actor
from risk.domain.indicators import INDICATORS
from risk.explanations import LANGUAGES
from risk.models import ControlList, IndicatorRow, Substance, SubstanceName
from shipments.models import Declaration, IntakeBatch, IntakeIssue, StageRun
from shipments.models.choices import BatchState
from targeting import pipeline
from targeting.domain.policy import SUBMITTER_PERSON
from targeting.domain.questions import QuestionKind
from targeting.management import access
from targeting.management.access import may
from targeting.models import ApiClient, AuditEvent, OperatorQuestion, QuestionAnswer, User
from targeting.selectors.sentences import explain_row, substances_of
from targeting.selectors.substances import substance_names
from targeting.services.clients import register_client, use_secret
from targeting.services.questions import Asked, ask_question
from tests.api.conftest import signed_in
from tests.api.test_intake import DECLARATION, LINES
from tests.factories.risk import LawEntryFactory, RiskProfileFactory
from tests.factories.targeting import ApiClientFactory, OperatorQuestionFactory, flagged_shipment
from tests.unit.formats.golden import DECLARATIONS

pytestmark = pytest.mark.django_db

PAGE = "/workbench/submissions"
LANE_WORDS = re.compile(
    r"\b(red|yellow|blue|green|lane|красн\w*|ж[её]лт\w*|син\w+|зел[её]н\w*|коридор\w*"
    r"|қызыл\w*|сары\w*|көк\w*|жасыл\w*|risk|riskassessment|риск\w*|тәуекел\w*|score|балл\w*)\b",
    re.IGNORECASE,
)


def file_of(content: bytes, name: str = "day.ndjson") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def send(caller, content: bytes, step: str = "send", name: str = "day.ndjson", **fields):
    sent = {"file": file_of(content, name), "step": step, **fields}
    return caller.post(PAGE, sent, format="multipart")


def broken() -> bytes:
    """Three declarations, of which one cannot be stored."""
    bad = {**DECLARATION, "registration_number": "bad", "items": []}
    return LINES + json.dumps(bad).encode() + b"\n"


def test_file_when_sent_then_there_is_a_receipt_of_the_own_submitter(submitter_person) -> None:
    answer = send(submitter_person, LINES)
    batch = IntakeBatch.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("workbench:receipt", args=[batch.public_id])
    assert batch.submitter == submitter_person.user.submitter
    assert (batch.format_key, batch.file_name) == ("ndjson", "day.ndjson")
    event = AuditEvent.objects.filter(resource="workbench:submissions").latest("pk")
    assert (event.verb, event.role) == ("create", "client")
    assert event.object_key == str(batch.public_id)


def test_file_when_sent_again_then_the_first_receipt_and_it_says_so(submitter_person) -> None:
    first, second = (send(submitter_person, LINES) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert "came before" in submitter_person.get(second["Location"]).content.decode()


def test_file_when_only_validated_then_line_and_field_are_told_and_nothing_is_stored(
    submitter_person,
) -> None:
    answer = send(submitter_person, broken(), "validate")
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "The declaration has no goods items." in said
    assert re.search('<td class="number"[^>]*>4</td>', said)
    assert "<code>items</code>" in said
    assert not IntakeBatch.objects.exists()
    assert "All of it would be stored" in send(submitter_person, LINES, "validate").content.decode()


@pytest.mark.parametrize(
    ("content", "fields", "told"),
    [
        (b"\x00\x01 nothing", {"name": "x"}, "No format reads this file"),
        (b"a,b\n1,2\n", {"format": "csv"}, "needs a layout"),
        (LINES, {"mapping": "generic_csv"}, "choose no layout"),
        (LINES, {"mapping": "generic_csv", "encoding": "x"}, "“x” cannot be. Allowed: "),
    ],
)
def test_file_when_refused_then_why_and_what_was_chosen_is_kept(
    content, fields, told, submitter_person
) -> None:
    answer = send(submitter_person, content, **fields)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert told in said
    for value in fields.values():
        assert value == "x" or f'value="{value}" selected' in said


def test_file_when_too_large_or_no_room_then_refused(submitter_person, settings) -> None:
    settings.TARGETING = {**settings.TARGETING, "MAX_UPLOAD_BYTES": 10}
    assert send(submitter_person, LINES).status_code == 413
    settings.TARGETING = {**settings.TARGETING, "MAX_UPLOAD_BYTES": 10**9, "MAX_BACKLOG_BYTES": 0}
    large = LINES * (1 + 300_000 // len(LINES))
    assert send(submitter_person, large).status_code == 302
    answer = send(submitter_person, large + b"\n")
    assert answer.status_code == 429
    assert "Large files still wait" in answer.content.decode()
    assert IntakeBatch.objects.count() == 1


def test_receipt_when_read_then_what_was_wrong_stands_there_and_can_be_taken_away(
    submitter_person,
) -> None:
    address = send(submitter_person, broken())["Location"]
    RiskProfileFactory()
    pipeline.run_stage(StageRun.objects.get().pk)
    said = submitter_person.get(address).content.decode()
    assert "The declaration has no goods items." in said
    assert "<code>items</code>" in said
    sheet = submitter_person.get(f"{address}/issues?as=csv")
    rows = list(csv.DictReader(StringIO(b"".join(sheet.streaming_content).decode("utf-8-sig"))))
    assert [row["code"] for row in rows] == ["items_missing"]
    refused = submitter_person.get(f"{address}/rejects")
    assert refused.status_code == 422
    assert "Only a table has rows to correct" in refused.content.decode()


def test_rows_of_a_table_when_they_were_not_stored_then_taken_away_to_correct(
    submitter_person,
) -> None:
    RiskProfileFactory()
    path = DECLARATIONS / "csv" / "broken.csv"
    answer = send(submitter_person, path.read_bytes(), name="a.csv", mapping="generic_csv")
    address = answer["Location"]
    pipeline.run_stage(StageRun.objects.get().pk)
    assert f"{address}/rejects?as=csv" in submitter_person.get(address).content.decode()
    sheet = submitter_person.get(f"{address}/rejects?as=csv")
    assert b"commodity_code_invalid" in b"".join(sheet.streaming_content)


def test_receipt_when_still_read_then_the_page_asks_again_and_may_stop_it(submitter_person) -> None:
    address = send(submitter_person, LINES)["Location"]
    assert 'data-refresh="2000"' in submitter_person.get(address).content.decode()
    assert submitter_person.post(f"{address}/cancel").status_code == 302
    assert IntakeBatch.objects.get().cancelled_at is not None


def test_rows_of_others_when_asked_for_then_they_do_not_exist(submitter_person) -> None:
    other = signed_in(roles=[], reach="offices", submitter=ApiClientFactory().submitter)
    address = send(other, LINES)["Location"]
    question = OperatorQuestionFactory(submitter=other.user.submitter)
    client = ApiClient.objects.get(submitter=other.user.submitter)
    theirs = [
        address,
        f"{address}/issues",
        f"{address}/rejects",
        f"{PAGE}/questions/{question.public_id}",
        f"{PAGE}/access/{client.pk}/rotate",
    ]
    assert [submitter_person.get(one).status_code for one in theirs] == [404] * len(theirs)
    assert submitter_person.post(f"{address}/cancel").status_code == 404
    assert "day.ndjson" not in submitter_person.get(PAGE).content.decode()
    assert client.name not in submitter_person.get(f"{PAGE}/access").content.decode()


def test_question_when_answered_then_kept_and_a_wrong_document_keeps_the_text(
    submitter_person,
) -> None:
    question = OperatorQuestionFactory(submitter=submitter_person.user.submitter)
    address = f"{PAGE}/questions/{question.public_id}"
    assert question.reason not in submitter_person.get(address).content.decode()
    bad = {"text": "For paints", "documents": file_of(b"MZ", "x.exe")}
    refused = submitter_person.post(address, bad, format="multipart")
    assert refused.status_code == 422
    assert "For paints" in refused.content.decode()
    good = {
        "text": "For paints",
        "documents": [file_of(b"%PDF-1.7", "a.pdf"), file_of(b"%PDF-2", "b.pdf")],
    }
    assert submitter_person.post(address, good, format="multipart").status_code == 302
    answer = QuestionAnswer.objects.get()
    assert [one.file_name for one in answer.documents.order_by("number")] == ["a.pdf", "b.pdf"]
    assert answer.answered_by == submitter_person.user.actor
    said = submitter_person.get(address).content.decode()
    assert "For paints" in said
    assert "a.pdf" in said


def asked_again(caller, *, at: float) -> None:
    """As the page leaves it that asks once more who it is."""
    session = caller.session
    session["account_authentication_methods"] += [
        {"method": "mfa", "at": at, "reauthenticated": True}
    ]
    session.save()


def test_secret_when_rotated_then_shown_once_and_the_one_before_lives_on(submitter_person) -> None:
    submitter = submitter_person.user.submitter
    client, old = register_client(
        name="B", submitter_key=submitter.key, scopes=["receipts:read"],
        networks=["0.0.0.0/0"], now=timezone.now(),
    )  # fmt: skip
    said = submitter_person.get(f"{PAGE}/access").content.decode()
    assert hashlib.sha256(old.encode()).hexdigest()[:8] in said
    assert old not in said
    asked_again(submitter_person, at=time.time())
    answer = submitter_person.post(f"{PAGE}/access/{client.pk}/rotate").content.decode()
    secret = re.search(r'class="secret">(\w+)<', answer).group(1)
    assert all(use_secret(client=client, secret=one, now=timezone.now()) for one in (old, secret))
    assert secret not in submitter_person.get(f"{PAGE}/access").content.decode()


def test_secret_when_the_sign_in_is_long_ago_then_asked_again_who_it_is(submitter_person) -> None:
    client = ApiClient.objects.get(submitter=submitter_person.user.submitter)
    asked_again(submitter_person, at=time.time() - 3600)
    answer = submitter_person.post(f"{PAGE}/access/{client.pk}/rotate")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not client.secrets.exists()


def test_account_when_of_a_submitter_then_it_holds_nothing_else(submitter_person) -> None:
    user = submitter_person.user
    for change in ({"roles": ["analyst"]}, {"reach": "central"}, {"offices": ["55301"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**change)
    assert user.grants == {SUBMITTER_PERSON}
    assert not user.is_staff
    assert submitter_person.get("/")["Location"] == PAGE
    assert submitter_person.get("/api/v1/me").status_code == 403
    refused = submitter_person.get("/workbench/alerts")
    assert refused.status_code == 403
    assert 'href="/workbench/alerts"' not in refused.content.decode()
    user.is_active = False
    assert user.grants == frozenset()


@pytest.fixture
def known(submitter_person):
    """A flagged shipment of the submitter's own: an alert, a list, a question with its reason."""
    submitter = submitter_person.user.submitter
    alert = flagged_shipment(lane="red", score="87.65")
    LawEntryFactory()
    IntakeBatch.objects.update(submitter=submitter)
    Declaration.objects.update(submitter=submitter)
    batch = alert.declaration.batch
    IntakeIssue.objects.create(
        batch=batch, chunk=0, code="value_zero", severity="warn", field="items[1]"
    )
    IntakeBatch.objects.filter(pk=batch.pk).update(
        state=BatchState.DONE, finished_at=timezone.now(), issue_count=1
    )
    alert.declaration.refresh_from_db()
    ask_question(
        declaration=alert.declaration,
        asked=Asked(QuestionKind.OTHER, "What for?", "Keep secret: why"),
        by=Actor("user:987654", "person:987654"),
        now=timezone.now(),
    )
    return alert


def secrets_of(alert) -> set[str]:
    rows = list(IndicatorRow.objects.all())
    told = {"Keep secret: why", "987654", str(alert.score)}
    for lang in LANGUAGES:
        names = substance_names(substances_of(rows), lang=lang)
        told |= {explain_row(row, names=names, lang=lang) for row in rows}
    told |= {indicator.code for indicator in INDICATORS}
    told |= set(ControlList.objects.values_list("code", flat=True))
    told |= set(ControlList.objects.values_list("title", flat=True))
    told |= set(Substance.objects.values_list("key", flat=True))
    told |= set(SubstanceName.objects.values_list("name", flat=True))
    return {one for one in told if one}


def test_the_same_words_are_on_an_analysts_page(known, analyst) -> None:
    """Or else the test below would look for what is nowhere."""
    said = analyst.get(reverse("workbench:alert", args=[known.pk])).content.decode()
    assert sum(one in said for one in secrets_of(known)) >= 5
    assert "red" in LANE_WORDS.findall(said)


OPEN = [
    route
    for route in access.workbench_routes()
    if "GET" in route.needed and may(route, "GET", SUBMITTER_PERSON)
]


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_no_page_of_a_submitter_tells_of_risk(lang, known, submitter_person) -> None:
    secrets = secrets_of(known)
    assert len(secrets) > 40
    question = OperatorQuestion.objects.get()
    client = ApiClient.objects.get(submitter=submitter_person.user.submitter)
    asked_again(submitter_person, at=time.time())
    asked = 0
    for route in OPEN:
        if route.path == "workbench/":
            continue
        id = question.public_id if "question" in route.name else known.declaration.batch.public_id
        path = "/" + re.sub(r"<uuid:id>", str(id), route.path).replace("<int:pk>", str(client.pk))
        answer = submitter_person.get(path, headers={"Accept-Language": lang})
        assert answer.status_code == (410 if "rejects" in path else 200), path
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        said = text.decode("utf-8", "replace")
        assert [one for one in secrets if one in said] == [], path
        assert LANE_WORDS.findall(said) == [], path
        asked += 1
    assert asked >= 7


def test_pages_when_asked_then_few_queries(known, submitter_person, django_assert_max_num_queries):
    question = OperatorQuestion.objects.get().public_id
    receipt = known.declaration.batch.public_id
    for path in ("", f"/{receipt}", "/questions", f"/questions/{question}", "/access"):
        with django_assert_max_num_queries(25):
            assert submitter_person.get(f"{PAGE}{path}").status_code == 200
