"""Machines that submit declarations, act for customs, or give leads."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from oauth2_provider.models import AbstractApplication

from shipments.models import Submitter
from shipments.models.history import with_history
from targeting.domain.client_scopes import CLIENT_SCOPES
from targeting.models.agencies import Reaching
from targeting.models.choices import CLIENT_KINDS, ClientKind, Reach

SHORTEST_TOKEN_SECONDS, DEFAULT_TOKEN_SECONDS, LONGEST_TOKEN_SECONDS = 60, 3600, 24 * 3600


def _scopes_of_kind() -> Q:
    """Each kind has its scopes at most, so that no broker's client is given those of customs."""
    allowed = Q()
    for kind, scopes in CLIENT_SCOPES.items():
        allowed |= Q(kind=kind.value, scopes__contained_by=sorted(scopes))
    return allowed


@with_history(exclude=["client_secret"])
class ApiClient(Reaching, AbstractApplication):
    """An OAuth 2 client; what it sends belongs to its submitter, whose receipts it reads.

    ``scopes`` are the most it may ask for, ``allowed_networks`` (CIDR) where it may call
    from: without a network, from nowhere. Taking one away here, or ``is_active``, also
    takes it from the tokens that were given before. Its secrets are :class:`ClientSecret`
    rows; the library's own column for a single one stays empty.
    ``kind`` bounds its scopes: it is the machine's role. The reach is that of a customs
    system; an API client reads its own receipts, whatever their office.
    """

    submitter = models.ForeignKey(
        Submitter, on_delete=models.PROTECT, null=True, related_name="api_clients"
    )
    kind = models.TextField(choices=CLIENT_KINDS, default=ClientKind.API_CLIENT.value)
    scopes = ArrayField(models.TextField(), default=list)
    allowed_networks = ArrayField(models.TextField(), default=list)
    token_seconds = models.PositiveIntegerField(default=DEFAULT_TOKEN_SECONDS)
    is_active = models.BooleanField(default=True)

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        constraints = [
            models.CheckConstraint(
                condition=Q(token_seconds__range=(SHORTEST_TOKEN_SECONDS, LONGEST_TOKEN_SECONDS)),
                name="client_token_lives_minutes_to_a_day",
            ),
            models.CheckConstraint(condition=_scopes_of_kind(), name="client_scopes_of_kind"),
            models.CheckConstraint(condition=~Q(reach=Reach.AGENCY), name="client_has_no_agency"),
        ]

    @property
    def actor(self) -> str:
        """The opaque string under which lower layers record what this client did."""
        return f"client:{self.client_id}"

    def is_usable(self, request: object) -> bool:
        """Asked by the library before it gives a token."""
        return self.is_active


@with_history(exclude=["digest", "last_used_at"])
class ClientSecret(models.Model):
    """One secret of a client, as a digest: while one is rotated, two are valid.

    SHA-256 without a slow hash on purpose: secrets are drawn here, 128 random characters,
    and never chosen by a person, so there is no dictionary to slow down.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="secrets")
    digest = models.TextField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gte=F("created_at")), name="secret_expires_after_creation"
            ),
        ]

    def __str__(self) -> str:
        return f"secret of {self.created_at:%Y-%m-%d}, until {self.expires_at:%Y-%m-%d %H:%M}"
