"""The watchlist over the API: proposed, approved by another, met by parties, withdrawn."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from risk.models import WatchlistEntry
from risk.selectors.office import office_day
from shipments.models import PartyIdentifier
from targeting.models import AuditEvent
from tests.api.conftest import sign_in, signed_in
from tests.factories.shipments import PartyFactory, PartyRoleFactory
from tests.factories.targeting import UserFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/watchlist-entries"
PHONE = "+77272580000"
SOURCE = "card of unit 7"
NEW = {
    "kind": "phone",
    "value": "8 (727) 258-00-00",
    "reason": "of a closed laboratory",
    "source": SOURCE,
    "valid_from": "2026-01-01",
}
SOMEBODY, LONG_AGO = "user:999999", "2000-01-01T00:00:00Z"
PRIVILEGED = {
    "id": 999_999,
    "state": "active",
    "proposed_by": SOMEBODY,
    "proposed_at": LONG_AGO,
    "approved_by": SOMEBODY,
    "approved_person": "person:1",
    "approved_at": LONG_AGO,
    "withdrawn_by": SOMEBODY,
}


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


@pytest.fixture
def party():
    """Somebody in a declaration, seen with the telephone."""
    party = PartyRoleFactory(party=PartyFactory(key="name:KZ:реактив", name="ТОО «Реактив»")).party
    PartyIdentifier.objects.create(
        party=party, kind="phone", value=PHONE, first_seen_at=timezone.now()
    )
    return party


def watched(analyst, senior, **changes):
    answer = analyst.post(PLACE, NEW | changes)
    assert answer.status_code == 201, answer.json()
    pk = answer.json()["id"]
    assert senior.post(f"{PLACE}/{pk}/approve").status_code == 200
    return pk


def leads(caller, party):
    answer = caller.get(f"/api/v1/parties/{party.pk}")
    assert answer.status_code == 200
    return answer.json()["leads"]


def test_an_entry_counts_once_a_second_person_approved_it(analyst, senior, party):
    shown = analyst.post(PLACE, NEW).json()
    assert (shown["state"], shown["value"], shown["proposed_by"]) == (
        "proposed",
        PHONE,
        analyst.user.actor,
    )
    assert leads(senior, party) == []
    answer = senior.post(f"{PLACE}/{shown['id']}/approve")
    assert (answer.json()["state"], answer.json()["approved_by"]) == ("active", senior.user.actor)
    (lead,) = leads(senior, party)
    assert (lead["kind"], lead["value"], lead["reason"]) == ("phone", PHONE, NEW["reason"])
    event = AuditEvent.objects.get(resource="watchlist-entry-approve")
    assert event.actor == senior.user.actor
    assert senior.post(f"{PLACE}/{shown['id']}/approve").status_code == 409


def test_the_source_is_for_senior_analysts_and_auditors(analyst, senior, auditor, party):
    pk = watched(analyst, senior)
    for caller, seen in ((analyst, None), (senior, SOURCE), (auditor, SOURCE)):
        assert [lead["source"] for lead in leads(caller, party)] == [seen]
        assert caller.get(f"{PLACE}/{pk}").json()["source"] == seen
        assert [row["source"] for row in caller.get(PLACE).json()["results"]] == [seen]
        assert (SOURCE in caller.get(f"{PLACE}?q=258").content.decode()) is (seen is not None)
    assert SOURCE not in analyst.post(PLACE, NEW | {"value": "+77272580001"}).content.decode()


@pytest.mark.parametrize(
    ("sharing", "seen_by"),
    [
        ("analysts", {"near", "central", "senior", "auditor"}),
        ("central", {"central", "senior", "auditor"}),
        ("seniors", {"senior", "auditor"}),
    ],
)
def test_a_lead_is_known_to_whom_it_is_shared_with_and_to_nobody_else(
    analyst, senior, auditor, party, sharing, seen_by
):
    """In the list, by its address, beside the party, and in what is derived of it by party."""
    office = party.roles.get().declaration.customs_office
    near = signed_in(reach="offices", offices=[office])
    neighbour = PartyRoleFactory(
        party=PartyFactory(name="ТОО «Сосед»"), declaration__customs_office=office
    ).party
    for one in (party, neighbour):
        PartyIdentifier.objects.create(
            party=one, kind="email", value="a@example.org", first_seen_at=timezone.now()
        )
    pk = senior.post(PLACE, NEW | {"sharing": sharing}).json()["id"]
    assert signed_in(roles=["senior_analyst"]).post(f"{PLACE}/{pk}/approve").status_code == 200
    callers = {"near": near, "central": analyst, "senior": senior, "auditor": auditor}
    for name, caller in callers.items():
        is_seen = name in seen_by
        assert caller.get(f"{PLACE}/{pk}").status_code == (200 if is_seen else 404)
        rows = caller.get(PLACE).json()["results"]
        assert [row["sharing"] for row in rows] == [sharing] * is_seen
        assert [lead["id"] for lead in leads(caller, party)] == [pk] * is_seen
        links = caller.get("/api/v1/offender-links").json()["results"]
        assert [row["party"]["id"] for row in links] == [party.pk] * is_seen
        shares = caller.get(f"/api/v1/parties/{neighbour.pk}/shared-identifiers").json()["shared"]
        told = {ground for one in shares for who in one["parties"] for ground in who["grounds"]}
        assert told == ({"watchlisted"} if is_seen else set())
        for term in (f"q={PHONE[1:]}", f"sharing={sharing}", "state=active", "kind=phone"):
            assert len(caller.get(f"{PLACE}?{term}").json()["results"]) == is_seen
        assert (PHONE in caller.get(f"{PLACE}/sheet").content.decode()) is is_seen


def test_a_lead_that_one_does_not_see_is_not_told_by_a_refusal(analyst, senior):
    """Neither by proposing it again nor at a level of which one sees nothing."""
    near = signed_in(reach="offices", offices=["55301"])
    for sharing in ("seniors", "central"):
        assert senior.post(PLACE, NEW | {"sharing": sharing}).status_code == 201
    for caller, levels in ((near, ["analysts"]), (analyst, ["analysts", "central"])):
        for sharing in ("analysts", "central", "seniors"):
            WatchlistEntry.objects.filter(sharing="analysts").delete()
            answer = caller.post(PLACE, NEW | {"sharing": sharing})
            if sharing in levels:
                assert answer.status_code == (201 if sharing == "analysts" else 409)
            else:
                assert answer.status_code == 400
                told = answer.content
                assert (
                    caller.post(
                        PLACE, NEW | {"sharing": sharing, "value": "8 727 258-11-11"}
                    ).content
                    == told
                )


def test_the_sheet_tells_of_whom_a_lead_is_only_who_may_see_it(analyst, senior, auditor):
    watched(analyst, senior, reason="=1+1")
    senior.post(PLACE, NEW | {"value": "+77272580001", "sharing": "seniors"})
    for caller, count, source in ((analyst, 1, ""), (senior, 2, SOURCE), (auditor, 2, SOURCE)):
        content = caller.get(f"{PLACE}/sheet").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content)))
        assert len(rows) == count
        assert {row["source"] for row in rows} == {source}
        assert (SOURCE in content) is bool(source)
        assert not any(row["reason"].startswith("=") for row in rows)
    assert AuditEvent.objects.filter(resource="watchlist-entry-sheet").count() == 3


def test_who_proposed_does_not_approve_even_with_another_account(senior):
    pk = senior.post(PLACE, NEW).json()["id"]
    refused = senior.post(f"{PLACE}/{pk}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    other = UserFactory(roles=["senior_analyst"], person=senior.user.person)
    assert sign_in(signed_in(), other).post(f"{PLACE}/{pk}/approve").status_code == 409
    with pytest.raises(IntegrityError), transaction.atomic():
        WatchlistEntry.objects.filter(pk=pk).update(
            state="active",
            approved_by=other.actor,
            approved_person=WatchlistEntry.objects.get(pk=pk).proposed_person,
        )


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(0, None, True), (0, 0, True), (1, None, False), (-9, -1, False)],
)
def test_an_entry_counts_on_the_days_of_its_period(analyst, senior, party, first, last, counts):
    today = office_day(timezone.now())
    until = None if last is None else str(today + timedelta(days=last))
    watched(analyst, senior, valid_from=str(today + timedelta(days=first)), valid_until=until)
    assert bool(leads(senior, party)) is counts
    assert bool(senior.get(f"{PLACE}?valid_on={today}").json()["results"]) is counts


def test_an_entry_when_withdrawn_then_it_counts_no_longer_and_may_come_anew(analyst, senior, party):
    pk = watched(analyst, senior)
    assert analyst.post(PLACE, NEW).status_code == 409  # of the same source, there already
    assert analyst.post(f"{PLACE}/{pk}/withdraw", {"reason": "x"}).status_code == 403
    assert senior.post(f"{PLACE}/{pk}/withdraw", {"reason": " "}).status_code == 400
    assert senior.post(f"{PLACE}/{pk}/withdraw", {"reason": "another firm's"}).status_code == 200
    assert leads(senior, party) == []
    assert senior.post(f"{PLACE}/{pk}/withdraw", {"reason": "again"}).status_code == 409
    assert analyst.post(PLACE, NEW).status_code == 201
    history = WatchlistEntry.objects.get(pk=pk).events.order_by("pgh_id")
    assert [one.state for one in history] == ["proposed", "active", "withdrawn"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"kind": "name"}, 400, "invalid_request"),
        ({"value": "12"}, 422, "phone_invalid"),
        ({"kind": "email", "value": "nobody"}, 422, "email_invalid"),
        ({"valid_until": "2025-12-31"}, 422, "invalid_list"),
        ({"source": " "}, 400, "invalid_request"),
        ({"valid_from": "31.02.2026"}, 400, "invalid_request"),
    ],
)
def test_an_entry_when_a_value_is_wrong_then_refused(analyst, changes, status, code):
    answer = analyst.post(PLACE, NEW | changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not WatchlistEntry.objects.exists()


def test_an_entry_when_it_brings_privileged_fields_then_none_is_set(analyst, senior):
    pk = analyst.post(PLACE, {**PRIVILEGED, **NEW}).json()["id"]
    row = WatchlistEntry.objects.get(pk=pk)
    assert (row.state, row.proposed_by, row.approved_by) == ("proposed", analyst.user.actor, "")
    assert (row.proposed_at.year > 2000, row.withdrawn_by, pk < 999_999) == (True, "", True)
    senior.post(f"{PLACE}/{pk}/withdraw", {**PRIVILEGED, "reason": "wrong"})
    row.refresh_from_db()
    assert (row.state, row.withdrawn_by) == ("withdrawn", senior.user.actor)


TABLE = (
    "kind,value,reason,valid_from,valid_until\n"
    "phone,8 727 258 00 00,an offer online,2026-01-01,\n"
    "wallet,bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq,a payment for one,2026-01-01,2099-12-31\n"
    "card,4400430211112222,a blocked card,,\n"
)


def sent(caller, text=TABLE, **changes):
    file = SimpleUploadedFile("leads.csv", text.encode("utf-8"), content_type="text/csv")
    return caller.post(f"{PLACE}/import", {"file": file, "source": SOURCE, **changes}, "multipart")


def test_a_table_of_another_system_is_proposed_approved_and_meets_parties_at_once(
    analyst, senior, party
):
    answer = sent(analyst).json()
    assert (len(answer["proposed"]), answer["known"], answer["faults"]) == (3, 0, [])
    assert sent(analyst).json() == {"proposed": [], "known": 3, "faults": []}
    assert leads(analyst, party) == []
    ids = {"ids": answer["proposed"]}
    assert analyst.post(f"{PLACE}/approve", ids).status_code == 403
    assert senior.post(f"{PLACE}/approve", ids).json() == {"approved": 3}
    assert [lead["value"] for lead in leads(analyst, party)] == [PHONE]
    assert senior.post(f"{PLACE}/approve", ids).status_code == 409
    assert {row.sharing for row in WatchlistEntry.objects.all()} == {"analysts"}


def test_a_table_with_a_wrong_line_proposes_nothing_and_names_it(analyst):
    answer = sent(analyst, TABLE + "phone,12,too short,,\nname,x,no identifier,,\n")
    assert answer.status_code == 200
    assert [(one["line"], one["field"]) for one in answer.json()["faults"]] == [
        (5, "value"), (6, "kind"),
    ]  # fmt: skip
    assert answer.json()["proposed"] == []
    assert not WatchlistEntry.objects.exists()
    for text in ("kind,value\nphone,1\n", TABLE + "phone,8 727 258 00 00,again,,\n" * 1000):
        assert sent(analyst, text).status_code in (400, 422)
    file = SimpleUploadedFile("leads.csv", b"\xff\xfe", content_type="text/csv")
    body = {"file": file, "source": SOURCE}
    assert analyst.post(f"{PLACE}/import", body, "multipart").status_code == 400
    assert not WatchlistEntry.objects.exists()


def test_many_are_approved_together_or_not_at_all_and_not_by_who_proposed_one(analyst, senior):
    own = senior.post(PLACE, NEW | {"value": "8 727 258-11-11"}).json()["id"]
    ids = sent(analyst).json()["proposed"]
    assert senior.post(f"{PLACE}/approve", {"ids": [*ids, own]}).status_code == 409
    assert senior.post(f"{PLACE}/approve", {"ids": [*ids, 999_999]}).status_code == 400
    assert senior.post(f"{PLACE}/approve", {"ids": []}).status_code == 400
    assert set(WatchlistEntry.objects.values_list("state", flat=True)) == {"proposed"}


def test_a_table_is_of_a_level_that_its_sender_sees_and_sets_nothing_else(analyst, senior):
    assert sent(analyst, sharing="seniors").status_code == 400
    pk, *_ = sent(senior, sharing="seniors", **PRIVILEGED).json()["proposed"]
    row = WatchlistEntry.objects.get(pk=pk)
    assert (row.state, row.sharing, row.proposed_by) == ("proposed", "seniors", senior.user.actor)
    assert (row.approved_by, row.proposed_at.year > 2000) == ("", True)
    body = {"ids": [pk], **PRIVILEGED}
    other = signed_in(roles=["senior_analyst"])
    assert other.post(f"{PLACE}/approve", body).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.approved_by) == ("active", other.user.actor)
