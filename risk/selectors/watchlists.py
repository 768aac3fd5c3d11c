"""Which leads of the watchlist a party meets."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from risk.models import WatchlistEntry
from risk.models.choices import WatchState
from shipments.models import PartyIdentifier


def entries_on(*, party_id: int, day: date) -> QuerySet[WatchlistEntry]:
    """Active entries that hold on the day and whose identifier the party was seen with."""
    seen = PartyIdentifier.objects.filter(
        party=party_id, kind=OuterRef("kind"), value=OuterRef("value")
    )
    return (
        WatchlistEntry.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            state=WatchState.ACTIVE,
            valid_from__lte=day,
        )
        .filter(Exists(seen))
        .order_by("id")
    )
