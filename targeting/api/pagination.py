"""Cursor pagination by (ordering field, id): the cost of a page does not grow with its depth."""

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from targeting.selectors.pages import rows_of_page

if TYPE_CHECKING:  # the framework's settings name this module while that one is imported
    from rest_framework.views import APIView

DEFAULT_PAGE_SIZE = 25
MAX_PAGE_SIZE = 200


class CursorPagination(BasePagination):
    """Pages in the queryset's first ordering field, ties broken by id in the same direction.

    The framework's own class skips over ties by an offset that is capped; scores tie by
    thousands, so the id is part of the cursor here. The ordering field must not be null.
    Pages go forward only: ``next`` is null on the last.
    """

    def paginate_queryset(
        self, queryset: Any, request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        self.request = request
        self.field, self.descending = _ordering(queryset)
        size = _page_size(request)
        if "cursor" in request.query_params:
            queryset = self._after(queryset, request.query_params["cursor"])
        sign = "-" if self.descending else ""
        names = (self.field,) if self.field == "id" else (self.field, "id")
        ordered = queryset.order_by(*(sign + name for name in names))
        rows = list(rows_of_page(ordered, ordered[: size + 1]))
        self.rows, self.has_more = rows[:size], len(rows) > size
        return self.rows

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({"next": self._next_link(), "results": data})

    def _after(self, queryset: QuerySet[Model], cursor: str) -> QuerySet[Model]:
        try:
            value, last_id = signing.Signer(salt=self._salt()).unsign_object(cursor)
        except signing.BadSignature:
            raise ValidationError({"cursor": "Not a cursor of this list and ordering."}) from None
        beyond = "lt" if self.descending else "gt"
        later = Q(**{f"{self.field}__{beyond}": value})
        tied = Q(**{self.field: value, f"id__{beyond}": last_id})
        # The first condition alone bounds the index scan; the second is exact.
        return queryset.filter(**{f"{self.field}__{beyond}e": value}).filter(later | tied)

    def _salt(self) -> str:
        return f"cursor:{self.field}:{self.descending}"

    def _next_link(self) -> str | None:
        if not self.has_more:
            return None
        last = self.rows[-1]
        position = [str(getattr(last, self.field)), last.pk]
        # Without the time, so that the same page has the same ETag.
        cursor = signing.Signer(salt=self._salt()).sign_object(position)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        sizes = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts: taken from `next` of the page before.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Rows of a page.",
                "schema": {**sizes, "default": DEFAULT_PAGE_SIZE},
            },
        ]


def _ordering(queryset: QuerySet[Model]) -> tuple[str, bool]:
    """The first ordering field and whether it descends; newest first without one."""
    first = str((queryset.query.order_by or ("-id",))[0])
    return first.removeprefix("-"), first.startswith("-")


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(DEFAULT_PAGE_SIZE))
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MAX_PAGE_SIZE:
        raise ValidationError({"page_size": f"A whole number from 1 to {MAX_PAGE_SIZE}."})
    return int(text)
