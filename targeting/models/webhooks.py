"""Where machines are told of events: the addresses that clients gave."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shipments.models.history import with_history
from targeting.models.choices import WEBHOOK_KINDS
from targeting.models.clients import ApiClient

_SENDING = ["failures", "failure", "resting_until", "leased_until", "delivered_at"]


@with_history(exclude=["sealed_secret", "former_secret", *_SENDING])
class WebhookEndpoint(models.Model):
    """One address of a client; of which kinds it is told is bounded by the client's kind.

    While it is not active nothing is sent to it, and what happens waits. The secrets are sealed
    under a key of the installation: they sign, so they cannot be kept as digests. After a
    rotation the former one signs along until ``former_until``. The last columns are of the
    sender: failures in a row, the code of the last, how long it is left alone, who is at it.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="webhooks")
    url = models.TextField()
    kinds = ArrayField(models.TextField(choices=WEBHOOK_KINDS))
    is_active = models.BooleanField(default=True)
    sealed_secret = models.TextField()
    former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    created_by = models.TextField()
    created_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)
    resting_until = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "url"], name="webhook_once_per_client"),
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="webhook_of_some_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.url} of {self.client_id}"

    @property
    def recipient(self) -> str:
        """The opaque name under which deliveries know it."""
        return f"webhook:{self.pk}"
