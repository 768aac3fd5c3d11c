"""Load a risk profile and make it the active one."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.domain.errors import InvalidProfile
from risk.services.profiles import load_profile
from targeting.services.history import changes_by


class Command(BaseCommand):
    help = "Load a risk profile from a TOML file and make it the active one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=Path(settings.TARGETING["FIXTURES_DIR"]) / "profiles" / "default.toml",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with changes_by("command:load_risk_profile", reason=path.name):
                profile, is_new = load_profile(path, now=timezone.now())
        except (InvalidProfile, OSError) as error:
            raise CommandError(f"{path}: {error}") from error
        state = "loaded" if is_new else "unchanged"
        if options["verbosity"] >= 1:
            self.stdout.write(f"profile {profile.code} version {profile.version}: {state}")
