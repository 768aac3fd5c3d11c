"""Load returns into their register."""

from targeting.management.register_files import RegisterCommand
from targeting.services.registers import RETURNS


class Command(RegisterCommand):
    help = (
        "Load what holders report after the release: .ndjson or .json (an object each), .csv or"
        " .xlsx (a row each). One with other content amends, the same changes nothing; a file"
        " with a fault is not loaded at all."
    )
    register = RETURNS
    authority_help = "who reported the entries that do not say it"
