"""Rows that somebody takes away as a file, written in the background."""

import uuid

from django.db import models

from risk.domain.lists.sheets import SheetFormat
from shipments.models import Job
from targeting.models.choices import EXPORT_RESOURCES
from targeting.models.users import User


class Export(models.Model):
    """A file of one person's own: ``row_count`` rows of the resource, as ``parameters`` choose
    them, were there when it was asked for.

    ``file`` is there once the job is done, until ``expires_at``.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="export")
    resource = models.TextField(choices=EXPORT_RESOURCES)
    parameters = models.JSONField(default=dict)
    sheet_format = models.TextField(choices=[(one.value, one.value) for one in SheetFormat])
    file_name = models.TextField()
    row_count = models.PositiveIntegerField()
    file = models.FileField(blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="export_of_owner")]

    def __str__(self) -> str:
        return self.file_name
