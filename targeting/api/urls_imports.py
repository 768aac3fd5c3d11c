"""Addresses of imports of long sheets."""

from django.urls import path

from targeting.api.base import DETAIL, LIST
from targeting.api.list_imports import (
    EditionImportViewSet,
    ListImportPreviewViewSet,
    ListImportViewSet,
)

LIST_IMPORTS = [
    path(
        "lists/<str:code>/editions/<int:number>/imports",
        EditionImportViewSet.as_view({"post": "begin"}),
        name="edition-imports",
    ),
    path("list-imports", ListImportViewSet.as_view(LIST), name="list-import-list"),
    path(
        "list-imports/<uuid:id>",
        ListImportViewSet.as_view(DETAIL | {"delete": "destroy"}),
        name="list-import-detail",
    ),
    path(
        "list-imports/<uuid:id>/preview",
        ListImportPreviewViewSet.as_view({"get": "preview"}),
        name="list-import-preview",
    ),
    path(
        "list-imports/<uuid:id>/confirm",
        ListImportViewSet.as_view({"post": "confirm"}),
        name="list-import-confirm",
    ),
]
