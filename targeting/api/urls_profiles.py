"""Routes of the risk profile: its versions, and what they would have selected."""

from django.urls import path

from targeting.api.base import LIST
from targeting.api.profile_simulations import ProfileSimulationViewSet, SimulatedLoadViewSet
from targeting.api.profiles import ProfileViewSet

PROFILES = [
    path(
        "profiles", ProfileViewSet.as_view({"get": "list", "post": "create"}), name="profile-list"
    ),
    path(
        "profiles/<int:pk>",
        ProfileViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="profile-detail",
    ),
    *(
        path(
            f"profiles/<int:pk>/{word}",
            ProfileViewSet.as_view({"post": action}),
            name=f"profile-{word}",
        )
        for word, action in (
            ("propose", "propose"),
            ("return", "give_back"),
            ("approve", "approve"),
        )
    ),
    path(
        "profiles/<int:pk>/difference",
        ProfileViewSet.as_view({"get": "difference"}),
        name="profile-difference",
    ),
    path(
        "profiles/<int:pk>/simulation",
        ProfileSimulationViewSet.as_view({"get": "simulation", "post": "simulate"}),
        name="profile-simulation",
    ),
    path(
        "profiles/<int:pk>/simulation/cancel",
        ProfileSimulationViewSet.as_view({"post": "cancel"}),
        name="profile-simulation-cancel",
    ),
    path(
        "profiles/<int:pk>/simulation/load",
        SimulatedLoadViewSet.as_view(LIST),
        name="profile-simulation-load",
    ),
]
