"""The rows of one page of a list, with what is shown of them."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.db.models.sql import Query

_Row = TypeVar("_Row", bound=Model)


def rows_of_page(rows: QuerySet[_Row], page: QuerySet[_Row]) -> QuerySet[_Row]:
    """The rows of ``page``, a slice of ``rows``, in the same order. One query.

    What is joined to be shown is joined to these alone, and no condition is asked of them again:
    asked for with the slice, the database joins every row that it then sorts.
    """
    if not rows.query.select_related:
        return page
    ids = page.select_related(None).values("pk")
    shown = rows.all()
    if not rows.query.annotations:
        # Without the conditions, and the joins that they need, of the list itself.
        shown.query = Query(rows.model)
        shown.query.select_related = rows.query.select_related
        shown.query.deferred_loading = rows.query.deferred_loading
        shown.query.add_ordering(*rows.query.order_by)
    return shown.filter(pk__in=ids)
