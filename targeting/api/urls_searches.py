"""Searches that people keep."""

from django.urls import URLPattern, path

from targeting.api.base import DETAIL, LIST
from targeting.api.saved_searches import SavedSearchViewSet

SEARCHES: list[URLPattern] = [
    path(
        "saved-searches",
        SavedSearchViewSet.as_view(LIST | {"post": "create"}),
        name="saved-search-list",
    ),
    path(
        "saved-searches/<int:pk>",
        SavedSearchViewSet.as_view(DETAIL | {"put": "update", "delete": "destroy"}),
        name="saved-search-detail",
    ),
]
