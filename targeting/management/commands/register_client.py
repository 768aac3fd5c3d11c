"""Register an API client from the command line, as the admin does."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from oauth2_provider.settings import oauth2_settings

from shipments.domain.errors import InvalidValue
from targeting.services.clients import register_client


class Command(BaseCommand):
    help = (
        "Register an API client and print its id and secret as JSON: the only time that the"
        " secret is readable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--submitter", help="key of the owner of its receipts (default: the name)"
        )
        parser.add_argument(
            "--scope",
            action="append",
            help="may be repeated; default: all of " + ", ".join(oauth2_settings.SCOPES),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            client, secret = register_client(
                name=options["name"],
                submitter_key=options["submitter"] or options["name"],
                scopes=options["scope"] or tuple(oauth2_settings.SCOPES),
            )
        except InvalidValue as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"client_id": client.client_id, "client_secret": secret}))
