"""Questions to the operator of a declaration: asked, answered through the receipts, settled."""

import uuid

from django.db import models
from django.db.models import Q

from shipments.models import Declaration, Submitter
from shipments.models.history import with_history
from targeting.domain.questions import WAITING
from targeting.models.choices import (
    QUESTION_KINDS,
    QUESTION_REMINDERS,
    QUESTION_STATES,
    SATISFACTIONS,
    QuestionState,
)


@with_history()
class OperatorQuestion(models.Model):
    """Asked of the submitter of the declaration; it waits until ``due_on``, an office's day.

    ``text`` goes out as it is. ``reason`` never does, nor who asked: it is why the question was
    asked. ``item_number`` is null where all of the declaration is meant.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="questions")
    submitter = models.ForeignKey(Submitter, on_delete=models.PROTECT, related_name="questions")
    registration_number = models.TextField()
    item_number = models.PositiveIntegerField(null=True)
    customs_office = models.TextField(blank=True)
    kind = models.TextField(choices=QUESTION_KINDS)
    text = models.TextField()
    needs_documents = models.BooleanField(default=False)
    reason = models.TextField()
    state = models.TextField(choices=QUESTION_STATES, default=QuestionState.OPEN.value)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    closed_by = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    satisfaction = models.TextField(choices=SATISFACTIONS, blank=True)
    closing_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(reason="") & ~Q(asked_by=""), name="question_asked"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(WAITING), closed_at=None, closed_by="")
                | (~Q(state__in=sorted(WAITING)) & Q(closed_at__isnull=False) & ~Q(closed_by="")),
                name="question_closed_by",
            ),
            models.CheckConstraint(
                condition=Q(state=QuestionState.SETTLED.value) & ~Q(satisfaction="")
                | ~Q(state=QuestionState.SETTLED.value) & Q(satisfaction=""),
                name="question_settled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["registration_number"],
                condition=Q(closed_at=None),
                name="question_waiting",
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(state=QuestionState.OPEN.value),
                name="question_due",
            ),
            models.Index(fields=["customs_office", "-id"], name="question_by_office"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number} {self.kind}"


class QuestionAnswer(models.Model):
    """What the operator said, as it came; the same again is the same row."""

    question = models.ForeignKey(OperatorQuestion, on_delete=models.CASCADE, related_name="answers")
    digest = models.BinaryField(max_length=32)
    text = models.TextField()
    answered_by = models.TextField()
    answered_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "digest"], name="answer_once"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk} to {self.question_id}"


class AnswerDocument(models.Model):
    """A document of an answer; ``number`` counts from 1, ``file_name`` is the sender's word."""

    answer = models.ForeignKey(QuestionAnswer, on_delete=models.CASCADE, related_name="documents")
    number = models.PositiveSmallIntegerField()
    file_name = models.TextField()
    media_type = models.TextField()
    size_bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="answer_document_once"),
        ]

    def __str__(self) -> str:
        return self.file_name


class QuestionReminder(models.Model):
    """A question of which its operator was reminded, once of each kind for each last day."""

    question = models.ForeignKey(
        OperatorQuestion, on_delete=models.CASCADE, related_name="reminders"
    )
    kind = models.TextField(choices=QUESTION_REMINDERS)
    due_on = models.DateField()
    reminded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "kind", "due_on"], name="question_reminded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.kind}"
