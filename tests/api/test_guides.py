"""The guides as they stand, run against a server: their Python, and the walks in the shell."""

import json
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest
from django.db import connection

from shipments.models import Declaration, StageRun
from targeting import pipeline
from targeting.management.one_time_codes import new_key, one_time_code
from targeting.models import Referral
from targeting.models.choices import Reach, Role
from targeting.services.users import enrol_authenticator_app, register_user
from tests.api.test_intake import DECLARATION
from tests.factories.risk import SubstanceIdentifierFactory
from tests.factories.targeting import flagged_shipment, registered_client
from tests.integration.conftest import load_reference_data

DOCS = Path(__file__).resolve().parents[2] / "docs"
PASSWORD = "a long pass phrase of Astana"
# The day is none; the mass is what its next version corrects.
SLIP = DECLARATION | {
    "accepted_at": "2025-11-31T08:30:00Z",
    "version": 1,
    "items": [DECLARATION["items"][0] | {"net_mass_kg": "1200"}],
}
SCOPES = ["declarations:write", "receipts:read"]

pytestmark = pytest.mark.django_db(transaction=True)


def blocks(guide, language):
    text = (DOCS / guide).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def code_of(guide):
    namespace = {}
    for block in blocks(guide, "python"):
        exec(block, namespace)  # noqa: S102 (our own guide)
    return namespace


def walk(beginning, folder, **environment):
    """What a walk of the guide printed, run in a folder of its own."""
    (script,) = [
        one for one in blocks("api-client.md", "sh") if beginning in one and "set -eu" in one
    ]
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def worker(live_server, monkeypatch):
    """What waits is done as a worker would, in a thread of its own beside the server's."""
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: None)
    load_reference_data()
    ended = threading.Event()

    def work():
        try:
            while not ended.wait(0.2):
                for run_id in StageRun.objects.filter(state="pending").values_list("pk", flat=True):
                    pipeline.run_stage(run_id)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.fixture
def analyst_at_home():
    """Account and a code that is good now."""
    user = register_user(
        username="aigul", password=PASSWORD, roles=[Role.ANALYST], reach=Reach.CENTRAL
    )
    key = new_key()
    enrol_authenticator_app(user=user, secret=key)
    return one_time_code(key, at=time.time())


def test_a_broker_submits_corrects_and_reads_receipts_in_python(live_server, worker):
    guide = code_of("api-client.md")
    client, secret = registered_client(scopes=SCOPES)
    token = guide["get_token"](live_server.url, client.client_id, secret)
    with pytest.raises(ValueError, match="declaration_rejected"):
        guide["submit"](live_server.url, token, SLIP)
    receipts = guide["submit_and_correct"](live_server.url, token, SLIP, "2025-11-12T08:30:00Z")
    assert [one["state"] for one in receipts] == ["done", "done"]
    assert len({one["id"] for one in receipts}) == 2
    assert sorted(Declaration.objects.values_list("version", flat=True)) == [1, 2]


def test_a_broker_submits_corrects_and_reads_receipts_in_the_shell(live_server, worker, tmp_path):
    client, secret = registered_client(scopes=SCOPES)
    (tmp_path / "declaration.json").write_text(json.dumps(SLIP, ensure_ascii=False))
    told = walk(
        "declaration.json",
        tmp_path,
        BASE=live_server.url,
        CLIENT_ID=client.client_id,
        CLIENT_SECRET=secret,
    )
    code, issues, *counts = told.splitlines()
    assert code == "declaration_rejected"
    assert "accepted_at" in issues
    assert len(counts) == 2
    first, second = Declaration.objects.order_by("version")
    assert (first.version, second.version) == (1, 2)
    assert [str(one.items.get().net_mass_kg.normalize()) for one in (first, second)] == [
        "1.2E+3",
        "1180.5",
    ]


def test_an_analyst_signs_in_and_reads_every_page(live_server, analyst_at_home):
    guide = code_of("analyst.md")
    made = [flagged_shipment().id for _ in range(3)]
    session = guide["signed_in"](live_server.url, "aigul", PASSWORD, analyst_at_home)
    rows = guide["alerts"](session, live_server.url, lane="red", page_size="2")
    assert sorted(row["id"] for row in rows) == made


def test_an_analyst_searches_opens_and_refers_in_python(live_server, analyst_at_home):
    alert = flagged_shipment()
    SubstanceIdentifierFactory()
    session = code_of("analyst.md")["signed_in"](
        live_server.url, "aigul", PASSWORD, analyst_at_home
    )
    dossier, referral = code_of("api-client.md")["refer_first"](
        session, live_server.url, "Лицензии нет.", substance="108-24-7", state="open"
    )
    assert dossier["declaration"]["registration_number"] == alert.registration_number
    assert (referral["alert"], referral["state"]) == (alert.pk, "sent")
    assert set(referral["content"]) == {"registration", "goods"}


def test_an_analyst_searches_opens_and_refers_in_the_shell(live_server, analyst_at_home, tmp_path):
    alert = flagged_shipment()
    SubstanceIdentifierFactory()
    told = walk(
        "sign-in.html",
        tmp_path,
        BASE=live_server.url,
        LOGIN="aigul",
        PASSWORD=PASSWORD,
        CODE=analyst_at_home,
    )
    assert "Уксусный ангидрид" in told
    referral = Referral.objects.get()
    assert (referral.alert, referral.note) == (alert, "Лицензии нет: просим досмотр.")
    assert set(referral.content) == {"registration", "goods"}
