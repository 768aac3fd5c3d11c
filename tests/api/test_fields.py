"""Who sees which field: every cell of the table, and what it means on real answers."""

import json
from types import SimpleNamespace

import pytest
from rest_framework import serializers

from targeting.api.fields import GRANTS, Guarded
from targeting.domain.visibility import VISIBLE_TO, FieldClass
from targeting.management.access import CALLERS
from tests.api.conftest import signed_in, with_token
from tests.factories.shipments import PartyRoleFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

DECLARATIONS = "/api/v1/declarations"
LANES = "/api/v1/lanes"
# What a sentence or code of a rule would hold; the lane's note must not.
RULES = (
    *("licence_missing", "graph 44", "importer_new", "72.5", "ground", "score", "draw"),
    *("random", "exact"),
)


class Probe(Guarded):
    value = serializers.CharField()


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("wanted", FieldClass)
def test_a_field_of_a_class_shows_as_the_table_says(wanted, caller):
    probe = type("ProbeOfClass", (Probe,), {"guards": {"value": wanted}})
    shown = probe(SimpleNamespace(value="x"), context={GRANTS: CALLERS[caller]}).data
    is_seen = not VISIBLE_TO[wanted].isdisjoint(CALLERS[caller])
    assert shown["value"] == ("x" if is_seen else None)


def test_a_serializer_without_a_caller_shows_nothing_guarded():
    probe = type("ProbeOfClass", (Probe,), {"guards": {"value": FieldClass.RULE_TEXT}})
    assert probe(SimpleNamespace(value="x")).data == {"value": None}


def test_every_class_has_its_line():
    assert VISIBLE_TO.keys() == set(FieldClass)


def dossier(caller, alert):
    answer = caller.get(f"{DECLARATIONS}/{alert.declaration_id}")
    assert answer.status_code == 200
    return answer.json()


def test_an_examiner_sees_the_goods_and_the_lane_and_no_rule(examiner):
    shown = dossier(examiner, flagged_shipment())
    assessment = shown["assessment"]
    assert shown["items"][0]["description"].startswith("Уксусный")
    assert shown["items"][0]["matches"][0]["substance_name"] == "Acetic anhydride"
    assert assessment["lane"]["lane"] == "red"
    hidden = {name: value for name, value in assessment.items() if name != "lane"}
    assert hidden.pop("leading_item_number") == 1
    assert set(hidden.values()) == {None}
    for name in ("ground", "is_random_arm", "criteria_lane", "draw", "key_digest"):
        assert assessment["lane"][name] is None
    match = shown["items"][0]["matches"][0]
    assert [match[name] for name in ("method", "match_score", "matched_name")] == [None] * 3
    assert shown["network"] is None
    assert [alert["score"] for alert in shown["alerts"]] == [None]
    assert "licence_missing" not in json.dumps(shown)


def test_an_analyst_sees_why_and_not_the_draw_a_senior_analyst_both(analyst, senior_analyst):
    alert = flagged_shipment()
    plain, full = (dossier(c, alert)["assessment"] for c in (analyst, senior_analyst))
    assert plain["contributions"] == full["contributions"]
    assert plain["contributions"][0]["params"]
    assert (plain["lane"]["draw"], full["lane"]["draw"]) == (None, 0.5)
    assert (plain["lane"]["key_digest"], full["lane"]["key_digest"]) == (None, "0")


def importer(alert, **changes):
    role = alert.declaration.party_roles.get()
    for name, value in changes.items():
        setattr(role, name, value)
    role.save()


def test_a_natural_person_is_masked_for_an_examiner_and_a_firm_is_not(examiner, analyst):
    alert = flagged_shipment()
    identifiers = [
        {"kind": "iin", "value": "880101300123"},
        {"kind": "phone", "value": "+77010000000"},
        {"kind": "email", "value": "a@example.kz"},
        {"kind": "bank_account", "value": "KZ86125KZT5004100100"},
    ]
    importer(alert, name="ИП Иванов Иван", address="ул. Абая 1", identifiers=identifiers)
    PartyRoleFactory(declaration=alert.declaration, role="declarant", name="ТОО «Брокер»")
    person, firm = dossier(examiner, alert)["parties"]
    assert person["name"] == "И••• И••• И•••"
    assert person["address"] == "у••• А••• 1•••"
    assert [one["kind"] for one in person["identifiers"]] == [
        "iin",
        "phone",
        "email",
        "bank_account",
    ]
    assert not {one["value"] for one in person["identifiers"]} & {i["value"] for i in identifiers}
    assert firm["name"] == "ТОО «Брокер»"
    seen = dossier(analyst, alert)["parties"][0]
    assert (seen["name"], seen["identifiers"]) == ("ИП Иванов Иван", identifiers)


def test_lane_when_read_by_customs_then_the_note_and_nothing_of_the_rules(customs_system):
    alert = flagged_shipment()
    (row,) = customs_system.get(LANES).json()["results"]
    one = customs_system.get(f"{LANES}/{alert.registration_number}").json()
    assert row == one
    assert set(row) == {
        "registration_number",
        "version",
        "customs_office",
        "accepted_at",
        "lane",
        "is_waiting",
        "is_over_capacity",
        "note",
        "due_at",
        "acknowledged_at",
        "acknowledged_by",
    }
    assert row["note"] == [
        "Inspect the goods.",
        "Item 1: look for Acetic anhydride.",
        "Item 1: Ask for the licence and compare substance, quantity and date.",
    ]
    assert not [word for word in RULES if word in json.dumps(row)]


def test_lane_when_of_an_office_that_the_system_does_not_serve_then_404():
    limited = {"kind": "customs_system", "scopes": ["lanes:read"], "offices": ["55301"]}
    caller = with_token(
        scope="lanes:read", **{f"application__{name}": value for name, value in limited.items()}
    )
    ours = flagged_shipment()
    theirs = flagged_shipment(
        assessment__declaration__customs_office="50000",
        assessment__declaration__registration_number="50000/010326/0000001",
    )
    rows = caller.get(LANES).json()["results"]
    assert [row["registration_number"] for row in rows] == [ours.registration_number]
    assert caller.get(f"{LANES}/{theirs.registration_number}").status_code == 404
    assert caller.get(LANES, {"office": "50000"}).json()["results"] == []


def test_lane_when_the_draw_chose_it_then_the_note_is_the_same(examiner):
    drawn = flagged_shipment()
    decision = drawn.assessment.lane_decision
    decision.is_random_arm, decision.ground = True, "random"
    decision.save()
    other = flagged_shipment()
    notes = [
        examiner.get(f"{LANES}/{alert.registration_number}").json()["note"]
        for alert in (drawn, other)
    ]
    assert notes[0] == notes[1]


@pytest.mark.parametrize("count", [3, 12])
def test_lanes_cost_the_same_number_of_queries(count, django_assert_num_queries):
    caller = signed_in(roles=["examiner"])
    for _ in range(count):
        flagged_shipment()
    # session, account, page, matches, fired, tasks, two of names, audit; the profile is kept
    caller.get(LANES)
    with django_assert_num_queries(8):
        assert len(caller.get(LANES).json()["results"]) == count
