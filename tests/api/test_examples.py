"""Every operation of the API shows an example of what it takes and of what it answers.

Whether they are right is asked of the running system (tests/integration/contract).
"""

from pathlib import Path

import pytest
import yaml

from targeting.api.examples import EXAMPLES

DECLARED = Path(__file__).parents[2] / "docs" / "openapi.yaml"
# What has none yet, of requests and of answers: these may only become fewer.
WITHOUT_REQUEST = frozenset(
    {
        "POST /api/v1/leads",
        "POST /api/v1/leads/import",
    }
)
WITHOUT_ANSWER = frozenset(
    {
        "POST /api/v1/alerts/bulk",
        "POST /api/v1/alerts/{id}/confirm-dismissal",
        "POST /api/v1/alerts/{id}/reopen",
        "POST /api/v1/channels/{id}/liquidate",
        "GET /api/v1/events/stream",
        "GET /api/v1/exemption-claims/{id}",
        "GET /api/v1/exports/{id}/file",
        "GET /api/v1/leads",
        "POST /api/v1/leads",
        "POST /api/v1/leads/import",
        "GET /api/v1/leads/{id}",
        "GET /api/v1/list-imports/{id}",
        "POST /api/v1/list-imports/{id}/confirm",
        "GET /api/v1/list-imports/{id}/preview",
        "POST /api/v1/lists/{code}/editions/{number}/approve",
        "GET /api/v1/notification-matches/{id}",
        "POST /api/v1/notification-matches/{id}/approve",
        "POST /api/v1/notification-matches/{id}/decision",
        "GET /api/v1/notification-matches/{id}/history",
        "POST /api/v1/operator-questions",
        "GET /api/v1/operator-questions/{id}",
        "GET /api/v1/operator-questions/{id}/documents/{number}",
        "POST /api/v1/operator-questions/{id}/extend",
        "POST /api/v1/operator-questions/{id}/settle",
        "POST /api/v1/operator-questions/{id}/withdraw",
        "GET /api/v1/party-pairs/{id}",
        "POST /api/v1/party-pairs/{id}/decide",
        "POST /api/v1/permit-matches",
        "GET /api/v1/permit-matches/{id}",
        "POST /api/v1/permit-matches/{id}/approve",
        "GET /api/v1/permit-matches/{id}/history",
        "POST /api/v1/permit-matches/{id}/withdraw",
        "POST /api/v1/profiles/{id}/approve",
        "GET /api/v1/profiles/{id}/simulation",
        "GET /api/v1/profiles/{id}/simulation/load",
        "GET /api/v1/questions/{id}",
        "POST /api/v1/questions/{id}/answer",
        "GET /api/v1/receipts/{id}/rejects",
        "POST /api/v1/risk-models/{id}/approve",
        "GET /api/v1/running-totals/{id}/{key}",
        "GET /api/v1/standing-dismissals/{id}",
        "POST /api/v1/standing-dismissals/{id}/end",
        "PUT /api/v1/substances/{key}/identifiers",
    }
)


@pytest.fixture(scope="module")
def operations():
    """By method and path, as ``docs/openapi.yaml`` declares them."""
    declared = yaml.load(DECLARED.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {
        f"{method.upper()} {path}": operation
        for path, methods in declared["paths"].items()
        for method, operation in methods.items()
    }


def test_requests_when_an_operation_takes_a_body_then_it_has_an_example(operations) -> None:
    taking = {label for label, one in operations.items() if one.get("requestBody")}
    missing = {label for label in taking if "request" not in EXAMPLES.get(label, {})}
    assert missing == WITHOUT_REQUEST


def test_answers_when_an_operation_answers_with_a_body_then_it_has_an_example(operations) -> None:
    answering = {label for label, one in operations.items() if answers_with_a_body(one)}
    missing = {label for label in answering if "response" not in EXAMPLES.get(label, {})}
    assert missing == WITHOUT_ANSWER


def test_examples_when_an_operation_is_gone_then_its_example_is_too(operations) -> None:
    assert EXAMPLES.keys() <= operations.keys()


def answers_with_a_body(operation) -> bool:
    answers = operation["responses"].items()
    return any("content" in answer for status, answer in answers if status.startswith("2"))
