"""What the authenticator app of a demonstration's person shows."""

import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from targeting.management.commands.run_demo import DEMO_USERS
from targeting.management.one_time_codes import one_time_code


class Command(BaseCommand):
    help = "Print the second factor's current code of a person that `run_demo` made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.DATA_DIR) / DEMO_USERS
        people = json.loads(path.read_text())["people"] if path.exists() else {}
        person = people.get(options["username"])
        if person is None:
            known = ", ".join(people) or "nobody; run `make demo` first"
            raise CommandError(f"{options['username']} is not of the demonstration: {known}")
        self.stdout.write(one_time_code(person["key"], at=time.time()))
