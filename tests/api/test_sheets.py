"""Sheets of lists: filtered as the lists are, and by nothing that nobody knows."""

import pytest
from django.urls import reverse

from targeting.management import access
from tests.api.conftest import signed_in

pytestmark = pytest.mark.django_db
SHEETS = sorted(
    route.name
    for route in access.api_routes()
    if route.name.endswith("-sheet") and "<" not in route.path
)


def test_sheets_of_lists_are_found():
    assert {"authorisation-sheet", "exemption-claimant-sheet", "running-total-sheet"} <= {*SHEETS}


@pytest.mark.parametrize("name", SHEETS)
def test_sheet_when_a_filter_is_unknown_then_refused_by_its_name(name):
    caller = signed_in(roles=["analyst"])
    for query in ({"nonsense": "1"}, {"nonsense": "1", "as": "xlsx"}, {"cursor": "x"}):
        answer = caller.get(reverse(name), query)
        assert answer.status_code == 400, name
        assert next(iter(query)) in str(answer.json())
        assert "allowed are as" in str(answer.json()) or ", as" in str(answer.json())
