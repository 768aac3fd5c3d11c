"""Every operation of the API shows an example of what it takes and of what it answers.

Whether they are right is asked of the running system (tests/integration/contract).
"""

from pathlib import Path

import pytest
import yaml

from targeting.api.examples import EXAMPLES

DECLARED = Path(__file__).parents[2] / "docs" / "openapi.yaml"


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
    assert missing == set()


def test_answers_when_an_operation_answers_with_a_body_then_it_has_an_example(operations) -> None:
    answering = {label for label, one in operations.items() if answers_with_a_body(one)}
    missing = {label for label in answering if "response" not in EXAMPLES.get(label, {})}
    assert missing == set()


def test_examples_when_an_operation_is_gone_then_its_example_is_too(operations) -> None:
    assert EXAMPLES.keys() <= operations.keys()


def answers_with_a_body(operation) -> bool:
    answers = operation["responses"].items()
    return any("content" in answer for status, answer in answers if status.startswith("2"))
