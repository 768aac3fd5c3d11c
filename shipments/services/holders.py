"""Who holds an authorisation: the same parties that declarations name."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

import msgspec

from shipments.domain.authorisations import AuthorisationRecord
from shipments.models import Party, PartyIdentifier, PartyName
from shipments.services.bulk import upsert_rows
from shipments.services.parties import party_key


def holder_key(record: AuthorisationRecord) -> str:
    """The natural key of the party that holds the authorisation."""
    return party_key(
        name=record.holder_name,
        country=record.holder_country,
        identifiers=[msgspec.to_builtins(one) for one in record.holder_identifiers],
    )


def resolve_holders(*, records: Sequence[AuthorisationRecord]) -> dict[str, int]:
    """Party ids by :func:`holder_key`, made where nobody declared them yet.

    The caller holds the transaction. Written in key order, as the link stage does.
    """
    keyed = [(holder_key(record), record) for record in records]
    first: dict[str, tuple[str, str]] = {}
    for key, record in keyed:
        told = (record.holder_name, record.holder_country)
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
    names = {(ids[key], record.holder_name) for key, record in keyed}
    upsert_rows(PartyName, ("party", "name"), list(names), key=("party", "name"))
    seen: dict[tuple[int, str, str], datetime] = {}
    for key, record in keyed:
        at = datetime.combine(record.valid_from, time(), UTC)
        for one in record.holder_identifiers:
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
