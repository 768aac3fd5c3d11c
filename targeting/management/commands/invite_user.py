"""An invitation without mail: for the first administrator, and where no mail goes out."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from targeting.models import User
from targeting.services.history import changes_by
from targeting.services.users import invitation_link


class Command(BaseCommand):
    help = (
        "Print a link, good once and for two days, with which the person chooses a password and"
        " sets up a second factor. The password before stops working. Hand it to nobody else."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--site",
            default=settings.TARGETING["WEB_URL"],
            help="Address of the installation: https://targeting.example.org",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"no active account {options['username']}: the admin lists them")
        if not options["site"]:
            raise CommandError("--site is missing: https://targeting.example.org")
        with changes_by("command:invite_user"):
            self.stdout.write(invitation_link(user=user, site=options["site"]))
