"""The risk profile over the API: from a draft to use, with four eyes, compared and simulated."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from risk.domain.scoring import encode_facts
from risk.models import ProfileSimulation, RiskProfile
from risk.selectors.office import midnight, office_day
from risk.services.profile_drafts import activate_due
from targeting.models import AuditEvent
from tests.api.conftest import signed_in
from tests.factories.risk import (
    InspectionOutcomeFactory,
    LaneDecisionFactory,
    RiskAssessmentFactory,
    RiskProfileFactory,
)
from tests.factories.shipments import DeclarationFactory
from tests.integration.conftest import work_off
from tests.unit.risk.builders import declaration_facts, item_facts, match_facts

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/profiles"
STRICT = {"lanes.red": 90, "lanes.yellow": 89, "lanes.blue": 88}


@pytest.fixture(autouse=True)
def in_use():
    return RiskProfileFactory(version=9)


class Editor:
    """Sends with each change the ETag of the answer before."""

    def __init__(self, client) -> None:
        self.client = client
        answer = client.post(PLACE)
        assert answer.status_code == 201, answer.content
        self.shown, self.etag = answer.json(), answer["ETag"]
        self.place = f"{PLACE}/{self.shown['id']}"

    def send(self, method: str, word: str = "", data=None, *, by=None):
        client = by or self.client
        answer = getattr(client, method)(
            f"{self.place}{word}", data, headers={"If-Match": self.etag}
        )
        self.etag = answer.headers.get("ETag", self.etag)
        return answer

    def propose(self, **changes):
        body = {"changes": changes or STRICT, "change_note": "fewer, surer"}
        assert self.send("put", data=body).status_code == 200
        assert self.send("post", "/propose").status_code == 200
        return self


@pytest.fixture
def editor(senior_analyst) -> Editor:
    return Editor(senior_analyst)


@pytest.fixture
def second():
    return signed_in(roles=["senior_analyst"])


def day(back=0):
    return office_day(timezone.now()) - timedelta(days=back)


def assessed(number, *items, back=1, office="55301", draw=0.5):
    """A declaration whose facts are kept, accepted so many days ago."""
    facts = declaration_facts(*items, registration_number=f"{office}/010326/{number:07}")
    declaration = DeclarationFactory(
        registration_number=facts.registration_number,
        customs_office=office,
        accepted_at=midnight(day(back)) + timedelta(hours=9),
    )
    assessment = RiskAssessmentFactory(declaration=declaration, facts=encode_facts(facts))
    LaneDecisionFactory(assessment=assessment, draw=draw)
    return assessment


def test_a_draft_when_started_then_a_copy_of_the_version_in_use(editor, in_use) -> None:
    shown = editor.shown
    assert (shown["code"], shown["version"], shown["state"]) == ("local", 1, "draft")
    assert (shown["based_on"], shown["faults"], shown["simulation"]) == (in_use.pk, [], None)
    assert shown["content"]["indicators"] == in_use.content["indicators"]
    found = editor.client.get(f"{editor.place}/difference").json()
    assert {one["field"] for one in found} == {"code", "valid_from", "version"}
    again = editor.client.post(PLACE)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_fields_when_changed_then_only_they_differ(editor) -> None:
    answer = editor.send("put", data={"changes": {"lanes.red": 60}, "change_note": "fewer"})
    assert answer.status_code == 200
    assert (answer.json()["change_note"], answer.json()["revision"]) == ("fewer", 2)
    found = {one["field"]: one for one in editor.client.get(f"{editor.place}/difference").json()}
    assert found.pop("lanes.red") == {"field": "lanes.red", "before": 55, "after": 60}
    assert found.keys() == {"code", "valid_from", "version"}


def test_content_when_given_whole_then_it_is_the_draft_s_and_keeps_its_name(editor) -> None:
    content = editor.shown["content"]
    content["lanes"]["blue"] = 21
    answer = editor.send("put", data={"content": content | {"code": "other", "version": 77}})
    shown = answer.json()["content"]
    assert (shown["code"], shown["version"], shown["lanes"]["blue"]) == ("local", 1, 21)


def test_change_when_fields_are_wrong_then_all_are_told_and_nothing_is_stored(editor) -> None:
    changes = {"lanes.red": "much", "indicators.licence_missing.weight": 11, "shared.colour": 1}
    answer = editor.send("put", data={"changes": changes})
    assert (answer.status_code, answer.json()["code"]) == (422, "profile_refused")
    told = answer.json()["params"]["faults"]
    assert {one["field"] for one in told} == changes.keys()
    assert all(one["allowed"] for one in told)
    assert RiskProfile.objects.get(pk=editor.shown["id"]).revision == 1
    for field in ("code", "version"):
        answer = editor.send("put", data={"changes": {field: 5}})
        assert answer.json()["params"]["faults"][0]["field"] == field
    assert editor.send("put", data={}).status_code == 400


def test_a_change_when_the_etag_is_old_or_missing_then_nothing_is_written(editor) -> None:
    old = editor.etag
    editor.send("put", data={"changes": {"lanes.red": 60}})
    editor.etag = old
    answer = editor.send("put", data={"changes": {"lanes.red": 61}})
    assert (answer.status_code, answer.json()["code"]) == (412, "profile_changed")
    answer = editor.client.put(editor.place, {"changes": {"lanes.red": 61}})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    assert RiskProfile.objects.get(pk=editor.shown["id"]).content["lanes"]["red"] == 60


def test_a_version_when_a_second_person_approves_then_it_is_used_at_once(
    editor, second, in_use
) -> None:
    editor.propose()
    approved = editor.send("post", "/approve", by=second)
    assert approved.status_code == 200, approved.content
    shown = approved.json()
    assert (shown["state"], shown["is_active"]) == ("approved", True)
    assert shown["approved_by"] == second.user.actor
    in_use.refresh_from_db()
    assert not in_use.is_active
    for method, word in (("put", ""), ("delete", ""), ("post", "/propose"), ("post", "/return")):
        body = {"change_note": "x"} if method == "put" else None
        answer = editor.send(method, word, body, by=second)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    event = AuditEvent.objects.filter(resource="profile-approve", status=200).get()
    assert (event.actor, event.object_key) == (second.user.actor, str(shown["id"]))
    kept = RiskProfile.objects.get(pk=shown["id"]).events.order_by("-pgh_id")[0]
    assert (kept.pgh_context["actor"], kept.pgh_context["reason"]) == (
        second.user.actor,
        "fewer, surer",
    )


def test_a_version_when_its_first_day_is_to_come_then_it_waits_for_it(
    editor, second, in_use
) -> None:
    tomorrow = day(-1)
    editor.propose(**STRICT, valid_from=str(tomorrow))
    shown = editor.send("post", "/approve", by=second).json()
    assert (shown["state"], shown["is_active"], shown["activated_at"]) == ("approved", False, None)
    assert activate_due(now=timezone.now()) is None
    active = activate_due(now=midnight(tomorrow))
    assert active is not None
    assert active.pk == shown["id"]
    assert RiskProfile.objects.get(is_active=True).pk == shown["id"]
    assert activate_due(now=midnight(tomorrow)) is None


@pytest.mark.parametrize("who", ["author", "proposer"])
def test_approval_when_by_who_wrote_or_proposed_then_refused(editor, second, who) -> None:
    if who == "author":
        editor.send("put", data={"changes": {"lanes.red": 60}}, by=second)
    editor.propose()
    approver = second if who == "author" else editor.client
    answer = editor.send("post", "/approve", by=approver)
    assert (answer.status_code, answer.json()["code"]) == (409, "same_person")
    assert not RiskProfile.objects.get(pk=editor.shown["id"]).is_active


def test_proposal_when_it_says_no_reason_or_its_day_is_over_then_refused(editor) -> None:
    answer = editor.send("post", "/propose")
    assert answer.json()["params"]["faults"][0]["field"] == "change_note"
    editor.send("put", data={"changes": {"valid_from": str(day(2))}, "change_note": "x"})
    answer = editor.send("post", "/propose")
    assert answer.json()["params"]["faults"][0]["field"] == "valid_from"


def test_proposal_when_given_back_then_it_is_edited_and_discarded(editor, second) -> None:
    editor.propose()
    assert editor.send("put", data={"changes": {"lanes.red": 91}}).status_code == 409
    assert editor.send("post", "/return", by=second).json()["state"] == "draft"
    work_off()
    assert editor.send("delete").status_code == 204
    assert not ProfileSimulation.objects.exists()
    assert editor.client.post(PLACE).status_code == 201


def test_a_copy_of_an_older_version_when_an_indicator_came_since_then_its_numbers_are_asked_for(
    senior_analyst, in_use
) -> None:
    older = {**in_use.content, "indicators": dict(in_use.content["indicators"])}
    table = older["indicators"].pop("watchlist_met")
    earlier = RiskProfileFactory(version=8, content=older, is_active=False)
    answer = senior_analyst.post(PLACE, {"based_on": earlier.pk})
    assert [one["field"] for one in answer.json()["faults"]] == ["indicators.watchlist_met"]
    place, etag = f"{PLACE}/{answer.json()['id']}", answer["ETag"]
    refused = senior_analyst.post(f"{place}/propose", headers={"If-Match": etag})
    assert refused.status_code == 422
    assert senior_analyst.post(f"{place}/simulation", {"days": 1}).status_code == 422
    body = {"changes": {"indicators.watchlist_met": table}}
    mended = senior_analyst.put(place, body, headers={"If-Match": etag})
    assert (mended.status_code, mended.json()["faults"]) == (200, [])


def test_simulation_when_done_then_what_would_have_been_selected_is_told(editor, second) -> None:
    precursor = item_facts(matches=(match_facts(),))
    caught = assessed(1, precursor, back=1)
    assessed(2, precursor, back=1, office="55302")
    assessed(3, item_facts(), back=2)
    assessed(4, item_facts(), back=2, draw=0.0001)
    assessed(5, precursor, back=30)
    InspectionOutcomeFactory(assessment=caught, result="offence", measure="seized")
    editor.send("put", data={"changes": STRICT})
    body = {"since": str(day(3)), "until": str(day(0))}
    begun = editor.client.post(f"{editor.place}/simulation", body)
    assert begun.status_code == 202, begun.content
    assert (begun.json()["state"], begun.json()["chunks"], begun.json()["chunks_done"]) == (
        "running",
        4,
        0,
    )
    assert begun.json()["result"] is None
    work_off()
    shown = editor.client.get(f"{editor.place}/simulation").json()
    assert (shown["state"], shown["chunks_done"], shown["is_current"]) == ("done", 4, True)
    assert shown["seconds"] >= 0
    result = shown["result"]
    assert result["declarations"] == 4
    assert result["lanes_before"] == {"red": 2, "yellow": 1, "blue": 0, "green": 1}
    assert result["lanes"] == {"red": 0, "yellow": 1, "blue": 0, "green": 3}
    assert result["shifts"] == {"disappears": 2, "same": 2}
    assert (result["random_arm"], result["random_arm_before"]) == (1, 1)
    assert result["outcomes"]["lost"] == 1
    assert [one["found"] for one in result["examples"]] == ["offence", ""]
    loads = editor.client.get(f"{editor.place}/simulation/load").json()["results"]
    assert [(one["day"], one["customs_office"], one["red_before"]) for one in loads] == [
        (str(day(2)), "55301", 0),
        (str(day(1)), "55301", 1),
        (str(day(1)), "55302", 1),
    ]
    editor.send("put", data={"changes": {"lanes.red": 91}})
    assert editor.client.get(f"{editor.place}/simulation").json()["is_current"] is False
    assert second.get(editor.place).json()["simulation"]["state"] == "done"


def test_simulation_when_the_draft_changes_meanwhile_then_what_was_asked_is_answered(
    editor,
) -> None:
    assessed(1, item_facts(matches=(match_facts(),)))
    editor.client.post(f"{editor.place}/simulation", {"days": 2})
    editor.send("put", data={"changes": STRICT})
    work_off()
    result = editor.client.get(f"{editor.place}/simulation").json()["result"]
    assert result["shifts"] == {"same": 1}


def test_simulation_when_an_office_is_not_the_caller_s_then_its_cases_and_load_are_not_told(
    editor,
) -> None:
    precursor = item_facts(matches=(match_facts(),))
    assessed(1, precursor, office="55301")
    assessed(2, precursor, office="55302")
    editor.send("put", data={"changes": STRICT})
    editor.client.post(f"{editor.place}/simulation", {"days": 3})
    work_off()
    local = signed_in(roles=["analyst"], reach="offices", offices=["55302"])
    shown = local.get(f"{editor.place}/simulation").json()
    offices = [one["customs_office"] for one in shown["result"]["examples"]]
    assert sorted(map(str, offices)) == ["55302", "None"]
    assert "55301/" not in json.dumps(shown)
    loads = local.get(f"{editor.place}/simulation/load").json()["results"]
    assert {one["customs_office"] for one in loads} == {"55302"}


def test_simulation_when_cancelled_then_nothing_more_of_it_begins(editor) -> None:
    assert editor.client.get(f"{editor.place}/simulation").status_code == 404
    editor.client.post(f"{editor.place}/simulation", {"days": 3})
    shown = editor.client.post(f"{editor.place}/simulation/cancel").json()
    assert (shown["state"], shown["cancelled_by"]) == ("cancelled", editor.client.user.actor)
    again = editor.client.post(f"{editor.place}/simulation/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    "body",
    [
        {"days": 0},
        {"days": 5000},
        {"since": "2026-03-01"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"since": "2020-03-02", "until": "2026-03-01"},
        {"since": "2026-03-01", "until": "2026-03-02", "days": 3},
    ],
)
def test_simulation_when_the_period_is_impossible_then_refused(editor, body) -> None:
    assert editor.client.post(f"{editor.place}/simulation", body).status_code == 400
    assert not ProfileSimulation.objects.exists()


def test_proposal_when_made_then_it_is_simulated_for_who_approves(editor, second) -> None:
    editor.propose()
    assert second.get(editor.place).json()["simulation"]["state"] == "running"


def test_profile_when_read_then_secret_texts_for_analysts_and_the_rate_for_fewer(
    editor, analyst, auditor, in_use
) -> None:
    for who, sees in ((analyst, False), (auditor, True), (editor.client, True)):
        shown = who.get(f"{PLACE}/{in_use.pk}").json()["content"]
        assert shown["indicators"]["licence_missing"]["rule"]
        assert ("random_rate" in shown["lanes"]) == sees
    editor.send("put", data={"changes": {"lanes.random_rate": 0.02}})
    for who, sees in ((analyst, False), (auditor, True)):
        fields = {one["field"] for one in who.get(f"{editor.place}/difference").json()}
        assert ("lanes.random_rate" in fields) == sees


@pytest.mark.parametrize("who", ["examiner", "list_editor", "administrator", "client_system"])
def test_profile_when_others_ask_then_refused(who, request, in_use) -> None:
    client = request.getfixturevalue(who)
    for place in ("", f"/{in_use.pk}", f"/{in_use.pk}/difference", f"/{in_use.pk}/simulation"):
        assert client.get(f"{PLACE}{place}").status_code == 403


def test_profile_when_the_caller_sees_one_office_then_read_but_not_changed(in_use) -> None:
    local = signed_in(roles=["senior_analyst"], reach="offices", offices=["55301"])
    assert local.get(f"{PLACE}/{in_use.pk}").status_code == 200
    assert local.post(PLACE).status_code == 403
    assert local.post(f"{PLACE}/{in_use.pk}/simulation", {"days": 1}).status_code == 403


def test_change_when_it_brings_privileged_fields_then_only_the_draft_changes(
    editor, second, in_use
) -> None:
    rights = {
        "id": 1, "state": "approved", "is_active": True, "approved_by": "user:0",
        "proposed_by": "user:0", "authors": [], "digest": "x", "loaded_from": "x",
        "revision": 99, "activated_at": "2000-01-01T00:00:00Z", "version": 77, "code": "x",
    }  # fmt: skip
    before = RiskProfile.objects.filter(pk=in_use.pk).values().get()
    answer = editor.send("put", data={**rights, "changes": {"lanes.red": 60}})
    assert answer.status_code == 200
    row = RiskProfile.objects.get(pk=editor.shown["id"])
    assert (row.state, row.is_active, row.approved_by, row.loaded_from) == ("draft", False, "", "")
    assert (row.version, row.code, row.revision, row.authors) == (
        1, "local", 2, [editor.client.user.actor]
    )  # fmt: skip
    editor.send("put", data={"change_note": "why"})
    editor.send("post", "/propose", rights)
    row.refresh_from_db()
    assert (row.state, row.approved_by, row.proposed_by) == (
        "proposed",
        "",
        editor.client.user.actor,
    )
    editor.send("post", "/return", rights, by=second)
    row.refresh_from_db()
    assert (row.state, row.approved_by) == ("draft", "")
    simulated = editor.client.post(
        f"{editor.place}/simulation", {**rights, "days": 1, "result": {"x": 1}, "content": {}}
    )
    assert simulated.status_code == 202
    assert ProfileSimulation.objects.latest("pk").content == row.content
    assert RiskProfile.objects.filter(pk=in_use.pk).values().get() == before


def test_versions_when_listed_then_without_content_and_filtered(editor, in_use) -> None:
    rows = editor.client.get(PLACE).json()["results"]
    assert [one["id"] for one in rows] == [editor.shown["id"], in_use.pk]
    assert all("content" not in one for one in rows)
    (row,) = editor.client.get(f"{PLACE}?is_active=true").json()["results"]
    assert row["id"] == in_use.pk
    (row,) = editor.client.get(f"{PLACE}?state=draft").json()["results"]
    assert row["id"] == editor.shown["id"]


def test_version_when_asked_again_with_its_etag_then_not_modified(editor) -> None:
    answer = editor.client.get(editor.place)
    again = editor.client.get(editor.place, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
