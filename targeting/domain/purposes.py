"""Routes that open personal data outside of a case: the caller says what for (X-Purpose)."""

PURPOSE_ASKED = frozenset(
    {
        *("party-list", "party-detail", "party-network", "party-likenesses"),
        *("party-connection", "party-network-changes", "party-shared-identifiers"),
        *("party-category", "intermediary-list", "offender-link-list"),
        *("exemption-claimant-list", "exemption-claimant-sheet"),
        *("running-total-list", "running-total-detail", "running-total-sheet"),
        *("party-pair-list", "party-pair-detail"),
        *("party-metrics", "party-metrics-list"),
        *("party-network-file", "party-connection-file", "party-changes-file"),
        *("party-shares-file", "channel-network-file"),
        *("channel-list", "channel-detail", "channel-sheet"),
        *("legal-entity-list", "legal-entity-detail", "legal-entity-sheet", "succession-list"),
        *("reagent-basket-list", "reagent-basket-detail", "reagent-basket-sheet"),
        *("reagent-basket-network-file", "succession-sheet"),
        *("watchlist-entry-list", "watchlist-entry-detail", "watchlist-entry-sheet"),
    }
)
