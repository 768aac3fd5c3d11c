"""Rows of a list as its address narrows them, for counts of the same rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

Query = Mapping[str, str | Sequence[str]]


def rows_of(
    filters: type[django_filters.FilterSet],
    query: Query,
    rows: QuerySet[Any],
    request: HttpRequest | None = None,
) -> QuerySet[Any]:
    """What the list shows under this query, read as its address is. Raises ValueError for a query
    that the list would refuse."""
    narrowed = filters(QueryDict(urlencode(query, doseq=True)), queryset=rows, request=request)
    if not narrowed.is_valid():
        raise ValueError(dict(narrowed.errors))
    return narrowed.qs
