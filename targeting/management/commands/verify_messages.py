"""Prove that the stored messages are what came."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shipments.models import IntakeBatch
from shipments.services.raw_messages import is_intact


class Command(BaseCommand):
    help = (
        "Read every stored message and hold it against the SHA-256 it came with, compressed or not."
        " Ends with 1 and the receipts' numbers if one is missing or is not what came. Changes"
        " nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        batches = IntakeBatch.objects.filter(raw_message__isnull=False).order_by("pk")
        count, damaged = 0, list[str]()
        for batch in batches.select_related("raw_message").iterator(chunk_size=100):
            count += 1
            if not is_intact(batch):
                damaged.append(str(batch.public_id))
        self.stdout.write(f"{count - len(damaged)} of {count} messages are what came")
        if damaged:
            raise CommandError(f"missing or changed: {', '.join(damaged)}", returncode=1)
