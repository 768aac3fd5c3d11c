"""What the audit costs: the same requests with it and without, in turns."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median

from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from targeting.domain.addresses import ANYWHERE
from targeting.management.benchmarks.base import Bench, Part, Result
from targeting.models import AuditEvent, User
from targeting.models.choices import Reach, Role
from targeting.selectors.audit import verify_chain
from targeting.services.audit import seal_events
from targeting.services.clients import register_client
from targeting.services.users import register_user

AUDIT = "targeting.api.audit.AuditMiddleware"
REQUESTS, BATCHES, DECLARATIONS = 300, 15, 1_000
PASSWORD = "for this run only, and nowhere else"  # noqa: S105 - a database that is dropped


def run(bench: Bench) -> Result:
    requests = bench.items or REQUESTS
    bench.tell(f"{requests} requests and {BATCHES} batches, with the audit and without in turns")
    reading, batching = _reader(), _sender()
    rows = [
        _row("list of alerts, ms", *_in_turns(reading, requests)),
        _row(f"batch of {DECLARATIONS:,} declarations taken in, ms", *_in_turns(batching, BATCHES)),
    ]
    events = AuditEvent.objects.count()
    bench.tell(f"sealing and verifying {events} events")
    sealing = _seconds(lambda: seal_events(now=timezone.now()))
    verifying = _seconds(verify_chain)
    rows.append((f"sealing, events/s ({events} events)", "", f"{events / sealing:,.0f}", ""))
    rows.append(("verifying, events/s", "", f"{events / verifying:,.0f}", ""))
    return Result(
        title="audit",
        notes=(
            "The same request in one process, without a network, answered in turns with the audit's"
            " middleware and without it; medians. A read is one event more; a batch, however large,"
            " is one event, the transaction round it and the history's context."
        ),
        columns=("measure", "without", "with", "ratio"),
        rows=tuple(rows),
    )


def _row(measure: str, without: float, with_audit: float) -> tuple[str, ...]:
    ratio = with_audit / without
    return (measure, f"{without * 1000:.2f}", f"{with_audit * 1000:.2f}", f"{ratio:.2f}")


def _in_turns(work: Callable[[Client], None], times: int) -> tuple[float, float]:
    """Median seconds without and with the audit; the first of each only warms up."""
    measured: dict[bool, list[float]] = {False: [], True: []}
    clients = {}
    for is_on in measured:
        with _middleware(is_on):
            clients[is_on] = Client()
            work(clients[is_on])
    for _ in range(times):
        for is_on, client in clients.items():
            measured[is_on].append(_seconds(lambda client=client: work(client)))  # type: ignore[misc]
    return median(measured[False]), median(measured[True])


@contextmanager
def _middleware(is_on: bool) -> Iterator[None]:
    """A client keeps the middleware that it met with its first request."""
    left = [name for name in settings.MIDDLEWARE if is_on or name != AUDIT]
    with override_settings(MIDDLEWARE=left):
        yield


def _reader() -> Callable[[Client], None]:
    account = register_user(
        username="bench", password=PASSWORD, roles=[Role.ANALYST], reach=Reach.CENTRAL
    )

    def read(client: Client) -> None:
        if not client.cookies:
            _sign_in(client, account)
        assert client.get("/api/v1/alerts").status_code == 200  # noqa: S101

    return read


def _sign_in(client: Client, account: User) -> None:
    client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[-1])
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()


def _sender() -> Callable[[Client], None]:
    now = timezone.now()
    client, secret = register_client(
        name="bench",
        submitter_key="bench",
        scopes=["declarations:write", "receipts:read"],
        networks=ANYWHERE,
        now=now,
    )
    form = {"grant_type": "client_credentials", "client_id": client.client_id}
    answer = Client().post("/oauth/token/", {**form, "client_secret": secret})
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    numbers = iter(range(10**9))

    def send(caller: Client) -> None:
        body = _batch(next(numbers))
        sent = caller.post(
            "/api/v1/batches", body, content_type="application/x-ndjson", headers=bearer
        )
        assert sent.status_code == 202  # noqa: S101

    return send


def _batch(number: int) -> bytes:
    accepted = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    lines = (
        {
            "registration_number": f"55301/010326/{number:04}{line:04}",
            "accepted_at": accepted.isoformat(),
            "items": [{"item_number": 1, "description": "ФУТБОЛКИ", "net_mass_kg": "1"}],
        }
        for line in range(DECLARATIONS)
    )
    return "\n".join(json.dumps(line) for line in lines).encode()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


PART = Part(
    name="audit",
    summary="what the audit costs a request and a batch, beside the same without it",
    needs_database=True,
    run=run,
)
