"""Register an API client from the command line, as the admin does."""

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from oauth2_provider.settings import oauth2_settings

from shipments.domain.errors import InvalidValue
from targeting.domain.client_scopes import CLIENT_SCOPES
from targeting.models.choices import ClientKind, Reach
from targeting.models.clients import DEFAULT_TOKEN_SECONDS
from targeting.services.clients import SECRET_LIFE, register_client
from targeting.services.history import changes_by


class Command(BaseCommand):
    help = (
        "Register an API client and print its id and secret as JSON: the only time that the"
        " secret is readable. `manage_client` rotates and revokes it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--submitter", help="key of the owner of its receipts (default: the name)"
        )
        parser.add_argument(
            "--scope",
            action="append",
            help="may be repeated; default: all that its kind may hold, of "
            + ", ".join(oauth2_settings.SCOPES),
        )
        parser.add_argument(
            "--kind", choices=[kind.value for kind in ClientKind], default=ClientKind.API_CLIENT
        )
        parser.add_argument(
            "--office",
            action="append",
            default=[],
            help="a customs office whose lanes a customs system reads; may be repeated; without"
            " one it reads those of every office",
        )
        parser.add_argument(
            "--network",
            action="append",
            required=True,
            help="where it may call from, 198.51.100.0/24; may be repeated; 0.0.0.0/0 and ::/0"
            " are everywhere",
        )
        parser.add_argument("--token-seconds", type=int, default=DEFAULT_TOKEN_SECONDS)
        parser.add_argument("--secret-days", type=int, default=SECRET_LIFE.days)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with changes_by("command:register_client"):
                client, secret = register_client(
                    name=options["name"],
                    submitter_key=options["submitter"] or options["name"],
                    scopes=options["scope"] or CLIENT_SCOPES[ClientKind(options["kind"])],
                    kind=options["kind"],
                    reach=_reach(options),
                    offices=options["office"],
                    networks=options["network"],
                    token_seconds=options["token_seconds"],
                    secret_life=timedelta(days=options["secret_days"]),
                    now=timezone.now(),
                )
        except InvalidValue as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"client_id": client.client_id, "client_secret": secret}))


def _reach(options: dict[str, Any]) -> str:
    """An API client sees no declarations; a customs system all, unless offices are named."""
    is_customs = options["kind"] == ClientKind.CUSTOMS_SYSTEM.value
    return Reach.CENTRAL if is_customs and not options["office"] else Reach.OFFICES
