"""Referring a flagged shipment: what is chosen goes out, is kept, and is all that is seen."""

from io import BytesIO

import pytest
from django.db import ProgrammingError, transaction

from risk.domain.indicators import INDICATORS
from targeting.domain.referrals import ReferredPart
from targeting.models import Alert, AlertAttachment, Referral
from tests.api.conftest import signed_in
from tests.factories.targeting import AgencyFactory, PersonFactory, flagged_shipment

pytestmark = pytest.mark.django_db

ALERTS, SENT, RECEIVED = "/api/v1/alerts", "/api/v1/referrals", "/api/v1/received-referrals"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


@pytest.fixture
def alert():
    return flagged_shipment(lane="red")


@pytest.fixture
def first():
    return signed_in(roles=["analyst"])


@pytest.fixture
def police():
    return AgencyFactory(code="police")


@pytest.fixture
def officer(police):
    return signed_in(roles=["partner"], person=PersonFactory(agency=police), reach="agency")


def refer(caller, alert, *parts, **more):
    etag = caller.get(f"{ALERTS}/{alert.pk}").json()["etag"]
    body = {"kind": "agency", "agency": "police", "parts": list(parts), "note": "please look"}
    return caller.post(f"{ALERTS}/{alert.pk}/refer", body | more, headers={"If-Match": etag})


def test_referral_when_sent_then_the_agency_sees_the_chosen_parts_alone(first, officer, alert):
    answer = refer(first, alert, "goods", "substances")
    assert answer.status_code == 201
    (row,) = officer.get(RECEIVED).json()["results"]
    assert row["content"].keys() == {"goods", "substances"}
    assert row["note"] == "please look"
    seen = officer.get(f"{RECEIVED}/{row['id']}")
    text = seen.text
    assert seen.json() == row
    assert alert.registration_number not in text
    assert first.user.actor not in text
    assert f'"{alert.pk}"' not in text
    assert not any(indicator.code in text for indicator in INDICATORS)
    assert Alert.objects.get().state == "open"
    acts = first.get(f"{ALERTS}/{alert.pk}/timeline").json()["results"]
    assert [(act["move"], act["comment"]) for act in acts] == [("refer", "please look")]


def test_every_part_can_be_sent_and_holds_what_is_declared(first, officer, alert):
    parts = [part.value for part in ReferredPart]
    assert refer(first, alert, *parts).status_code == 201
    content = officer.get(RECEIVED).json()["results"][0]["content"]
    assert content.keys() == set(parts)
    assert content["registration"]["registration_number"] == alert.registration_number
    assert content["lane"] == "red"
    assert content["goods"][0]["description"]
    assert content["substances"][0]["item_number"] == content["goods"][0]["item_number"]
    assert content["importer"] in content["parties"]


def test_referral_when_the_declaration_changes_then_as_it_was_sent(first, officer, alert):
    refer(first, alert, "goods")
    before = officer.get(RECEIVED).json()
    alert.declaration.items.update(description="something else")
    assert officer.get(RECEIVED).json() == before
    assert first.get(SENT).json()["results"][0]["content"] == before["results"][0]["content"]
    row = Referral.objects.get()
    row.content = {}
    with pytest.raises(ProgrammingError, match="stays as it was sent"), transaction.atomic():
        row.save()


@pytest.mark.parametrize("case", ["another agency", "no person", "withdrawn", "analyst"])
def test_referral_when_it_is_not_theirs_then_there_is_none(first, officer, alert, case):
    refer(first, alert, "goods")
    number, pk = Referral.objects.values_list("public_id", "pk").get()
    callers = {
        "another agency": lambda: signed_in(roles=["partner"], person=PersonFactory()),
        "no person": lambda: signed_in(roles=["partner"], person=None),
        "analyst": lambda: first,
    }
    caller = callers.get(case, lambda: officer)()
    if case == "withdrawn":
        assert first.post(f"{SENT}/{pk}/withdraw").json()["state"] == "withdrawn"
    expected = 403 if case == "analyst" else 404
    assert caller.get(f"{RECEIVED}/{number}").status_code == expected
    for word in ("receive", "answer"):
        answer = caller.post(f"{RECEIVED}/{number}/{word}", {"answer": "x"})
        assert answer.status_code == expected
    if expected == 404:
        assert caller.get(RECEIVED).json()["results"] == []
    assert Referral.objects.get().answer == ""


def test_partner_when_they_ask_for_anything_else_then_refused(officer, alert):
    for place in ("alerts", "declarations", "parties", "substances", "lists", "referrals"):
        assert officer.get(f"/api/v1/{place}").status_code == 403
    assert officer.get("/api/v1/me").status_code == 200


def test_referral_when_received_and_answered_then_the_office_reads_it(first, officer, alert):
    refer(first, alert, "goods")
    number, pk = Referral.objects.values_list("public_id", "pk").get()
    assert officer.post(f"{RECEIVED}/{number}/receive").json()["state"] == "received"
    again = officer.post(f"{RECEIVED}/{number}/receive")
    assert (again.status_code, again.json()["params"]["allowed"]) == (409, ["answer", "withdraw"])
    body = {"answer": " known to us ", "state": "sent", "note": "x", "closed_by": "user:1"}
    assert officer.post(f"{RECEIVED}/{number}/answer", body).json()["answer"] == "known to us"
    row = first.get(f"{SENT}/{pk}").json()
    assert (row["state"], row["answer"]) == ("answered", "known to us")
    assert (row["received_by"], row["closed_by"]) == (officer.user.actor,) * 2
    assert first.post(f"{SENT}/{pk}/withdraw").status_code == 409


def test_inspection_when_referred_then_examiners_of_the_office_see_it(first, officer, alert):
    assert refer(first, alert, "goods", kind="inspection", agency="").status_code == 201
    near = signed_in(roles=["examiner"], reach="offices", offices=[alert.customs_office])
    far = signed_in(roles=["examiner"], reach="offices", offices=["50000"])
    assert len(near.get(RECEIVED).json()["results"]) == 1
    assert far.get(RECEIVED).json()["results"] == []
    assert officer.get(RECEIVED).json()["results"] == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"agency": "nobody"}, 422),
        ({"kind": "inspection"}, 422),
        ({"parts": []}, 400),
        ({"parts": ["score"]}, 400),
        ({"note": " "}, 400),
    ],
)
def test_referral_when_it_cannot_be_then_nothing_is_sent(first, police, alert, wrong, status):
    assert refer(first, alert, "goods", **wrong).status_code == status
    assert not Referral.objects.exists()
    assert first.get(f"{ALERTS}/{alert.pk}/timeline").json()["results"] == []


def test_referral_when_to_ones_own_agency_then_refused(alert, police):
    own = signed_in(roles=["analyst"], person=PersonFactory(agency=police))
    assert refer(own, alert, "goods").status_code == 422


def test_referral_when_the_alert_was_changed_then_refused(first, police, alert):
    body = {"kind": "agency", "agency": "police", "parts": ["goods"], "note": "x"}
    place = f"{ALERTS}/{alert.pk}/refer"
    assert first.post(place, body, headers={"If-Match": '"old"'}).status_code == 412
    assert first.post(place, body).status_code == 428


def test_referral_when_it_brings_privileged_fields_then_none_is_set(first, police, alert):
    more = {"state": "answered", "answer": "x", "content": {"lane": "green"}, "sent_by": "user:1"}
    assert refer(first, alert, "goods", **more).status_code == 201
    row = Referral.objects.select_related("act").get()
    assert (row.state, row.answer, row.content.keys()) == ("sent", "", {"goods"})
    assert row.act.actor == first.user.actor


def attach(caller, alert, content=PNG, name="scan.png", **more):
    upload = BytesIO(content)
    upload.name = name
    body = {"file": upload} | more
    return caller.post(f"{ALERTS}/{alert.pk}/attachments", body, format="multipart")


def test_attachment_when_attached_then_listed_and_saved_never_shown(first, alert):
    answer = attach(first, alert, note="the licence", number=9, added_by="user:1")
    assert (answer.status_code, answer.json()["media_type"]) == (201, "image/png")
    (row,) = first.get(f"{ALERTS}/{alert.pk}/attachments").json()
    assert (row["number"], row["file_name"], row["note"]) == (1, "scan.png", "the licence")
    assert row["added_by"] == first.user.actor
    got = first.get(row["file"])
    assert b"".join(got.streaming_content) == PNG
    assert got["Content-Disposition"] == 'attachment; filename="scan.png"'
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    stored = AlertAttachment.objects.get()
    assert stored.file.name.startswith("attachments/")
    assert "scan" not in stored.file.name


def test_attachment_when_the_same_again_then_the_same(first, alert):
    attach(first, alert)
    assert attach(first, alert, name="other.png").status_code == 200
    assert AlertAttachment.objects.count() == 1


def test_attachment_when_attached_then_in_the_timeline_once_for_whoever_sees_the_alert(
    first, alert, django_assert_max_num_queries
):
    second = signed_in(roles=["senior_analyst"])
    attach(first, alert, note="the licence")
    attach(first, alert, note="the same bytes again")
    attach(second, alert, PNG + b"2", name="b.png")
    read_before = first.get(f"{ALERTS}/{alert.pk}")["ETag"]
    first.post(f"{ALERTS}/{alert.pk}/note", {"comment": "read"})
    with django_assert_max_num_queries(6):
        acts = first.get(f"{ALERTS}/{alert.pk}/timeline").json()["results"]
    told = [(act["move"], act["attachment"], act["comment"], act["actor"]) for act in acts]
    one, two = first.user.actor, second.user.actor
    assert told == [
        ("note", None, "read", one),
        ("attach", 2, "", two),
        ("attach", 1, "the licence", one),
    ]
    files = first.get(f"{ALERTS}/{alert.pk}/attachments").json()
    assert [row["added_at"] for row in files] == [acts[2]["acted_at"], acts[1]["acted_at"]]
    assert read_before != first.get(f"{ALERTS}/{alert.pk}")["ETag"]
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert far.get(f"{ALERTS}/{alert.pk}/timeline").status_code == 404


def test_attachment_when_the_alert_is_closed_then_it_can_still_be_attached(first):
    alert = flagged_shipment(lane="yellow")
    mark = {"If-Match": first.get(f"{ALERTS}/{alert.pk}")["ETag"]}
    first.post(f"{ALERTS}/{alert.pk}/dismiss", {"reason": "below_limit"}, headers=mark)
    alert.refresh_from_db()
    assert alert.state == "closed"
    assert attach(first, alert).status_code == 201


@pytest.mark.parametrize(
    ("content", "name"), [(b"<script>", "scan.png"), (b"MZ", "a.pdf"), (b"", "x.pdf")]
)
def test_attachment_when_its_content_is_another_kind_then_refused(first, alert, content, name):
    assert attach(first, alert, content, name).status_code in {400, 422}
    assert not AlertAttachment.objects.exists()


def test_attachment_when_too_large_then_refused(first, alert, monkeypatch):
    monkeypatch.setattr("targeting.services.attachments.MOST_BYTES", 20)
    answer = attach(first, alert)
    assert (answer.status_code, answer.json()["params"]["field"]) == (422, "file")


def test_attachment_when_its_name_climbs_then_only_its_last_part_is_shown(first, alert):
    attach(first, alert, name="../../etc/cron.d/scan.png")
    assert AlertAttachment.objects.get().file_name == "scan.png"


def test_attachment_when_the_alert_is_of_another_office_then_404(first, alert):
    attach(first, alert)
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert attach(far, alert, PNG + b"1").status_code == 404
    assert far.get(f"{ALERTS}/{alert.pk}/attachments").status_code == 404
    assert far.get(f"{ALERTS}/{alert.pk}/attachments/1").status_code == 404
    assert first.get(f"{ALERTS}/{alert.pk}/attachments/2").status_code == 404
