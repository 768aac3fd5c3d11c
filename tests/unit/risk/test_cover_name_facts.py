"""A match by a cover name is recognised, but asks for no permit and contradicts no code."""

from datetime import UTC, datetime

import msgspec
import pytest

from risk.domain.facts import DeclarationFacts, ItemFacts, MatchFacts
from risk.domain.indicators.authorisation import LICENCE_MISSING
from risk.domain.indicators.base import Outcome
from risk.domain.indicators.substance import CODE_CONTRADICTION, PRECURSOR_RECOGNISED

MATCH = MatchFacts(
    substance_key="acetone",
    method="exact",
    match_score=0.4,
    verdict="not_limited",
    lists=("A",),
    kinds=("precursor",),
    is_verified=True,
    has_listed_code=True,
    is_cover_name=True,
)


@pytest.mark.parametrize(
    ("indicator", "is_cover_name", "outcome"),
    [
        (LICENCE_MISSING, True, Outcome.QUIET),
        (LICENCE_MISSING, False, Outcome.FIRED),
        (CODE_CONTRADICTION, True, Outcome.QUIET),
        (CODE_CONTRADICTION, False, Outcome.FIRED),
        (PRECURSOR_RECOGNISED, True, Outcome.FIRED),
    ],
)
def test_indicator_when_only_a_cover_name_points_to_it(indicator, is_cover_name, outcome):
    match = msgspec.structs.replace(MATCH, is_cover_name=is_cover_name)
    item = ItemFacts(
        item_number=1,
        commodity_code="3402900000",
        hs6="340290",
        description_length=9,
        matches=(match,),
    )
    declaration = DeclarationFacts(
        registration_number="1",
        version=1,
        accepted_at=datetime(2026, 3, 1, tzinfo=UTC),
        document_kind="import",
        direction="import",
        items=(item,),
    )
    params = dict.fromkeys((one.name for one in indicator.parameters), 1.0)
    result = indicator.evaluate(declaration, item, params)
    assert result.outcome == outcome
    if indicator is PRECURSOR_RECOGNISED:
        assert result.params["method"] == "cover_name"
