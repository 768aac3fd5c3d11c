"""Real workers die in the middle of a look-back; others end it, and nothing differs."""

import json
import os
import signal
import time

import pytest
from celery import Celery
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet

from risk.models import ListEdition, Rescreening
from shipments.models import Job, StageRun
from shipments.models.choices import JobStage, JobState, StageState
from shipments.services.intake import register_submitter
from targeting import jobs, pipeline
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import RECEIVED_AT, declaration, work_off
from tests.integration.test_law import START, make_edition
from tests.integration.test_look_back import NOW, TOLUENE
from tests.integration.workers import messages, wait_until, worker

__all__ = ["messages"]  # a fixture

DECLARATIONS = 1_100
LEASE_SECONDS = 3
# Here and in the workers: by which day's key is drawn is part of what is compared.
KEY_DAYS = 3_650


@pytest.fixture
def environment(worker_environment, settings) -> dict[str, str]:
    settings.TARGETING = settings.TARGETING | {"DRAW_KEY_DAYS": KEY_DAYS}
    return worker_environment | {
        "TARGETING_DRAW_KEY_DAYS": str(KEY_DAYS),
        "TARGETING_LEASE_SECONDS": str(LEASE_SECONDS),
        "TARGETING_DRAW_SECRET": settings.TARGETING["DRAW_SECRET"],
        "SECRET_KEY": settings.SECRET_KEY,
    }


@pytest.mark.parametrize("stage", [JobStage.SCREEN, JobStage.JUDGE])
def test_killed_worker_when_in_a_look_back_then_another_ends_it_as_if_undisturbed(
    stage, environment, messages, tmp_path, monkeypatch
) -> None:
    undisturbed = _undisturbed(monkeypatch)
    decree = _stored(monkeypatch)
    log = tmp_path / "worker.log"
    with worker(environment, log) as process:
        found = jobs.look_back(edition=decree, day=START, actor="user:1", now=NOW)
        wait_until(lambda: _begun(found, stage).exists(), f"a chunk of {stage}", log)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    held = set(_begun(found, stage).values_list("pk", flat=True))
    assert _runs(found).exclude(state=StageState.DONE).exists()
    with worker(environment, log):
        wait_until(lambda: _is_done(found, messages), "the end of the look-back", log)
    assert not _runs(found).exclude(state=StageState.DONE).exists()
    # What the dead worker held was begun a second time.
    assert not _runs(found).filter(pk__in=held, attempts=1).exists()
    tables, counts = undisturbed
    found_tables = digest_tables()
    assert [name for name in tables if tables[name] != found_tables[name]] == []
    assert _counts(found) == counts


def _undisturbed(monkeypatch) -> tuple[dict[str, tuple[int, str]], tuple[int, ...]]:
    decree = _stored(monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_send", lambda run_id, queue: None)
        found = jobs.look_back(edition=decree, day=START, actor="user:1", now=NOW)
        work_off()
    found.refresh_from_db()
    assert found.match_count == found.alert_count == DECLARATIONS
    return digest_tables(), _counts(found)


def _stored(monkeypatch) -> ListEdition:
    """Declarations in two chunks of texts and six of judging, and a decree that finds all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE shipments_intakebatch, shipments_declaration, shipments_party, shipments_job,"
            " risk_screenedtext, risk_goodstext, risk_textkey, risk_controllist, risk_listedition,"
            " risk_listentry, risk_substancename CASCADE"
        )
    call_command("load_risk_profile", verbosity=0)
    make_edition(1, None, ["acetone"])
    said = (
        declaration(number, item=TOLUENE | {"description": f"TOLUENE 99 %, LOT {number}"})
        for number in range(1, DECLARATIONS + 1)
    )
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_send", lambda run_id, queue: None)
        pipeline.receive(
            submitter=register_submitter(key="broker"),
            content="\n".join(map(json.dumps, said)).encode(),
            format_key="ndjson",
            received_at=RECEIVED_AT,
        )
        work_off()
    return make_edition(2, START, ["acetone", "toluene"])


def _runs(found: Rescreening) -> QuerySet[StageRun]:
    return StageRun.objects.filter(job=found.job_id)


def _begun(found: Rescreening, stage: JobStage) -> QuerySet[StageRun]:
    return _runs(found).filter(stage=stage, state=StageState.RUNNING)


def _counts(found: Rescreening) -> tuple[int, ...]:
    found.refresh_from_db()
    return (found.candidate_count, found.hit_count, found.match_count, found.alert_count)


def _is_done(found: Rescreening, messages: Celery) -> bool:
    """Asks for a sweep, as beat does every few seconds."""
    messages.send_task("targeting.tasks.sweep")
    time.sleep(0.5)
    return Job.objects.get(pk=found.job_id).state == JobState.DONE
