"""Traders follow from decisions alone: whatever order they came in, whatever was undone."""

from hypothesis import given
from hypothesis import strategies as st

from risk.domain.resolution.aliases import group_of, representatives

PARTY = st.integers(1, 12)
PAIRS = st.lists(st.tuples(PARTY, PARTY).filter(lambda pair: pair[0] != pair[1]), max_size=14)


@given(PAIRS, st.randoms())
def test_the_order_of_decisions_does_not_matter(pairs, draw):
    mixed = [pair[:: draw.choice((1, -1))] for pair in draw.sample(pairs, len(pairs))]
    assert representatives(mixed) == representatives(pairs)


@given(PAIRS)
def test_a_representative_is_the_lowest_of_all_that_chain(pairs):
    same = {}
    for one, other in pairs:
        same.setdefault(one, set()).add(other)
        same.setdefault(other, set()).add(one)
    found = representatives(pairs)
    for party in same:
        group = group_of(party, same)
        assert found.get(party, party) == min(group)
    assert all(head < party for party, head in found.items())
