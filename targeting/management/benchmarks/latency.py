"""Single declarations, from POST to lane, while nothing else runs and beside a large file."""

import json
import secrets
import threading
import time
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from targeting.management.api_client import ApiConnection
from targeting.management.benchmarks.base import Bench, Part, Result
from targeting.management.benchmarks.data import declarations_file
from targeting.management.benchmarks.installation import Installation

ITEMS = 100_000
SINGLES = 200
"""Declarations of each run; they come PER_SECOND, whether the earlier ones are answered or not."""
PER_SECOND = 5
WARM_UP = 5
NDJSON = "application/x-ndjson"
PATIENCE_SECONDS = 120


class _Latencies(NamedTuple):
    """Seconds of each POST as the client saw it, and from its arrival to its lane."""

    answered: list[float]
    assessed: list[float]


def run(bench: Bench) -> Result:
    items = bench.items or ITEMS
    source = declarations_file(items, bench)
    bulk, singles = _split(source.path, 2 * SINGLES + WARM_UP)
    variables = {"TARGETING_DRAW_SECRET": secrets.token_urlsafe(48)}
    with Installation(bench.folder / "latency", variables) as installation:
        installation.fill()
        installation.up()
        credentials = json.loads(
            installation.manage("register_client", "latency", "--network=127.0.0.0/8")
        )
        api = ApiConnection(installation.url)
        api.take_token(**credentials)
        remaining = iter(singles)
        # The first ones pay for what every process builds once.
        _send(installation, api, list(islice(remaining, WARM_UP)))
        bench.tell(f"{SINGLES} declarations while nothing else runs")
        calm = _send(installation, api, list(islice(remaining, SINGLES)))
        bench.tell(f"{SINGLES} declarations beside {items} goods items in a file")
        receipt = api.post_file("/api/v1/batches", bulk, content_type=NDJSON)
        _wait_until_processing(api, receipt["id"])
        busy = _send(installation, api, list(islice(remaining, SINGLES)))
        state = api.get(f"/api/v1/receipts/{receipt['id']}")["state"]
    beside = "all of them" if state == "processing" else "not to the end: the file was done before"
    return Result(
        title="latency",
        notes=(
            f"{SINGLES} declarations ({source.name}), {PER_SECOND} a second whatever the answers,"
            " posted to an installation of its own that was warmed up; then as many while a file"
            f" of {items:,} goods items is worked off ({beside}). Assessed: from the arrival of"
            " the request to the end of the stage that gives the lane."
        ),
        columns=("measure", "alone, ms", "beside the file, ms", "ratio"),
        rows=(
            *_rows("POST answered", calm.answered, busy.answered),
            *_rows("POST to lane", calm.assessed, busy.assessed),
        ),
    )


def _split(file: Path, count: int) -> tuple[Path, list[bytes]]:
    """The last ``count`` lines for themselves, and a file of the others."""
    lines = file.read_bytes().splitlines(keepends=True)
    bulk = file.with_name("bulk.ndjson")
    bulk.write_bytes(b"".join(lines[:-count]))
    return bulk, lines[-count:]


def _send(installation: Installation, api: ApiConnection, declarations: list[bytes]) -> _Latencies:
    """Post each at its time in a thread of its own, then ask the database when it was assessed."""
    answered: list[float] = []
    receipts: list[str] = []

    def post(content: bytes) -> None:
        started = time.perf_counter()
        receipt = api.post("/api/v1/declarations", content, content_type="application/json")
        answered.append(time.perf_counter() - started)
        receipts.append(receipt["id"])

    begin = time.perf_counter()
    threads = []
    for place, content in enumerate(declarations):
        time.sleep(max(0.0, begin + place / PER_SECOND - time.perf_counter()))
        threads.append(threading.Thread(target=post, args=(content,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return _Latencies(answered, _assessed(installation, receipts))


def _assessed(installation: Installation, receipts: list[str]) -> list[float]:
    """Seconds from arrival to lane of every receipt; raises TimeoutError when one gets none."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with installation.connect() as connection:
            rows = connection.execute(
                """
                SELECT extract(epoch FROM run.finished_at - batch.received_at)::float
                FROM shipments_intakebatch batch
                JOIN shipments_stagerun run ON run.batch_id = batch.id
                WHERE run.stage = 'assess' AND run.state = 'done' AND batch.public_id = ANY(%s)
                """,
                [receipts],
            ).fetchall()
        if len(rows) == len(receipts):
            return [row[0] for row in rows]
        time.sleep(0.2)
    raise TimeoutError(f"{len(receipts) - len(rows)} declarations are still without a lane")


def _wait_until_processing(api: ApiConnection, receipt: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while api.get(f"/api/v1/receipts/{receipt}")["state"] == "received":
        if time.monotonic() > deadline:
            raise TimeoutError("no worker took up the file")
        time.sleep(0.1)


def _rows(name: str, alone: list[float], beside: list[float]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for percent in (50, 95):
        calm, busy = (1000 * quantiles(one, n=100)[percent - 1] for one in (alone, beside))
        rows.append((f"{name}, p{percent}", f"{calm:.0f}", f"{busy:.0f}", f"{busy / calm:.1f}"))
    return rows


PART = Part(
    name="latency",
    summary="single declarations from POST to lane, alone and beside a file of 100,000 items",
    needs_database=False,
    run=run,
)
