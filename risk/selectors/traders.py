"""Parties that people decided to be one trader."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from risk.models import PartyAlias

TRADER = """
    trader AS MATERIALIZED (
      SELECT party_id, representative_id AS head_id FROM risk_partyalias
      UNION SELECT representative_id, representative_id FROM risk_partyalias
    )"""
"""In SQL, the merged parties with the head of their trader: those of one head are one."""


def traders_of(party_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """By party all parties of its trader, itself among them; who was never merged is left out.
    One query."""
    given = set(party_ids)
    own = PartyAlias.objects.filter(Q(party__in=given) | Q(representative__in=given))
    rows = PartyAlias.objects.filter(representative__in=own.values("representative"))
    groups: dict[int, set[int]] = defaultdict(set)
    for party, head in rows.values_list("party", "representative"):
        groups[head] |= {party, head}
    return {
        party: frozenset(group) for group in groups.values() for party in group if party in given
    }


def trader_of(party_id: int) -> frozenset[int]:
    """The parties of the party's trader, itself among them."""
    return traders_of([party_id]).get(party_id, frozenset([party_id]))
