"""Who holds an authorisation or stands in a notification: the parties that declarations name."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

import msgspec

from shipments.domain.authorisations import AuthorisationRecord
from shipments.domain.records import IdentifierRecord
from shipments.models import Party, PartyIdentifier, PartyName
from shipments.services.bulk import upsert_rows
from shipments.services.parties import party_key


class Named(NamedTuple):
    """A party as a register names it; ``since`` is the first day that it is known of."""

    name: str
    country: str
    identifiers: tuple[IdentifierRecord, ...]
    since: date

    @property
    def key(self) -> str:
        """The natural key of the party."""
        identifiers = [msgspec.to_builtins(one) for one in self.identifiers]
        return party_key(name=self.name, country=self.country, identifiers=identifiers)


def holder_key(record: AuthorisationRecord) -> str:
    """The natural key of the party that holds the authorisation."""
    return _holder(record).key


def resolve_holders(*, records: Sequence[AuthorisationRecord]) -> dict[str, int]:
    """Party ids by :func:`holder_key`, as :func:`resolve_named`."""
    return resolve_named(parties=[_holder(record) for record in records])


def _holder(record: AuthorisationRecord) -> Named:
    return Named(
        record.holder_name, record.holder_country, record.holder_identifiers, record.valid_from
    )


def resolve_named(*, parties: Iterable[Named]) -> dict[str, int]:
    """Party ids by key, made where nobody declared them yet.

    The caller holds the transaction. Written in key order, as the link stage does.
    """
    keyed = [(party.key, party) for party in parties]
    first: dict[str, tuple[str, str]] = {}
    for key, party in keyed:
        told = (party.name, party.country)
        first[key] = min(first.get(key, told), told)
    upsert_rows(
        Party,
        ("key", "name", "country"),
        [(key, name, country) for key, (name, country) in first.items()],
        key=("key",),
        update=("name = LEAST(stored.name, EXCLUDED.name)",),
        condition="EXCLUDED.name < stored.name",
    )
    ids = dict(Party.objects.filter(key__among=first).values_list("key", "id"))
    names = {(ids[key], party.name) for key, party in keyed}
    upsert_rows(PartyName, ("party", "name"), list(names), key=("party", "name"))
    seen: dict[tuple[int, str, str], datetime] = {}
    for key, party in keyed:
        at = datetime.combine(party.since, time(), UTC)
        for one in party.identifiers:
            identifier = (ids[key], one.kind.value, one.value)
            seen[identifier] = min(seen.get(identifier, at), at)
    upsert_rows(
        PartyIdentifier,
        ("party", "kind", "value", "first_seen_at"),
        [(*identifier, at) for identifier, at in seen.items()],
        key=("party", "kind", "value"),
        update=("first_seen_at",),
        condition="EXCLUDED.first_seen_at < stored.first_seen_at",
    )
    return ids
