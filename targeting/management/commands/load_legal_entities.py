"""Load an extract of the company register."""

from targeting.management.register_files import RegisterCommand
from targeting.services.registers import ENTITIES


class Command(RegisterCommand):
    help = (
        "Load an extract of the company register: .ndjson or .json (an object each), .csv or .xlsx"
        " (a row each; owners with ; between them). A firm with other content is amended, the same"
        " changes nothing, one that is left out stays; a file with a fault is not loaded at all."
    )
    register = ENTITIES
    authority_help = "whose register it is, for rows that name no source"
