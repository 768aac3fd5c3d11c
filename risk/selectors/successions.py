"""Which firms of the company register look like closed offenders, by bounded reads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from risk.domain.network.successions import (
    EARLIEST_DAYS,
    MOST_HOLDERS,
    Entity,
    Succession,
    Tie,
    are_in_time,
    find_succession,
)
from risk.selectors.rows import Row, fetch
from risk.selectors.watchlists import active_entries
from shipments.domain.legal_entities import EntityTieKind, person_key
from shipments.domain.values import IdentifierKind
from shipments.models import LegalEntity, PartyIdentifier, PartyRole

LOCAL_NUMBERS = (IdentifierKind.BIN.value, IdentifierKind.IIN.value)
_DECLARED_TIES = (IdentifierKind.PHONE.value, IdentifierKind.ADDRESS.value)
_SEEN_OF_ONE = 200

# What an entry shares with no more than twenty others; one bounded index scan a tie.
_REGISTERED = """
    SELECT own.entity_id, own.kind, own.value, holders.ids, cardinality(holders.ids) AS holders
    FROM unnest(%(entities)s::bigint[]) AS here (id)
    JOIN shipments_legalentitytie AS own ON own.entity_id = here.id
    CROSS JOIN LATERAL (
      SELECT array_agg(found.entity_id) AS ids FROM (
        SELECT t.entity_id FROM shipments_legalentitytie AS t
        WHERE t.kind = own.kind AND t.value = own.value
        ORDER BY t.entity_id LIMIT %(most)s) AS found) AS holders
    WHERE cardinality(holders.ids) BETWEEN 2 AND %(most)s - 1
"""
# The same with telephones and addresses that declarations show of who bears an entry's number. Who
# bears one without being in the register counts among its holders all the same.
_DECLARED = """
    WITH own AS (
      SELECT tie.entity_id, tie.kind, tie.value
      FROM unnest(%(entities)s::bigint[]) AS here (id)
      JOIN shipments_legalentitytie AS tie ON tie.entity_id = here.id
      UNION
      SELECT entity.id, declared.kind, declared.value
      FROM unnest(%(entities)s::bigint[]) AS here (id)
      JOIN shipments_legalentity AS entity ON entity.id = here.id
      JOIN shipments_partyidentifier AS borne
        ON borne.kind = entity.number_kind AND borne.value = entity.number
      JOIN shipments_party AS party ON party.id = borne.party_id
       AND (borne.kind = ANY(%(local)s) OR party.country = entity.country)
      JOIN shipments_partyidentifier AS declared ON declared.party_id = party.id
       AND declared.kind = ANY(%(declared)s))
    SELECT own.entity_id, own.kind, own.value, found.ids,
           greatest(cardinality(found.ids), bearers.count) AS holders
    FROM own
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM (
        SELECT FROM shipments_partyidentifier AS one
        WHERE one.kind = own.kind AND one.value = own.value LIMIT %(most)s) AS few) AS bearers
    CROSS JOIN LATERAL (
      SELECT array_agg(DISTINCT shown.id) AS ids FROM (
        (SELECT tie.entity_id AS id FROM shipments_legalentitytie AS tie
         WHERE tie.kind = own.kind AND tie.value = own.value
         ORDER BY tie.entity_id LIMIT %(most)s)
        UNION ALL
        (SELECT entity.id FROM (
           SELECT one.party_id FROM shipments_partyidentifier AS one
           WHERE one.kind = own.kind AND one.value = own.value
           ORDER BY one.party_id LIMIT %(most)s) AS bearer
         JOIN shipments_party AS party ON party.id = bearer.party_id
         JOIN shipments_partyidentifier AS borne ON borne.party_id = bearer.party_id
         JOIN shipments_legalentity AS entity
           ON entity.number = borne.value AND entity.number_kind = borne.kind
          AND (borne.kind = ANY(%(local)s) OR party.country = entity.country))) AS shown) AS found
    WHERE cardinality(found.ids) >= 2
      AND greatest(cardinality(found.ids), bearers.count) < %(most)s
"""
_TRADED = """
    SELECT here.id AS entity_id, goods.hs6, supplier.target_id, supplier.served
    FROM unnest(%(entities)s::bigint[], %(parties)s::bigint[]) AS here (id, party_id)
    CROSS JOIN LATERAL (
      SELECT array_agg(DISTINCT latest.hs6) AS hs6 FROM (
        SELECT hs6 FROM risk_traderecord WHERE importer_id = here.party_id AND hs6 <> ''
        ORDER BY accepted_at DESC LIMIT %(seen)s) AS latest) AS goods
    LEFT JOIN LATERAL (
      SELECT link.target_id, (
        SELECT count(*) FROM (
          SELECT FROM risk_partylink AS other
          WHERE other.target_id = link.target_id AND other.kind = 'trade' LIMIT %(most)s) AS few
      ) AS served
      FROM risk_partylink AS link
      WHERE link.source_id = here.party_id AND link.kind = 'trade'
      ORDER BY link.target_id LIMIT %(seen)s) AS supplier ON true
"""


class FoundSuccessions(NamedTuple):
    """The strongest first, with the entries they speak of and the parties these are by number."""

    results: tuple[Succession, ...]
    entities: Mapping[int, LegalEntity]
    parties: Mapping[int, int]


def with_numbers_of(parties: QuerySet[PartyRole, int]) -> Q:
    """Entries of the register whose number one of the parties bears."""
    return Q(Exists(_bearers().filter(party__in=parties)))


def watched_numbers(day: date, levels: Collection[str]) -> Q:
    """Entries of the register whose number the watchlist holds on the day, by leads of these
    sharing levels."""
    entries = active_entries(day, levels).filter(
        kind=OuterRef("number_kind"), value=OuterRef("number")
    )
    return Q(Exists(entries))


def closed_entities(grounds: Q, *, since: date, most: int) -> list[int]:
    """Ids of entries closed from the day on that have one of the grounds, the latest first."""
    rows = LegalEntity.objects.filter(grounds, closed_on__gte=since)
    return list(rows.order_by("-closed_on", "-pk").values_list("pk", flat=True)[:most])


def entities_of(party_ids: Collection[int]) -> list[int]:
    """Ids of the entries of the register whose number one of the parties bears."""
    kinds = (*LOCAL_NUMBERS, IdentifierKind.TAX_ID.value)
    borne = PartyIdentifier.objects.filter(party__in=party_ids, kind__in=kinds)
    return list(
        LegalEntity.objects.filter(
            Exists(borne.filter(kind=OuterRef("number_kind"), value=OuterRef("number")))
        ).values_list("pk", flat=True)
    )


def predecessors_of(
    entity_ids: Sequence[int], *, within_days: int, are_declarations_read: bool = True
) -> list[int]:
    """Ids of closed entries that share something with one of these and were closed in time."""
    shared = _shared(entity_ids, are_declarations_read)
    ids = {pk for row in shared for pk in row["ids"] if pk != row["entity_id"]}
    founded = LegalEntity.objects.filter(pk__in=entity_ids).values_list("registered_on", flat=True)
    days = list(founded)
    if not days:
        return []
    earliest = min(days) - timedelta(days=within_days)
    latest = max(days) - timedelta(days=EARLIEST_DAYS)
    rows = LegalEntity.objects.filter(pk__among=ids, closed_on__range=(earliest, latest))
    return list(rows.values_list("pk", flat=True))


def successions(
    predecessors: Sequence[int], *, within_days: int, are_declarations_read: bool = True
) -> FoundSuccessions:
    """Who goes on for one of these closed entries. Four queries, however many.

    ``are_declarations_read``: telephones, addresses, suppliers and goods that declarations show
    count beside what the register says.
    """
    holders: dict[Tie, int] = {}
    pairs: set[tuple[int, int]] = set()
    shown: dict[int, set[Tie]] = defaultdict(set)
    for row in _shared(predecessors, are_declarations_read):
        tie = EntityTieKind(row["kind"]), row["value"]
        holders[tie] = row["holders"]
        pairs |= {(row["entity_id"], pk) for pk in row["ids"] if pk != row["entity_id"]}
        for pk in row["ids"]:
            shown[pk].add(tie)
    rows = LegalEntity.objects.in_bulk({pk for pair in pairs for pk in pair})
    read = {pk: _entity(row) for pk, row in rows.items()}
    in_time = [pair for pair in pairs if are_in_time(read[pair[0]], read[pair[1]], within_days)]
    needed = {pk for pair in in_time for pk in pair}
    parties = _parties_of([rows[pk] for pk in needed])
    traded = _traded(parties) if are_declarations_read else {}
    whole = {pk: _with(read[pk], shown[pk], traded.get(pk)) for pk in needed}
    found = [
        succession
        for old, new in in_time
        if (succession := find_succession(whole[old], whole[new], holders, within_days))
    ]
    found.sort(key=lambda one: (-one.points, one.predecessor, one.successor))
    return FoundSuccessions(tuple(found), rows, parties)


def _shared(entity_ids: Sequence[int], are_declarations_read: bool) -> list[Row]:
    """Ties of the entries that others have too, with all entries that have each."""
    params: dict[str, Any] = {"entities": list(entity_ids), "most": MOST_HOLDERS + 1}
    if not are_declarations_read:
        return fetch(_REGISTERED, params)
    params |= {"local": list(LOCAL_NUMBERS), "declared": list(_DECLARED_TIES)}
    return fetch(_DECLARED, params)


def _bearers() -> QuerySet[PartyIdentifier]:
    """Numbers of parties that are the entry's; a tax number is one of its country."""
    return PartyIdentifier.objects.filter(
        Q(kind__in=LOCAL_NUMBERS) | Q(party__country=OuterRef("country")),
        kind=OuterRef("number_kind"),
        value=OuterRef("number"),
    )


def _entity(row: LegalEntity) -> Entity:
    return Entity(
        key=row.pk,
        registered_on=row.registered_on,
        closed_on=row.closed_on,
        head=person_key(row.head),
        owners=frozenset(person_key(name) for name in row.owners),
    )


def _parties_of(rows: Sequence[LegalEntity]) -> dict[int, int]:
    """By entry the party that bears its number, the first where several do."""
    by_number = {(row.number_kind, row.number): row for row in rows}
    borne = PartyIdentifier.objects.filter(
        value__among={number for _, number in by_number}
    ).order_by("-party")
    found: dict[int, int] = {}
    for party, kind, value, country in borne.values_list(
        "party", "kind", "value", "party__country"
    ):
        row = by_number.get((kind, value))
        if row and (kind in LOCAL_NUMBERS or country == row.country):
            found[row.pk] = party
    return found


class _Traded(NamedTuple):
    suppliers: dict[int, int]
    goods: frozenset[str]


def _traded(parties: Mapping[int, int]) -> dict[int, _Traded]:
    params = {
        "entities": list(parties),
        "parties": list(parties.values()),
        "most": MOST_HOLDERS + 1,
        "seen": _SEEN_OF_ONE,
    }
    found: dict[int, _Traded] = {}
    for row in fetch(_TRADED, params):
        of = found.setdefault(row["entity_id"], _Traded({}, frozenset(row["hs6"] or ())))
        if row["target_id"] is not None:
            of.suppliers[row["target_id"]] = row["served"]
    return found


def _with(one: Entity, ties: Iterable[Tie], traded: _Traded | None) -> Entity:
    return Entity(
        key=one.key,
        registered_on=one.registered_on,
        closed_on=one.closed_on,
        head=one.head,
        owners=one.owners,
        ties=frozenset(ties),
        suppliers=traded.suppliers if traded else {},
        goods=traded.goods if traded else frozenset(),
    )
