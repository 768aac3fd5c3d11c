"""Load pre-export notifications into their register."""

from targeting.management.register_files import RegisterCommand
from targeting.services.registers import NOTIFICATIONS


class Command(RegisterCommand):
    help = (
        "Load pre-export notifications:"
        " .ndjson or .json (an object each), .csv or .xlsx (a row each). One with other content"
        " amends, the same changes nothing; a file with a fault is not loaded at all."
    )
    register = NOTIFICATIONS
    authority_help = "who sent those that do not say it; else the exporter's country"
