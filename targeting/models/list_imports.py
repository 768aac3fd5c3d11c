"""Sheets for drafts of lists that are too long to wait for."""

import uuid

from django.db import models

from risk.models import ListEdition
from risk.models.choices import SUBSTANCE_KINDS
from shipments.models import Job
from targeting.models.users import User


class ListImport(models.Model):
    """A sheet that one person wants to bring into a draft as it was in ``version``.

    Once it is read, ``digest`` names what it would change, ``preview`` is all of that (JSON) and
    ``head`` its beginning. Once it is confirmed, that and nothing else is written. ``refusal`` is
    the code and the parameters of what stopped it. Sheet and preview are kept until ``expires_at``.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="list_imports")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="list_import")
    # A draft can be discarded at any time.
    edition = models.ForeignKey(
        ListEdition, on_delete=models.SET_NULL, null=True, related_name="list_imports"
    )
    version = models.PositiveIntegerField()
    kind = models.TextField(choices=SUBSTANCE_KINDS, blank=True)
    file_name = models.TextField()
    sheet = models.FileField()
    row_count = models.PositiveIntegerField(null=True)
    digest = models.TextField(blank=True)
    preview = models.FileField(blank=True)
    head = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="list_import_of_owner")]

    def __str__(self) -> str:
        return self.file_name
