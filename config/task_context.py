"""Which task, and which request behind it, a line of a worker's log is of; and how tasks end.

A message carries the id of the request that sent it, so the lines of both are found by one id.
"""

from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, get_contextvars, unbind_contextvars

from targeting.services.telemetry import TASKS

REQUEST_ID = "request_id"
_BOUND = ("task", "task_id", REQUEST_ID)


@before_task_publish.connect
def _pass_on(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    request_id = get_contextvars().get(REQUEST_ID)
    if headers is not None and request_id:
        headers[REQUEST_ID] = request_id


@task_prerun.connect
def _bind(task_id: str, task: Any, **kwargs: Any) -> None:
    told = {"task": task.name, "task_id": task_id}
    # A message's headers are the request's own; those of a task called at once stand below it.
    headers = task.request.headers or {}
    if request_id := task.request.get(REQUEST_ID) or headers.get(REQUEST_ID):
        told[REQUEST_ID] = request_id
    bind_contextvars(**told)


@task_postrun.connect
def _unbind(task: Any, state: str | None = None, **kwargs: Any) -> None:
    unbind_contextvars(*_BOUND)
    TASKS.labels(task.name, (state or "unknown").lower()).inc()
