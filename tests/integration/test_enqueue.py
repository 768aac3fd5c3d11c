"""Messages to the broker: only wake-up calls, in queues that say how soon each is wanted."""

import pytest
from celery import Celery
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from shipments.models.choices import JobKind, JobStage
from shipments.services import jobs as chunks
from targeting import jobs, pipeline


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """The queues of the messages that were sent."""
    queues: list[str] = []
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: queues.append(queue))
    return queues


@pytest.mark.django_db(transaction=True)
def test_enqueue_when_the_broker_is_away_then_the_transaction_stands(monkeypatch) -> None:
    asked = []

    def refuse(run_id: int, queue: str) -> None:
        asked.append(run_id)
        raise OperationalError("connection refused")

    monkeypatch.setattr(pipeline, "_send", refuse)
    with transaction.atomic():
        pipeline.send_on_commit(7)
    assert asked == [7]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "stage", "queue"),
    [
        (JobKind.EXPORT, JobStage.WRITE, pipeline.CHORES),
        (JobKind.LIST_IMPORT, JobStage.APPLY, pipeline.CHORES),
        (JobKind.LOOK_BACK, JobStage.PLAN, pipeline.BULK),
    ],
)
def test_job_when_begun_woken_again_and_resumed_then_its_queue_is_that_of_who_waits_for_it(
    kind, stage, queue, sent, settings, django_capture_on_commit_callbacks
) -> None:
    settings.TARGETING = settings.TARGETING | {"LEASE_SECONDS": 0}
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        job = chunks.start_job(kind=kind, actor="analyst", now=now)
        jobs._start(job.pk, stage)
    assert pipeline.sweep() == 1
    chunks.cancel_job(job_id=job.pk, actor="analyst", now=now)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.resume_job(job_id=job.pk, now=now)
    assert sent == [queue] * 3


def test_queues_when_all_hold_messages_then_each_is_emptied_before_the_next(
    broker_url, settings, monkeypatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", broker_url)
    taken: list[str] = []
    with Celery(broker=broker_url) as app:
        app.conf.task_queues = settings.CELERY_TASK_QUEUES
        app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        for queue in (pipeline.BULK, pipeline.CHORES, pipeline.QUICK) * 2:
            app.send_task("anything", queue=queue)
        with app.connection_for_read() as broker, app.amqp.TaskConsumer(broker) as consumer:
            consumer.on_message = lambda message: taken.append(message.delivery_info["routing_key"])
            while len(taken) < 6:
                broker.drain_events(timeout=5)
    assert taken == [*[pipeline.QUICK] * 2, *[pipeline.CHORES] * 2, *[pipeline.BULK] * 2]


def test_mail_and_searches_when_due_then_not_behind_large_files(settings) -> None:
    names = ("deliver_outbox", "look_at_searches", "remind_of_questions")
    asked = [settings.CELERY_BEAT_SCHEDULE[name]["options"]["queue"] for name in names]
    assert set(asked) == {pipeline.CHORES}
    assert pipeline.CHORES in {queue.name for queue in settings.CELERY_TASK_QUEUES}
