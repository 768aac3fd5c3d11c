"""Questions to operators: asked, answered over the receipts, reminded of, settled."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from risk.domain.four_eyes import Actor
from risk.selectors.notices import calendar
from risk.selectors.office import office_day
from shipments.domain.errors import InvalidValue
from shipments.domain.working_days import after_working_days
from shipments.models import Declaration, GoodsItem
from targeting.domain.client_scopes import READ_RECEIPTS, SUBMIT
from targeting.domain.errors import ImpossibleMove
from targeting.domain.outbox import EventKind, submitter_topic
from targeting.domain.questions import (
    LONGEST_DAYS,
    MEDIA_TYPES,
    MOST_ANSWERS,
    MOST_DOCUMENT_BYTES,
    MOST_DOCUMENTS,
    REMIND_WORKING_DAYS,
    WAITING,
    QuestionKind,
    QuestionState,
    Satisfaction,
    last_day,
    media_type_of,
    reminder_due,
)
from targeting.models import (
    AnswerDocument,
    ApiClient,
    OperatorQuestion,
    QuestionAnswer,
    QuestionReminder,
)
from targeting.selectors.questions import unanswered_by
from targeting.services.lanes import restate_lane
from targeting.services.outbox import record_event

_OPEN, _ANSWERED = QuestionState.OPEN.value, QuestionState.ANSWERED.value


class Asked(NamedTuple):
    """What is asked: ``text`` goes out, ``reason`` stays inside; five working days without
    ``due_on``."""

    kind: QuestionKind
    text: str
    reason: str
    item_number: int | None = None
    needs_documents: bool = False
    due_on: date | None = None


class Document(NamedTuple):
    """A document as it was sent."""

    file_name: str
    content: bytes


@transaction.atomic
def ask_question(
    *, declaration: Declaration, asked: Asked, by: Actor, now: datetime
) -> OperatorQuestion:
    """Ask whoever submitted the declaration; until it is closed the lane is at least yellow.

    Raises InvalidValue for a cancelled declaration, an item that is not there, a last day that
    is not to come, and ``no_channel`` where no client could read the question and answer.
    """
    _check_asked(declaration, asked)
    today = office_day(now)
    question = OperatorQuestion.objects.create(
        declaration=declaration,
        submitter=declaration.submitter,
        registration_number=declaration.registration_number,
        item_number=asked.item_number,
        customs_office=declaration.customs_office,
        kind=asked.kind.value,
        text=asked.text.strip(),
        needs_documents=asked.needs_documents,
        reason=asked.reason.strip(),
        asked_by=by.account,
        asked_at=now,
        due_on=_checked_day(asked.due_on, today) if asked.due_on else last_day(today, calendar()),
    )
    _tell(question, EventKind.QUESTION_ASKED, "", now)
    restate_lane(registration_number=question.registration_number, now=now)
    return question


@transaction.atomic
def answer_question(
    *,
    question: OperatorQuestion,
    text: str,
    documents: Sequence[Document],
    actor: str,
    now: datetime,
) -> tuple[QuestionAnswer, bool]:
    """Keep what the operator says; the answer, and whether it is new: the same again is not.

    Raises InvalidValue for documents that are not taken or are missing, ImpossibleMove when the
    question is closed. Locks the question.
    """
    row = OperatorQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    digest = _digest(text, documents)
    if known := QuestionAnswer.objects.filter(question=row, digest=digest).first():
        return known, False
    if row.state not in WAITING:  # how it ended is not the operator's to know
        raise ImpossibleMove(state="closed", move="answer", allowed=", ".join(sorted(WAITING)))
    before = AnswerDocument.objects.filter(answer__question=row).count()
    _check_documents(row, documents, before)
    if row.answers.count() >= MOST_ANSWERS:
        raise InvalidValue(field="text", value=text[:100], allowed=f"{MOST_ANSWERS} answers")
    answer = QuestionAnswer.objects.create(
        question=row,
        digest=digest,
        text=text,
        answered_by=actor,
        answered_at=now,
        is_late=office_day(now) > row.due_on,
    )
    AnswerDocument.objects.bulk_create(
        AnswerDocument(
            answer=answer,
            number=number,
            file_name=one.file_name,
            media_type=media_type_of(one.content),
            size_bytes=len(one.content),
            sha256=hashlib.sha256(one.content).digest(),
            content=one.content,
        )
        for number, one in enumerate(documents, before + 1)
    )
    if row.state == _OPEN:
        row.state = _ANSWERED
        row.save(update_fields=["state"])
    return answer, True


@transaction.atomic
def settle_question(
    *,
    question: OperatorQuestion,
    satisfaction: Satisfaction,
    note: str,
    by: Actor,
    now: datetime,
) -> OperatorQuestion:
    """End a question with what it came to; the declaration waits for it no more.

    Raises ImpossibleMove where it is closed, where it has no answer to be satisfied with, and
    where it is called unanswered and is not.
    """
    needed = _OPEN if satisfaction is Satisfaction.UNANSWERED else _ANSWERED
    row = OperatorQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    _check_waits(row, f"settle as {satisfaction.value}", {needed})
    row.satisfaction = satisfaction.value
    return _close(row, QuestionState.SETTLED, note, by, now)


@transaction.atomic
def withdraw_question(
    *, question: OperatorQuestion, note: str, by: Actor, now: datetime
) -> OperatorQuestion:
    """End a question that need not have been asked. Raises ImpossibleMove where it is closed."""
    row = OperatorQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    _check_waits(row, "withdraw", WAITING)
    return _close(row, QuestionState.WITHDRAWN, note, by, now)


@transaction.atomic
def extend_question(
    *, question: OperatorQuestion, due_on: date, by: Actor, now: datetime
) -> OperatorQuestion:
    """Give the operator another last day. Raises ImpossibleMove where it was answered."""
    row = OperatorQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    _check_waits(row, "extend", {_OPEN})
    row.due_on = _checked_day(due_on, office_day(now))
    row.save(update_fields=["due_on"])
    return row


@transaction.atomic
def remind_operators(*, now: datetime) -> int:
    """Remind of questions whose last day is near or over; how many reminders are new.

    Each kind once for a last day, however often this runs.
    """
    today = office_day(now)
    horizon = after_working_days(today, REMIND_WORKING_DAYS, calendar())
    count = 0
    for question in unanswered_by(horizon):
        kind = reminder_due(question.due_on, today, calendar())
        if kind is None:
            continue
        _, is_new = QuestionReminder.objects.get_or_create(
            question=question,
            kind=kind.value,
            due_on=question.due_on,
            defaults={"reminded_at": now},
        )
        if is_new:
            _tell(question, EventKind.QUESTION_REMINDED, f":{kind.value}:{question.due_on}", now)
        count += is_new
    return count


def _tell(question: OperatorQuestion, kind: EventKind, more: str, now: datetime) -> None:
    """The event for the operator's side: nothing of why, nor of who."""
    record_event(
        key=f"{kind.value}:{question.public_id}{more}",
        kind=kind,
        topic=submitter_topic(question.submitter.key),
        payload={
            "question": str(question.public_id),
            "registration_number": question.registration_number,
            "due_on": question.due_on.isoformat(),
        },
        now=now,
    )


def _check_asked(declaration: Declaration, asked: Asked) -> None:
    number = declaration.registration_number
    for name in ("text", "reason"):
        if not getattr(asked, name).strip():
            raise InvalidValue(field=name, value="", allowed="some words")
    if declaration.is_cancelled:
        raise InvalidValue(field="declaration", value=number, allowed="one that is not cancelled")
    wanted = asked.item_number
    items = GoodsItem.objects.filter(declaration=declaration)
    if wanted is not None and not items.filter(item_number=wanted).exists():
        raise InvalidValue(field="item_number", value=wanted, allowed="an item of the declaration")
    clients = ApiClient.objects.filter(submitter=declaration.submitter_id, is_active=True)
    if not clients.filter(scopes__contains=[READ_RECEIPTS, SUBMIT]).exists():
        raise InvalidValue(
            "no_channel",
            field="declaration",
            value=number,
            allowed="one whose submitter has a client with receipts:read and declarations:write",
        )


def _checked_day(day: date, today: date) -> date:
    if not today < day <= today + timedelta(days=LONGEST_DAYS):
        allowed = f"a day to come, within {LONGEST_DAYS} days"
        raise InvalidValue(field="due_on", value=day.isoformat(), allowed=allowed)
    return day


def _check_waits(row: OperatorQuestion, move: str, needed: frozenset[str] | set[str]) -> None:
    if row.state not in needed:
        raise ImpossibleMove(state=row.state, move=move, allowed=", ".join(sorted(needed)))


def _check_documents(row: OperatorQuestion, documents: Sequence[Document], before: int) -> None:
    if row.needs_documents and not documents and not before:
        raise InvalidValue(field="documents", value="", allowed="at least one document")
    if before + len(documents) > MOST_DOCUMENTS:
        allowed = f"{MOST_DOCUMENTS} documents for one question"
        raise InvalidValue(field="documents", value=before + len(documents), allowed=allowed)
    for one in documents:
        if len(one.content) > MOST_DOCUMENT_BYTES:
            allowed = f"{MOST_DOCUMENT_BYTES} bytes"
            raise InvalidValue(field="documents", value=one.file_name, allowed=allowed)
        if not media_type_of(one.content):
            allowed = f"a document of {', '.join(MEDIA_TYPES)}"
            raise InvalidValue(field="documents", value=one.file_name, allowed=allowed)


def _digest(text: str, documents: Sequence[Document]) -> bytes:
    whole = hashlib.sha256(text.encode())
    for one in documents:
        whole.update(hashlib.sha256(one.content).digest())
    return whole.digest()


def _close(
    row: OperatorQuestion, state: QuestionState, note: str, by: Actor, now: datetime
) -> OperatorQuestion:
    row.state, row.closing_note = state.value, note.strip()
    row.closed_by, row.closed_at = by.account, now
    row.save()
    restate_lane(registration_number=row.registration_number, now=now)
    return row
