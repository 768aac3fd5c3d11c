"""Who did what, append-only, and the hash chain over it (docs/adr/0009-audit.md).

The application's role may insert and read; its UPDATE, DELETE and TRUNCATE are taken back by
the migration. Nothing points here with a foreign key: events are partitioned by month (ADR 19).
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.expressions import RawSQL

from targeting.domain.audit import Verb


class AuditEvent(models.Model):
    """One action of a person or client: what was tried, and the status of the answer.

    ``xid`` stands before ``id`` on purpose: defaults are evaluated in the order of the
    columns, so an event has its transaction before it draws its id, and the chain can
    tell a late commit from a row that was put in between. Partitioned by the month of ``at``.
    """

    xid = models.BigIntegerField(
        db_default=RawSQL("pg_current_xact_id()::text::bigint", ()), editable=False
    )
    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.TextField()
    role = models.TextField(blank=True)
    verb = models.TextField(choices=[(verb.value, verb.value) for verb in Verb])
    resource = models.TextField()
    object_key = models.TextField(blank=True)
    terms = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField()
    purpose = models.TextField(blank=True)
    address = models.TextField(blank=True)
    request_id = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["xid"], name="audit_event_xid"),
            models.Index(fields=["actor", "-at"], name="audit_event_actor"),
            BrinIndex(fields=["at"], name="audit_event_at_brin"),
            models.Index(fields=["resource", "object_key"], name="audit_event_object"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.verb} {self.resource}"


class AuditSeal(models.Model):
    """One link of the chain; ``horizon``, ``xid_limit`` and ``sealed_at`` are of its run."""

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    event_digest = models.BinaryField()
    digest = models.BinaryField()
    horizon = models.BigIntegerField()
    xid_limit = models.BigIntegerField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.position}: event {self.event_id}"
