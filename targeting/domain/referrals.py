"""What of a flagged shipment may be referred: parts that a person chooses, and nothing else."""

from enum import StrEnum


class ReferredPart(StrEnum):
    """A part of the declaration. No rule, score or draw, no network and no watch is one."""

    REGISTRATION = "registration"
    LANE = "lane"
    ROUTE = "route"
    GOODS = "goods"
    SUBSTANCES = "substances"
    DOCUMENTS = "documents"
    IMPORTER = "importer"
    PARTIES = "parties"
