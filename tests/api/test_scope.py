"""Another office's declaration does not exist: in details, lists, searches, dossiers, networks."""

import pytest

from targeting.models import AuditEvent
from tests.api.conftest import signed_in
from tests.factories.risk import PartyLinkFactory
from tests.factories.shipments import (
    DeclarationFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)
from tests.factories.targeting import (
    AgencyFactory,
    AlertFactory,
    CustomsOfficeFactory,
    PersonFactory,
    UserFactory,
    flagged_shipment,
)

pytestmark = pytest.mark.django_db

OURS, THEIRS = "55301", "50000"
API = "/api/v1"


@pytest.fixture
def near(db):
    """An analyst of one office."""
    return signed_in(reach="offices", offices=[OURS])


@pytest.fixture
def ours():
    return flagged_shipment(customs_office=OURS)


@pytest.fixture
def theirs():
    return flagged_shipment(
        assessment__declaration__customs_office=THEIRS,
        assessment__declaration__registration_number="50000/010326/0000001",
    )


def role_in(office, party=None, **role):
    made = DeclarationFactory(customs_office=office)
    return PartyRoleFactory(declaration=made, party=party or PartyFactory(), **role)


def ids(answer):
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["results"]]


def party_of(alert):
    return alert.declaration.party_roles.get().party_id


@pytest.mark.parametrize(
    "path",
    [
        "alerts/{alert}",
        "declarations/{declaration}",
        "parties/{party}",
        "parties/{party}/network",
        "parties/{party}/likenesses",
        "parties/{party}/shared-identifiers",
        "parties/{party}/network/changes?since=2026-01-01",
    ],
)
def test_detail_when_of_another_office_then_404_as_if_it_did_not_exist(near, ours, theirs, path):
    def asked(alert):
        keys = {
            "alert": alert.id,
            "declaration": alert.declaration_id,
            "party": party_of(alert),
        }
        return near.get(f"{API}/{path.format(**keys)}")

    assert asked(ours).status_code == 200
    hidden, missing = (
        asked(theirs),
        near.get(f"{API}/{path.format(alert=0, declaration=0, party=0)}"),
    )
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"office": THEIRS},
        {"substance": "acetic-anhydride"},
        {"importer": "ТОО"},
        {"score_min": "0"},
        {"ordering": "-accepted_at"},
        {"page_size": "1"},
    ],
)
def test_alerts_when_listed_or_searched_then_only_of_own_offices(near, ours, theirs, query):
    assert set(ids(near.get(f"{API}/alerts", query))) <= {ours.id}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"office": THEIRS},
        {"registration_number": "50000/010326/0000001"},
        {"substance": "acetic-anhydride"},
        {"importer": "ТОО"},
        {"commodity_code": "29"},
    ],
)
def test_declarations_when_listed_or_searched_then_only_of_own_offices(near, ours, theirs, query):
    assert set(ids(near.get(f"{API}/declarations", query))) <= {ours.declaration_id}


def test_declarations_of_a_shared_party_are_those_of_the_own_office(near):
    ours = role_in(OURS)
    role_in(THEIRS, ours.party)
    found = ids(near.get(f"{API}/declarations", {"party": ours.party_id}))
    assert found == [ours.declaration_id]


def test_parties_when_searched_by_a_phone_then_only_those_seen_at_own_offices(near):
    ours, theirs = role_in(OURS), role_in(THEIRS)
    for role in (ours, theirs):
        PartyIdentifierFactory(party=role.party)
    assert ids(near.get(f"{API}/parties")) == [ours.party_id]
    assert ids(near.get(f"{API}/parties", {"q": "+77010000000"})) == [ours.party_id]


def test_dossier_when_an_amendment_moved_the_declaration_then_the_other_version_is_hidden(near):
    old = DeclarationFactory(customs_office=THEIRS)
    new = DeclarationFactory(
        customs_office=OURS,
        registration_number=old.registration_number,
        version=2,
        supersedes=old,
    )
    AlertFactory(assessment__declaration=old, state="closed")
    dossier = near.get(f"{API}/declarations/{new.id}").json()
    assert [version["id"] for version in dossier["versions"]] == [new.id]
    assert dossier["alerts"] == []
    assert near.get(f"{API}/declarations/{old.id}").status_code == 404


def test_pages_when_followed_to_the_end_then_no_row_of_another_office(near):
    wanted = {AlertFactory(customs_office=OURS).id for _ in range(3)}
    for _ in range(3):
        AlertFactory(customs_office=THEIRS)
    url, seen = f"{API}/alerts?page_size=1", set()
    while url:
        answer = near.get(url)
        seen |= set(ids(answer))
        url = answer.json()["next"]
    assert seen == wanted


@pytest.fixture
def network(near):
    """importer (ours) — broker (both) — rival (theirs); rival's phone; rival — far (theirs)."""
    importer, broker, rival, far = (PartyFactory(name=f"ТОО {n}") for n in range(4))
    for office, party in ((OURS, importer), (OURS, broker), (THEIRS, broker), (THEIRS, rival)):
        role_in(office, party)
    role_in(THEIRS, far)
    PartyLinkFactory(source=importer, target=broker, kind="represented_by")
    PartyLinkFactory(source=rival, target=broker, kind="represented_by")
    PartyLinkFactory(source=rival, target=far)
    PartyIdentifierFactory(party=rival, value="+77019999999")
    return importer, broker, rival, far


def test_network_when_a_party_is_out_of_scope_then_nameless(near, network):
    importer, broker, rival, far = network
    answer = near.get(f"{API}/parties/{importer.id}/network?depth=3")
    shown = {node["key"]: node for node in answer.json()["nodes"]}
    assert set(shown) == {f"party:{importer.id}", f"party:{broker.id}", "hidden:1"}
    hidden = shown["hidden:1"]
    assert hidden["is_redacted"]
    assert (hidden["label"], hidden["party"], hidden["degree"]) == ("", None, None)
    text = answer.content.decode()
    for word in (rival.name, far.name, "+77019999999", f"party:{rival.id}"):
        assert word not in text


def test_network_when_evidence_lies_elsewhere_then_no_numbers(near, network):
    importer, broker, *_ = network
    answer = near.get(f"{API}/parties/{importer.id}/network?depth=2").json()
    edges = {(edge["source"], edge["target"]): edge for edge in answer["edges"]}
    own = edges[(f"party:{importer.id}", f"party:{broker.id}")]
    foreign = edges[("hidden:1", f"party:{broker.id}")]
    assert own["count"] == 1
    assert [foreign[name] for name in ("count", "mass_kg", "first_seen", "last_seen")] == [None] * 4
    nodes = {node["key"]: node for node in answer["nodes"]}
    assert nodes[f"party:{importer.id}"]["degree"] == 1
    assert nodes[f"party:{broker.id}"]["degree"] is None
    assert answer["omitted"] is None


def test_network_when_central_then_whole(analyst, network):
    importer, *_ = network
    answer = analyst.get(f"{API}/parties/{importer.id}/network?depth=3").json()
    assert len(answer["nodes"]) == 5
    assert not any(node["is_redacted"] for node in answer["nodes"])


def test_office_switch_when_the_office_is_taken_away_then_at_once_nothing(near, ours):
    assert ids(near.get(f"{API}/alerts")) == [ours.id]
    near.user.offices = [THEIRS]
    near.user.save()
    assert ids(near.get(f"{API}/alerts")) == []
    assert near.get(f"{API}/alerts/{ours.id}").status_code == 404


def test_reach_when_of_the_agency_then_its_offices_and_no_others(ours, theirs):
    agency = AgencyFactory()
    CustomsOfficeFactory(agency=agency, code=OURS)
    CustomsOfficeFactory(agency=AgencyFactory(code="police"), code=THEIRS)
    person = PersonFactory(agency=agency)
    caller = signed_in(reach="agency", person=person)
    assert ids(caller.get(f"{API}/alerts")) == [ours.id]


def test_reach_when_nothing_was_given_then_nothing_is_seen(ours):
    caller = signed_in(reach="offices", offices=[])
    for resource in ("alerts", "declarations", "parties"):
        assert ids(caller.get(f"{API}/{resource}")) == []


def test_an_unknown_office_is_for_central_eyes(near, analyst):
    nowhere = AlertFactory(customs_office="")
    assert ids(near.get(f"{API}/alerts")) == []
    assert ids(analyst.get(f"{API}/alerts")) == [nowhere.id]


def test_auditor_when_not_central_then_only_events_of_own_people():
    AuditEvent.objects.all().delete()
    colleague = UserFactory(reach="offices", offices=[OURS])
    stranger = UserFactory(person__agency=AgencyFactory(code="police"))
    for actor in (colleague.actor, stranger.actor, "client:abc", "anonymous"):
        AuditEvent.objects.create(
            at="2026-03-01T00:00Z",
            actor=actor,
            verb="read",
            resource="x",
            status=200,
            request_id="r",
        )
    page = "/admin/targeting/auditevent/"
    for reach in ({"reach": "agency"}, {"reach": "offices", "offices": [OURS]}):
        auditor = signed_in(roles=["auditor"], **reach)
        shown = {event.actor for event in auditor.get(page).context["cl"].queryset}
        assert colleague.actor in shown
        assert shown.isdisjoint({stranger.actor, "client:abc", "anonymous"})
    central = signed_in(roles=["auditor"])
    shown = {event.actor for event in central.get(page).context["cl"].queryset}
    assert {stranger.actor, "client:abc", "anonymous"} <= shown
