"""The register over the API: entered, read, taken away, brought back, suspended, revoked."""

import io

import pytest

from shipments.models import Authorisation, Drawdown
from targeting.models import AuditEvent
from tests.api.conftest import signed_in
from tests.factories.authorisations import HOLDER, declare, entry, register
from tests.factories.risk import SubstanceFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/authorisations"
STEP = {"since": "2026-05-01", "reason": "inspection 7"}


@pytest.fixture(autouse=True)
def substances(db):
    SubstanceFactory(key="acetone", preferred_name="Acetone")


def sent(*entries):
    return [{"authority": "МВД"} | one for one in entries]


@pytest.fixture
def licence():
    register(entry())
    return Authorisation.objects.get()


def test_register_when_entries_are_sent_then_entered_once(list_editor, analyst):
    answer = list_editor.post(PLACE, sent(entry(), entry("KZ2")))
    assert answer.status_code == 200
    assert answer.json() == {"created": 2, "amended": 0, "unchanged": 0}
    again = list_editor.post(PLACE, sent(entry(), entry("kz 1 ", 500)))
    assert again.status_code == 422
    again = list_editor.post(PLACE, sent(entry(), entry("KZ2", 500)))
    assert again.json() == {"created": 0, "amended": 1, "unchanged": 1}
    shown = analyst.get(PLACE, {"number": "kz 2"}).json()["results"]
    assert [(one["version"], one["lines"][0]["granted_kg"]) for one in shown] == [(2, "500.000000")]
    assert shown[0]["holder"]["key"] == f"bin:{HOLDER}"
    assert shown[0]["amended_by"] == list_editor.user.actor
    assert [e.verb for e in AuditEvent.objects.filter(resource="authorisation-list")][:2] == [
        "create",
        "create",
    ]


def test_register_when_one_entry_is_wrong_then_nothing_is_entered_and_all_is_told(list_editor):
    wrong = entry("KZ2", valid_to="2025-01-01", line={"substance_key": "water"})
    answer = list_editor.post(PLACE, sent(entry(), wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "authorisations_refused")
    faults = answer.json()["params"]["faults"]
    assert [(one["line"], one["column"]) for one in faults] == [
        (2, "valid_to"),
        (2, "lines[1].substance_key"),
    ]
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize("body", [{}, [], [entry()] * 1_001])
def test_register_when_it_is_no_list_of_at_most_a_thousand_then_refused(list_editor, body):
    assert list_editor.post(PLACE, body).status_code == 400


def test_register_when_it_brings_privileged_fields_then_refused(list_editor):
    for field, value in {
        "state": "revoked",
        "version": 9,
        "id": 1,
        "registered_by": "user:1",
        "revoked_by": "user:1",
        "holder_id": 1,
    }.items():
        answer = list_editor.post(PLACE, sent(entry(**{field: value})))
        assert answer.status_code == 422, field
    assert not Authorisation.objects.exists()


def test_steps_when_they_bring_privileged_fields_then_none_is_set(list_editor, licence):
    more = {"revoked_by": "user:9", "state": "revoked", "valid_to": None, "suspended_by": "user:9"}
    assert list_editor.post(f"{PLACE}/{licence.pk}/suspend", STEP | more).status_code == 200
    licence.refresh_from_db()
    assert (licence.state, licence.revoked_by) == ("suspended", "")
    assert licence.suspended_by == list_editor.user.actor
    assert str(licence.valid_to) == "2026-12-31"
    list_editor.post(f"{PLACE}/{licence.pk}/resume", more)
    list_editor.post(f"{PLACE}/{licence.pk}/revocation", STEP | more)
    licence.refresh_from_db()
    assert (licence.state, licence.revoked_by, licence.revoked_at) == ("in_force", "", None)


def test_amendment_when_it_takes_away_what_was_drawn_on_then_refused(list_editor, licence):
    declare("D1")
    register(entry(end_use="краски"))
    assert Drawdown.objects.count() == 1
    for changes in ({"line": {"line": 2}}, {"line": {"basis": "pure"}}):
        answer = list_editor.post(PLACE, sent(entry(**changes)))
        assert answer.status_code == 422, changes
    lowered = list_editor.post(PLACE, sent(entry(amount=50)))
    assert lowered.json()["amended"] == 1
    (shown,) = list_editor.get(PLACE, {"is_overdrawn": "true"}).json()["results"]
    assert (shown["lines"][0]["drawn_kg"], shown["lines"][0]["balance_kg"]) == (
        "100.000000",
        "-50.000000",
    )


def test_authorisation_when_suspended_and_resumed_then_the_history_keeps_both(list_editor, licence):
    shown = list_editor.post(f"{PLACE}/{licence.pk}/suspend", STEP).json()
    assert (shown["state"], shown["suspended_from"]) == ("suspended", "2026-05-01")
    assert list_editor.post(f"{PLACE}/{licence.pk}/suspend", STEP).status_code == 409
    shown = list_editor.post(f"{PLACE}/{licence.pk}/resume").json()
    assert (shown["state"], shown["suspended_from"]) == ("in_force", None)
    states = licence.events.order_by("pgh_id").values_list("pgh_label", "state")
    assert list(states) == [
        ("insert", "in_force"),
        ("update", "suspended"),
        ("update", "in_force"),
    ]
    assert licence.events.last().pgh_context["actor"] == list_editor.user.actor


def test_authorisation_when_revoked_then_by_two_people(licence):
    editor = signed_in(roles=["list_editor", "list_approver"])
    second = signed_in(roles=["list_approver"])
    assert second.post(f"{PLACE}/{licence.pk}/revoke").status_code == 409
    assert editor.post(f"{PLACE}/{licence.pk}/revocation", STEP).json()["state"] == "in_force"
    waiting = editor.get(PLACE, {"has_proposed_revocation": "true"}).json()["results"]
    assert [one["id"] for one in waiting] == [licence.pk]
    refused = editor.post(f"{PLACE}/{licence.pk}/revoke")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    shown = second.post(f"{PLACE}/{licence.pk}/revoke").json()
    assert (shown["state"], shown["revoked_from"]) == ("revoked", "2026-05-01")
    assert shown["revoked_by"] == second.user.actor
    assert editor.post(PLACE, sent(entry(amount=9))).status_code == 422
    assert editor.post(f"{PLACE}/{licence.pk}/resume").status_code == 409


@pytest.mark.parametrize("step", ["suspend", "revocation"])
def test_step_when_no_reason_is_given_then_refused(list_editor, licence, step):
    answer = list_editor.post(f"{PLACE}/{licence.pk}/{step}", {"since": "2026-05-01", "reason": ""})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"holder": HOLDER}, 1),
        ({"holder": "реактив"}, 1),
        ({"holder": "850340000008"}, 0),
        ({"substance": "acetone"}, 1),
        ({"substance": "toluene"}, 0),
        ({"valid_on": "2026-12-31"}, 1),
        ({"valid_on": "2027-01-01"}, 0),
        ({"kind": "licence", "state": "in_force", "authority": "мвд"}, 1),
        ({"state": "revoked"}, 0),
        ({"is_overdrawn": "false"}, 1),
    ],
)
def test_register_when_filtered_then_what_fits(analyst, licence, query, count):
    assert len(analyst.get(PLACE, query).json()["results"]) == count


@pytest.mark.parametrize("count", [2, 20])
def test_register_costs_the_same_number_of_queries(analyst, count, django_assert_num_queries):
    register(*(entry(f"KZ{number}") for number in range(count)))
    with django_assert_num_queries(6):  # session, account, page, holders' identifiers, lines, audit
        assert len(analyst.get(PLACE).json()["results"]) == count


def test_drawdowns_when_of_another_office_then_counted_and_not_shown(analyst, licence):
    declare("D1", kg=100, customs_office="55301")
    declare("D2", kg=200, customs_office="99999")
    register(entry(end_use="краски"))
    place = f"{PLACE}/{licence.pk}"
    assert [row["mass_kg"] for row in analyst.get(f"{place}/drawdowns").json()["results"]] == [
        "200.000000",
        "100.000000",
    ]
    local = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    rows = local.get(f"{place}/drawdowns").json()["results"]
    assert [row["registration_number"] for row in rows] == ["D1"]
    assert local.get(place).json()["lines"][0]["balance_kg"] == "700.000000"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_sheet_when_taken_away_and_brought_back_then_nothing_changes(list_editor, kind):
    register(entry(), entry("KZ2", 7, end_use="=1+1", direction="import"))
    answer = list_editor.get(f"{PLACE}/sheet", {"as": kind})
    assert answer.status_code == 200
    preview = imported(list_editor, answer.content)
    assert (preview["unchanged"], preview["rejected"]) == (2, [])


def test_sheet_when_previewed_then_nothing_is_written_until_confirmed(list_editor, licence):
    content = list_editor.get(f"{PLACE}/sheet").content.replace(b"KZ1", b"KZ7")
    preview = imported(list_editor, content)
    assert (preview["created"], preview["rejected"]) == (1, [])
    assert Authorisation.objects.count() == 1
    assert imported(list_editor, content, confirm="x", status=412)["code"] == "register_changed"
    done = imported(list_editor, content, confirm=preview["digest"])
    assert done["created"] == 1
    assert Authorisation.objects.count() == 2


def test_sheet_when_a_row_is_wrong_then_told_and_not_written(list_editor, licence):
    content = list_editor.get(f"{PLACE}/sheet").content.replace(b",acetone,", b",water,")
    preview = imported(list_editor, content)
    assert [(one["line"], one["column"]) for one in preview["rejected"]] == [
        (2, "lines[1].substance_key")
    ]
    refused = imported(list_editor, content, confirm=preview["digest"], status=422)
    assert refused["code"] == "authorisations_refused"


def imported(caller, content, status=200, **form):
    upload = io.BytesIO(content)
    upload.name = "register.sheet"
    answer = caller.post(f"{PLACE}/import", {"file": upload, **form}, format="multipart")
    assert answer.status_code == status, answer.content
    return answer.json()
