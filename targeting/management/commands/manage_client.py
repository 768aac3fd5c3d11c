"""What an administrator does with a registered API client, from the command line."""

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shipments.domain.errors import InvalidValue
from targeting.models import ApiClient
from targeting.services.clients import (
    ROTATION_OVERLAP,
    SECRET_LIFE,
    change_networks,
    expire_secrets,
    revoke_secrets,
    rotate_secret,
)
from targeting.services.history import changes_by


class Command(BaseCommand):
    help = (
        "show: its settings and secrets (not readable). rotate: a new secret, printed once; the"
        " old one stays valid for a while. expire: end its secrets in some days. revoke: end all"
        " secrets and tokens now, after a theft. networks: where it may call from."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id")
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("show")
        rotate = actions.add_parser("rotate")
        rotate.add_argument("--overlap-days", type=float, default=ROTATION_OVERLAP.days)
        rotate.add_argument("--secret-days", type=int, default=SECRET_LIFE.days)
        actions.add_parser("expire").add_argument("--in-days", type=float, required=True)
        actions.add_parser("revoke")
        actions.add_parser("networks").add_argument("network", nargs="+", help="198.51.100.0/24")

    def handle(self, *args: Any, **options: Any) -> None:
        client = ApiClient.objects.filter(client_id=options["client_id"]).first()
        if client is None:
            raise CommandError(f"no client {options['client_id']}: the admin lists them")
        try:
            with changes_by("command:manage_client", reason=options["action"]):
                answer = getattr(self, f"_{options['action']}")(client, options)
        except InvalidValue as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"client_id": client.client_id, **answer}))

    def _show(self, client: ApiClient, options: dict[str, Any]) -> dict[str, Any]:
        secrets = client.secrets.order_by("created_at")
        return {
            "name": client.name,
            "is_active": client.is_active,
            "scopes": client.scopes,
            "networks": client.allowed_networks,
            "token_seconds": client.token_seconds,
            "secrets": [
                {
                    "created_at": secret.created_at.isoformat(),
                    "expires_at": secret.expires_at.isoformat(),
                    "last_used_at": secret.last_used_at and secret.last_used_at.isoformat(),
                }
                for secret in secrets
            ],
        }

    def _rotate(self, client: ApiClient, options: dict[str, Any]) -> dict[str, Any]:
        secret = rotate_secret(
            client=client,
            now=timezone.now(),
            overlap=timedelta(days=options["overlap_days"]),
            secret_life=timedelta(days=options["secret_days"]),
        )
        return {"client_secret": secret}

    def _expire(self, client: ApiClient, options: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        at = now + timedelta(days=options["in_days"])
        return {"secrets_changed": expire_secrets(client=client, now=now, at=at)}

    def _revoke(self, client: ApiClient, options: dict[str, Any]) -> dict[str, Any]:
        return {"secrets_ended": revoke_secrets(client=client, now=timezone.now())}

    def _networks(self, client: ApiClient, options: dict[str, Any]) -> dict[str, Any]:
        changed = change_networks(client=client, networks=options["network"])
        return {"networks": changed.allowed_networks}
