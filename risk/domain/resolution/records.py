"""What is compared when one asks whether two parties are the same trader."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from risk.domain.resolution.names import FoldedName, fold_name
from shipments.domain.values import IdentifierKind

TAX_KINDS = frozenset({IdentifierKind.BIN, IdentifierKind.IIN, IdentifierKind.TAX_ID})
"""Numbers of which a trader has one of a kind in a country."""


class Outcome(StrEnum):
    """What the comparison of two parties comes to."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


class PartyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A party as declarations show it: its spellings, its country, its identifiers by kind.

    Identifiers have the spelling of :func:`shipments.domain.names.normalise_identifier`.
    """

    key: int
    names: tuple[str, ...]
    country: str = ""
    identifiers: Mapping[IdentifierKind, frozenset[str]] = {}


class Prepared(msgspec.Struct, frozen=True):
    """A record with its names folded once: what every comparison of it starts from."""

    record: PartyRecord
    names: tuple[FoldedName, ...]

    def has(self, kind: IdentifierKind) -> frozenset[str]:
        """The identifiers of the kind; empty when none was ever declared."""
        return self.record.identifiers.get(kind, frozenset())


def prepare(record: PartyRecord) -> Prepared:
    """The record with its different names folded; a name without a letter is left out."""
    folded = dict.fromkeys(fold_name(name) for name in record.names)
    return Prepared(record, tuple(name for name in folded if name.words or name.numbers))
