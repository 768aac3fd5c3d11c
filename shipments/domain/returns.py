"""Returns: what became of a consignment after its release, as its holder reports it."""

import hashlib
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from shipments.domain.authorisations import number_key
from shipments.domain.masses import Basis
from shipments.domain.records import Record


class ReturnKind(StrEnum):
    """What is reported: the quantity really received, or what a part of it was used for."""

    RECEIVED = "received"
    END_USE = "end_use"


class ReturnRecord(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One report on one substance of a goods item.

    (registration_number, item_number, substance, kind, number) is its natural key; ``number`` is
    that of the report. ``amount`` in ``unit`` is what it says, ``reported_kg`` that in
    kilograms, both on ``basis``. ``used_for`` is needed of an end use.
    Source: returns with the actual quantity, as of United States import notices; end-use
    statements of national licensing rules.
    """

    registration_number: str
    item_number: int
    substance_key: str
    kind: ReturnKind
    number: str
    reported_on: date
    reported_by: str
    amount: Decimal
    unit: str = "kg"
    basis: Basis = Basis.NET
    density_kg_per_l: Decimal | None = None
    reported_kg: Decimal
    used_for: str = ""
    notes: str = ""

    @property
    def key(self) -> tuple[str, int, str, str, str]:
        """The natural key, the report's number however it is spaced."""
        return (
            self.registration_number,
            self.item_number,
            self.substance_key,
            self.kind.value,
            number_key(self.number),
        )


def record_digest(record: ReturnRecord) -> bytes:
    """16 bytes that are equal when two records say the same."""
    return hashlib.blake2b(msgspec.json.encode(record), digest_size=16).digest()
