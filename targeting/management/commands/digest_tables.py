"""Print what two installations that took in the same must have in common."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from targeting.selectors.table_digests import digest_tables


class Command(BaseCommand):
    help = (
        "Print, as JSON, the row count and a digest of every table that the pipeline fills, without"
        " surrogate ids and clock times: installations that took in the same declarations under the"
        " same lists, profile and TARGETING_DRAW_SECRET print the same, whatever was killed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(digest_tables(), indent=1))
