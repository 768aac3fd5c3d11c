"""Claims that control does not reach goods, and who makes them, in a caller's scope."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from risk.domain.permits.claimants import ComparedClaimant
from risk.domain.permits.claims import Claimant
from risk.models import ClaimRecord
from risk.selectors.claimants import claimants
from shipments.models import Party
from targeting.selectors.scope import Scope, in_scope, offices_of

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedClaimants:
    """All that were compared, the unusual first; their parties are read for those shown."""

    compared: Sequence[ComparedClaimant]

    def shown(self, most: int = MOST_SHOWN) -> Iterator[tuple[Party, ComparedClaimant]]:
        """The first of them with their parties. One query."""
        first = self.compared[:most]
        parties = Party.objects.in_bulk([one.party_id for one in first])
        return ((parties[one.party_id], one) for one in first)


def scoped_claims(scope: Scope) -> QuerySet[ClaimRecord]:
    """Items with a claim, the latest accepted first."""
    rows = ClaimRecord.objects.exclude(kinds=[]).select_related("goods_item__declaration")
    rows = rows.filter(in_scope(scope, "goods_item__declaration__customs_office"))
    return rows.order_by("-accepted_at", "-registration_number", "-item_number")


def scoped_claimants(
    *, role: Claimant, since: datetime, until: datetime, scope: Scope
) -> ScopedClaimants:
    """Everything is counted within the scope."""
    found = claimants(role=role, since=since, until=until, offices=offices_of(scope))
    return ScopedClaimants(compared=found)
