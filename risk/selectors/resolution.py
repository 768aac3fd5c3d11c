"""Which stored parties may be the same trader as one of them, and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection

from risk.domain.resolution.blocking import MOST_HOLDERS, blocking_keys, word_key
from risk.domain.resolution.comparison import HUB_HOLDERS, Comparison, Statistics, compare
from risk.domain.resolution.records import Outcome, PartyRecord, Prepared, prepare
from risk.domain.resolution.words import Rarity
from shipments.domain.values import IdentifierKind
from shipments.models import Party, PartyIdentifier, PartyName

MOST_COUNTED = 5_000
"""A word of more parties than this is as usual as one of so many."""
MOST_CANDIDATES = 400

_CANDIDATES = """
    SELECT here.key, near.party_id FROM unnest(%(keys)s::text[]) AS here (key)
    CROSS JOIN LATERAL (
        SELECT party_id FROM risk_partykey AS k WHERE k.key = here.key
        ORDER BY party_id LIMIT %(limit)s
    ) AS near
"""
_WORDS = """
    SELECT here.first, (
        SELECT count(*) FROM (
            SELECT FROM risk_partykey AS k WHERE k.key >= here.first AND k.key < here.behind
            LIMIT %(limit)s
        ) AS counted
    ) FROM unnest(%(first)s::text[], %(behind)s::text[]) AS here (first, behind)
"""
_HOLDERS = """
    SELECT here.kind, here.value, (
        SELECT count(*) FROM (
            SELECT FROM shipments_partyidentifier AS h
            WHERE h.kind = here.kind AND h.value = here.value LIMIT %(limit)s
        ) AS counted
    ) FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS here (kind, value)
"""


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """A party that may be the same trader, and what was seen."""

    party_id: int
    comparison: Comparison


def likenesses_of(*, party_id: int) -> list[Likeness]:
    """Parties that are, or for review may be, the same trader; the likeliest first.

    Found by the keys that are stored (:mod:`risk.services.resolution`), so a party of the
    last minutes may be missing. At most 40 parties a key and 400 in all are compared; eleven
    queries. Empty for a party that has neither name nor identifier.
    """
    record = party_records([party_id]).get(party_id)
    if record is None:
        return []
    party = prepare(record)
    others = [prepare(record) for record in party_records(_candidates(party)).values()]
    known = _statistics(party, others)
    found = [
        Likeness(party_id=other.record.key, comparison=seen)
        for other in others
        if (seen := compare(party, other, known)).outcome is not Outcome.DIFFERENT
    ]
    return sorted(found, key=lambda one: (-one.comparison.bits, one.party_id))


def party_records(party_ids: Collection[int]) -> dict[int, PartyRecord]:
    """What is compared of these parties, by id; those without name and identifier are left out."""
    names: dict[int, list[str]] = defaultdict(list)
    for pk, name in PartyName.objects.filter(party__among=party_ids).values_list("party", "name"):
        names[pk].append(name)
    held: dict[int, dict[IdentifierKind, set[str]]] = defaultdict(dict)
    rows = PartyIdentifier.objects.filter(party__among=party_ids)
    for pk, kind, value in rows.values_list("party", "kind", "value"):
        held[pk].setdefault(IdentifierKind(kind), set()).add(value)
    countries = Party.objects.filter(pk__among=party_ids).values_list("pk", "country")
    return {
        pk: PartyRecord(
            key=pk,
            names=tuple(sorted(names[pk])),
            country=country,
            identifiers={kind: frozenset(values) for kind, values in held[pk].items()},
        )
        for pk, country in countries.order_by("pk")
        if pk in names or pk in held
    }


def _candidates(party: Prepared) -> Sequence[int]:
    """Those who share a key that not too many share, who share most keys first."""
    keys = sorted(blocking_keys(party))
    holders: dict[str, list[int]] = defaultdict(list)
    for key, other in _rows(_CANDIDATES, {"keys": keys, "limit": MOST_HOLDERS + 1}):
        holders[key].append(other)
    shared: dict[int, int] = defaultdict(int)
    for others in holders.values():
        if len(others) <= MOST_HOLDERS:
            for other in others:
                shared[other] += 1
    shared.pop(party.record.key, None)
    return sorted(shared, key=lambda other: (-shared[other], other))[:MOST_CANDIDATES]


def _statistics(party: Prepared, others: Iterable[Prepared]) -> Statistics:
    """How rare the identifiers of the party are, and the words of it and of the others, counted up
    to a bound. Theirs too: of two words that several have, neither is the other misspelt. Words
    are counted by their consonants, so one that differs in vowels alone is not told apart and
    stays uncounted."""
    own = {word: word_key(word) for name in party.names for word in name.words}
    theirs = {word: word_key(word) for one in others for name in one.names for word in name.words}
    known = set(own.values())
    keys = {word: key for word, key in theirs.items() if key not in known} | own
    words = sorted(keys)
    first = sorted(set(keys.values()))
    behind = [key[:-1] + chr(ord(key[-1]) + 1) for key in first]
    bounds = {"first": first, "behind": behind, "limit": MOST_COUNTED}
    counted: Mapping[str, int] = dict(_rows(_WORDS, bounds))
    held = [(k.value, v) for k, values in party.record.identifiers.items() for v in values]
    places = {"kinds": [k for k, _ in held], "values": [v for _, v in held]}
    holders = _rows(_HOLDERS, {**places, "limit": HUB_HOLDERS + 1})
    total = Party.objects.count()
    return Statistics(
        Rarity({word: counted[keys[word]] for word in words}, total),
        {(IdentifierKind(kind), value): count for kind, value, count in holders},
        total,
    )


def _rows(query: str, parameters: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
