"""Every registered format reads its own fixtures exactly as it did when they were checked."""

import json

import pytest

from shipments.domain.formats import FORMATS
from shipments.domain.formats.base import IntakeFormat
from tests.unit.formats.golden import DECLARATIONS, as_expected, parse_fixture

pytestmark = pytest.mark.parametrize("intake_format", FORMATS, ids=lambda member: member.key)


@pytest.mark.parametrize("name", ["ok", "broken"])
def test_fixture_when_parsed_then_equals_expected(intake_format: IntakeFormat, name: str) -> None:
    expected = json.loads((DECLARATIONS / intake_format.key / "expected.json").read_text("utf-8"))
    parsed = parse_fixture(intake_format, name, expected.get("mapping"))
    assert as_expected(parsed, is_whole=name == "ok") == expected[name]


def test_rejected_place_when_parsed_then_keeps_its_source(intake_format: IntakeFormat) -> None:
    expected = json.loads((DECLARATIONS / intake_format.key / "expected.json").read_text("utf-8"))
    parsed = parse_fixture(intake_format, "broken", expected.get("mapping"))
    rejected = [place for place in parsed if place.declaration is None]
    assert rejected
    assert all(place.raw and place.issues for place in rejected)


def test_quarantined_item_when_parsed_then_its_issue_carries_it(
    intake_format: IntakeFormat,
) -> None:
    expected = json.loads((DECLARATIONS / intake_format.key / "expected.json").read_text("utf-8"))
    parsed = parse_fixture(intake_format, "broken", expected.get("mapping"))
    first_of_item = {}
    for place in parsed:
        for issue in place.issues:
            if issue.severity == "quarantine":
                item = (place.line, issue.registration_number, issue.field.partition(".")[0])
                first_of_item.setdefault(item, issue)
    assert first_of_item
    assert all(issue.raw for issue in first_of_item.values())
