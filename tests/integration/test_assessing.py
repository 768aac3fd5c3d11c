"""Assessments: facts as of the declaration, the same bytes again, the random arm."""

import pytest

from risk.domain.scoring import decode_facts, encode_assessment
from risk.models import IndicatorRow, LaneDecision, RiskAssessment
from risk.services.reassessments import reassess
from targeting.models import Alert
from tests.integration.conftest import DEMO, declaration

pytestmark = pytest.mark.django_db

ANHYDRIDE = {
    "description": "АНГИДРИД УКСУСНЫЙ",
    "commodity_code": "2915240000",
    "country_of_origin": "TR",
}


def _facts(number: int):
    stored = RiskAssessment.objects.get(
        declaration__registration_number=f"55301/121125/{number:07}"
    )
    return decode_facts(bytes(stored.facts))


def test_facts_look_back_on_earlier_rows_only(take_in) -> None:
    at = "2025-11-{day:02}T10:00:00+05:00"
    take_in(
        [
            declaration(
                number,
                accepted_at=at.format(day=10 + number),
                item={"net_mass_kg": str(100 * number), "gross_mass_kg": "1000"},
            )
            for number in (3, 1, 2)
        ]
    )
    first, second, third = (_facts(number) for number in (1, 2, 3))
    assert first.party.declaration_count == 0
    assert first.party.days_since_first_seen is None
    assert first.items[0].peer_unit_prices == ()
    assert (second.party.declaration_count, second.party.days_since_first_seen) == (1, 1)
    assert third.items[0].importer_hs6_max_mass_kg == 200
    assert len(third.items[0].peer_unit_prices) == 2


def test_same_moment_is_ordered_by_registration_number(take_in) -> None:
    take_in([declaration(2), declaration(1)])
    assert _facts(1).party.declaration_count == 0
    assert _facts(2).party.declaration_count == 1


def test_what_came_later_changes_no_earlier_facts(take_in) -> None:
    take_in([declaration(5)])
    before = _facts(5)
    take_in([declaration(9)])
    assert _facts(5) == before
    assert _facts(9).party.declaration_count == 1


def test_parties_that_share_a_phone_are_counted(take_in) -> None:
    ring = []
    for number, bin_number in ((1, "990140000007"), (2, "850340000008"), (3, "")):
        one = declaration(number)
        one["parties"][0] |= {
            "name": f"ТОО «Звено {number}»",
            "identifiers": [{"kind": "phone", "value": "+77011234567"}]
            + ([{"kind": "bin", "value": bin_number}] if bin_number else []),
        }
        ring.append(one)
    take_in(ring)
    assert [_facts(number).party.shared_identifier_count for number in (1, 2, 3)] == [2, 2, 2]


@pytest.mark.parametrize(("documents", "links"), [([], 1), ([{"code": "01011"}], 0)])
def test_linked_party_when_it_brought_controlled_goods_then_said_unless_licensed(
    take_in, documents, links
) -> None:
    brought = declaration(1, item=ANHYDRIDE | {"documents": documents})
    ring = [brought, declaration(2), declaration(3)]
    for number, one in enumerate(ring, start=1):
        one["accepted_at"] = f"2025-11-{10 + number}T10:00:00+05:00"
        phone = {"kind": "phone", "value": "+77011234567" if number < 3 else "+77017654321"}
        own = {"kind": "bin", "value": ("990140000007", "850340000008", "060140000007")[number - 1]}
        one["parties"][0] |= {"name": f"ТОО «Звено {number}»", "identifiers": [phone, own]}
    take_in(ring)
    assert [_facts(number).party.unpermitted_links for number in (1, 2, 3)] == [0, links, 0]
    (row,) = IndicatorRow.objects.filter(code="linked_without_permit") if links else (None,)
    assert row is None or (row.params, row.contribution > 0) == ({"parties": 1}, True)


def test_permit_on_the_item_lowers_the_score(take_in) -> None:
    permits = [{"code": "01011", "number": "KZ-1"}, {"code": "01332", "number": "TR-1"}]
    take_in(
        [
            declaration(1, item=ANHYDRIDE),
            declaration(2, item=ANHYDRIDE | {"documents": permits}),
        ]
    )
    without, beside = Alert.objects.order_by("registration_number")
    assert without.lane == "red"
    assert beside.score < without.score
    assert beside.lane != "red"


def test_reassessing_stored_facts_gives_the_same_bytes(take_in) -> None:
    take_in((DEMO / "declarations.ndjson").read_bytes())
    for stored in RiskAssessment.objects.select_related("basis__profile")[:50]:
        again = reassess(stored)
        assert again.score == stored.score
        assert encode_assessment(again) == encode_assessment(reassess(stored))
        assert stored.basis.list_editions["KZ-470-T4"] == 1
        assert stored.basis.indicator_versions["licence_missing"] == 1


def test_drawn_declaration_is_of_the_random_arm_unless_something_else_raised_it(
    take_in, monkeypatch
) -> None:
    monkeypatch.setattr("risk.services.judging.draw", lambda key, number: 0.0)
    permits = [{"code": "01011", "number": "KZ-1"}, {"code": "01332", "number": "TR-1"}]
    take_in([declaration(1), declaration(2, item=ANHYDRIDE | {"documents": permits})])
    drawn, matched = Alert.objects.order_by("registration_number")
    assert (drawn.lane, drawn.is_random_arm) == ("yellow", True)
    assert not matched.is_random_arm
    assert LaneDecision.objects.filter(is_drawn=True).count() == 2
