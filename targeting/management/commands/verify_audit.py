"""Prove that nobody changed the audit."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from targeting.domain.audit import Break, Difference
from targeting.selectors.audit import verify_chain

_SENTENCES = {
    Difference.SEAL_MISSING: "the seal at this position is missing",
    Difference.SEAL_CHANGED: "the seal is not what follows from the one before and its event",
    Difference.EVENT_MISSING: "the event was sealed and is gone",
    Difference.EVENT_CHANGED: "the event is not what was sealed",
    Difference.EVENT_INSERTED: "the event was put between sealed ones afterwards",
}


def _anchor(text: str) -> tuple[int, bytes]:
    position, _, digest = text.partition(":")
    try:
        return int(position), bytes.fromhex(digest)
    except ValueError:
        raise ArgumentTypeError("POSITION:DIGEST is expected, as seal_audit prints it") from None


class Command(BaseCommand):
    help = (
        "Walk the hash chain of the audit from its first link. Prints what is sealed, the head, and"
        " what is not sealed yet; ends with 1 and names the first break if there is one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor", type=_anchor, help="POSITION:DIGEST that was kept outside the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_chain(anchor=options["anchor"])
        self.stdout.write(f"sealed: {verdict.sealed}, head {verdict.sealed}:{verdict.head.hex()}")
        oldest = verdict.oldest_unsealed_at
        since = f", the oldest of {oldest.isoformat()}" if oldest else ""
        self.stdout.write(f"not sealed yet: {verdict.unsealed}{since}")
        if not verdict.is_protected:
            self.stdout.write("note: the role of this connection may change the audit tables")
        if verdict.first_break:
            raise CommandError(_sentence(verdict.first_break), returncode=1)
        self.stdout.write("the chain holds")


def _sentence(found: Break) -> str:
    event = f"event {found.event_id}" if found.event_id else "no event"
    place = f"position {found.position}" if found.position else "not sealed"
    return f"broken at {event} ({place}): {found.difference.value}, {_SENTENCES[found.difference]}"
