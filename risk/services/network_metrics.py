"""The whole network measured each night, and what comes by day pushed into it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from risk.domain.network.communities import Structure, structure
from risk.domain.network.groups import NONE, Groups, groups_of, groups_with
from risk.domain.network.metrics import (
    FIRST_IDENTIFIER,
    Ids,
    WholeGraph,
    joined_graph,
    moved,
    proximity,
    unknown_links,
)
from risk.domain.network.standings import News, Snapshot, component_groups, news, standings
from risk.models import (
    NetworkBase,
    NetworkCommunity,
    NetworkComponent,
    NetworkRun,
    PartyMetrics,
)
from risk.selectors.whole_network import (
    Links,
    Marks,
    current_marks,
    graph_of,
    links_since,
    seed_ids,
    whole_links,
)
from shipments.services.bulk import copy_rows, upsert_rows

# Any number that no other advisory lock of the database uses: only one computes at a time.
RUN_LOCK = 7_302_614_985
_STANDING = ("degree", "is_hub", "is_seed", "proximity", "component", "community")
_OF_THE_NIGHT = ("core", "betweenness")
_GroupModel = type[NetworkComponent] | type[NetworkCommunity]
_GROUP = ("key", "name", "parties", "measured_at")


@transaction.atomic
def measure_network(*, day: date, now: datetime) -> NetworkRun | None:
    """Measure the whole network for the day; None when that was done.

    Reads every edge once, begins with the proximities of the run before, searches communities
    from nothing, and replaces the rows of all parties in this transaction.
    """
    _lock()
    if NetworkRun.objects.filter(day__gte=day).exists():
        return None
    marks = current_marks()
    graph = graph_of(whole_links(marks))
    before = _stored_snapshot()
    start = moved(before.state, before.graph, graph) if before else None
    seeds = graph.places(seed_ids(day))
    snapshot = Snapshot.of(graph, seeds, proximity(graph, seeds, start))
    parts = structure(graph)
    community = np.where(parts.is_hub, NONE, graph.ids[parts.community])
    snapshot = snapshot._replace(community=community)
    run = NetworkRun.objects.create(
        day=day,
        computed_at=now,
        refreshed_at=now,
        last_link=marks.link,
        last_identifier=marks.identifier,
        last_tie=marks.tie,
        **_counts(snapshot, parts),
    )
    _replace_rows(run, snapshot, parts)
    NetworkBase.objects.all().delete()
    NetworkBase.objects.create(run=run, arrays=snapshot.packed())
    return run


@transaction.atomic
def refresh_network(*, day: date, now: datetime) -> int:
    """Push what came since the latest run into proximities, components and communities; of how
    many parties the numbers are others than in the run.

    Edges that are new, and offenders and watched parties of the day, count; what changed in edges
    that were there waits for the next run, as do cores and betweenness. Communities begin with
    those of the night. Written is what is not as in the run: a component that grew is one row, not
    one for each party in it.
    """
    _lock()
    before, run = _stored_snapshot(), NetworkRun.objects.order_by("-day").first()
    if before is None or run is None:
        return 0
    graph = joined_graph(before.graph, _fresh(before.graph, run))
    seeds = graph.places(seed_ids(day))
    start = moved(before.state, before.graph, graph)
    snapshot = Snapshot.of(graph, seeds, proximity(graph, seeds, start))
    found = news(before, snapshot.with_communities_of(before))
    _tell_components(run, found, now)
    _tell_communities(run, found, graph.ids, now)
    # What an earlier refresh wrote may be as in the run again.
    written = PartyMetrics.objects.filter(measured_at__gt=run.computed_at)
    changed = found.is_changed | _among(graph.ids, written.values_list("party", flat=True))
    places = np.flatnonzero(changed & (graph.ids < FIRST_IDENTIFIER))
    ids = graph.ids[places].tolist()
    names = ("run", "measured_at", *_STANDING)
    rows = found.standings.rows(places)
    upsert_rows(
        PartyMetrics,
        ("party", *names),
        [(pk, run.pk, now, *row) for pk, row in zip(ids, rows, strict=True)],
        key=("party",),
        update=names,
    )
    NetworkRun.objects.filter(pk=run.pk).update(refreshed_at=now)
    return len(ids)


def _tell_components(run: NetworkRun, found: News, now: datetime) -> None:
    """The rows of components that are not as in the run, and those that were not for a while."""
    groups, keys = found.components, _written_keys(NetworkComponent, run)
    places = np.flatnonzero(found.is_component_changed | _among(groups.key, keys))
    changed = Groups(*(column[places] for column in groups))
    _upsert_groups(NetworkComponent, changed, now)
    gone = set(keys).difference(groups.key.tolist())
    NetworkComponent.objects.filter(key__in=gone).delete()


def _tell_communities(run: NetworkRun, found: News, ids: Ids, now: datetime) -> None:
    """As those of components; a community that lost its last party is gone."""
    keys = np.union1d(found.changed_communities, _written_keys(NetworkCommunity, run))
    groups = groups_with(ids, found.standings.community, keys)
    _upsert_groups(NetworkCommunity, groups, now)
    gone = np.setdiff1d(keys, groups.key).tolist()
    NetworkCommunity.objects.filter(key__in=gone).delete()


def _written_keys(model: _GroupModel, run: NetworkRun) -> list[int]:
    """Of the groups that an earlier refresh wrote."""
    written = model.objects.filter(measured_at__gt=run.computed_at)
    return list(written.values_list("key", flat=True))


def _upsert_groups(model: _GroupModel, groups: Groups, now: datetime) -> None:
    upsert_rows(model, _GROUP, _group_rows(groups, now), key=("key",), update=_GROUP[1:])


def _group_rows(groups: Groups, at: datetime) -> list[tuple[Any, ...]]:
    columns = (column.tolist() for column in groups)
    return [(*row, at) for row in zip(*columns, strict=True)]


def _among(values: NDArray[np.int64], some: Iterable[int]) -> NDArray[np.bool_]:
    return np.isin(values, np.fromiter(some, np.int64))


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])


def _stored_snapshot() -> Snapshot | None:
    base = NetworkBase.objects.first()
    return Snapshot.unpacked(bytes(base.arrays)) if base else None


def _fresh(known: WholeGraph, run: NetworkRun) -> WholeGraph:
    """The edges since the run. A phone that came again comes with all its holders, and those that
    the run had are not added a second time."""
    marks = Marks(run.last_link, run.last_identifier, run.last_tie)
    links = links_since(marks, current_marks())
    is_new = links.target < FIRST_IDENTIFIER
    is_new |= unknown_links(known, links.source, links.target)
    source, target, weight = links
    return graph_of(Links(source[is_new], target[is_new], weight[is_new]))


def _counts(snapshot: Snapshot, parts: Structure) -> dict[str, Any]:
    inner = ~parts.is_hub
    return {
        "node_count": len(snapshot.graph.ids),
        "edge_count": snapshot.graph.edge_count,
        "seed_count": len(snapshot.seeds),
        "hub_count": int(parts.is_hub.sum()),
        "component_count": len(np.unique(parts.component[inner])),
        "community_count": len(np.unique(parts.community[inner])),
        "modularity": None if np.isnan(parts.modularity) else parts.modularity,
    }


def _replace_rows(run: NetworkRun, snapshot: Snapshot, parts: Structure) -> None:
    graph = snapshot.graph
    places = np.flatnonzero(graph.ids < FIRST_IDENTIFIER)
    told = zip(
        *(column[places].tolist() for column in (parts.is_hub, parts.core)),
        [None if one != one else one for one in parts.betweenness[places].tolist()],
        strict=True,
    )
    standing = standings(snapshot).rows(places)
    rows = (
        (pk, run.pk, run.computed_at, *row, *((None,) * 2 if is_hub else at_night))
        for pk, row, (is_hub, *at_night) in zip(
            graph.ids[places].tolist(), standing, told, strict=True
        )
    )
    PartyMetrics.objects.all().delete()
    copy_rows(PartyMetrics, ("party", "run", "measured_at", *_STANDING, *_OF_THE_NIGHT), rows)
    community = snapshot.community
    _replace_groups(NetworkComponent, component_groups(snapshot), run)
    _replace_groups(NetworkCommunity, groups_of(graph.ids, community, community), run)


def _replace_groups(model: _GroupModel, groups: Groups, run: NetworkRun) -> None:
    model.objects.all().delete()
    copy_rows(model, _GROUP, _group_rows(groups, run.computed_at))
