"""Machines that submit declarations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from oauth2_provider.models import AbstractApplication

from shipments.models import Submitter


class ApiClient(AbstractApplication):
    """An OAuth 2 client; what it sends belongs to its submitter, whose receipts it reads.

    ``scopes`` are the most it may ask for: taking one away here also takes it from the
    tokens that were given before.
    """

    submitter = models.ForeignKey(
        Submitter, on_delete=models.PROTECT, null=True, related_name="api_clients"
    )
    scopes = ArrayField(models.TextField(), default=list)

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"

    @property
    def actor(self) -> str:
        """The opaque string under which lower layers record what this client did."""
        return f"client:{self.client_id}"
