"""A link counts a declaration once, with its latest mass, in whatever order versions come."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from risk.domain.network.versions import Edge, Versions, contributions

EDGES = [Edge(1, 2, "trade"), Edge(1, 3, "trade"), Edge(1, 3, "carried_by")]


@st.composite
def arrivals(draw):
    """Declarations of up to four versions with the links that each shows, cut into chunks."""
    edges = st.lists(st.sampled_from(EDGES), unique=True)
    shown = {
        (number, version): draw(edges)
        for number in "AB"
        for version in range(1, draw(st.integers(1, 4)) + 1)
    }
    order = draw(st.permutations(sorted(shown)))
    cuts = draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    chunks = [[]]
    for place, is_cut in zip(order, cuts, strict=True):
        chunks[-1].append(place)
        if is_cut:
            chunks.append([])
    return shown, chunks


@given(arrivals())
def test_links_are_what_the_latest_versions_that_show_them_say(arrived):
    shown, chunks = arrived
    ids = {place: n for n, place in enumerate(sorted(shown), 1)}
    mass = {pk: Decimal(10) ** pk for pk in ids.values()}
    several = {place for place in shown if sum(other[0] == place[0] for other in shown) > 1}
    counts, masses, linked = {}, {}, []
    for chunk in chunks:
        fresh = {ids[place]: shown[place] for place in chunk}
        known = Versions(
            {ids[place]: place for place in chunk if place in several},
            {ids[p]: p for p in several if p not in chunk},
        )
        before = {ids[place]: shown[place] for place in linked}
        for pk, edge, counted, sign in contributions(fresh, before, known):
            counts[edge] = counts.get(edge, 0) + counted
            masses[edge] = masses.get(edge, 0) + sign * mass[pk]
        linked += chunk
    for edge in EDGES:
        latest = {}
        for place in sorted(shown):
            if edge in shown[place]:
                latest[place[0]] = mass[ids[place]]
        assert counts.get(edge, 0) == len(latest)
        assert masses.get(edge, 0) == sum(latest.values())
