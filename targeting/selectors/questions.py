"""Questions to operators: of the offices in scope for people, its own for a submitter."""

from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from shipments.models import IntakeBatch, Submitter
from targeting.domain.questions import QuestionState, Reminder
from targeting.models import AnswerDocument, OperatorQuestion, QuestionReminder
from targeting.selectors.scope import Scope, in_scope

# What a document holds is read only where it is handed out.
_DOCUMENTS = Prefetch(
    "answers__documents",
    queryset=AnswerDocument.objects.defer("content").order_by("number"),
)


def list_questions(scope: Scope) -> QuerySet[OperatorQuestion]:
    """Those on declarations of the offices in scope, the newest first; three queries more."""
    rows = OperatorQuestion.objects.filter(in_scope(scope))
    return (
        rows.select_related("submitter")
        .prefetch_related("answers", _DOCUMENTS, "reminders")
        .order_by("-id")
    )


def questions_on(registration_number: str, scope: Scope) -> QuerySet[OperatorQuestion]:
    """Those on any version of the declaration in the scope, the newest first, by themselves."""
    rows = OperatorQuestion.objects.filter(in_scope(scope), registration_number=registration_number)
    return rows.order_by("-id")


def questions_to(submitter: Submitter) -> QuerySet[OperatorQuestion]:
    """Those that the submitter is asked, the newest first; nobody else's."""
    rows = OperatorQuestion.objects.filter(submitter=submitter)
    return (
        rows.select_related("declaration__batch")
        .prefetch_related("answers", _DOCUMENTS, "reminders")
        .order_by("-id")
    )


def count_open(batch: IntakeBatch) -> int:
    """How many questions on declarations of the receipt wait for their first answer."""
    return OperatorQuestion.objects.filter(
        declaration__batch=batch, state=QuestionState.OPEN.value
    ).count()


def document_of(question: OperatorQuestion, number: int) -> AnswerDocument | None:
    """The document of this number in an answer to the question, with its content."""
    return AnswerDocument.objects.filter(answer__question=question, number=number).first()


def is_waiting(number: str) -> Exists:
    """The condition that a question on the declaration waits; ``number`` is the path to its
    registration number."""
    return Exists(
        OperatorQuestion.objects.filter(registration_number=OuterRef(number), closed_at=None)
    )


def unanswered_by(horizon: date) -> QuerySet[OperatorQuestion]:
    """Those without an answer whose last day is not after the horizon, the longest due first;
    without those whose operator was reminded that this day is over."""
    reminded = QuestionReminder.objects.filter(
        question=OuterRef("pk"), due_on=OuterRef("due_on"), kind=Reminder.OVERDUE.value
    )
    rows = OperatorQuestion.objects.filter(
        ~Exists(reminded), state=QuestionState.OPEN.value, due_on__lte=horizon
    )
    return rows.select_related("submitter").order_by("due_on", "id")
