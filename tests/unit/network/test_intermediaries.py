"""Which brokers stand out, beside simulated honest ones."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from risk.domain.network.intermediaries import Counted, compare_intermediaries

_rows = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)), max_size=5)


def total(of):
    return Counted(*(sum(row[place] for row in of.values()) for place in range(3)))


@given(_rows)
def test_shares_are_of_the_own_and_of_the_others(drawn):
    of = {
        n: Counted(all_, min(red, all_), min(bad, all_)) for n, (all_, red, bad) in enumerate(drawn)
    }
    everywhere = total(of)
    rows = compare_intermediaries(of, everywhere)
    assert {row.party_id for row in rows} == of.keys()
    for row in rows:
        own = of[row.party_id]
        others = everywhere.declarations - own.declarations
        assert row.red.share.value == (own.red / own.declarations if own.declarations else None)
        expected = (everywhere.red - own.red) / others if others else None
        assert row.red.elsewhere == expected
    assert [row.is_unusual for row in rows] == sorted((r.is_unusual for r in rows), reverse=True)


def test_one_that_stands_out_is_named_and_honest_ones_are_not():
    draw = Random(7)
    named = 0
    for _ in range(20):
        of = {}
        for party in range(300):
            declared = draw.randint(1, 400)
            of[party] = Counted(declared, sum(draw.random() < 0.02 for _ in range(declared)), 0)
        of[999] = Counted(60, 12, 0)
        rows = compare_intermediaries(of, total(of))
        assert rows[0].party_id == 999
        assert rows[0].is_unusual
        named += sum(row.is_unusual for row in rows) - 1
    # 6,000 honest brokers in twenty rounds: the level is one round in twenty.
    assert named <= 2
