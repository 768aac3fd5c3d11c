"""One batch through an installation of its own, undisturbed or with faults at seeded moments."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psycopg

from shipments.domain.formats import format_by_key
from shipments.domain.formats.base import MappingUse
from targeting.management.api_client import ApiConnection, ApiRefused
from targeting.management.benchmarks.fault_plan import Fault, Victim
from targeting.management.benchmarks.installation import Installation
from targeting.management.benchmarks.written import MAPPING

SUBMITTER = "fault-bench"
PATIENCE_SECONDS = 900
_POLL_SECONDS = 0.1
_ENDS = ("done", "failed")
# Differ between two runs of the same file.
_OF_ONE_RUN = ("id", "received_at", "started_at", "finished_at", "items_per_second", "file_name")

Digests = Mapping[str, Sequence[Any]]
Tell = Callable[[str], None]


class Recovery(NamedTuple):
    """Seconds from a fault until all parts were ready, and until another stage run was done."""

    fault: Fault
    ready: float
    work: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run left behind. ``receipt`` is without its id and times; ``failures`` are the
    distinct reasons of failed stage runs."""

    digests: Digests
    receipt: dict[str, Any]
    is_same_receipt: bool
    unfinished: int
    most_attempts: int
    stage_runs: int
    seconds: float
    failures: tuple[str, ...] = ()
    recoveries: tuple[Recovery, ...] = ()


def register(installation: Installation) -> dict[str, str]:
    """Make the client that sends the files; its id and secret."""
    answer = installation.manage("register_client", SUBMITTER, "--network=127.0.0.0/8")
    credentials: dict[str, str] = json.loads(answer)
    return credentials


def run_batch(
    installation: Installation,
    file: Path,
    *,
    credentials: Mapping[str, str],
    key: str = "ndjson",
    faults: Sequence[Fault] = (),
    stage_runs: int = 0,
    tell: Tell,
) -> Outcome:
    """Send the file of the format ``key``, wait for its end, and digest all that there is then.

    The installation is filled (:meth:`Installation.fill`), and started here; ``credentials`` are
    what :func:`register` gave. ``stage_runs`` is how many the undisturbed batch had: faults are
    placed by it. While what fell starts again the work goes on beside it, as far as the next
    fault's moment: there the workers stand still, so that all faults strike however fast they
    are.
    """
    installation.up()
    client = _PatientClient(installation, credentials, key)
    started = time.monotonic()
    sent, recoveries = _send_and_hurt(
        installation, client, file, faults, work=2 * stage_runs, tell=tell
    )
    receipt = _final_receipt(client, sent["id"])
    taken = time.monotonic() - started
    again = client.send(file)
    unfinished, attempts, count = _stage_runs_left(installation)
    return Outcome(
        digests=json.loads(installation.manage("digest_tables")),
        receipt={key: value for key, value in receipt.items() if key not in _OF_ONE_RUN},
        is_same_receipt=again["id"] == sent["id"],
        unfinished=unfinished,
        most_attempts=attempts,
        stage_runs=count,
        seconds=taken,
        failures=_failures(installation),
        recoveries=tuple(recoveries),
    )


def _send_and_hurt(
    installation: Installation,
    client: "_PatientClient",
    file: Path,
    faults: Sequence[Fault],
    *,
    work: int,
    tell: Tell,
) -> tuple[dict[str, Any], list[Recovery]]:
    """The receipt of the file, and how each fault was recovered from that struck before its end.

    ``work`` is how many stage runs there are to be made and done. Behind the last fault nothing
    stands still.
    """
    recoveries = []
    moments = [work * fault.at for fault in faults]
    later = list(zip(faults, moments, [*moments[1:], inf], strict=False))
    if later and faults[0].at < 0:
        fault, _, limit = later.pop(0)
        sent, recovery = _send_through_a_kill(installation, client, file, fault, limit=limit)
        recoveries.append(recovery)
        tell(_said(recovery))
    else:
        sent = client.send(file)
    for fault, moment, limit in later:
        if not (hurt := _hurt(installation, fault, moment=moment, limit=limit)):
            break
        recoveries.append(hurt)
        tell(_said(hurt))
    return sent, recoveries


def differences(one: Digests, other: Digests) -> list[str]:
    """The tables whose rows differ, with both row counts."""
    return [
        f"{table} ({one[table][0]} and {other.get(table, [0])[0]} rows)"
        for table in one
        if list(one[table]) != list(other.get(table, ()))
    ]


class _PatientClient:
    """A client that tries again while the server is away, as a submitter's program must."""

    def __init__(
        self, installation: Installation, credentials: Mapping[str, str], key: str
    ) -> None:
        intake = format_by_key(key)
        self._content_type = intake.content_types[0]
        is_table = intake.mapping_use is MappingUse.REQUIRED
        self._query = {"mapping": MAPPING} if is_table else {}
        self._installation = installation
        self._credentials = credentials
        self._connection: ApiConnection | None = None

    def send(self, file: Path) -> dict[str, Any]:
        return self._patiently(
            lambda api: api.post_file(
                "/api/v1/batches", file, content_type=self._content_type, **self._query
            )
        )

    def receipt(self, public_id: str) -> dict[str, Any]:
        return self._patiently(lambda api: api.get(f"/api/v1/receipts/{public_id}"))

    def _patiently(self, ask: Callable[[ApiConnection], dict[str, Any]]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return ask(self._api())
            except (ApiRefused, OSError) as error:
                refused = isinstance(error, ApiRefused) and error.params.get("status")
                if time.monotonic() > deadline or (refused and 400 <= int(str(refused)) < 500):
                    raise
                self._connection = None
                time.sleep(5 * _POLL_SECONDS)

    def _api(self) -> ApiConnection:
        if self._connection is None:
            connection = ApiConnection(self._installation.url)
            connection.take_token(**self._credentials)
            self._connection = connection
        return self._connection


def _send_through_a_kill(
    installation: Installation,
    client: _PatientClient,
    file: Path,
    fault: Fault,
    *,
    limit: float,
) -> tuple[dict[str, Any], Recovery]:
    """Kill the web while the file is on its way; the client sends it until it has a receipt."""
    sent: list[dict[str, Any]] = []
    sender = threading.Thread(target=lambda: sent.append(client.send(file)))
    sender.start()
    time.sleep(fault.delay)
    killed = time.monotonic()
    _strike(installation, fault)
    ready = _start_again(installation, limit=limit)
    sender.join()
    if not sent:
        raise ApiRefused("no_receipt", file=file.name)
    return sent[0], Recovery(fault, ready, time.monotonic() - killed)


def _hurt(
    installation: Installation, fault: Fault, *, moment: float, limit: float
) -> Recovery | None:
    """Strike at the fault's moment, start what fell; None when the batch ended before."""
    if not _wait(installation, lambda made, done: made + done >= moment):
        return None
    time.sleep(fault.delay)
    before = _progress(installation)[1]
    struck = time.monotonic()
    _strike(installation, fault)
    ready = _start_again(installation, limit=limit)
    _wait(installation, lambda made, done: done > before)
    return Recovery(fault, ready, time.monotonic() - struck)


def _start_again(installation: Installation, *, limit: float) -> float:
    """Start what fell, the work beside it no further than ``limit``; seconds until all is ready."""
    with _work_limited(installation, limit):
        return installation.up()


@contextmanager
def _work_limited(installation: Installation, limit: float) -> Iterator[None]:
    """Let the workers stand still once so many stage runs are made and done, until the end."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_POLL_SECONDS):
            with suppress(psycopg.OperationalError):
                made, done, _ = _progress(installation)
                if made + done >= limit:
                    with installation.workers_held():
                        is_over.wait()

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield
        finally:
            is_over.set()
    watching.result()


def _strike(installation: Installation, fault: Fault) -> None:
    match fault.victim:
        case Victim.WORKER:
            installation.kill_group("worker")
        case Victim.WORKER_CHILD:
            installation.kill_child("worker", fault.place)
        case Victim.WEB:
            installation.kill_group("web")
        case Victim.REDIS:
            installation.kill_group("redis")
        case Victim.HOST:
            installation.hosts[fault.place % len(installation.hosts)].kill()
        case Victim.POSTGRES:
            installation.stop_at_once("postgres")


def _wait(installation: Installation, is_reached: Callable[[int, int], bool]) -> bool:
    """Whether it was reached before the batch ended; raises TimeoutError when neither comes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            made, done, ended = _progress(installation)
            if ended:
                return False
            if is_reached(made, done):
                return True
        time.sleep(_POLL_SECONDS)
    raise TimeoutError(f"no progress for {PATIENCE_SECONDS} s: see {installation.folder / 'log'}")


def _progress(installation: Installation) -> tuple[int, int, bool]:
    """Stage runs of the last batch made, and done, and whether it has ended."""
    with installation.connect() as connection:
        row = connection.execute(
            """
            SELECT count(run.id), count(run.id) FILTER (WHERE run.state = 'done'),
                   batch.state IN ('done', 'failed')
            FROM shipments_intakebatch AS batch
            LEFT JOIN shipments_stagerun AS run ON run.batch_id = batch.id
            GROUP BY batch.id ORDER BY batch.id DESC LIMIT 1
            """
        ).fetchone()
    return row if row else (0, 0, False)


def _stage_runs_left(installation: Installation) -> tuple[int, int, int]:
    """What :func:`_stage_runs` gives once nothing is left to do, or when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := _stage_runs(installation))[0] and time.monotonic() < deadline:
        time.sleep(5 * _POLL_SECONDS)
    return left


def _stage_runs(installation: Installation) -> tuple[int, int, int]:
    """Runs of any kind that are not done; of the last batch the most attempts and all runs."""
    with installation.connect() as connection:
        row = connection.execute(
            """
            SELECT count(*) FILTER (WHERE state <> 'done'), max(attempts) FILTER (WHERE is_own),
                   count(*) FILTER (WHERE is_own)
            FROM (
              SELECT state, attempts,
                batch_id IS NOT DISTINCT FROM (SELECT max(id) FROM shipments_intakebatch) AS is_own
              FROM shipments_stagerun) AS run
            """
        ).fetchone()
    return row if row else (0, 0, 0)


def _failures(installation: Installation) -> tuple[str, ...]:
    with installation.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT stage || ': ' || failure FROM shipments_stagerun"
            " WHERE state = 'failed' ORDER BY 1"
        ).fetchall()
    return tuple(str(row[0]) for row in rows)


def _final_receipt(client: _PatientClient, public_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        receipt = client.receipt(public_id)
        if receipt["state"] in _ENDS:
            return receipt
        if time.monotonic() > deadline:
            raise TimeoutError(f"batch {public_id} is still {receipt['state']}")
        time.sleep(3 * _POLL_SECONDS)


def _said(recovery: Recovery) -> str:
    fault = recovery.fault
    moment = "in the upload" if fault.at < 0 else f"at {fault.at:.0%} of the work"
    return (
        f"{fault.victim.value} {moment}: ready after {recovery.ready:.1f} s,"
        f" work went on after {recovery.work:.1f} s"
    )
