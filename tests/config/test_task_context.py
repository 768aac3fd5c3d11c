"""One id finds the lines of a request and of the tasks that it sent."""

import pytest
from celery import current_app
from django.http import HttpResponse
from structlog.contextvars import bound_contextvars, get_contextvars

from shipments.models import StageRun
from targeting import pipeline, tasks
from targeting.services import telemetry
from tests.factories.shipments import IntakeBatchFactory


@pytest.fixture
def in_memory():
    """A broker within this process, emptied."""
    with current_app.connection_for_write() as broker:
        broker.default_channel.queue_declare(pipeline.QUICK)
        broker.default_channel.queue_purge(pipeline.QUICK)
        yield broker


def test_message_when_a_request_sends_it_then_carries_the_request(in_memory):
    with bound_contextvars(request_id="req-7"):
        pipeline._send(12, pipeline.QUICK)
    pipeline._send(13, pipeline.QUICK)
    first, second = (
        in_memory.default_channel.basic_get(pipeline.QUICK, no_ack=True) for _ in range(2)
    )
    assert first.headers["request_id"] == "req-7"
    assert "request_id" not in second.headers


def test_task_when_it_runs_then_its_lines_name_it_and_the_request(monkeypatch):
    seen = []
    monkeypatch.setattr(pipeline, "run_stage", lambda run_id: seen.append(get_contextvars()))
    tasks.run_stage.apply(args=[1], task_id="task-1", headers={"request_id": "req-7"})
    name = "targeting.tasks.run_stage"
    assert seen == [{"task": name, "task_id": "task-1", "request_id": "req-7"}]
    assert get_contextvars() == {}


@pytest.mark.django_db
def test_stage_when_it_logs_then_with_batch_stage_and_chunk():
    run = StageRun(batch=IntakeBatchFactory(), stage="match", chunk=3)
    with telemetry.watching(run, may_pass=lambda error: False):
        bound = get_contextvars()
    assert bound == {"batch": str(run.batch.public_id), "stage": "match", "chunk": 3}
    assert get_contextvars() == {}


@pytest.mark.django_db
def test_request_when_it_is_answered_then_its_lines_name_it(client, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "targeting.workbench.views.home.HomeView.dispatch",
        lambda self, request, *args, **kwargs: seen.append(get_contextvars()) or HttpResponse(),
    )
    answer = client.get("/", headers={"X-Request-ID": "req-9"})
    assert answer.headers["X-Request-ID"] == "req-9"
    assert seen == [{"request_id": "req-9"}]
    assert get_contextvars() == {}
