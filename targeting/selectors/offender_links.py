"""Parties that share identifiers with offenders and with parties under watch, within the scope."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Value

from risk.models import InspectionOutcome
from risk.selectors.shared_identifiers import (
    SharedIdentifier,
    offenders,
    shared_identifiers,
    watched_parties,
    with_shared_identifiers,
)
from shipments.models import Party
from targeting.selectors.parties import list_parties
from targeting.selectors.scope import Scope, in_scope

OFFENDER, WATCHLISTED = "offender", "watchlisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharer:
    """A party that bears the identifier too, and why it is of note: ``offender`` when a listed
    substance was found in its consignments, ``watchlisted`` when it bears a watched identifier."""

    party: Party
    grounds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownShare:
    """``is_hub``: more than twenty parties bear it, and none is named. ``is_reception``: a
    telephone of neighbours."""

    kind: str
    value: str
    is_hub: bool
    is_reception: bool
    parties: tuple[Sharer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyShares:
    party: Party
    grounds: tuple[str, ...]
    shared: tuple[ShownShare, ...]


def list_sources(scope: Scope, day: date, ground: str | None = None) -> QuerySet[Party]:
    """Offenders and parties under watch on the office's day that share an identifier; of one
    ground only, if given."""
    grounds = {
        OFFENDER: Q(pk__in=offenders(_outcomes(scope))),
        WATCHLISTED: Q(pk__in=watched_parties(day, scope.lead_levels)),
    }
    wanted = grounds[ground] if ground else grounds[OFFENDER] | grounds[WATCHLISTED]
    return with_shared_identifiers(list_parties(scope).filter(wanted))


def shares_of(parties: Sequence[Party], scope: Scope, day: date) -> list[PartyShares]:
    """What each of the parties shares, with whom, and what is known of these; others in the
    scope only. Six queries, however many parties."""
    found = shared_identifiers([party.pk for party in parties])
    ids = {pk for shares in found.values() for one in shares for pk in one.party_ids}
    seen = list_parties(scope).in_bulk(ids)
    grounds = grounds_of({*seen, *(party.pk for party in parties)}, scope, day)
    return [
        PartyShares(
            party=party,
            grounds=grounds[party.pk],
            shared=tuple(_shown(one, seen, grounds) for one in found[party.pk]),
        )
        for party in parties
    ]


def offender_ids(scope: Scope) -> set[int]:
    """Offenders by the acts of the offices in scope."""
    return set(offenders(_outcomes(scope)))


def _outcomes(scope: Scope) -> QuerySet[InspectionOutcome]:
    return InspectionOutcome.objects.filter(in_scope(scope))


def grounds_of(ids: Collection[int], scope: Scope, day: date) -> dict[int, tuple[str, ...]]:
    """Of each party why it is of note on the office's day, as :class:`Sharer` says; one query."""
    offending = offenders(_outcomes(scope)).filter(party__in=ids)
    watched = watched_parties(day, scope.lead_levels).filter(party__in=ids)
    found = set(
        offending.values_list("party_id", Value(OFFENDER)).union(
            watched.values_list("party_id", Value(WATCHLISTED))
        )
    )
    return {
        pk: tuple(ground for ground in (OFFENDER, WATCHLISTED) if (pk, ground) in found)
        for pk in ids
    }


def _shown(
    one: SharedIdentifier, seen: dict[int, Party], grounds: dict[int, tuple[str, ...]]
) -> ShownShare:
    return ShownShare(
        kind=one.kind,
        value=one.value,
        is_hub=one.is_hub,
        is_reception=one.is_reception,
        parties=tuple(
            Sharer(party=seen[pk], grounds=grounds[pk]) for pk in one.party_ids if pk in seen
        ),
    )
