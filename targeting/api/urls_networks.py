"""Routes of networks: who is one trader, and what an analyst asks of links."""

from django.urls import path

from targeting.api.base import DETAIL, LIST
from targeting.api.baskets import BasketSheetViewSet, BasketViewSet
from targeting.api.channels import ChannelSheetViewSet, ChannelViewSet
from targeting.api.intermediaries import IntermediaryViewSet
from targeting.api.network_files import (
    ChannelFileViewSet,
    NetworkFileViewSet,
    QuestionFileViewSet,
)
from targeting.api.network_metrics import (
    NetworkRunViewSet,
    PartyMetricsListViewSet,
    PartyMetricsViewSet,
)
from targeting.api.network_questions import NetworkQuestionViewSet
from targeting.api.offender_links import OffenderLinkViewSet
from targeting.api.party_bulk import PartyDecisionBulkViewSet, PartyPairBulkViewSet
from targeting.api.party_decisions import PartyDecisionViewSet, PartyPairViewSet
from targeting.api.successions import SuccessionViewSet

NETWORKS = [
    path("channels", ChannelViewSet.as_view(LIST), name="channel-list"),
    path("channels/sheet", ChannelSheetViewSet.as_view({"get": "sheet"}), name="channel-sheet"),
    path("channels/counts", ChannelViewSet.as_view({"get": "counts"}), name="channel-counts"),
    path("channels/<int:pk>", ChannelViewSet.as_view(DETAIL), name="channel-detail"),
    path(
        "channels/<int:pk>/network/file",
        ChannelFileViewSet.as_view({"get": "network_file"}),
        name="channel-network-file",
    ),
    *(
        path(
            f"channels/<int:pk>/{word}",
            ChannelViewSet.as_view({"post": word}),
            name=f"channel-{word}",
        )
        for word in ("confirm", "liquidate", "dismiss", "reopen")
    ),
    path("intermediaries", IntermediaryViewSet.as_view(LIST), name="intermediary-list"),
    path("network-runs", NetworkRunViewSet.as_view(LIST), name="network-run-list"),
    path("successions", SuccessionViewSet.as_view(LIST), name="succession-list"),
    path("successions/sheet", SuccessionViewSet.as_view({"get": "sheet"}), name="succession-sheet"),
    path("offender-links", OffenderLinkViewSet.as_view(LIST), name="offender-link-list"),
    *(
        path(
            f"parties/<int:pk>/{word}",
            NetworkQuestionViewSet.as_view({"get": action}),
            name=f"party-{action.replace('_', '-')}",
        )
        for word, action in (
            ("connection", "connection"),
            ("network/changes", "network_changes"),
            ("shared-identifiers", "shared_identifiers"),
        )
    ),
    path(
        "parties/<int:pk>/network/file",
        NetworkFileViewSet.as_view({"get": "network_file"}),
        name="party-network-file",
    ),
    *(
        path(
            f"parties/<int:pk>/{word}/file",
            QuestionFileViewSet.as_view({"get": action}),
            name=f"party-{action.replace('_', '-')}",
        )
        for word, action in (
            ("connection", "connection_file"),
            ("network/changes", "changes_file"),
            ("shared-identifiers", "shares_file"),
        )
    ),
    path(
        "parties/<int:pk>/metrics",
        PartyMetricsViewSet.as_view({"get": "metrics"}),
        name="party-metrics",
    ),
    path("reagent-baskets", BasketViewSet.as_view(LIST), name="reagent-basket-list"),
    path(
        "reagent-baskets/sheet",
        BasketSheetViewSet.as_view({"get": "sheet"}),
        name="reagent-basket-sheet",
    ),
    path("reagent-baskets/<int:pk>", BasketViewSet.as_view(DETAIL), name="reagent-basket-detail"),
    path(
        "reagent-baskets/<int:pk>/network/file",
        BasketViewSet.as_view({"get": "network_file"}),
        name="reagent-basket-network-file",
    ),
    *(
        path(
            f"reagent-baskets/<int:pk>/{word}",
            BasketViewSet.as_view({"post": word}),
            name=f"reagent-basket-{word}",
        )
        for word in ("dismiss", "reopen")
    ),
    path("party-metrics", PartyMetricsListViewSet.as_view(LIST), name="party-metrics-list"),
    path(
        "party-decisions",
        PartyDecisionViewSet.as_view({"get": "list", "post": "create"}),
        name="party-decision-list",
    ),
    path(
        "party-decisions/<int:pk>",
        PartyDecisionViewSet.as_view(DETAIL),
        name="party-decision-detail",
    ),
    *(
        path(
            f"party-decisions/<int:pk>/{word}",
            PartyDecisionViewSet.as_view({"post": word}),
            name=f"party-decision-{word}",
        )
        for word in ("approve", "withdraw")
    ),
    path(
        "party-decisions/bulk",
        PartyDecisionBulkViewSet.as_view({"post": "bulk"}),
        name="party-decision-bulk",
    ),
    path(
        "party-pairs/bulk", PartyPairBulkViewSet.as_view({"post": "bulk"}), name="party-pair-bulk"
    ),
    path("party-pairs", PartyPairViewSet.as_view(LIST), name="party-pair-list"),
    path("party-pairs/<int:pk>", PartyPairViewSet.as_view(DETAIL), name="party-pair-detail"),
    path(
        "party-pairs/<int:pk>/decide",
        PartyPairViewSet.as_view({"post": "decide"}),
        name="party-pair-decide",
    ),
]
