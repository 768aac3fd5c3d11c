"""Look-backs and simulations over the API: progress, who may do what, and what it shows."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from risk.models import ListEdition, Rescreening
from risk.services.drafts import put_entry, start_draft
from shipments.models import Job, StageRun
from shipments.models.choices import JobState
from targeting import jobs, pipeline
from targeting.models import AuditEvent
from tests.api.conftest import analyst, auditor, list_approver, list_editor
from tests.integration.conftest import work_off
from tests.integration.test_drafts import EDITOR, entry
from tests.integration.test_law import START, only_own_lists
from tests.integration.test_look_back import NOW, TOLUENE, decree, stored

__all__ = [  # fixtures
    "analyst",
    "auditor",
    "decree",
    "list_approver",
    "list_editor",
    "only_own_lists",
    "stored",
]

pytestmark = pytest.mark.django_db
LIST = "/api/v1/look-backs"
SIMULATION = "/api/v1/lists/A/editions/2/simulation"


@pytest.fixture
def found(decree) -> Rescreening:
    return jobs.look_back(edition=decree, day=START, actor="user:1", now=NOW)


@pytest.fixture
def draft(stored) -> ListEdition:
    draft = start_draft(control_list=stored.control_list, actor=EDITOR)
    return put_entry(edition=draft, version=1, entry=entry(), actor=EDITOR, now=NOW)


def test_look_back_when_it_runs_then_its_progress_and_counts_are_shown(found, list_editor) -> None:
    shown = list_editor.get(f"{LIST}/{found.pk}").json()
    assert (shown["state"], shown["chunks"], shown["chunks_done"]) == ("running", 1, 0)
    work_off()
    (shown,) = list_editor.get(LIST).json()["results"]
    assert (shown["state"], shown["chunks"], shown["chunks_done"]) == ("done", 3, 3)
    assert (shown["list_code"], shown["edition"], shown["day"]) == ("A", 2, str(START))
    counts = ("changed_entries", "texts", "candidates", "hits", "declarations", "matches", "alerts")
    assert [shown[name] for name in counts] == [1, 3, 1, 1, 1, 1, 1]
    assert shown["seconds"] >= 0


def test_look_back_when_cancelled_then_an_approver_may_resume_it(
    found, list_approver, list_editor
) -> None:
    assert list_editor.post(f"{LIST}/{found.pk}/cancel").status_code == 403
    shown = list_approver.post(f"{LIST}/{found.pk}/cancel").json()
    assert (shown["state"], shown["cancelled_by"]) == ("cancelled", list_approver.user.actor)
    again = list_approver.post(f"{LIST}/{found.pk}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert list_approver.post(f"{LIST}/{found.pk}/resume").json()["state"] == "running"
    event = AuditEvent.objects.order_by("-id")[0]
    assert (event.verb, event.resource, event.object_key) == (
        "create",
        "look-back-resume",
        str(found.pk),
    )


def test_look_backs_when_there_are_more_then_the_queries_are_as_many(
    found, list_editor, django_assert_num_queries
) -> None:
    list_editor.get(LIST)
    with django_assert_num_queries(4):
        list_editor.get(LIST)


def test_retroactive_alert_when_the_queue_is_narrowed_then_it_is_marked(found, analyst) -> None:
    work_off()
    rows = analyst.get("/api/v1/alerts?retroactive=true").json()["results"]
    assert [(row["is_retroactive"], row["substances"][0]["key"]) for row in rows] == [
        (True, "toluene")
    ]
    assert all(
        not row["is_retroactive"]
        for row in analyst.get("/api/v1/alerts?retroactive=false").json()["results"]
    )


@pytest.mark.parametrize(("verified", "is_shown"), [(1, False), (2, True)])
def test_badge_of_a_retroactive_match_is_that_of_the_edition_that_found_it(
    found, analyst, verified, is_shown
) -> None:
    """Not that of the edition of the day of acceptance, which did not hold the entry."""
    ListEdition.objects.filter(number=verified).update(verified_by="user:7", verified_on=START)
    work_off()
    (row,) = analyst.get("/api/v1/alerts?retroactive=true").json()["results"]
    assert row["substances"][0]["is_verified"] is is_shown
    dossier = analyst.get(row["links"]["declaration"]).json()
    assert dossier["assessment"]["trigger"] == "list_change"
    assert dossier["assessment"]["trigger_key"].startswith("A/2/")
    assert dossier["alerts"][0]["is_retroactive"]
    (match,) = dossier["items"][0]["matches"]
    assert match["is_verified"] is is_shown
    assert [one["is_verified"] for one in match["list_verdicts"]] == [is_shown]


def test_simulation_when_asked_for_then_it_is_answered_by_a_job(draft, list_editor) -> None:
    assert list_editor.get(SIMULATION).status_code == 404
    # Up to the newest declaration, however long ago that is.
    answer = list_editor.post(SIMULATION, {"days": 1})
    assert (answer.status_code, answer.json()["state"]) == (202, "running")
    assert answer["Location"].endswith(SIMULATION)
    assert answer.json()["result"] is None
    work_off()
    shown = list_editor.get(SIMULATION).json()
    assert (shown["state"], shown["is_current"]) == ("done", True)
    assert shown["result"]["lines"] == {"appears": 1}
    (example,) = shown["result"]["examples"]
    assert example["description"] == TOLUENE["description"]
    assert example["raises_alert"] is True
    hidden = ("registration_number", "declaration_id", "customs_office", "score", "lane")
    assert [example[name] for name in hidden] == [None] * 5


def test_simulation_when_a_reader_of_cases_looks_then_the_declaration_is_named(
    draft, list_editor, auditor
) -> None:
    list_editor.post(SIMULATION, {"days": 1})
    work_off()
    (example,) = auditor.get(SIMULATION).json()["result"]["examples"]
    assert example["registration_number"].endswith("0000001")
    auditor.user.reach, auditor.user.offices = "offices", ["99999"]
    auditor.user.save()
    (example,) = auditor.get(SIMULATION).json()["result"]["examples"]
    assert example["registration_number"] is None


def test_a_proposal_when_made_then_it_is_simulated_for_who_approves(
    draft, list_editor, list_approver
) -> None:
    place = "/api/v1/lists/A/editions/2"
    assert list_editor.get(place).json()["simulation"] is None
    etag = list_editor.get(place)["ETag"]
    body = {"in_force_from": "2027-01-01", "change_note": "decree 5"}
    etag = list_editor.put(place, body, headers={"If-Match": etag})["ETag"]
    list_editor.post(f"{place}/propose", headers={"If-Match": etag})
    work_off()
    simulation = list_approver.get(place).json()["simulation"]
    assert (simulation["state"], simulation["is_current"]) == ("done", True)


def test_an_edition_when_it_is_law_then_there_is_nothing_to_simulate(decree, list_editor) -> None:
    answer = list_editor.post(SIMULATION)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("days", [0, 732, "many"])
def test_days_when_out_of_range_then_what_is_allowed_is_told(draft, list_editor, days) -> None:
    answer = list_editor.post(SIMULATION, {"days": days})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "days")


def test_command_when_a_look_back_is_begun_shown_and_repeated(decree, capsys) -> None:
    call_command("look_back", "A", "2")
    work_off()
    call_command("look_back")
    assert "done, 3 of 3 chunks; 1 entries changed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="allowed: cancelled, failed"):
        call_command("look_back", "A", "2", resume=True)
    call_command("look_back", "A", "2", repeat=True)
    work_off()
    assert Rescreening.objects.get().match_count == 1
    with pytest.raises(CommandError, match="no such edition"):
        call_command("look_back", "A", "9")


def test_command_when_a_draft_is_simulated_then_the_job_is_there(draft) -> None:
    call_command("simulate_edition", "A", "2", days=731, no_wait=True)
    assert Job.objects.get().state == JobState.RUNNING
    with pytest.raises(CommandError, match="no such draft"):
        call_command("simulate_edition", "A", "1")


def test_a_worker_when_it_dies_in_a_chunk_then_another_goes_on(decree) -> None:
    found = jobs.look_back(edition=decree, day=START, actor="user:1", now=NOW)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    StageRun.objects.filter(job=found.job_id).update(
        state="running", attempts=1, leased_until=long_ago, woken_at=long_ago
    )
    assert long_ago < timezone.now()
    assert pipeline.sweep() == 1
    pipeline.run_stage(StageRun.objects.get(job=found.job_id).pk)
    work_off()
    found.refresh_from_db()
    assert found.match_count == 1
