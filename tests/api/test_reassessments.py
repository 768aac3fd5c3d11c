"""Reassessments and changes of the registers over the API: counts and progress, no case."""

import pytest

from tests.factories.authorisations import entry, register
from tests.factories.risk import ReassessmentFactory, RegisterChangeFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/reassessments"
CHANGES = "/api/v1/register-changes"


def test_reassessments_when_listed_then_progress_and_counts_in_as_many_queries(
    list_editor, django_assert_num_queries
):
    for count in (1, 2):
        found = ReassessmentFactory(declaration_count=5, assessment_count=2, alert_count=1)
        RegisterChangeFactory.create_batch(3, reassessment=found)
        list_editor.get(LIST)
        with django_assert_num_queries(3):
            rows = list_editor.get(LIST).json()["results"]
        assert len(rows) == count
    row = list_editor.get(f"{LIST}/{found.pk}").json()
    counts = ("changes", "declarations", "assessments", "alerts", "chunks", "chunks_done")
    assert [row[name] for name in counts] == [3, 5, 2, 1, 0, 0]
    assert (row["state"], row["requested_by"]) == ("done", "task:test")
    for query, many in (
        ({"state": "running"}, 0),
        ({"key": found.key}, 1),
        ({"day_to": "2025-01-01"}, 0),
    ):
        assert len(list_editor.get(LIST, query).json()["results"]) == many, query


def test_reassessments_when_taken_away_then_as_they_are_listed(list_editor):
    found = ReassessmentFactory(declaration_count=5)
    sheet = list_editor.get(f"{LIST}/sheet", {"key": found.key}).content.decode("utf-8-sig")
    heading, *lines = sheet.splitlines()
    (line,) = lines
    told = dict(zip(heading.split(","), line.split(","), strict=True))
    assert (told["key"], told["state"], told["declarations"]) == (found.key, "done", "5")
    assert len(list_editor.get(f"{LIST}/sheet", {"state": "running"}).content.splitlines()) == 1


def test_reassessment_when_cancelled_then_an_approver_may_resume_it(list_approver, list_editor):
    found = ReassessmentFactory()
    found.job.state = "running"
    found.job.save()
    assert list_editor.post(f"{LIST}/{found.pk}/cancel").status_code == 403
    shown = list_approver.post(f"{LIST}/{found.pk}/cancel").json()
    assert (shown["state"], shown["cancelled_by"]) == ("cancelled", list_approver.user.actor)
    assert list_approver.post(f"{LIST}/{found.pk}/cancel").json()["code"] == "wrong_state"
    assert list_approver.post(f"{LIST}/{found.pk}/resume").json()["state"] == "running"


def test_changes_when_filtered_or_exported_then_what_fits(analyst):
    register(entry("KZ1"))
    RegisterChangeFactory(register="requirement", entry="KZ acetone 2026",
                          reassessment=ReassessmentFactory())  # fmt: skip
    for query, names in (
        ({}, ["KZ acetone 2026", "МВД KZ1"]),
        ({"register": "authorisation"}, ["МВД KZ1"]),
        ({"is_waiting": "false"}, ["KZ acetone 2026"]),
        ({"substance": "acetone", "entry": "kz1"}, ["МВД KZ1"]),
        ({"actor": "user:1", "changed_from": "2026-03-01T00:00:00Z"}, ["KZ acetone 2026"]),
        ({"changed_to": "2026-01-01T00:00:00Z"}, []),
    ):
        rows = analyst.get(CHANGES, query).json()["results"]
        assert [row["entry"] for row in rows] == names, query
    one = analyst.get(f"{CHANGES}/{rows_of(analyst)[1]['id']}").json()
    assert (one["register"], one["substance_keys"]) == ("authorisation", ["acetone"])
    assert (one["first_day"], one["last_day"]) == ("2026-01-01", "2026-12-31")
    assert "registration_number" not in one
    sheet = analyst.get(f"{CHANGES}/sheet").content.decode("utf-8-sig").splitlines()
    assert (len(sheet), "registers/" in sheet[1]) == (3, True)


def rows_of(caller):
    return caller.get(CHANGES).json()["results"]
