"""Answers kept so that a request sent again is answered again, not carried out again."""

from django.db import models

from targeting.models.clients import ApiClient


class KeptAnswer(models.Model):
    """What a client was answered under its own ``Idempotency-Key``.

    ``request_digest`` tells the same request from another one under the same key;
    ``body`` is the JSON as it was sent.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="kept_answers")
    key = models.TextField()
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    location = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="kept_answer_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.key}"
