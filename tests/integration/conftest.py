"""The lists and profile that ship with the project, a pipeline without a broker, a server."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from risk.models import RiskProfile
from shipments.models import IntakeBatch, StageRun, Submitter
from shipments.models.choices import StageState
from shipments.services.intake import register_submitter
from targeting import pipeline
from tests.integration.serving import serving

DEMO = Path(settings.TARGETING["FIXTURES_DIR"]) / "demo"
NAME = "PYTEST_CURRENT_TEST"
RECEIVED_AT = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


def load_reference_data() -> None:
    """The shipped lists, names and profile, unless they are there."""
    if not RiskProfile.objects.exists():
        call_command("load_substance_list", verbosity=0)
        call_command("load_risk_profile", verbosity=0)


@pytest.fixture(scope="session")
def _reference_data(django_db_setup, django_db_blocker):
    """Loaded and committed once for the whole run: it takes seconds."""
    with django_db_blocker.unblock():
        load_reference_data()


@pytest.fixture
def reference_data(_reference_data, db):
    """For tests that roll back; a test that commits empties the tables and loads anew."""
    load_reference_data()


@pytest.fixture
def from_nothing(transactional_db) -> None:
    """Empty tables: what the run committed for all is not there, whichever test came before."""
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


@pytest.fixture
def submitter(reference_data) -> Submitter:
    return register_submitter(key="broker-1")


@pytest.fixture
def storage(settings, tmp_path) -> Path:
    """An empty storage, to see what stays in it."""
    folder: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    folder["OPTIONS"] = {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"default": folder}
    return tmp_path


def work_off() -> None:
    """Do every pending stage run in this process, as the workers would."""
    while pending := list(
        StageRun.objects.filter(state=StageState.PENDING).values_list("pk", flat=True)
    ):
        if not sum(pipeline.run_stage(run_id) for run_id in pending):
            raise AssertionError(f"nobody may do the runs {pending}")


@pytest.fixture
def take_in(submitter) -> Callable[..., IntakeBatch]:
    """Send declarations (mappings, or bytes with a format) through the whole pipeline."""

    def take_in(
        content: bytes | Iterable[Mapping[str, Any]],
        *,
        format_key: str = "ndjson",
        mapping_key: str = "",
        owner: Submitter = submitter,
    ) -> IntakeBatch:
        if not isinstance(content, bytes):
            content = "\n".join(json.dumps(one) for one in content).encode()
        batch = pipeline.receive(
            submitter=owner,
            content=content,
            format_key=format_key,
            mapping_key=mapping_key,
            received_at=RECEIVED_AT,
        )
        work_off()
        batch.refresh_from_db()
        return batch

    return take_in


def declaration(number: int = 1, **changes: Any) -> dict[str, Any]:
    """One declaration of one innocent item, as JSON; ``item`` changes the item."""
    item = {
        "item_number": 1,
        "description": "ФУТБОЛКИ ХЛОПЧАТОБУМАЖНЫЕ",
        "commodity_code": "6109100000",
        "country_of_origin": "TR",
        "gross_mass_kg": "110",
        "net_mass_kg": "100",
        "statistical_value": "900.00",
    } | changes.pop("item", {})
    return {
        "registration_number": f"55301/121125/{number:07}",
        "accepted_at": "2025-11-12T10:00:00+05:00",
        "customs_office": "55301",
        "country_of_dispatch": "TR",
        "country_of_trading": "TR",
        "parties": [
            {
                "role": "importer",
                "name": "ТОО «Пример»",
                "country": "KZ",
                "identifiers": [{"kind": "bin", "value": "990140000007"}],
            },
            {"role": "consignor", "name": "Ornek Tekstil", "country": "TR"},
        ],
        "items": [item],
    } | changes


@pytest.fixture(scope="module")
def served() -> Iterator[Callable[[Mapping[str, str]], str]]:
    """The address of a server with an environment: one for all tests of a module that ask for the
    same. It keeps what it knows from one to the next."""
    with contextlib.ExitStack() as running:
        addresses: dict[frozenset[tuple[str, str]], str] = {}

        def of(environment: Mapping[str, str]) -> str:
            # pytest names there the test that is running.
            key = frozenset(environment.items() - {(NAME, environment.get(NAME, ""))})
            if key not in addresses:
                addresses[key] = running.enter_context(serving(environment))
            return addresses[key]

        yield of
