"""Leads that other systems give themselves: their own and nobody else's, of no effect alone."""

import io

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from risk.models import WatchlistEntry
from shipments.models import PartyIdentifier
from targeting.models import AuditEvent
from tests.api.conftest import LEAD_SCOPES, signed_in, with_token
from tests.api.test_watchlists import PRIVILEGED
from tests.factories.shipments import PartyFactory, PartyRoleFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/leads"
NEW = {
    "kind": "wallet",
    "value": "TXw1example000000000000000000000001",
    "reason": "received for goods of a closed shop",
    "valid_from": "2026-01-01",
}


@pytest.fixture
def other_system():
    return with_token(
        application__kind="lead_system",
        application__scopes=LEAD_SCOPES,
        scope=" ".join(LEAD_SCOPES),
    )


def table(*rows):
    file = io.BytesIO("\n".join(("kind,value,reason", *rows)).encode())
    file.name = "leads.csv"
    return file


def test_a_lead_is_of_the_system_that_gave_it_and_waits_for_a_person(lead_system):
    answer = lead_system.post(PLACE, NEW)
    assert answer.status_code == 201, answer.json()
    assert set(answer.json()) == {
        *("id", "kind", "value", "reason", "sharing", "valid_from", "valid_until"),
        *("state", "proposed_at"),
    }
    client = lead_system.token.application
    row = WatchlistEntry.objects.get()
    assert (row.state, row.proposed_by, row.source) == (
        "proposed", client.actor, f"{client.name} ({client.actor})",
    )  # fmt: skip
    event = AuditEvent.objects.get(resource="lead-list")
    assert event.actor == client.actor


def test_it_leads_to_a_party_once_a_person_approved_it_and_the_system_is_not_told(
    lead_system, analyst
):
    party = PartyRoleFactory(party=PartyFactory(name="ТОО «Реактив»")).party
    pk = lead_system.post(PLACE, NEW).json()["id"]
    value = WatchlistEntry.objects.get().value
    PartyIdentifier.objects.create(
        party=party, kind="wallet", value=value, first_seen_at=timezone.now()
    )
    assert analyst.get(f"/api/v1/parties/{party.pk}").json()["leads"] == []
    senior = signed_in(roles=["senior_analyst"])
    assert senior.post(f"/api/v1/watchlist-entries/{pk}/approve").status_code == 200
    (lead,) = analyst.get(f"/api/v1/parties/{party.pk}").json()["leads"]
    assert (lead["reason"], lead["source"]) == (NEW["reason"], None)
    shown = lead_system.get(f"{PLACE}/{pk}")
    assert shown.json()["state"] == "active"
    for word in ("Реактив", senior.user.actor, senior.user.username, "approved"):
        assert word not in shown.content.decode()


def test_which_system_gave_a_lead_is_for_who_may_see_sources(lead_system, analyst):
    pk = lead_system.post(PLACE, NEW).json()["id"]
    giver = lead_system.token.application.actor
    senior = signed_in(roles=["senior_analyst"])
    for caller, is_told in ((analyst, False), (senior, True)):
        places = ("", f"/{pk}", "/sheet")
        told = [caller.get(f"/api/v1/watchlist-entries{place}") for place in places]
        assert [answer.status_code for answer in told] == [200] * 3
        seen = [(b"".join(one.streaming_content) if one.streaming else one.content) for one in told]
        assert [giver in one.decode() for one in seen] == [is_told] * 3


def test_a_system_sees_its_own_leads_and_of_others_not_even_that_they_are_there(
    lead_system, other_system, analyst
):
    pk = lead_system.post(PLACE, NEW).json()["id"]
    persons = analyst.post("/api/v1/watchlist-entries", NEW | {"source": "card of unit 7"})
    # The same identifier of somebody else is neither shown nor in the way.
    assert other_system.get(PLACE).json()["results"] == []
    assert other_system.get(f"{PLACE}/{pk}").status_code == 404
    assert other_system.get(f"{PLACE}/{persons.json()['id']}").status_code == 404
    assert other_system.post(PLACE, NEW).status_code == 201
    assert [row["id"] for row in lead_system.get(PLACE).json()["results"]] == [pk]


def test_the_same_lead_again_is_the_one_that_is_there(lead_system):
    first = lead_system.post(PLACE, NEW)
    again = lead_system.post(PLACE, NEW | {"value": f" {NEW['value']} "})
    assert (again.status_code, again.json()) == (200, first.json())
    loaded = lead_system.post(
        f"{PLACE}/import",
        {"file": table(f"wallet,{NEW['value']},x", "phone,8 (727) 258-00-00,of a shop")},
        format="multipart",
    )
    assert loaded.status_code == 200, loaded.json()
    assert (len(loaded.json()["proposed"]), loaded.json()["known"]) == (1, 1)
    assert WatchlistEntry.objects.count() == 2


def test_a_table_with_a_fault_gives_no_lead(lead_system):
    rows = ("phone,8 (727) 258-00-00,of a shop", "moon,1,x")
    answer = lead_system.post(f"{PLACE}/import", {"file": table(*rows)}, format="multipart")
    (fault,) = answer.json()["faults"]
    assert (fault["line"], fault["field"]) == (3, "kind")
    assert not WatchlistEntry.objects.exists()


def test_lead_when_it_brings_privileged_fields_then_none_is_set(lead_system):
    more = PRIVILEGED | {"source": "a ministry"}
    answer = lead_system.post(PLACE, NEW | more)
    assert (answer.status_code, answer.json()["state"]) == (201, "proposed")
    form = {"file": table("phone,8 (727) 258-00-00,of a shop"), **more}
    assert lead_system.post(f"{PLACE}/import", form, format="multipart").status_code == 200
    client = lead_system.token.application
    for row in WatchlistEntry.objects.all():
        assert (row.state, row.proposed_by, row.approved_by) == ("proposed", client.actor, "")
        assert row.source == f"{client.name} ({client.actor})"
        assert row.proposed_at.year > 2000


@pytest.mark.parametrize(
    ("scope", "reads", "gives"), [("leads:read", 200, 403), ("leads:write", 403, 201)]
)
def test_a_scope_opens_what_it_says(scope, reads, gives):
    caller = with_token(
        application__kind="lead_system", application__scopes=LEAD_SCOPES, scope=scope
    )
    assert caller.get(PLACE).status_code == reads
    assert caller.post(PLACE, NEW).status_code == gives


def test_a_client_of_another_kind_cannot_be_given_the_scopes(client_system, lead_system):
    for caller, scope in ((client_system, "leads:write"), (lead_system, "receipts:read")):
        client = caller.token.application
        client.scopes = [scope]
        with pytest.raises(IntegrityError), transaction.atomic():
            client.save()


def test_a_system_that_gives_too_many_has_to_wait(lead_system, settings):
    cache.clear()
    limits = {"client": 1200, "person": 600, "lead_system": 2}
    settings.TARGETING = settings.TARGETING | {"REQUESTS_PER_MINUTE": limits}
    assert [lead_system.get(PLACE).status_code for _ in range(3)] == [200, 200, 429]
