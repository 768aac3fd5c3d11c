"""What an authority allows: licences, registrations, permits, as records."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from shipments.domain.masses import Basis
from shipments.domain.records import IdentifierRecord, Record


class AuthorisationKind(StrEnum):
    """What sort of leave it is. ``foreign_permit`` is one of the exporting state."""

    LICENCE = "licence"
    REGISTRATION = "registration"
    IMPORT_PERMIT = "import_permit"
    EXPORT_PERMIT = "export_permit"
    FOREIGN_PERMIT = "foreign_permit"


class AuthorisationState(StrEnum):
    """Whether it holds; that it has expired is told by its days."""

    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class LineRecord(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One substance of an authorisation.

    ``amount`` in ``unit`` is what the paper says, ``granted_kg`` that in kilograms, both on
    ``basis``. ``solution_pct`` is the concentration of a solution granted; percent by mass.
    """

    line_number: int
    substance_key: str
    amount: Decimal
    unit: str = "kg"
    basis: Basis = Basis.NET
    granted_kg: Decimal
    solution_pct: Decimal | None = None
    density_kg_per_l: Decimal | None = None


class AuthorisationRecord(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An authorisation as its authority tells it; (authority, number) is its natural key.

    Both days of validity are the office's and inclusive; ``valid_to`` None is without end.
    A blank ``direction`` or ``border_office`` is any. ``is_single_consignment``: for one
    consignment only.
    """

    authority: str
    number: str
    kind: AuthorisationKind
    holder_name: str
    holder_country: str
    holder_identifiers: tuple[IdentifierRecord, ...]
    direction: str = ""
    issued_on: date | None = None
    valid_from: date
    valid_to: date | None = None
    border_office: str = ""
    conditions: str = ""
    end_use: str = ""
    is_single_consignment: bool = False
    lines: tuple[LineRecord, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The natural key: the authority, and the number however it is spaced."""
        return self.authority, number_key(self.number)


def number_key(number: str) -> str:
    """The number as it is compared: capitals without blanks.

    Equal to what :data:`shipments.models.declarations.NUMBER_KEY` computes in SQL.

    >>> number_key(" kz55 LIC 0001 ")
    'KZ55LIC0001'
    """
    return re.sub(r"\s", "", number).upper()


def record_digest(record: AuthorisationRecord) -> bytes:
    """16 bytes that are equal when two records say the same.

    Every field is spelled: whether a value *is* its default depends on where it was read.
    """
    return hashlib.blake2b(msgspec.json.encode(record), digest_size=16).digest()
