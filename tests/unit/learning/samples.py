"""Inspected items of which something can be learned."""

from decimal import Decimal
from functools import cache

import numpy as np

from risk.domain.learning.features import Labelled, feature_rows
from risk.domain.learning.outcome_training import Learned, learn
from risk.domain.scoring import assess
from tests.unit.risk.builders import PROFILE, declaration_facts, item_facts, match_facts


def labelled(found: int = 40, clean: int = 200, *, random: int = 20) -> list[Labelled]:
    """Goods with acetone and without its papers, in masses that say something; some are random."""
    chance = np.random.default_rng(5)
    rows = []
    for number in range(found + clean):
        is_found = number < found
        mass = Decimal(int(chance.integers(10, 3000) * (4 if is_found else 1)))
        matches = (match_facts(),) if is_found or number % 4 == 0 else ()
        facts = declaration_facts(
            item_facts(net_mass_kg=mass, matches=matches), registration_number=f"n{number}"
        )
        (row,) = feature_rows(facts, assess(facts, PROFILE))
        rows.append(
            Labelled(
                registration_number=f"n{number}",
                item_number=1,
                trader=f"t{number % 90}",
                is_found=is_found,
                is_random=number >= found + clean - random,
                row=row,
            )
        )
    return rows


@cache
def small_model() -> Learned:
    """A model of these rows, trained once."""
    rows = labelled()
    return learn(rows, [one.row for one in rows], passed_by=100)
