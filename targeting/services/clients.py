"""API clients: machines that submit declarations, their secrets and where they call from."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.settings import oauth2_settings

from shipments.domain.errors import InvalidValue
from shipments.models import Submitter
from targeting.domain.addresses import networks_of
from targeting.domain.client_scopes import CLIENT_SCOPES
from targeting.models import ApiClient, ClientSecret
from targeting.models.choices import ClientKind, Reach
from targeting.models.clients import (
    DEFAULT_TOKEN_SECONDS,
    LONGEST_TOKEN_SECONDS,
    SHORTEST_TOKEN_SECONDS,
)

SECRET_LIFE = timedelta(days=365)
ROTATION_OVERLAP = timedelta(days=14)


@transaction.atomic
def register_client(
    *,
    name: str,
    submitter_key: str,
    scopes: Iterable[str],
    networks: Iterable[str],
    now: datetime,
    token_seconds: int = DEFAULT_TOKEN_SECONDS,
    secret_life: timedelta = SECRET_LIFE,
    kind: str = ClientKind.API_CLIENT.value,
    reach: str = Reach.OFFICES.value,
    offices: Iterable[str] = (),
) -> tuple[ApiClient, str]:
    """A client that acts for the submitter, and its secret: the only time it is readable.

    The submitter is made when its key is new; several clients may act for one. Raises
    :class:`InvalidValue`: ``scope_unknown`` (also for one that the kind may not
    hold), ``network_invalid``, ``networks_missing``,
    ``token_seconds_out_of_range``.
    """
    wanted, allowed_networks = _known_scopes(scopes, ClientKind(kind)), _some_networks(networks)
    if not SHORTEST_TOKEN_SECONDS <= token_seconds <= LONGEST_TOKEN_SECONDS:
        allowed = f"{SHORTEST_TOKEN_SECONDS} to {LONGEST_TOKEN_SECONDS} seconds"
        raise InvalidValue("token_seconds_out_of_range", value=token_seconds, allowed=allowed)
    submitter, _ = Submitter.objects.get_or_create(key=submitter_key, defaults={"name": name})
    client = ApiClient.objects.create(
        name=name,
        submitter=submitter,
        scopes=wanted,
        kind=kind,
        reach=reach,
        offices=sorted(offices),
        allowed_networks=allowed_networks,
        token_seconds=token_seconds,
        client_secret="",
        hash_client_secret=False,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    return client, _give_secret(client, now=now, life=secret_life)


@transaction.atomic
def rotate_secret(
    *,
    client: ApiClient,
    now: datetime,
    overlap: timedelta = ROTATION_OVERLAP,
    secret_life: timedelta = SECRET_LIFE,
) -> str:
    """A new secret in clear. The newest until now stays valid for ``overlap``, older ones end.

    So at most two are valid. Tokens live on: they are the client's, whichever secret
    asked for them. Locks the client.
    """
    ApiClient.objects.select_for_update().get(pk=client.pk)
    valid = list(_valid_secrets(client, now).order_by("-created_at", "-pk"))
    for secret in valid[1:]:
        _end(secret, at=now)
    for newest in valid[:1]:
        _end(newest, at=min(newest.expires_at, now + overlap))
    return _give_secret(client, now=now, life=secret_life)


@transaction.atomic
def expire_secrets(*, client: ApiClient, now: datetime, at: datetime) -> int:
    """Let every valid secret end at ``at`` at the latest; how many were changed.

    Raises :class:`InvalidValue` ``expiry_in_the_past``: to end them now, revoke.
    """
    if at <= now:
        allowed = f"a time after {now:%Y-%m-%d %H:%M}"
        raise InvalidValue("expiry_in_the_past", value=at.isoformat(), allowed=allowed)
    return _valid_secrets(client, now).filter(expires_at__gt=at).update(expires_at=at)


@transaction.atomic
def revoke_secrets(*, client: ApiClient, now: datetime) -> int:
    """End every secret and every token of the client at once: the answer to a theft.

    How many secrets ended. A token request that is under way holds the row of its secret
    (:func:`use_secret`), so it is waited for and its token dies with the others.
    """
    ended = _valid_secrets(client, now).update(expires_at=now)
    client.accesstoken_set.all().delete()
    return ended


@transaction.atomic
def change_networks(*, client: ApiClient, networks: Iterable[str]) -> ApiClient:
    """Where the client may call from, in force with the next request.

    Raises :class:`InvalidValue` ``network_invalid``, ``networks_missing``.
    """
    client.allowed_networks = _some_networks(networks)
    client.save(update_fields=["allowed_networks", "updated"])
    return client


def use_secret(*, client: ApiClient, secret: str, now: datetime) -> bool:
    """Whether the secret is one of the client's and valid; notes when it was used.

    Locks the secret's row until the caller's transaction ends.
    """
    held = _valid_secrets(client, now).filter(digest=_digest(secret))
    return held.update(last_used_at=now) > 0


def _valid_secrets(client: ApiClient, now: datetime) -> QuerySet[ClientSecret]:
    return ClientSecret.objects.filter(client=client, expires_at__gt=now)


def _give_secret(client: ApiClient, *, now: datetime, life: timedelta) -> str:
    secret: str = generate_client_secret()
    ClientSecret.objects.create(
        client=client, digest=_digest(secret), created_at=now, expires_at=now + life
    )
    return secret


def _end(secret: ClientSecret, *, at: datetime) -> None:
    secret.expires_at = at
    secret.save(update_fields=["expires_at"])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _some_networks(networks: Iterable[str]) -> list[str]:
    wanted = networks_of(networks)
    if not wanted:
        allowed = "at least one network; 0.0.0.0/0 and ::/0 are everywhere"
        raise InvalidValue("networks_missing", value="", allowed=allowed)
    return wanted


def _known_scopes(scopes: Iterable[str], kind: ClientKind) -> list[str]:
    known = [scope for scope in oauth2_settings.SCOPES if scope in CLIENT_SCOPES[kind]]
    wanted = sorted(set(scopes))
    for scope in wanted:
        if scope not in known:
            raise InvalidValue("scope_unknown", value=scope, allowed=", ".join(known))
    return wanted
