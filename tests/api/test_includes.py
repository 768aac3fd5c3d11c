"""Rows that bring along what stands behind them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shipments.models import PartyName
from targeting.services.referrals import Asked, refer_alert
from tests.api.conftest import signed_in
from tests.factories.risk import InspectionOutcomeFactory
from tests.factories.shipments import DeclarationFactory, PartyFactory, PartyIdentifierFactory
from tests.factories.targeting import AgencyFactory, AlertFactory, UserFactory, flagged_shipment

pytestmark = pytest.mark.django_db

ALERTS = "/api/v1/alerts"
DECLARATIONS = "/api/v1/declarations"
PARTIES = "/api/v1/parties"
OFFICE = "55301"
# By list, all that it can bring along, and what that costs beside the list itself.
COSTS = {
    ALERTS: ("declaration,party,referrals", 5),
    DECLARATIONS: ("alerts,outcomes,party", 4),
    PARTIES: ("identifiers,names", 2),
}


def refer(alert):
    AgencyFactory(code="police")
    asked = Asked(kind="agency", agency="police", parts=["registration"], note="x")
    now, hold = timezone.now(), timedelta(hours=4)
    by = UserFactory()
    return refer_alert(alert=alert, asked=asked, by=by, now=now, hold=hold, mark=None)


def included(caller, place, names, **query):
    """Of the only row, or of the one."""
    answer = caller.get(place, {"include": names, **query})
    assert answer.status_code == 200, answer.json()
    shown = answer.json()
    return (shown["results"][0] if "results" in shown else shown)["included"]


def test_alert_when_asked_then_declaration_party_and_referrals_as_their_resources_show_them(
    analyst,
):
    alert = flagged_shipment()
    refer(alert)
    names = "declaration, party,referrals"
    of_list = included(analyst, ALERTS, names)
    assert of_list == included(analyst, f"{ALERTS}/{alert.pk}", names)
    assert of_list == {
        "declaration": analyst.get(DECLARATIONS).json()["results"][0],
        "party": analyst.get(PARTIES).json()["results"][0],
        "referrals": analyst.get("/api/v1/referrals").json()["results"],
    }
    assert of_list["declaration"]["id"] == alert.declaration_id
    assert len(of_list["referrals"]) == 1


def test_declaration_when_asked_then_alerts_outcomes_and_party(analyst):
    alert = flagged_shipment()
    InspectionOutcomeFactory(assessment=alert.assessment)
    shown = included(analyst, DECLARATIONS, "alerts,outcomes,party")
    dossier = f"{DECLARATIONS}/{alert.declaration_id}"
    assert shown["alerts"] == analyst.get(dossier).json()["alerts"]
    assert [one["id"] for one in shown["alerts"]] == [alert.pk]
    assert shown["outcomes"] == analyst.get("/api/v1/outcomes").json()["results"]
    assert len(shown["outcomes"]) == 1
    assert shown["party"] == analyst.get(PARTIES).json()["results"][0]
    assert included(analyst, dossier, "outcomes,party") == {
        name: shown[name] for name in ("outcomes", "party")
    }


def test_party_when_asked_then_names_and_identifiers_as_its_own_page_shows_them(analyst):
    party = PartyFactory()
    PartyName.objects.create(party=party, name="Алтын Химия")
    PartyIdentifierFactory(party=party, value="+77010000001")
    whole = analyst.get(f"{PARTIES}/{party.pk}").json()
    shown = included(analyst, PARTIES, "identifiers,names")
    assert shown == {name: whole[name] for name in ("identifiers", "names")}
    assert shown["names"] == ["Алтын Химия"]


def test_row_when_there_is_nothing_behind_it_then_null_and_empty_lists(analyst):
    AlertFactory()
    assert included(analyst, ALERTS, "party,referrals") == {"party": None, "referrals": []}
    assert included(analyst, DECLARATIONS, "outcomes,party") == {"outcomes": [], "party": None}


def test_row_when_nothing_is_asked_for_then_nothing_is_included(analyst):
    flagged_shipment()
    assert "included" not in analyst.get(ALERTS).json()["results"][0]


@pytest.mark.parametrize(
    ("place", "names", "allowed"),
    [
        (ALERTS, "colour", "declaration, party, referrals"),
        (ALERTS, "party,", "declaration, party, referrals"),
        (DECLARATIONS, "referrals", "alerts, outcomes, party"),
        (PARTIES, "leads", "identifiers, names"),
    ],
)
def test_name_when_nobody_knows_it_then_refused_with_those_allowed(analyst, place, names, allowed):
    answer = analyst.get(place, {"include": names})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "include"
    assert error["detail"].endswith(f"allowed are {allowed}.")


def test_resource_when_it_brings_nothing_along_then_refused(analyst):
    alert = flagged_shipment()
    refer(alert)
    row = analyst.get("/api/v1/referrals").json()["results"][0]
    for place in ("/api/v1/referrals", f"/api/v1/referrals/{row['id']}", "/api/v1/substances"):
        answer = analyst.get(place, {"include": "party"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "include")


def test_caller_when_not_allowed_to_read_it_by_itself_then_not_here_either(examiner):
    """An examiner opens dossiers and acts, and looks up no party."""
    alert = flagged_shipment()
    place = f"{DECLARATIONS}/{alert.declaration_id}"
    assert examiner.get(f"{PARTIES}/1").status_code == 403
    refused = examiner.get(place, {"include": "party"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["detail"].endswith("allowed are outcomes.")
    InspectionOutcomeFactory(assessment=alert.assessment)
    (act,) = included(examiner, place, "outcomes")["outcomes"]
    assert act["selected_by"] is None


def test_caller_when_the_party_asks_what_for_then_here_too(analyst):
    flagged_shipment()
    refused = analyst.get(ALERTS, {"include": "party"}, headers={"X-Purpose": ""})
    assert (refused.status_code, refused.json()["code"]) == (400, "purpose_required")
    answer = analyst.get(ALERTS, {"include": "declaration"}, headers={"X-Purpose": ""})
    assert answer.status_code == 200


def test_caller_when_limited_to_an_office_then_nothing_of_others_is_included():
    """A version of the declaration came to another office, with an alert and an act there."""
    limited = signed_in(roles=["analyst"], reach="offices", offices=[OFFICE])
    ours = flagged_shipment(assessment__declaration__customs_office=OFFICE)
    number = ours.registration_number
    other = DeclarationFactory(registration_number=number, version=2, customs_office="50000")
    there = AlertFactory(assessment__declaration=other, state="closed")
    place = f"{DECLARATIONS}/{ours.declaration_id}"
    theirs = InspectionOutcomeFactory(assessment=there.assessment)
    assert theirs.customs_office == "50000"
    assert included(limited, place, "outcomes") == {"outcomes": []}
    central = signed_in(roles=["analyst"])
    assert len(included(central, place, "outcomes")["outcomes"]) == 1
    rows = central.get(DECLARATIONS, {"include": "alerts"}).json()["results"]
    assert {len(row["included"]["alerts"]) for row in rows} == {2}
    for row in limited.get(DECLARATIONS, {"include": "alerts"}).json()["results"]:
        assert [one["id"] for one in row["included"]["alerts"]] == [ours.pk]


def test_fields_when_asked_for_too_then_they_narrow_the_row_alone(analyst):
    alert = flagged_shipment()
    query = {"include": "referrals", "fields": "id"}
    row = analyst.get(ALERTS, query).json()["results"][0]
    assert row == {"id": alert.pk, "included": {"referrals": []}}


def test_etag_when_what_is_included_changes_then_it_does(analyst):
    """Otherwise 304 would keep from the reader what became of the referral."""
    alert = flagged_shipment()
    refer(alert)
    referral = analyst.get("/api/v1/referrals").json()["results"][0]
    places = [(ALERTS, "referrals"), (f"{ALERTS}/{alert.pk}", "referrals")]
    known = [analyst.get(place, {"include": names})["ETag"] for place, names in places]
    for (place, names), etag in zip(places, known, strict=True):
        again = analyst.get(place, {"include": names}, headers={"If-None-Match": etag})
        assert again.status_code == 304
    assert analyst.post(f"/api/v1/referrals/{referral['id']}/withdraw").status_code == 200
    for (place, names), etag in zip(places, known, strict=True):
        again = analyst.get(place, {"include": names}, headers={"If-None-Match": etag})
        assert again.status_code == 200


def test_pages_when_something_is_included_then_the_next_one_includes_it_too(analyst):
    flagged_shipment()
    flagged_shipment()
    page = analyst.get(ALERTS, {"include": "referrals", "page_size": 1}).json()
    assert "included" in analyst.get(page["next"]).json()["results"][0]


@pytest.mark.parametrize("place", COSTS)
def test_list_when_all_is_included_then_its_queries_do_not_grow_with_rows(analyst, place):
    names, cost = COSTS[place]
    plain, whole = [], []
    for more in (2, 6):
        for _ in range(more):
            alert = flagged_shipment()
            InspectionOutcomeFactory(assessment=alert.assessment)
            refer(alert)
        for query, found in (({}, plain), ({"include": names}, whole)):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert len(analyst.get(place, query).json()["results"]) >= more
            found.append(len(queries))
    assert plain[0] == plain[1]
    assert whole == [plain[0] + cost] * 2
