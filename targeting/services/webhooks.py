"""Webhook endpoints: registered for a client, changed, given another secret, told again."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction

from shipments.domain.errors import InvalidValue
from targeting.domain.client_scopes import ClientKind
from targeting.domain.outbox import Channel
from targeting.domain.webhooks import (
    KINDS_OF,
    SECRET_BYTES,
    SECRET_OVERLAP,
    checked_url,
    spell_secret,
)
from targeting.models import ApiClient, Delivery, WebhookEndpoint
from targeting.models.choices import DeliveryState
from targeting.services.sealing import WEBHOOK, cipher

MOST_ENDPOINTS = 10
MOST_REPLAYED = 10_000


@transaction.atomic
def register_endpoint(
    *, client: ApiClient, url: str, kinds: Iterable[str], actor: str, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """An address of the client that is told from now on, and the secret that signs: the only
    time it is readable. Locks the client.

    Raises InvalidValue: ``url`` that cannot be or that the client has already, ``kinds`` that
    its kind is not told of, and more than ten endpoints.
    """
    ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.webhooks.count() >= MOST_ENDPOINTS:
        allowed = f"at most {MOST_ENDPOINTS} endpoints of a client"
        raise InvalidValue(field="client", value=client.client_id, allowed=allowed)
    secret = _new_secret()
    endpoint = WebhookEndpoint(
        client=client,
        url=checked_url(url, networks=allowed_networks()),
        kinds=_checked_kinds(kinds, client),
        sealed_secret=_sealed(secret),
        created_by=actor,
        created_at=now,
    )
    return _stored(endpoint), secret


@transaction.atomic
def change_endpoint(
    *, endpoint: WebhookEndpoint, url: str, kinds: Iterable[str], is_active: bool
) -> WebhookEndpoint:
    """Another address, other kinds, or a pause; from the next message on. What waits goes to
    the new address. Raises InvalidValue as :func:`register_endpoint`."""
    row = WebhookEndpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    row.url = checked_url(url, networks=allowed_networks())
    row.kinds = _checked_kinds(kinds, row.client)
    row.is_active = is_active
    # Whoever changes it wants to see at once whether it answers now.
    row.failures, row.failure, row.resting_until = 0, "", None
    return _stored(row)


@transaction.atomic
def rotate_endpoint_secret(*, endpoint: WebhookEndpoint, now: datetime) -> str:
    """A new secret in clear. For a day messages bear the signatures of both."""
    row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    secret = _new_secret()
    row.former_secret, row.former_until = row.sealed_secret, now + SECRET_OVERLAP
    row.sealed_secret = _sealed(secret)
    row.save(update_fields=["former_secret", "former_until", "sealed_secret"])
    return secret


@transaction.atomic
def remove_endpoint(*, endpoint: WebhookEndpoint) -> None:
    """Tell it nothing more, with what still waits; what was delivered stays listed."""
    Delivery.objects.filter(
        channel=Channel.WEBHOOK, recipient=endpoint.recipient, state=DeliveryState.PENDING
    ).update(state=DeliveryState.DEAD, failure="recipient_gone")
    endpoint.delete()


@transaction.atomic
def replay(
    *,
    endpoint: WebhookEndpoint,
    deliveries: Sequence[int] | None,
    since: datetime | None,
    now: datetime,
) -> int:
    """Send again, from the first attempt, with the same message ids; how many.

    ``deliveries`` by id, given up or delivered; without them all that were given up. ``since``
    bounds both to what happened from then on. At most 10,000 at once.
    """
    wanted = Delivery.objects.filter(channel=Channel.WEBHOOK, recipient=endpoint.recipient)
    if deliveries is None:
        wanted = wanted.filter(state=DeliveryState.DEAD)
    else:
        wanted = wanted.filter(pk__in=deliveries).exclude(state=DeliveryState.PENDING)
    if since is not None:
        wanted = wanted.filter(event__at__gte=since)
    chosen = list(wanted.order_by("pk").values_list("pk", flat=True)[:MOST_REPLAYED])
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(resting_until=None)
    return Delivery.objects.filter(pk__in=chosen).update(
        state=DeliveryState.PENDING, attempts=0, due_at=now, delivered_at=None, failure=""
    )


def secrets_of(endpoint: WebhookEndpoint, now: datetime) -> tuple[str, ...]:
    """The secrets that sign now, the present one first; none where the installation's key
    does not open them any more."""
    sealed = [endpoint.sealed_secret]
    if endpoint.former_until and endpoint.former_until > now:
        sealed.append(endpoint.former_secret)
    try:
        return tuple(cipher(WEBHOOK).decrypt(one.encode()).decode() for one in sealed)
    except InvalidToken:
        return ()


def allowed_networks() -> list[str]:
    """Where messages may go besides public addresses."""
    networks: list[str] = settings.TARGETING["WEBHOOK_NETWORKS"]
    return networks


def _stored(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    try:
        with transaction.atomic():
            endpoint.save()
    except IntegrityError:
        allowed = "an address that the client does not have yet"
        raise InvalidValue(field="url", value=endpoint.url, allowed=allowed) from None
    return endpoint


def _checked_kinds(kinds: Iterable[str], client: ApiClient) -> list[str]:
    known = [kind.value for kind in KINDS_OF[ClientKind(client.kind)]]
    wanted = sorted(set(kinds))
    if not wanted or not set(wanted) <= set(known):
        unknown = ", ".join(sorted(set(wanted) - set(known)))
        raise InvalidValue(field="kinds", value=unknown, allowed=f"some of {', '.join(known)}")
    return wanted


def _new_secret() -> str:
    return spell_secret(secrets.token_bytes(SECRET_BYTES))


def _sealed(secret: str) -> str:
    return cipher(WEBHOOK).encrypt(secret.encode()).decode()
