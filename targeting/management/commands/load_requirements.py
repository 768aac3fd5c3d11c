"""Load annual legitimate requirements and norms of holders into their register."""

from targeting.management.register_files import RegisterCommand
from targeting.services.registers import REQUIREMENTS


class Command(RegisterCommand):
    help = (
        "Load annual legitimate requirements and norms of holders:"
        " .ndjson or .json (an object each), .csv or .xlsx (a row each). One with other content"
        " amends, the same changes nothing; a file with a fault is not loaded at all."
    )
    register = REQUIREMENTS
    authority_help = "the source of those that name none"
