"""Asking a running server everything its own description says can be asked.

First every operation with its example, over the rows that there are; then what Schemathesis
thinks up, right and wrong. What answers is held against the description by Schemathesis's checks.
"""

import contextlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import requests
import schemathesis
from django.core.exceptions import ObjectDoesNotExist
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shipments.models import StageRun, Submitter
from shipments.models.choices import StageState
from targeting import pipeline
from targeting.api.examples import EXAMPLES
from tests.integration.contract.callers import Caller, all_callers, allowed
from tests.integration.contract.rows import ANSWER_SECONDS, Rows

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MOST_TRIES = 16
MOST_READ = 300
# An answer without an end: tests/integration/test_event_stream.py reads it.
ENDLESS = {"GET /api/v1/events/stream"}

# Begins what another operation would make void meanwhile.
DONE_AT_ONCE = {"POST /api/v1/lists/{code}/editions/{number}/imports"}


class Driving:
    """One run over all operations, with what it saw."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.callers = all_callers(Submitter.objects.get(key="demo-broker"))
        self.rows = Rows(address, self.callers)
        self.schema = schemathesis.openapi.from_url(
            f"{address}/api/schema", headers={"Accept": "application/json"}, timeout=ANSWER_SECONDS
        )
        found = [one.ok() for one in self.schema.get_all_operations()]
        found.sort(key=lambda one: (_rank(one), one.path))
        self.operations = found
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.faults: dict[str, str] = {}
        self.answers: dict[str, Any] = {}
        self.refusals: dict[str, str] = {}
        self.unsatisfied: set[tuple[str, str]] = set()

    @property
    def reached(self) -> set[str]:
        """Operations that succeeded at least once."""
        return {
            label for label, seen in self.statuses.items() if any(200 <= one < 400 for one in seen)
        }

    def told(self) -> str:
        """The run in one line."""
        asked = sum(self.statuses.values(), Counter[int]())
        by_status = ", ".join(f"{status}: {number}" for status, number in sorted(asked.items()))
        return (
            f"{len(self.operations)} operations, {len(self.reached)} succeeded;"
            f" {asked.total()} answers ({by_status}); {len(self.faults)} faults"
        )

    def send_examples(self, passes: int = 2) -> None:
        """Each operation with its example, by those who may, over the rows there are, until one
        succeeds; then once more those that needed what another one wrote; what ends rows, last."""
        for one in range(passes):
            is_last = one == passes - 1
            for operation in self.operations:
                if operation.label in self.reached or (_ends(operation) and not is_last):
                    continue
                if operation.method != "get":
                    self.rows.forget()
                self._send_example(operation)
            self._work()
            self.rows.forget()

    def think_up(self, *, examples: int) -> None:
        """What the description allows, and what it does not, on rows that are there and others."""
        for operation in self.operations:
            if operation.label not in ENDLESS:
                for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                    self._think_up(operation, mode, examples)

    def _work(self) -> None:
        """What waits is done as by a worker; jobs that factories made have nothing to be done."""
        waiting = StageRun.objects.filter(state=StageState.PENDING)
        for run_id in list(waiting.values_list("pk", flat=True)):
            with contextlib.suppress(ObjectDoesNotExist):
                pipeline.run_stage(run_id)

    def _send_example(self, operation: Any) -> None:
        example = EXAMPLES.get(operation.label, {})
        for turn, (caller, row) in enumerate(itertools.islice(self._tries(operation), MOST_TRIES)):
            more: dict[str, Any] = {}
            if "request" in example:
                more["body"] = self.rows.filled(example["request"], operation.label, turn, row)
                more["media_type"] = _media_type(operation, more["body"])
            if "query" in example:
                more["query"] = self.rows.filled(example["query"], operation.label, turn)
            case = operation.Case(path_parameters=row, **more)
            response = self.send(operation, case, caller, etag=self._etag(operation, caller, row))
            if 200 <= response.status_code < 400:
                self.answers[operation.label] = response
                if operation.label in DONE_AT_ONCE:
                    self._work()
                return
            self.refusals[operation.label] = f"{caller.name} {row}: {response.text[:300]}"

    def _tries(self, operation: Any) -> Iterator[tuple[Caller, dict[str, str]]]:
        """Every row with every caller, beginning with another caller for each row."""
        callers = allowed(self.callers, operation.path, operation.method)
        rows = list(itertools.islice(self.rows.behind(operation.path), 20))
        for offset in range(len(callers)):
            for number, row in enumerate(rows):
                yield callers[(number + offset) % len(callers)], row

    def _think_up(self, operation: Any, mode: GenerationMode, examples: int) -> None:
        callers = allowed(self.callers, operation.path, operation.method)
        known = list(itertools.islice(self.rows.behind(operation.path), 20))

        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=mode),
            caller=st.sampled_from(callers),
            row=st.sampled_from([None, *known, *known]),
        )
        def ask(case: Any, caller: Caller, row: dict[str, str] | None) -> None:
            if row:
                case.path_parameters = row
            if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
                case.body = self.rows.filled(case.body)
            self.send(operation, case, caller)

        try:
            ask()
        except Unsatisfiable:  # nothing wrong can be said of what takes nothing
            self.unsatisfied.add((operation.label, mode.value))

    def send(self, operation: Any, case: Any, caller: Caller, *, etag: str = "") -> Any:
        """The answer, noted; the first fault of each kind of an operation is kept."""
        headers = {**caller.headers, **({"If-Match": etag} if etag else {})}
        if operation.label in ENDLESS:
            return self._opened(operation, headers)
        response = case.call(headers=headers, session=self.session, timeout=ANSWER_SECONDS)
        self.statuses[operation.label][response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for fault in group.exceptions:
                kind = f"{operation.label}: {fault.title} ({response.status_code})"
                told = f"{caller.name}: {case.as_curl_command()}\n{response.text[:600]}"
                self.faults.setdefault(kind, f"{fault.message}\n{told}")
        return response

    def _opened(self, operation: Any, headers: dict[str, str]) -> Any:
        place = self.address + operation.path
        with requests.get(place, headers=headers, stream=True, timeout=ANSWER_SECONDS) as response:
            self.statuses[operation.label][response.status_code] += 1
            # Its first words: read now, as the connection is left.
            response._content = next(response.iter_content(MOST_READ))
            return response

    def _etag(self, operation: Any, caller: Caller, row: dict[str, str]) -> str:
        """That of what is changed: of the address or of what it is below."""
        if not any(one.name == "If-Match" for one in operation.headers):
            return ""
        path = operation.path.format(**row)
        for _ in range(3):
            answer = self.rows.get(path, caller)
            if answer.ok and "ETag" in answer.headers:
                return answer.headers["ETag"]
            path = path.rpartition("/")[0]
        return ""


def _ends(operation: Any) -> bool:
    """Whether nothing else can be done with the row afterwards, of which there is one."""
    return operation.method == "delete" or operation.path.endswith("/retire")


def _rank(operation: Any) -> int:
    """What creates comes first, what deletes last."""
    if operation.method == "post":
        return 0 if "{" not in operation.path else 3
    return {"get": 1, "put": 2, "delete": 4}[operation.method]


def _media_type(operation: Any, body: Any) -> str:
    types = [one.media_type for one in operation.body]
    is_form = isinstance(body, dict) and "file" in body
    return "multipart/form-data" if is_form else "application/json" if types else ""
