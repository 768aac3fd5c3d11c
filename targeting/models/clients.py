"""Machines that submit declarations."""

from django.db import models
from oauth2_provider.models import AbstractApplication

from shipments.models import Submitter


class ApiClient(AbstractApplication):
    """An OAuth 2 client; what it sends belongs to its submitter, whose receipts it reads."""

    submitter = models.ForeignKey(
        Submitter, on_delete=models.PROTECT, null=True, related_name="api_clients"
    )

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"

    @property
    def actor(self) -> str:
        """The opaque string under which lower layers record what this client did."""
        return f"client:{self.client_id}"
