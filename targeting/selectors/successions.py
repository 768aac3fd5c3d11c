"""Closed offenders and the new firms that look like them, within the caller's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from risk.domain.network.successions import Succession
from risk.models import InspectionOutcome
from risk.selectors.shared_identifiers import offenders
from risk.selectors.successions import (
    FoundSuccessions,
    closed_entities,
    entities_of,
    predecessors_of,
    successions,
    watched_numbers,
    with_numbers_of,
)
from shipments.models import LegalEntity, Party
from targeting.selectors.offender_links import OFFENDER, WATCHLISTED
from targeting.selectors.parties import list_parties
from targeting.selectors.scope import Scope, in_scope

MOST_PREDECESSORS = 2_000
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntity:
    """``party`` is who declared under its number, if anybody in the scope did."""

    entity: LegalEntity
    party: Party | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSuccession:
    """``grounds`` say what the predecessor was found to be."""

    predecessor: ShownEntity
    successor: ShownEntity
    grounds: tuple[str, ...]
    found: Succession


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedSuccessions:
    """The strongest, and of how many closed offenders and of how many pairs."""

    predecessors: int
    pairs: int
    results: tuple[ShownSuccession, ...]


def scoped_successions(
    *, scope: Scope, day: date, since: date, within_days: int, party_id: int | None = None
) -> ScopedSuccessions:
    """Firms founded near the closing of an offender or of who is under watch on the day, and like
    it; closed from ``since`` on. With ``party_id`` those of which it is one side.

    Telephones, addresses, suppliers and goods of declarations count for central eyes only: they
    are of every office.
    """
    outcomes = InspectionOutcome.objects.filter(in_scope(scope))
    grounds = {
        OFFENDER: with_numbers_of(offenders(outcomes)),
        WATCHLISTED: watched_numbers(day, scope.lead_levels),
    }
    either = grounds[OFFENDER] | grounds[WATCHLISTED]
    own: set[int] = set()
    if party_id is None:
        closed = closed_entities(either, since=since, most=MOST_PREDECESSORS)
    else:
        own = set(entities_of([party_id]))
        before = predecessors_of(
            sorted(own), within_days=within_days, are_declarations_read=scope.is_central
        )
        near = [*own, *before]
        rows = LegalEntity.objects.filter(either, pk__in=near, closed_on__gte=since)
        closed = sorted(rows.values_list("pk", flat=True))
    found = successions(closed, within_days=within_days, are_declarations_read=scope.is_central)
    pairs = [one for one in found.results if not own or own & {one.predecessor, one.successor}]
    return ScopedSuccessions(
        predecessors=len(closed),
        pairs=len(pairs),
        results=_shown(pairs[:MOST_SHOWN], found, grounds, scope),
    )


def _shown(
    pairs: Sequence[Succession], found: FoundSuccessions, grounds: Mapping[str, Q], scope: Scope
) -> tuple[ShownSuccession, ...]:
    told = {
        ground: set(
            LegalEntity.objects.filter(
                condition, pk__in={one.predecessor for one in pairs}
            ).values_list("pk", flat=True)
        )
        for ground, condition in grounds.items()
    }
    seen = list_parties(scope).in_bulk(set(found.parties.values()))

    def entity(pk: int) -> ShownEntity:
        return ShownEntity(entity=found.entities[pk], party=seen.get(found.parties.get(pk, 0)))

    return tuple(
        ShownSuccession(
            predecessor=entity(one.predecessor),
            successor=entity(one.successor),
            grounds=tuple(name for name, ids in told.items() if one.predecessor in ids),
            found=one,
        )
        for one in pairs
    )
