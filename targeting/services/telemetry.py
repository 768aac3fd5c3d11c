"""What processes count about themselves: how long work took, how much it was, what failed.

Each process counts for itself and whoever is asked adds up (``config/metrics.py``). A label holds
a word of the code, never of what came in. What the database knows, as the length of a queue, is
not counted here but asked for: ``targeting/selectors/operation.py``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from prometheus_client import Counter, Histogram
from structlog.contextvars import bound_contextvars

from shipments.models import StageRun
from shipments.services.stage_runs import LeaseLost

STAGE_SECONDS = Histogram(
    "targeting_stage_seconds",
    "Seconds that one stage of one chunk took, from its claim to its commit.",
    ["stage"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120),
)
STAGE_COUNTS = Counter(
    "targeting_stage_counts_total",
    "What stages worked on and made: goods items, distinct texts, matches, alerts.",
    ["stage", "of"],
)
STAGE_FAILURES = Counter(
    "targeting_stage_failures_total",
    "Stages that were not completed: lease_lost, passing (tried again) or final.",
    ["stage", "fault"],
)
SCREENING_SECONDS = Histogram(
    "targeting_screening_seconds",
    "Seconds of a question with texts to screen, by whether what was dismissed is explained.",
    ["explained"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
REQUEST_SECONDS = Histogram(
    "targeting_request_seconds",
    "Seconds from a request to the head of its answer, by address and class of status.",
    ["route", "method", "status"],
    buckets=(0.02, 0.05, 0.15, 0.5, 1, 5, 30),
)
TASKS = Counter(
    "targeting_tasks_total",
    "Tasks that workers ended, by how: success, failure, retry.",
    ["task", "state"],
)


@contextmanager
def watching(run: StageRun, *, may_pass: Callable[[Exception], bool]) -> Iterator[None]:
    """Name the run in every line of the log, and count how long it took and how it failed."""
    of = {"batch": str(run.batch.public_id)} if run.batch else {"job": run.job_id}
    began = monotonic()
    with bound_contextvars(**of, stage=run.stage, chunk=run.chunk):
        try:
            yield
        except LeaseLost:
            STAGE_FAILURES.labels(run.stage, "lease_lost").inc()
            raise
        except Exception as error:
            STAGE_FAILURES.labels(run.stage, "passing" if may_pass(error) else "final").inc()
            raise
    STAGE_SECONDS.labels(run.stage).observe(monotonic() - began)


def count_done(run: StageRun, counts: Mapping[str, int]) -> None:
    """Add what the stage says of its chunk; a commit that fails afterwards stays counted."""
    for of, number in counts.items():
        STAGE_COUNTS.labels(run.stage, of).inc(number)
