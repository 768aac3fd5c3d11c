"""Which day draws: of acceptance, or of coming where that key may be public by then."""

import json
from datetime import date, timedelta

import pytest

from risk.models import LaneDecision
from targeting import pipeline
from tests.integration.conftest import RECEIVED_AT, declaration, work_off


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key_days", "expected"), [(7, date(2025, 12, 1)), (30, date(2025, 11, 12))]
)
def test_who_declares_late_is_drawn_by_the_day_it_came(
    take_in, submitter, settings, key_days, expected
) -> None:
    settings.TARGETING = settings.TARGETING | {"DRAW_KEY_DAYS": key_days}
    take_in([declaration(1)])
    first = LaneDecision.objects.get()
    assert first.draw_day == expected
    amended = declaration(1, version=2, country_of_dispatch="CN")
    pipeline.receive(
        submitter=submitter,
        content=json.dumps(amended).encode(),
        format_key="ndjson",
        received_at=RECEIVED_AT + timedelta(days=60),
    )
    work_off()
    second = LaneDecision.objects.get(assessment__declaration__version=2)
    assert (second.draw_day, second.draw) == (expected, first.draw)
