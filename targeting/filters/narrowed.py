"""Rows of a list as its address narrows them, where no form of the filters is shown."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
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
    asked = QueryDict(urlencode(query, doseq=True))
    narrowed = filters_of(filters, asked)(asked, queryset=rows, request=request)
    if not narrowed.is_valid():
        raise ValueError(dict(narrowed.errors))
    return narrowed.qs


def filters_of(
    filters: type[django_filters.FilterSet], names: Iterable[str]
) -> type[django_filters.FilterSet]:
    """The filters as far as the names ask for them: each of the others would be copied, and asked
    for its field, for nothing. Filters are named as their one parameter is."""
    whole: Any = filters
    return _narrowed(whole, frozenset(filters.base_filters).intersection(names))


@lru_cache(maxsize=256)
def _narrowed(filters: Any, names: frozenset[str]) -> Any:
    made: Any = type(filters.__name__, (filters,), {})
    # Behind the metaclass, which gathers all that are inherited.
    made.base_filters = {name: one for name, one in filters.base_filters.items() if name in names}
    return made
