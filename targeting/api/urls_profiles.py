"""Routes of the risk profile, its versions and what they would have selected; limits of lanes."""

from django.urls import path

from targeting.api.base import DETAIL, LIST
from targeting.api.lane_limits import LaneDayViewSet, LaneLimitViewSet
from targeting.api.profile_simulations import ProfileSimulationViewSet, SimulatedLoadViewSet
from targeting.api.profiles import ProfileViewSet

PROFILES = [
    path(
        "lane-limits",
        LaneLimitViewSet.as_view({"get": "list", "post": "create"}),
        name="lane-limit-list",
    ),
    path("lane-limits/<int:pk>", LaneLimitViewSet.as_view(DETAIL), name="lane-limit-detail"),
    path("lane-days", LaneDayViewSet.as_view(LIST), name="lane-day-list"),
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
