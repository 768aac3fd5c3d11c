"""Answers kept so that a request sent again is answered again, not carried out again."""

from django.db import models
from django.db.models import Q

from targeting.models.clients import ApiClient
from targeting.models.users import User


class KeptAnswer(models.Model):
    """What a client, or a person, was answered under its own ``Idempotency-Key``.

    ``request_digest`` tells the same request from another one under the same key;
    ``body`` is the JSON as it was sent.
    """

    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, null=True, related_name="kept_answers"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="kept_answers")
    key = models.TextField()
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    location = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="kept_answer_once_per_key"),
            models.UniqueConstraint(fields=["user", "key"], name="kept_answer_once_per_person"),
            models.CheckConstraint(
                condition=Q(client__isnull=True) ^ Q(user__isnull=True),
                name="kept_answer_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id or self.user_id}: {self.key}"
