"""Legal entities as the state's company register shows them, and what ties them, as records."""

import hashlib
from datetime import date
from enum import StrEnum

import msgspec

from shipments.domain.errors import InvalidValue
from shipments.domain.names import latin_key, normalise_identifier
from shipments.domain.records import Record
from shipments.domain.values import IdentifierKind


class EntityTieKind(StrEnum):
    """What two entries of the register may have in common."""

    ADDRESS = "address"
    PHONE = "phone"
    PERSON = "person"


class LegalEntityRecord(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An entry of a company register: who is behind a firm, since when, until when.

    (country, kind of number, number) is the natural key. ``closed_on`` None: it exists. A blank
    text was not stated. ``source`` is whose register it is.
    """

    country: str
    number_kind: IdentifierKind
    number: str
    name: str
    registered_on: date
    closed_on: date | None = None
    head: str = ""
    owners: tuple[str, ...] = ()
    address: str = ""
    phone: str = ""
    activity: str = ""
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The natural key."""
        return self.country, self.number_kind.value, self.number

    @property
    def ties(self) -> frozenset[tuple[EntityTieKind, str]]:
        """Address, telephone and persons in the spelling in which they meet. What cannot be read
        as one (a telephone of four digits) ties nothing."""
        people = {person_key(name) for name in (self.head, *self.owners)} - {""}
        found = {(EntityTieKind.PERSON, key) for key in people}
        for kind, text in (
            (EntityTieKind.ADDRESS, self.address),
            (EntityTieKind.PHONE, self.phone),
        ):
            if value := tie_value(kind, text, self.country):
                found.add((kind, value))
        return frozenset(found)


def tie_value(kind: EntityTieKind, text: str, country: str) -> str:
    """An address or telephone in the spelling of identifiers; empty when it is none."""
    try:
        return normalise_identifier(IdentifierKind(kind.value), text, country) if text else ""
    except InvalidValue:
        return ""


def person_key(name: str) -> str:
    """A head or an owner in Latin letters, whatever the order of the names.

    Namesakes share it: how many do is weighed where it is used.

    >>> person_key("АХМЕТОВ Болат") == person_key("Bolat Akhmetov")
    True
    """
    return " ".join(sorted(latin_key(name).split()))


def record_digest(record: LegalEntityRecord) -> bytes:
    """16 bytes that are equal when two records say the same."""
    return hashlib.blake2b(msgspec.json.encode(record), digest_size=16).digest()
