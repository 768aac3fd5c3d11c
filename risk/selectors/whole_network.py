"""The whole network as arrays: every edge, or those that came since."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from risk.domain.lead_sharing import FOR_CENTRAL_READERS
from risk.domain.network.metrics import FIRST_IDENTIFIER, WholeGraph, whole_graph, without_leaves
from risk.domain.network.paths import count_strength, identifier_strength
from risk.models import InspectionOutcome, PartyAlias
from risk.models.choices import PartyTieKind
from risk.selectors.shared_identifiers import MOST_HOLDERS, SHARED_KINDS, offenders, watched_parties


class Marks(NamedTuple):
    """The highest ids of party links, party identifiers and ties that were read."""

    link: int = 0
    identifier: int = 0
    tie: int = 0


class Links(NamedTuple):
    """Arrays of equal length: the nodes of each link and what it says, 0 to 1."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]


# Merged parties are one node, that of their representative. An identifier's node is the hash of
# its kind and value.
_LINKS = """
    SELECT COALESCE(own.representative_id, link.source_id),
           COALESCE(other.representative_id, link.target_id), link.declaration_count::float8
    FROM risk_partylink AS link
    LEFT JOIN risk_partyalias AS own ON own.party_id = link.source_id
    LEFT JOIN risk_partyalias AS other ON other.party_id = link.target_id
    WHERE link.id > %(link)s AND link.id <= %(last_link)s
"""
_HELD = """
    SELECT COALESCE(own.representative_id, held.party_id),
           (hashtextextended(held.kind || ':' || held.value, 0) & (%(first)s - 1)) | %(first)s,
           said.strength
    FROM shipments_partyidentifier AS held
    JOIN unnest(%(kinds)s::text[], %(strengths)s::float8[]) AS said (kind, strength)
      ON said.kind = held.kind
    LEFT JOIN risk_partyalias AS own ON own.party_id = held.party_id
    WHERE held.id <= %(last_identifier)s
"""
_TIED = """
    SELECT COALESCE(own.representative_id, tie.party_id),
           (hashtextextended(tie.kind || ':' || tie.value, 0) & (%(first)s - 1)) | %(first)s,
           tie.declaration_count::float8
    FROM risk_partytie AS tie
    LEFT JOIN risk_partyalias AS own ON own.party_id = tie.party_id
    WHERE tie.id <= %(last_tie)s AND tie.kind = ANY(%(ties)s)
"""
# Who else bears what came: a phone is a node from its second holder on. Of more holders than
# these the edges are those of the night.
_HELD_SINCE = """
    SELECT COALESCE(own.representative_id, held.party_id),
           (hashtextextended(held.kind || ':' || held.value, 0) & (%(first)s - 1)) | %(first)s,
           said.strength
    FROM (SELECT DISTINCT kind, value FROM shipments_partyidentifier
          WHERE id > %(identifier)s AND id <= %(last_identifier)s) AS fresh
    JOIN unnest(%(kinds)s::text[], %(strengths)s::float8[]) AS said (kind, strength)
      ON said.kind = fresh.kind
    CROSS JOIN LATERAL (
      SELECT h.party_id, h.kind, h.value FROM shipments_partyidentifier AS h
      WHERE h.kind = fresh.kind AND h.value = fresh.value
      ORDER BY h.party_id LIMIT %(holders)s) AS held
    LEFT JOIN risk_partyalias AS own ON own.party_id = held.party_id
"""
_TIED_SINCE = """
    SELECT COALESCE(own.representative_id, tie.party_id),
           (hashtextextended(tie.kind || ':' || tie.value, 0) & (%(first)s - 1)) | %(first)s,
           tie.declaration_count::float8
    FROM (SELECT DISTINCT kind, value FROM risk_partytie
          WHERE id > %(tie)s AND id <= %(last_tie)s AND kind = ANY(%(ties)s)) AS fresh
    CROSS JOIN LATERAL (
      SELECT t.party_id, t.kind, t.value, t.declaration_count FROM risk_partytie AS t
      WHERE t.kind = fresh.kind AND t.value = fresh.value
      ORDER BY t.party_id LIMIT %(holders)s) AS tie
    LEFT JOIN risk_partyalias AS own ON own.party_id = tie.party_id
"""
_MARKS = """
    SELECT (SELECT COALESCE(max(id), 0) FROM risk_partylink),
           (SELECT COALESCE(max(id), 0) FROM shipments_partyidentifier),
           (SELECT COALESCE(max(id), 0) FROM risk_partytie)
"""
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *[("source_size", ">i4"), ("source", ">i8"), ("target_size", ">i4"), ("target", ">i8")],
        *[("weight_size", ">i4"), ("weight", ">f8")],
    ]
)
_HEADER_BYTES, _TRAILER_BYTES = 19, 2
_HOLDERS_SINCE = 4 * MOST_HOLDERS


def current_marks() -> Marks:
    """The highest ids there are. A lower one that is committed later waits for the next night."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS)
        return Marks(*cursor.fetchone())


def whole_links(until: Marks) -> Links:
    """Every edge up to the marks: links between parties; phones, accounts and the like, vehicles
    and containers of at least two. Three scans, about a second for a million edges."""
    traded = _read(_LINKS, Marks(), until)
    held, tied = _read(_HELD, Marks(), until), _read(_TIED, Marks(), until)
    return _joined(traded, held, tied)


def links_since(marks: Marks, until: Marks) -> Links:
    """The edges that came between the marks; of a phone that came also those that its other
    holders had before. Bounded by what came, not by the network."""
    traded = _read(_LINKS, marks, until)
    held, tied = _read(_HELD_SINCE, marks, until), _read(_TIED_SINCE, marks, until)
    return _joined(traded, held, tied)


def graph_of(links: Links) -> WholeGraph:
    """The graph of the links."""
    return whole_graph(*links)


def seed_ids(day: date) -> set[int]:
    """Offenders and, by leads for all who see the numbers, parties under watch on the office's
    day, merged ones by representative."""
    watched = watched_parties(day, FOR_CENTRAL_READERS)
    ids = set(offenders(InspectionOutcome.objects.all())) | set(watched)
    heads = dict(PartyAlias.objects.filter(party__in=ids).values_list("party", "representative"))
    return {heads.get(one, one) for one in ids}


def _joined(traded: Links, held: Links, tied: Links) -> Links:
    traded = traded._replace(weight=count_strength(traded.weight))
    tied = tied._replace(weight=count_strength(tied.weight))
    named = Links(*(np.concatenate(parts) for parts in zip(held, tied, strict=True)))
    shared = without_leaves(named.source, named.target)
    return Links(
        *(np.concatenate([one, other[shared]]) for one, other in zip(traded, named, strict=True))
    )


def _read(query: str, since: Marks, until: Marks) -> Links:
    """As PostgreSQL sends it in binary: a million rows need no object of Python."""
    params: dict[str, Any] = {
        **since._asdict(),
        **{f"last_{name}": value for name, value in until._asdict().items()},
        "first": FIRST_IDENTIFIER,
        "kinds": list(SHARED_KINDS),
        "strengths": [identifier_strength(kind) for kind in SHARED_KINDS],
        "ties": [PartyTieKind.VEHICLE.value, PartyTieKind.CONTAINER.value],
        "holders": _HOLDERS_SINCE,
    }
    statement = f"COPY ({query}) TO STDOUT (FORMAT BINARY)"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement, params) as copy,
    ):
        received = b"".join(bytes(block) for block in copy)
    rows = np.frombuffer(received[_HEADER_BYTES:-_TRAILER_BYTES], dtype=_ROW)
    return Links(
        rows["source"].astype(np.int64),
        rows["target"].astype(np.int64),
        rows["weight"].astype(np.float64),
    )
