"""Routes of the watchlist: leads given by systems or proposed by people, approved, withdrawn."""

from django.urls import path

from targeting.api.base import DETAIL
from targeting.api.lead_tables import LeadTableViewSet
from targeting.api.leads import LeadViewSet, OwnLeadTableViewSet
from targeting.api.watchlists import WatchlistEntryViewSet, WatchlistSheetViewSet

WATCHLISTS = [
    path("leads", LeadViewSet.as_view({"get": "list", "post": "create"}), name="lead-list"),
    path("leads/import", OwnLeadTableViewSet.as_view({"post": "load"}), name="lead-import"),
    path("leads/<int:pk>", LeadViewSet.as_view(DETAIL), name="lead-detail"),
    path(
        "watchlist-entries",
        WatchlistEntryViewSet.as_view({"get": "list", "post": "create"}),
        name="watchlist-entry-list",
    ),
    path(
        "watchlist-entries/sheet",
        WatchlistSheetViewSet.as_view({"get": "sheet"}),
        name="watchlist-entry-sheet",
    ),
    path(
        "watchlist-entries/import",
        LeadTableViewSet.as_view({"post": "load"}),
        name="watchlist-entry-import",
    ),
    path(
        "watchlist-entries/approve",
        WatchlistEntryViewSet.as_view({"post": "approve_many"}),
        name="watchlist-entry-approve-many",
    ),
    path(
        "watchlist-entries/<int:pk>",
        WatchlistEntryViewSet.as_view(DETAIL),
        name="watchlist-entry-detail",
    ),
    path(
        "watchlist-entries/<int:pk>/approve",
        WatchlistEntryViewSet.as_view({"post": "approve"}),
        name="watchlist-entry-approve",
    ),
    path(
        "watchlist-entries/<int:pk>/withdraw",
        WatchlistEntryViewSet.as_view({"post": "withdraw"}),
        name="watchlist-entry-withdraw",
    ),
]
