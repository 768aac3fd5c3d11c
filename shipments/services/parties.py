"""Resolving declared parties: by tax number when there is one, else by name and country."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from shipments.domain.errors import InvalidValue
from shipments.domain.names import normalise_identifier, normalise_trader_name
from shipments.domain.values import IdentifierKind
from shipments.models import Party, PartyIdentifier, PartyName, PartyRole
from shipments.selectors.declarations import chunk_declarations
from shipments.services.bulk import upsert_rows

KEY_KINDS = (IdentifierKind.BIN, IdentifierKind.IIN, IdentifierKind.TAX_ID)
"""Identifiers that by themselves tell who a party is, strongest first."""


def party_key(*, name: str, country: str, identifiers: Iterable[Mapping[str, str]]) -> str:
    """The natural key of a declared party; empty when nothing identifies it.

    >>> party_key(name="", country="KZ", identifiers=[{"kind": "bin", "value": "1"}])
    'bin:1'
    """
    by_kind = {entry["kind"]: entry["value"] for entry in identifiers}
    for kind in KEY_KINDS:
        if value := by_kind.get(kind):
            scope = f"{country}:" if kind is IdentifierKind.TAX_ID else ""
            return f"{kind}:{scope}{value}"
    normalised = normalise_trader_name(name)
    return f"name:{country}:{normalised}" if normalised else ""


class _Role(NamedTuple):
    """A party as the declaration names it, with the moment of its acceptance."""

    pk: int
    declaration_id: int
    name: str
    country: str
    address: str
    identifiers: list[dict[str, str]]
    accepted_at: datetime


_Keyed = Sequence[tuple[_Role, str]]


def resolve_chunk(*, batch_id: int, chunk: int) -> list[int]:
    """Give every unresolved role of the chunk its party, with names and identifiers.

    The caller holds the transaction. Parties, then names, then identifiers are written,
    each in key order: concurrent chunks lock in one order. Returns the ids of the
    declarations whose roles were resolved by *this* call, so that what is counted per
    declaration is counted once however often the stage runs.
    """
    accepted = chunk_declarations(batch_id=batch_id, chunk=chunk)
    fields = ("pk", "declaration_id", "name", "country", "address", "identifiers")
    unresolved = PartyRole.objects.filter(declaration__among=accepted, party=None)
    roles = [
        _Role._make((*values, accepted[values[1]]))
        for values in unresolved.order_by("pk").values_list(*fields)
    ]
    keyed = [
        (role, key)
        for role in roles
        if (key := party_key(name=role.name, country=role.country, identifiers=role.identifiers))
    ]
    if not keyed:
        return []
    ids = _upsert_parties(keyed)
    _upsert_names(keyed, ids)
    _upsert_identifiers(keyed, ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shipments_partyrole AS role SET party_id = resolved.party_id"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS resolved (role_id, party_id)"
            " WHERE role.id = resolved.role_id",
            [[role.pk for role, _ in keyed], [ids[key] for _, key in keyed]],
        )
    return sorted({role.declaration_id for role, _ in keyed})


def _upsert_parties(keyed: _Keyed) -> dict[str, int]:
    """A party goes by the alphabetically first of its names, whatever order they came in."""
    first: dict[str, tuple[str, str]] = {}
    for role, key in keyed:
        candidate = (role.name, role.country)
        first[key] = min(first.get(key, candidate), candidate)
    upsert_rows(
        Party,
        ("key", "name", "country"),
        [(key, name, country) for key, (name, country) in first.items()],
        key=("key",),
        update=("name = LEAST(stored.name, EXCLUDED.name)",),
        condition="EXCLUDED.name < stored.name",
    )
    return dict(Party.objects.filter(key__among=first).values_list("key", "id"))


def _upsert_names(keyed: _Keyed, ids: Mapping[str, int]) -> None:
    names = {(ids[key], role.name) for role, key in keyed if role.name}
    upsert_rows(PartyName, ("party", "name"), list(names), key=("party", "name"))


def _upsert_identifiers(keyed: _Keyed, ids: Mapping[str, int]) -> None:
    first_seen: dict[tuple[int, str, str], datetime] = {}
    for role, key in keyed:
        values = [(entry["kind"], entry["value"]) for entry in role.identifiers]
        if folded := _folded_address(role.address, role.country):
            values.append((IdentifierKind.ADDRESS.value, folded))
        for kind, value in values:
            identifier = (ids[key], kind, value)
            seen = first_seen.get(identifier, role.accepted_at)
            first_seen[identifier] = min(seen, role.accepted_at)
    upsert_rows(
        PartyIdentifier,
        ("party", "kind", "value", "first_seen_at"),
        [(*identifier, seen) for identifier, seen in first_seen.items()],
        key=("party", "kind", "value"),
        update=("first_seen_at",),
        condition="EXCLUDED.first_seen_at < stored.first_seen_at",
    )


def _folded_address(address: str, country: str) -> str:
    if not address:
        return ""
    try:
        return normalise_identifier(IdentifierKind.ADDRESS, address, country)
    except InvalidValue:
        return ""  # an address too short to identify anything links nobody
