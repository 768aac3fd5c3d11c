"""Seal the audit now, as beat does every few seconds."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from targeting.services.audit import seal_events


class Command(BaseCommand):
    help = (
        "Seal the audit events that are not sealed yet, and print the head of the chain as"
        " POSITION:DIGEST. Keep it outside the database: verify_audit --anchor holds the chain"
        " against it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count, head = seal_events(now=timezone.now())
        anchor = f"{head.position}:{bytes(head.digest).hex()}" if head else "none"
        self.stdout.write(f"{count} sealed, head {anchor}")
