"""API clients: machines that submit declarations."""

from collections.abc import Iterable

from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.settings import oauth2_settings

from shipments.domain.errors import InvalidValue
from shipments.models import Submitter
from targeting.models import ApiClient


@transaction.atomic
def register_client(
    *, name: str, submitter_key: str, scopes: Iterable[str]
) -> tuple[ApiClient, str]:
    """A client that acts for the submitter, and its secret: the only time it is readable.

    The submitter is made when its key is new; several clients may act for one (to change
    a secret without a gap, register a second client and delete the first). Raises
    :class:`InvalidValue` ``scope_unknown``.
    """
    wanted = _known_scopes(scopes)
    submitter, _ = Submitter.objects.get_or_create(key=submitter_key, defaults={"name": name})
    secret: str = generate_client_secret()
    client = ApiClient.objects.create(
        name=name,
        submitter=submitter,
        scopes=wanted,
        client_secret=secret,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    return client, secret


@transaction.atomic
def renew_client_secret(*, client: ApiClient) -> str:
    """A new secret for the client, in clear; the old one and every token stop working."""
    secret: str = generate_client_secret()
    client.client_secret = secret
    client.save(update_fields=["client_secret", "updated"])
    client.accesstoken_set.all().delete()
    return secret


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    known = oauth2_settings.SCOPES
    wanted = sorted(set(scopes))
    for scope in wanted:
        if scope not in known:
            raise InvalidValue("scope_unknown", value=scope, allowed=", ".join(known))
    return wanted
