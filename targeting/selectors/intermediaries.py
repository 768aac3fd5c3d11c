"""Brokers and carriers by their shares of bad consignments at the offices in scope."""

from dataclasses import dataclass
from datetime import datetime

from risk.domain.network.intermediaries import Intermediary
from risk.selectors.intermediaries import intermediaries
from shipments.domain.values import PartyRoleKind
from shipments.models import Party
from targeting.selectors.offender_links import offender_ids
from targeting.selectors.scope import Scope, offices_of

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedIntermediaries:
    """``compared``: how many took part; the first two hundred are shown."""

    compared: int
    results: tuple[tuple[Party, Intermediary], ...]


def scoped_intermediaries(
    *, role: PartyRoleKind, since: datetime, until: datetime, scope: Scope
) -> ScopedIntermediaries:
    """Everything is counted within the scope: its declarations, lanes and offenders."""
    found = intermediaries(
        role=role,
        since=since,
        until=until,
        offices=offices_of(scope),
        offender_ids=offender_ids(scope),
    )
    shown = found[:MOST_SHOWN]
    parties = Party.objects.in_bulk([one.party_id for one in shown])
    return ScopedIntermediaries(
        compared=len(found), results=tuple((parties[one.party_id], one) for one in shown)
    )
