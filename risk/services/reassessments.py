"""Doing stored assessments again: the same facts under the same profile give the same."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from risk.domain.errors import RiskError
from risk.domain.indicators import INDICATOR_VERSIONS
from risk.domain.lane_days import in_place
from risk.domain.lanes import Place, decide_lane
from risk.domain.scoring import Assessment, assess, decode_facts, encode_facts
from risk.models import RiskAssessment
from risk.selectors.profiles import stored_profile

_DECIDED = (
    *("lane", "criteria_lane", "ground", "is_random_arm", "is_drawn"),
    *("is_held_below_red", "is_over_capacity"),
)


class Again(NamedTuple):
    """What became of one assessment: ``comparable`` is False where an indicator changed since,
    which may rightly answer otherwise; ``differing`` names what is stored otherwise."""

    registration_number: str
    version: int
    comparable: bool
    differing: tuple[str, ...]


def reassess(assessment: RiskAssessment) -> Assessment:
    """What the stored facts give under the stored profile; raises RiskError for facts that
    cannot be read."""
    return assess(decode_facts(bytes(assessment.facts)), stored_profile(assessment.basis.profile))


def reassess_all(assessments: Iterable[RiskAssessment]) -> Iterator[Again]:
    """Each done again and held against what is stored.

    The assessments come with ``declaration``, ``basis__profile``, ``lane_decision`` and
    ``indicator_rows``. The lane is computed from its stored draw and place in the day.
    """
    for row in assessments:
        declaration = row.declaration
        evaluated = stored_profile(row.basis.profile).weights
        made_by, now = row.basis.indicator_versions, INDICATOR_VERSIONS
        comparable = all(made_by.get(code) == now[code] for code in evaluated)
        differing = tuple(_differing(row)) if comparable else ()
        yield Again(declaration.registration_number, declaration.version, comparable, differing)


def _differing(row: RiskAssessment) -> Iterator[str]:
    try:
        again = reassess(row)
    except RiskError as error:
        yield error.code
        return
    stored_rows = {
        (one.item_number, one.code): (one.strength, one.contribution, one.params)
        for one in row.indicator_rows.all()
    }
    given_rows = {
        (one.item_number, one.code): (one.strength, one.contribution, one.params)
        for one in again.rows
    }
    stored_lane, given_lane = _lanes(row, again)
    facts = bytes(row.facts)
    for name, stored, given in (
        ("facts", facts, encode_facts(decode_facts(facts))),
        ("score", row.score, again.score),
        ("confidence", row.confidence, again.confidence),
        ("leading_item_number", row.leading_item_number, again.leading_item or None),
        ("quiet_codes", tuple(row.quiet_codes), again.quiet),
        ("missing_codes", tuple(row.missing_codes), again.missing),
        ("contributions", stored_rows, given_rows),
        ("lane", stored_lane, given_lane),
    ):
        if stored != given:
            yield name


def _lanes(row: RiskAssessment, again: Assessment) -> tuple[tuple[object, ...], ...]:
    """The lane that is stored and the one that its draw and its place in the day give; nothing of
    both where none was decided."""
    stored = getattr(row, "lane_decision", None)
    if stored is None:
        return (), ()
    given = decide_lane(again, stored_profile(row.basis.profile), stored.draw)
    if stored.place is not None:
        given = in_place(given, msgspec.convert(stored.place, Place))
    return tuple(getattr(stored, name) for name in _DECIDED), tuple(
        getattr(given, name) for name in _DECIDED
    )
