"""Notifications over the API: entered, read, taken away, brought back, answered, decided."""

import io

import pytest

from risk.models import NotificationMatch
from risk.services.notice_matching import match_notices
from shipments.models import PreExportNotification
from tests.api.conftest import signed_in
from tests.factories.notifications import arrive, notice, notify
from tests.factories.risk import SubstanceFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/pre-export-notifications"
MATCHES = "/api/v1/notification-matches"


@pytest.fixture(autouse=True)
def substances(db):
    SubstanceFactory(key="acetone", preferred_name="Acetone")


@pytest.fixture
def registered():
    notify(notice())
    return PreExportNotification.objects.get()


def test_register_when_notices_are_sent_then_entered_once(list_editor, analyst):
    answer = list_editor.post(PLACE, [notice(), notice("PEN2", kg=7)])
    assert (answer.status_code, answer.json()["created"]) == (200, 2)
    again = list_editor.post(PLACE, [notice(), notice("pen 2", kg=8)])
    assert again.json() == {"created": 0, "amended": 0, "unchanged": 1} | {"amended": 1}
    shown = analyst.get(PLACE, {"number": "pen 2"}).json()["results"]
    assert [(one["version"], one["notified_kg"]) for one in shown] == [(2, "8.000000")]
    assert shown[0]["importer"]["key"] == "bin:990140000007"
    assert shown[0]["amended_by"] == list_editor.user.actor


def test_register_when_one_is_wrong_then_nothing_is_entered(list_editor):
    answer = list_editor.post(PLACE, [notice(), notice("PEN2", substance_key="water")])
    assert (answer.status_code, answer.json()["code"]) == (422, "notifications_refused")
    assert [one["line"] for one in answer.json()["params"]["faults"]] == [2]
    assert not PreExportNotification.objects.exists()


def test_register_when_it_brings_privileged_fields_then_refused(list_editor):
    for field, value in {
        "version": 9,
        "id": 1,
        "closed_by": "user:1",
        "matched_kg": 1,
        "standing": "closed",
        "importer_id": 1,
        "registered_by": "user:1",
    }.items():
        assert list_editor.post(PLACE, [notice(**{field: value})]).status_code == 422, field
    assert not PreExportNotification.objects.exists()


def test_register_when_a_state_goes_back_then_refused(list_editor, registered):
    answer = list_editor.post(PLACE, [notice(state="received")])
    assert answer.status_code == 422
    assert answer.json()["params"]["faults"][0]["column"] == "state"
    assert list_editor.post(PLACE, [notice(state="shipped")]).json()["amended"] == 1


def test_steps_when_taken_then_only_those_that_follow_and_with_a_reason(list_editor, registered):
    place = f"{PLACE}/{registered.pk}/step"
    step = {"state": "objected", "on": "2026-05-02"}
    assert list_editor.post(place, step).status_code == 422
    more = {"reason": "unknown consignee", "closed_by": "user:9", "version": 40}
    shown = list_editor.post(place, step | more).json()
    assert (shown["state"], shown["state_reason"]) == ("objected", "unknown consignee")
    assert (shown["version"], shown["closed_by"]) == (2, "")
    assert list_editor.post(place, step | {"state": "draft"}).status_code == 409


def test_notice_when_closed_then_no_work_item_any_more(analyst, registered):
    registered.closes_on = registered.opens_on
    registered.save()
    gap = {"gap": "never_arrived"}
    (shown,) = analyst.get(PLACE, gap).json()["results"]
    assert shown["standing"] == "lapsed"
    place = f"{PLACE}/{registered.pk}/close"
    assert analyst.post(place, {"reason": ""}).status_code == 400
    closed = analyst.post(place, {"reason": "not sent", "closed_at": None, "state": "draft"}).json()
    assert (closed["standing"], closed["closed_by"]) == ("closed", analyst.user.actor)
    assert closed["state"] == "no_objection"
    assert analyst.get(PLACE, gap).json()["results"] == []
    assert analyst.post(place, {"reason": "again"}).status_code == 409


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"importer": "реактив"}, 1),
        ({"importer": "990140000007"}, 1),
        ({"importer": "850340000008"}, 0),
        ({"exporter": "wuhan"}, 1),
        ({"substance": "toluene"}, 0),
        ({"state": "no_objection", "direction": "import", "is_simplified": "false"}, 1),
        ({"is_simplified": "true"}, 0),
        ({"reply_due_before": "2030-01-01"}, 0),
        ({"open_on": "2020-01-01"}, 0),
        ({"gap": "diverted"}, 0),
        ({"gap": "more_than_notified"}, 0),
    ],
)
def test_register_when_filtered_then_what_fits(analyst, registered, query, count):
    assert len(analyst.get(PLACE, query).json()["results"]) == count


@pytest.mark.parametrize("count", [2, 20])
def test_register_costs_the_same_number_of_queries(analyst, count, django_assert_num_queries):
    notify(*(notice(f"PEN{number}") for number in range(count)))
    # session, account, page, identifiers of exporters and importers, audit
    with django_assert_num_queries(6):
        assert len(analyst.get(PLACE).json()["results"]) == count


@pytest.fixture
def match(registered):
    arrive("D1", notices=("PEN1",), customs_office="55301")
    arrive("D2", notices=("PEN1",), customs_office="99999", border_office="55317")
    match_notices(numbers=["D1", "D2"])
    return NotificationMatch.objects.get(registration_number="D1")


def test_matches_when_of_another_office_then_counted_and_not_shown(analyst, match):
    place = f"{PLACE}/{match.notification_id}/matches"
    assert len(analyst.get(place).json()["results"]) == 2
    local = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    (shown,) = local.get(place).json()["results"]
    assert (shown["registration_number"], shown["state"]) == ("D1", "matched")
    assert [one["id"] for one in local.get(MATCHES).json()["results"]] == [match.pk]
    (whole,) = local.get(PLACE).json()["results"]
    assert whole["matched_kg"] == "200.000000"
    (gap,) = analyst.get(PLACE, {"gap": "diverted"}).json()["results"]
    assert gap["id"] == match.notification_id
    (differs,) = analyst.get(MATCHES, {"differs": "entry_point"}).json()["results"]
    assert differs["registration_number"] == "D2"


def test_match_when_decided_then_by_two_people_and_it_stays(match):
    first, second = signed_in(roles=["analyst"]), signed_in(roles=["analyst"])
    place = f"{MATCHES}/{match.pk}"
    assert second.post(f"{place}/approve").status_code == 409
    body = {"is_same": False, "reason": "other goods", "decided_by": "user:1", "state": "rejected"}
    shown = first.post(f"{place}/decision", body).json()
    assert (shown["state"], shown["proposed_state"], shown["decided_by"]) == (
        "matched",
        "rejected",
        "",
    )
    assert len(first.get(MATCHES, {"is_waiting": "true"}).json()["results"]) == 1
    assert first.post(f"{place}/approve").json()["code"] == "same_person"
    assert second.post(f"{place}/approve").json()["state"] == "rejected"
    match_notices(numbers=["D1"])
    assert NotificationMatch.objects.get(pk=match.pk).state == "rejected"
    assert first.post(f"{place}/decision", body).status_code == 409
    labels = match.events.order_by("pgh_id").values_list("state", flat=True)
    assert list(labels)[-1] == "rejected"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_sheet_when_taken_away_and_brought_back_then_nothing_changes(list_editor, kind):
    simplified = {"dispatch_on": "", "valid_from": "2026-05-01", "period_months": 12}
    notify(notice(), notice("PEN2", notes="=1+1", **simplified))
    answer = list_editor.get(f"{PLACE}/sheet", {"as": kind})
    assert answer.status_code == 200
    preview = imported(list_editor, answer.content)
    assert (preview["unchanged"], preview["rejected"]) == (2, [])


def test_sheet_when_previewed_then_nothing_is_written_until_confirmed(list_editor, registered):
    content = list_editor.get(f"{PLACE}/sheet").content.replace(b"PEN1", b"PEN7")
    preview = imported(list_editor, content)
    assert (preview["created"], PreExportNotification.objects.count()) == (1, 1)
    assert imported(list_editor, content, confirm="x", status=412)["code"] == "register_changed"
    assert imported(list_editor, content, confirm=preview["digest"])["created"] == 1


def test_unannounced_when_a_day_is_no_day_then_refused(analyst):
    place = "/api/v1/unannounced-items"
    assert analyst.get(place).json()["results"] == []
    assert analyst.get(place, {"since": "2026-13-01"}).status_code == 400


def imported(caller, content, status=200, **form):
    upload = io.BytesIO(content)
    upload.name = "register.sheet"
    answer = caller.post(f"{PLACE}/import", {"file": upload, **form}, format="multipart")
    assert answer.status_code == status, answer.content
    return answer.json()
