"""A lane's whole way over real HTTP: declared, told by a signed message, read, acknowledged, and
what the inspection found counted in the statistics."""

import base64
import json
import time
from datetime import datetime, timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone

from targeting import pipeline
from targeting.models import LaneTask
from targeting.services.clients import register_client
from targeting.services.webhooks import register_endpoint
from tests.api.conftest import CUSTOMS_SCOPES, signed_in
from tests.integration.conftest import declaration, load_reference_data
from tests.integration.serving import serving
from tests.integration.webhook_server import webhook_server
from tests.integration.workers import messages, wait_until, worker

__all__ = ["messages"]  # a fixture

NUMBER = "55301/121125/0000001"
ANHYDRIDE = {
    "description": "УКСУСНЫЙ АНГИДРИД, 99 %, CAS 108-24-7",
    "commodity_code": "2915240000",
    "country_of_origin": "CN",
    "gross_mass_kg": "1300",
    "net_mass_kg": "1200",
    "statistical_value": "1500.00",
}


def ask(url, token="", body=None, **headers):
    known = {"Content-Type": "application/json"} | headers
    if token:
        known["Authorization"] = f"Bearer {token}"
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(url, data=content, headers=known)  # noqa: S310 - our own address
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def token_of(address, client, secret):
    credentials = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    status, said = ask(
        f"{address}/oauth/token/",
        body=b"grant_type=client_credentials",
        Authorization=f"Basic {credentials}",
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert status == 200
    return said["access_token"]


def registered(kind, scopes, **client):
    return register_client(
        name=kind,
        submitter_key=kind,
        kind=kind,
        scopes=scopes,
        networks=["127.0.0.0/8"],
        now=timezone.now(),
        **client,
    )


@pytest.fixture
def environment(worker_environment, settings):
    settings.TARGETING = settings.TARGETING | {"WEBHOOK_NETWORKS": ["127.0.0.0/8"]}
    load_reference_data()
    return worker_environment | {
        "SECRET_KEY": settings.SECRET_KEY,
        "TARGETING_DRAW_SECRET": settings.TARGETING["DRAW_SECRET"],
        "TARGETING_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }


@pytest.fixture
def system():
    with webhook_server() as server:
        yield server


@pytest.fixture
def broker():
    with webhook_server() as server:
        yield server


def test_a_lane_from_declaration_to_statistics(environment, messages, system, broker, tmp_path):
    customs, customs_secret = registered("customs_system", CUSTOMS_SCOPES, offices=["55301"])
    sender, sender_secret = registered("api_client", ["declarations:write", "receipts:read"])
    _, secret = register_endpoint(
        client=customs, url=system.url(), kinds=["lane_given"], actor="user:1", now=timezone.now()
    )
    register_endpoint(
        client=sender,
        url=broker.url(),
        kinds=["receipt_finished"],
        actor="user:1",
        now=timezone.now(),
    )
    log = tmp_path / "worker.log"
    with serving(environment) as address, worker(environment, log):
        api = f"{address}/api/v1"
        token = token_of(address, sender, sender_secret)
        status, receipt = ask(f"{api}/declarations", token, declaration(item=ANHYDRIDE))
        assert status == 202
        _wait_for_messages(messages, [system, broker], log)

        (told,) = system.received
        assert told.is_signed_with(secret)
        assert told.said["data"]["registration_number"] == NUMBER
        assert told.said["data"]["lane"] in {"red", "yellow"}
        assert [one.said["data"] for one in broker.received] == [
            {"receipt": receipt["id"], "state": "done"}
        ]
        assert ask(f"{api}/lanes/{NUMBER}", token)[0] == 403  # a lane is nothing to its declarant

        token = token_of(address, customs, customs_secret)
        status, lane = ask(f"{api}/lanes/{NUMBER}", token)
        assert (status, lane["lane"]) == (200, told.said["data"]["lane"])
        assert lane["note"]
        assert _parsed(lane["due_at"]) == _parsed(told.said["data"]["due_at"])

        analyst = signed_in(roles=["analyst"])
        assert analyst.get("/api/v1/overdue-lanes").json()["results"] == []
        LaneTask.objects.update(due_at=timezone.now() - timedelta(minutes=1))
        (overdue,) = analyst.get("/api/v1/overdue-lanes").json()["results"]
        assert overdue["registration_number"] == NUMBER
        read = {"version": told.said["data"]["version"], "lane": told.said["data"]["lane"]}
        status, lane = ask(f"{api}/lanes/{NUMBER}/acknowledge", token, read)
        assert (status, lane["acknowledged_by"]) == (200, customs.actor)
        assert analyst.get("/api/v1/overdue-lanes").json()["results"] == []

        act = {
            "registration_number": NUMBER,
            "item_number": 1,
            "act_number": "K-17",
            "inspected_at": timezone.now().isoformat(),
            "result": "offence",
            "measure": "seized",
            "found_substance": "acetic-anhydride",
            "found_mass_kg": "1180.5",
            "laboratory_requested_at": timezone.now().isoformat(),
        }
        assert ask(f"{api}/outcomes", token, act)[0] == 201
        assert ask(f"{api}/outcomes", token, act)[0] == 200
        assert ask(f"{api}/statistics/outcomes", token)[0] == 403

        counted = analyst.get("/api/v1/statistics/outcomes").json()
        assert counted["acts"]["offence"] == 1
        assert counted["indicators"][0]["precision"]["found"] == 1
        assert counted["laboratory"]["waiting"] == 1


def _parsed(text):
    return datetime.fromisoformat(text)


def _wait_for_messages(messages, servers, log):
    """With a look at the outbox every second, as beat asks for it."""
    asked = 0.0

    def are_told():
        nonlocal asked
        if time.monotonic() - asked > 1:
            asked = time.monotonic()
            task = "targeting.tasks.deliver_webhooks"
            messages.send_task(task, queue=pipeline.QUICK, expires=5)
        return all(server.received for server in servers)

    wait_until(are_told, "a message", log)
