"""Intake: who sent what, how far it is, what was wrong with it."""

import uuid

from django.db import models

from shipments.models.choices import (
    BatchState,
    IssueSeverity,
    JobStage,
    MessageCoding,
    Stage,
    StageState,
)
from shipments.models.jobs import Job


class Submitter(models.Model):
    """The owner of receipts. ``key`` is stable; targeting maps an OAuth application to it."""

    key = models.TextField(unique=True)
    name = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or self.key


class IntakeBatch(models.Model):
    """One file or message of one submitter; its ``public_id`` is the receipt's number.

    ``chunk_count`` is None until the whole file has been cut. The same bytes from the
    same submitter are the same batch, whatever name they came under. ``is_bulk`` are the
    large ones: they wait in a queue of their own and count as backlog. ``mapping_key`` holds
    the habits that the sender stated, ``table_readings`` how each table was then read
    (:class:`shipments.domain.records.TableReading`). From ``cancelled_at`` on no more of the
    file is read; what is stored by then goes its way.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    submitter = models.ForeignKey(Submitter, on_delete=models.PROTECT, related_name="batches")
    sha256 = models.BinaryField(max_length=32)
    format_key = models.TextField()
    mapping_key = models.TextField(blank=True)
    table_readings = models.JSONField(default=list)
    unknown_fields = models.JSONField(default=dict)
    file_name = models.TextField(blank=True)
    is_bulk = models.BooleanField(default=False)
    state = models.TextField(choices=BatchState.choices, default=BatchState.RECEIVED)
    failure_code = models.TextField(blank=True)
    failure_detail = models.TextField(blank=True)
    chunk_count = models.PositiveIntegerField(null=True)
    declaration_count = models.PositiveIntegerField(default=0)
    item_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    issue_count = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submitter", "sha256", "mapping_key"], name="batch_once_per_submitter"
            ),
        ]
        indexes = [
            models.Index(fields=["submitter", "-received_at"], name="batch_by_submitter"),
            models.Index(
                fields=["received_at"],
                condition=models.Q(is_bulk=True, finished_at=None),
                name="batch_open_bulk",
            ),
            models.Index(
                fields=["-finished_at"],
                condition=models.Q(is_bulk=True),
                name="batch_finished_bulk",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class RawMessage(models.Model):
    """What came, byte for byte: small messages in ``content``, files in the storage.

    ``size_bytes`` is that of what came, ``stored_bytes`` of what it is kept as (None as long as
    nobody looked); ``coding`` says how to get it back (shipments/services/raw_messages.py).
    Partitioned by the month of ``received_at``, which is that of the batch.
    """

    batch = models.OneToOneField(IntakeBatch, on_delete=models.CASCADE, related_name="raw_message")
    content = models.BinaryField(null=True)
    file = models.FileField(upload_to="intake/%Y/%m/%d", blank=True)
    size_bytes = models.PositiveBigIntegerField()
    coding = models.TextField(
        choices=MessageCoding.choices, default=MessageCoding.AS_IT_CAME, blank=True, db_default=""
    )
    stored_bytes = models.PositiveBigIntegerField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(content__isnull=False) ^ ~models.Q(file=""),
                name="raw_message_in_one_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(coding=""), name="raw_message_as_it_came"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.size_bytes} bytes"


class StageRun(models.Model):
    """One stage of one chunk of a batch or job: the unit of work, of retry and of progress.

    ``leased_until`` bounds how long a silent worker keeps it; ``woken_at`` is when its
    last message was sent, so that the sweep repeats only messages that are long overdue.
    ``attempts`` counts every claim and tells one holder from the next;
    ``fruitless_attempts`` only those since the run last got on.
    """

    batch = models.ForeignKey(
        IntakeBatch, on_delete=models.CASCADE, related_name="stage_runs", null=True
    )
    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="stage_runs", null=True, db_index=False
    )
    stage = models.TextField(choices=[*Stage.choices, *JobStage.choices])
    chunk = models.PositiveIntegerField()
    state = models.TextField(choices=StageState.choices, default=StageState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    fruitless_attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    woken_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    failure = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "stage", "chunk"], name="stage_run_once"),
            models.UniqueConstraint(fields=["job", "stage", "chunk"], name="job_run_once"),
            models.CheckConstraint(
                condition=models.Q(batch__isnull=True) ^ models.Q(job__isnull=True),
                name="stage_run_of_batch_or_job",
            ),
        ]
        indexes = [
            models.Index(
                fields=["woken_at"],
                condition=models.Q(state__in=["pending", "running"]),
                name="stage_run_open",
            ),
            # What was assessed since: each look-back that is done asks it every minute.
            models.Index(
                fields=["finished_at"],
                condition=models.Q(stage=Stage.ASSESS, state=StageState.DONE),
                name="stage_run_assessed",
            ),
        ]

    def __str__(self) -> str:
        of = self.batch_id if self.batch_id else f"job {self.job_id}"
        return f"{of}/{self.stage}/{self.chunk} {self.state}"


class IntakeIssue(models.Model):
    """One thing wrong in what came in; see :class:`shipments.domain.records.Issue`."""

    batch = models.ForeignKey(IntakeBatch, on_delete=models.CASCADE, related_name="issues")
    chunk = models.PositiveIntegerField()
    line = models.PositiveIntegerField(null=True)
    registration_number = models.TextField(blank=True)
    field = models.TextField(blank=True)
    column = models.TextField(blank=True)
    code = models.TextField()
    severity = models.TextField(choices=IssueSeverity.choices)
    value = models.TextField(blank=True)
    allowed = models.TextField(blank=True)
    raw = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "line", "id"], name="issue_by_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.field} {self.code}"
