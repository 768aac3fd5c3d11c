"""What a country, or a holder in it, needs of a substance in a year, as records."""

import hashlib
from datetime import date
from decimal import Decimal

import msgspec

from shipments.domain.records import IdentifierRecord, Record


class RequirementRecord(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The annual legitimate requirement of a country, or the norm of a holder in it.

    (country, substance, year, holder) is the natural key. ``required_kg`` is ``amount`` in
    kilograms of the substance alone; zero says that nothing is needed, which is not the same
    as no record. A holder of no name: the country as a whole. ``stated_on`` is the day of the
    statement and ``source`` who made it.
    Source: INCB, annual legitimate requirements for imports of precursors.
    """

    country: str
    substance_key: str
    year: int
    holder_name: str = ""
    holder_country: str = ""
    holder_identifiers: tuple[IdentifierRecord, ...] = ()
    amount: Decimal
    unit: str = "kg"
    density_kg_per_l: Decimal | None = None
    required_kg: Decimal
    stated_on: date
    source: str
    notes: str = ""

    @property
    def is_norm(self) -> bool:
        """Whether it is of a holder."""
        return bool(self.holder_name)

    @property
    def key(self) -> tuple[str, str, int, tuple[IdentifierRecord, ...]]:
        """The natural key, the holder by its numbers."""
        return self.country, self.substance_key, self.year, self.holder_identifiers


def record_digest(record: RequirementRecord) -> bytes:
    """16 bytes that are equal when two records say the same."""
    return hashlib.blake2b(msgspec.json.encode(record), digest_size=16).digest()
