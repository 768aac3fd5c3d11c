"""What edges gain and lose of a substance adds up to what their declarations hold at last."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from risk.domain.network.masses import SubstanceMass, mass_changes, told_masses
from risk.domain.network.versions import Edge

SALE, BROKER, OFFICE = Edge(1, 2, "trade"), Edge(1, 3, "represented_by"), Edge(1, "55301", "office")
EDGES = {1: [SALE, OFFICE], 2: [SALE, BROKER], 3: [BROKER, OFFICE], 4: []}
_held = st.dictionaries(
    st.tuples(st.sampled_from(sorted(EDGES)), st.sampled_from((10, 11))),
    st.decimals(0, 100, places=6),
    max_size=6,
)


@given(st.lists(_held, max_size=6))
def test_changes_add_up_to_what_is_held_at_last(states):
    sums = defaultdict(lambda: [Decimal(0), 0])
    before = {}
    for after in states:
        for change in mass_changes(before, after, EDGES):
            sums[change.edge, change.substance][0] += change.mass_kg
            sums[change.edge, change.substance][1] += change.counted
            assert sums[change.edge, change.substance][1] >= 0
        before = after
    wanted = defaultdict(lambda: [Decimal(0), 0])
    for (declaration, substance), mass in before.items():
        for edge in EDGES[declaration]:
            wanted[edge, substance][0] += mass
            wanted[edge, substance][1] += 1
    assert {place: told for place, told in sums.items() if told[1]} == wanted
    assert all(told == [0, 0] for place, told in sums.items() if place not in wanted)


@given(_held)
def test_what_stays_changes_nothing(held):
    assert mass_changes(held, held, EDGES) == []


def test_a_mass_that_stays_with_another_version_moves_to_its_edges():
    moved = mass_changes({(1, 10): Decimal(5)}, {(2, 10): Decimal(5)}, EDGES)
    assert [(one.edge, one.mass_kg, one.counted) for one in moved] == [
        (OFFICE, -5, -1), (BROKER, 5, 1),
    ]  # fmt: skip


def test_masses_are_told_in_full():
    one = SubstanceMass(substance_key="a", mass_kg=Decimal("1E+3"), declaration_count=1)
    assert told_masses([one, one]) == "a: 1000 kg in 1; a: 1000 kg in 1"
    assert told_masses([]) == ""
