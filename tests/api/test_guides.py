"""The Python of the guides, run against a server as it stands there."""

import re
import time
from pathlib import Path

import pytest

from shipments.models import IntakeBatch
from targeting.management.one_time_codes import new_key, one_time_code
from targeting.models.choices import Reach, Role
from targeting.services.users import enrol_authenticator_app, register_user
from tests.api.test_intake import DECLARATION
from tests.factories.targeting import flagged_shipment, registered_client

DOCS = Path(__file__).resolve().parents[2] / "docs"

pytestmark = pytest.mark.django_db(transaction=True)


def code_of(guide):
    text = (DOCS / guide).read_text(encoding="utf-8")
    namespace = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, namespace)  # noqa: S102 (our own guide)
    return namespace


def test_a_client_submits_corrects_and_reads_its_receipt(live_server):
    guide = code_of("api-client.md")
    client, secret = registered_client(scopes=["declarations:write", "receipts:read"])
    token = guide["get_token"](live_server.url, client.client_id, secret)
    with pytest.raises(ValueError, match="declaration_rejected"):
        guide["submit"](live_server.url, token, {**DECLARATION, "accepted_at": "soon"})
    receipt_url = guide["submit"](live_server.url, token, DECLARATION)
    IntakeBatch.objects.update(state="done")
    assert guide["wait_for"](receipt_url, token)["state"] == "done"
    amended = guide["submit"](live_server.url, token, {**DECLARATION, "version": 2})
    assert amended != receipt_url


def test_an_analyst_signs_in_and_reads_every_page(live_server):
    guide = code_of("analyst.md")
    password = "a long pass phrase of Astana"
    user = register_user(
        username="aigul", password=password, roles=[Role.ANALYST], reach=Reach.CENTRAL
    )
    key = new_key()
    enrol_authenticator_app(user=user, secret=key)
    made = [flagged_shipment().id for _ in range(3)]
    code = one_time_code(key, at=time.time())
    session = guide["signed_in"](live_server.url, "aigul", password, code)
    rows = guide["alerts"](session, live_server.url, lane="red", page_size="2")
    assert sorted(row["id"] for row in rows) == made
