"""Leads of the watchlist that a caller may know of."""

from django.db.models import QuerySet

from risk.models import WatchlistEntry
from targeting.selectors.scope import Scope


def leads_of(actor: str) -> QuerySet[WatchlistEntry]:
    """The leads that a machine gave itself, the newest first; others do not exist for it."""
    return WatchlistEntry.objects.filter(proposed_by=actor).order_by("-id")


def list_entries(scope: Scope) -> QuerySet[WatchlistEntry]:
    """Entries of the sharing levels that the caller sees, the newest first; others do not exist
    for it."""
    return WatchlistEntry.objects.filter(sharing__in=scope.lead_levels).order_by("-id")
