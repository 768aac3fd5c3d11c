"""Bring the masses by substance on edges of the network to what stored declarations hold."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from risk.services.network_masses import weigh_numbers
from shipments.models import Declaration
from shipments.services.declarations import lock_versions_of

AT_A_TIME = 1_000


class Command(BaseCommand):
    help = (
        "Weigh every stored declaration on the edges of the network: once after an update from a"
        " release that did not keep masses by substance, or to prove that nothing is amiss."
        " Twice is as once; the pipeline may run beside it. Ends with how much was changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = last = 0
        while some := self._behind(last):
            last = some[-1][0]
            numbers = [number for _, number in some]
            with transaction.atomic():
                lock_versions_of(numbers=numbers)
                changed += weigh_numbers(numbers=numbers)["weighed"]
        self.stdout.write(f"{changed:,} masses on edges were changed.")

    def _behind(self, last: int) -> list[tuple[int, str]]:
        """The next versions: that a number comes again with each of its versions does no harm."""
        rows = Declaration.objects.filter(pk__gt=last).order_by("pk")
        return list(rows.values_list("pk", "registration_number")[:AT_A_TIME])
