"""Load licences, registrations, permits into their register."""

from targeting.management.register_files import RegisterCommand
from targeting.services.registers import AUTHORISATIONS


class Command(RegisterCommand):
    help = (
        "Load licences, registrations, permits:"
        " .ndjson or .json (an object each), .csv or .xlsx (a row a line). One with other content"
        " amends, the same changes nothing; a file with a fault is not loaded at all."
    )
    register = AUTHORISATIONS
    authority_help = "who issued the entries that do not say it"
