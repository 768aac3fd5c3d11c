"""Who shares phones, accounts and the like with offenders and with parties under watch."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from risk.domain.network.receptions import is_reception
from risk.models import InspectionOutcome
from risk.selectors.outcomes import found_in
from risk.selectors.traders import traders_of
from risk.selectors.watchlists import active_entries
from shipments.domain.values import IdentifierKind
from shipments.models import Party, PartyIdentifier, PartyRole

MOST_HOLDERS = 20
"""What more parties bear is a broker's or a business centre's and links nobody."""
MOST_IDENTIFIERS = 50

# A number of one's own is not shared but the same trader's.
SHARED_KINDS = tuple(
    kind.value
    for kind in IdentifierKind
    if kind not in (IdentifierKind.BIN, IdentifierKind.IIN, IdentifierKind.TAX_ID)
)
_SHARED = """
    SELECT own.party_id, own.kind, own.value, holder.party_id
    FROM unnest(%(parties)s::bigint[]) AS here(id)
    CROSS JOIN LATERAL (
      SELECT o.party_id, o.kind, o.value FROM shipments_partyidentifier AS o
      WHERE o.party_id = here.id AND o.kind = ANY(%(kinds)s)
      ORDER BY o.kind, o.value LIMIT %(identifiers)s) AS own
    CROSS JOIN LATERAL (
      SELECT h.party_id FROM shipments_partyidentifier AS h
      WHERE h.kind = own.kind AND h.value = own.value
      ORDER BY h.party_id LIMIT %(holders)s) AS holder
    ORDER BY 1, 2, 3, 4
"""


class SharedIdentifier(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier and the parties besides the trader itself that bear it, by id; none are
    named when it ``is_hub``, that is more than twenty. ``is_reception``: a telephone of neighbours,
    who have it of the house they are in."""

    kind: str
    value: str
    party_ids: tuple[int, ...]
    is_hub: bool
    is_reception: bool


def offenders(outcomes: QuerySet[InspectionOutcome]) -> QuerySet[PartyRole, int]:
    """Ids of the principals of consignments in which, by one of the acts, a listed substance
    was found."""
    return found_in(outcomes).values_list("party_id", flat=True)


def watched_parties(
    day: date, levels: Collection[str] | None = None
) -> QuerySet[PartyIdentifier, int]:
    """Ids of parties that bear an identifier which the watchlist holds on the day, by leads of
    these sharing levels, or of all."""
    entries = active_entries(day, levels).filter(kind=OuterRef("kind"), value=OuterRef("value"))
    return PartyIdentifier.objects.filter(Exists(entries)).values_list("party_id", flat=True)


def with_shared_identifiers(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Those of the parties with an identifier, not a number of their own, that others bear too."""
    others = PartyIdentifier.objects.filter(kind=OuterRef("kind"), value=OuterRef("value")).exclude(
        party=OuterRef("party")
    )
    own = PartyIdentifier.objects.filter(
        Exists(others), party=OuterRef("pk"), kind__in=SHARED_KINDS
    )
    return parties.filter(Exists(own))


def shared_identifiers(party_ids: Collection[int]) -> dict[int, list[SharedIdentifier]]:
    """By party what it shares and with whom; parties of the same trader share with themselves.

    Three queries. At most 50 identifiers a party are looked at.
    """
    traders = traders_of(party_ids)
    params: dict[str, Any] = {
        "parties": sorted(party_ids),
        "kinds": list(SHARED_KINDS),
        "identifiers": MOST_IDENTIFIERS,
        "holders": MOST_HOLDERS + 1,
    }
    holders: dict[int, dict[tuple[str, str], list[int]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, params)
        for party, kind, value, holder in cursor.fetchall():
            holders[party][kind, value].append(holder)
    receptions = _receptions(
        {
            value: tuple(parties)
            for shares in holders.values()
            for (kind, value), parties in shares.items()
            if kind == IdentifierKind.PHONE and len(parties) <= MOST_HOLDERS
        }
    )
    return {
        party: _shared(holders[party], traders.get(party, frozenset([party])), receptions)
        for party in party_ids
    }


def _receptions(holders: Mapping[str, Collection[int]]) -> set[str]:
    """Which of the telephones are of neighbours; ``holders`` are all who bear each."""
    of: dict[int, set[str]] = defaultdict(set)
    rows = PartyIdentifier.objects.filter(
        kind=IdentifierKind.ADDRESS.value,
        party__among={party for parties in holders.values() for party in parties},
    )
    for party, address in rows.values_list("party_id", "value"):
        of[party].add(address)
    return {
        phone
        for phone, parties in holders.items()
        if is_reception([of.get(party, ()) for party in parties])
    }


def _shared(
    holders: Mapping[tuple[str, str], Sequence[int]],
    trader: frozenset[int],
    receptions: Collection[str],
) -> list[SharedIdentifier]:
    found = []
    for (kind, value), parties in holders.items():
        is_hub = len(parties) > MOST_HOLDERS
        others = tuple(pk for pk in parties if pk not in trader)
        if others:
            found.append(
                SharedIdentifier(
                    kind=kind,
                    value=value,
                    party_ids=() if is_hub else others,
                    is_hub=is_hub,
                    is_reception=kind == IdentifierKind.PHONE and value in receptions,
                )
            )
    return found
