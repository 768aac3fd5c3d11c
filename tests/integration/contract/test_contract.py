"""The whole description of the API against the running system: its own server, PostgreSQL, Redis.

``make contract`` thinks up more. What is thought up is the same in every run.
"""

import os

import pytest
from jsonschema import Draft202012Validator

from targeting import pipeline
from tests.integration.contract.driving import Driving
from tests.integration.contract.recording import record
from tests.integration.contract.world import build_world
from tests.integration.serving import serving

# Of each operation, right and wrong ones each.
THOUGHT_UP = int(os.environ.get("TARGETING_CONTRACT_EXAMPLES", "1"))
# "missing" examples are recorded, or "all".
RECORDED = os.environ.get("TARGETING_RECORD_EXAMPLES", "")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def driving(worker_environment, storage, monkeypatch):
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: None)
    build_world()
    environment = worker_environment | {
        "TARGETING_UPLOADS_DIR": str(storage),
        "DJANGO_SETTINGS_MODULE": "tests.integration.contract.settings",
    }
    with serving(environment) as address:
        yield Driving(address)


def test_every_operation_answers_as_it_is_described(driving, capsys):
    driving.send_examples()
    missed = {one.label for one in driving.operations} - driving.reached
    told = "\n".join(f"{label}: {driving.refusals.get(label)}" for label in sorted(missed))
    if RECORDED:
        record(driving.answers, driving.address, anew=RECORDED == "all")
        print(told)
        return
    assert missed == set(), told
    driving.think_up(examples=THOUGHT_UP)
    with capsys.disabled():
        print("\n" + driving.told())
    assert driving.faults == {}, "\n\n".join(driving.faults.values())
    asked = {one.label for one in driving.operations}
    assert driving.statuses.keys() == asked, asked - driving.statuses.keys()
    assert wrong_examples(driving.schema.raw_schema) == []


def wrong_examples(description):
    """Operations whose example is not what they take or answer; tests/api/test_examples.py knows
    those that have none."""
    wrong = []
    schemas = {"components": _in_json_schema(description["components"])}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [
                told.get("content", {})
                for status, told in operation["responses"].items()
                if status.startswith("2")
            ]
            for content in filter(None, contents):
                shown = [one for one in content.values() if "example" in one]
                faults = [
                    f"{fault.json_path}: {fault.message[:200]}"
                    for one in shown
                    for fault in Draft202012Validator(
                        _in_json_schema(one["schema"]) | schemas
                    ).iter_errors(one["example"])
                ]
                if faults:
                    wrong.append((method, path, faults[:2]))
    return wrong


def _in_json_schema(node):
    """OpenAPI 3.0 as JSON Schema: what may be null may be so by type."""
    if isinstance(node, list):
        return [_in_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _in_json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") is True else made
