"""What of a flagged shipment may be referred: parts that a person chooses, and nothing else."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


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


def content_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a receiver would see, hexadecimal: the same whatever the order of its names.

    >>> content_digest({"lane": "red"}) == content_digest({"lane": "yellow"})
    False
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
