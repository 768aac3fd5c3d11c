"""Saved searches: stored as the list itself understands them, looked at by beat, told of once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django_filters import FilterSet

from shipments.domain.errors import InvalidValue
from targeting.domain.outbox import Channel, EventKind
from targeting.domain.policy import POLICIES, Grants, allows
from targeting.domain.saved_searches import (
    LONGEST_VALUE,
    MOST_AT_ONCE,
    MOST_KNOWN,
    MOST_PARAMETERS,
    MOST_SEARCHES,
    SearchResource,
    search_topic,
)
from targeting.filters.alerts import AlertFilter
from targeting.filters.declarations import DeclarationFilter
from targeting.models import Delivery, KnownRow, Notice, OutboxEvent, SavedSearch, User
from targeting.selectors.alerts import list_alerts
from targeting.selectors.dossiers import scoped_declarations
from targeting.selectors.scope import Scope, scope_of

Query = Mapping[str, Sequence[str]]


class Searchable(NamedTuple):
    """A list: who may read it, its rows in a scope, and its filters. ``changed_in`` names the
    column with the transaction of a row's last change; without one it cannot be watched."""

    grants: Grants
    rows: Callable[[Scope], QuerySet[Any]]
    filters: type[FilterSet]
    changed_in: str = ""


SEARCHABLE: Mapping[SearchResource, Searchable] = {
    SearchResource.ALERTS: Searchable(
        POLICIES["alerts"]["list"], list_alerts, AlertFilter, "changed_in"
    ),
    SearchResource.DECLARATIONS: Searchable(
        POLICIES["declarations"]["list"],
        scoped_declarations,
        DeclarationFilter,
    ),
}


class Wanted(NamedTuple):
    """What the owner says of a search."""

    name: str
    resource: SearchResource
    query: Query
    is_watched: bool = False
    by_email: bool = False
    lang: str = "en"


@transaction.atomic
def store_search(
    *, owner: User, wanted: Wanted, now: datetime, search: SavedSearch | None = None
) -> SavedSearch:
    """A new search, or ``search`` as it is wanted now.

    What a watched one finds now is known to its owner. Locks the owner. Raises InvalidValue for a
    parameter that the list refuses, a name that is taken, too many searches, and a watch over a
    list that cannot be watched.
    """
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    rows = rows_found(owner, wanted.resource, wanted.query)
    others = SavedSearch.objects.filter(owner=owner)
    if search:
        others = others.exclude(pk=search.pk)
    _check(wanted, others)
    row = search or SavedSearch(owner=owner, created_at=now)
    row.name, row.resource, row.query = wanted.name, wanted.resource.value, dict(wanted.query)
    row.is_watched, row.by_email, row.lang = wanted.is_watched, wanted.by_email, wanted.lang
    row.looked_at, row.changed_at = _oldest_under_way(), now
    row.save()
    KnownRow.objects.filter(search=row).delete()
    if row.is_watched:
        _remember(row, list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST_KNOWN]))
    return row


def rows_found(owner: User, resource: SearchResource, query: Query) -> QuerySet[Any]:
    """What the search finds for its owner, in its scope. Raises InvalidValue."""
    listed = SEARCHABLE[resource]
    if len(query) > MOST_PARAMETERS:
        raise InvalidValue(
            field="query", value=str(len(query)), allowed=f"{MOST_PARAMETERS} parameters"
        )
    for name, values in query.items():
        if name not in listed.filters.base_filters:
            known = ", ".join(sorted(listed.filters.base_filters))
            raise InvalidValue(field="query", value=name[:LONGEST_VALUE], allowed=known)
        if any(len(value) > LONGEST_VALUE for value in values):
            raise InvalidValue(field=name, value="…", allowed=f"{LONGEST_VALUE} characters")
    given = QueryDict(mutable=True)
    for name, values in query.items():
        given.setlist(name, list(values))
    # Filters ask who asks, for what is one's own.
    asking = SimpleNamespace(user=owner)
    filters = listed.filters(given, queryset=listed.rows(scope_of(owner)), request=asking)
    if not filters.is_valid():
        name, errors = next(iter(filters.errors.items()))
        value = ", ".join(query.get(name, ()))
        raise InvalidValue(field=name, value=value, allowed=str(errors[0]))
    found: QuerySet[Any] = filters.qs
    return found


def look_at_searches(*, now: datetime) -> int:
    """Tell owners of what their watched searches find anew; how many notices. Each in a transaction
    of its own: one that cannot be looked at any more holds up no other."""
    watched = SavedSearch.objects.filter(is_watched=True, owner__is_active=True)
    pks = list(watched.order_by("pk").values_list("pk", flat=True))
    return sum(_look_at(pk, now) for pk in pks)


@transaction.atomic
def _look_at(pk: int, now: datetime) -> bool:
    row = (
        SavedSearch.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("owner")
        .filter(pk=pk, is_watched=True)
        .first()
    )
    if row is None:
        return False
    resource = SearchResource(row.resource)
    listed = SEARCHABLE[resource]
    if not allows(row.owner.grants, listed.grants):
        return False
    oldest = _oldest_under_way()
    try:
        found = rows_found(row.owner, resource, row.query)
    except InvalidValue:
        # A release knows the parameter no more: its owner finds it unwatched.
        row.is_watched = False
        row.save(update_fields=["is_watched"])
        return False
    known = KnownRow.objects.filter(search=row, row=OuterRef("pk"))
    since = min(row.looked_at, oldest)
    fresh = found.filter(~Exists(known), **{f"{listed.changed_in}__gte": since})
    new = list(fresh.order_by(listed.changed_in, "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    if len(new) < MOST_AT_ONCE:
        row.looked_at = oldest
        row.save(update_fields=["looked_at"])
    if new:
        _remember(row, new)
        _tell(row, len(new), now)
    return bool(new)


def _tell(row: SavedSearch, count: int, now: datetime) -> None:
    """A number and no more: what was found is read, and audited, in the list."""
    kind = EventKind.SEARCH_FOUND.value
    event = OutboxEvent.objects.create(
        key=f"{kind}:{row.pk}:{now.timestamp()}",
        kind=kind,
        topic=search_topic(row.pk),
        payload={"search": row.pk, "count": count},
        at=now,
    )
    Notice.objects.create(event=event, user=row.owner)
    if row.by_email:
        Delivery.objects.create(
            event=event,
            channel=Channel.EMAIL.value,
            recipient=row.owner.actor,
            lang=row.lang,
            due_at=now,
        )


def _check(wanted: Wanted, others: QuerySet[SavedSearch]) -> None:
    if wanted.is_watched and not SEARCHABLE[wanted.resource].changed_in:
        can = ", ".join(one.value for one, listed in SEARCHABLE.items() if listed.changed_in)
        raise InvalidValue(field="is_watched", value="true", allowed=f"only of {can}")
    if others.count() >= MOST_SEARCHES:
        raise InvalidValue(field="name", value=wanted.name, allowed=f"{MOST_SEARCHES} searches")
    if others.filter(name=wanted.name, resource=wanted.resource.value).exists():
        raise InvalidValue(field="name", value=wanted.name, allowed="a name that is not taken")


def _remember(row: SavedSearch, pks: Sequence[int]) -> None:
    KnownRow.objects.bulk_create(
        (KnownRow(search=row, row=pk) for pk in pks), ignore_conflicts=True
    )


def _oldest_under_way() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
