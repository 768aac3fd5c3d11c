"""Routes of who is one trader."""

from django.urls import path

from targeting.api.base import DETAIL, LIST
from targeting.api.party_decisions import PartyDecisionViewSet, PartyPairViewSet

NETWORKS = [
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
    path("party-pairs", PartyPairViewSet.as_view(LIST), name="party-pair-list"),
    path("party-pairs/<int:pk>", PartyPairViewSet.as_view(DETAIL), name="party-pair-detail"),
    path(
        "party-pairs/<int:pk>/decide",
        PartyPairViewSet.as_view({"post": "decide"}),
        name="party-pair-decide",
    ),
]
