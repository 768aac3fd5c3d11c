"""Annual legitimate requirements and norms of holders."""

from datetime import date
from decimal import Decimal
from typing import Any

from factory.django import DjangoModelFactory

from risk.domain.permits.requirement_reading import read_requirements
from risk.services.requirements import RegisteredRequirements, register_requirements
from shipments import models
from tests.factories.authorisations import HOLDER, KNOWN
from tests.factories.shipments import START


class AnnualLegitimateRequirementFactory(DjangoModelFactory):
    country = "KZ"
    substance_key = "acetone"
    year = 2026
    content_digest = b"0" * 16
    amount = required_kg = Decimal(1000)
    unit = "kg"
    stated_on = date(2026, 1, 1)
    source = "INCB"
    registered_by = "command:test"
    registered_at = START

    class Meta:
        model = models.AnnualLegitimateRequirement


def need(kg: object = 1000, **changes: Any) -> dict[str, Any]:
    """The country's need of acetone as a caller sends it."""
    return {
        "country": "KZ",
        "substance_key": "acetone",
        "year": 2026,
        "amount_kg": str(kg),
        "stated_on": "2026-01-01",
        "source": "INCB",
    } | changes


def norm(kg: object = 100, **changes: Any) -> dict[str, Any]:
    """The norm of HOLDER."""
    return need(kg, holder={"name": "ТОО «Реактив»", "bin": HOLDER}, source="МВД") | changes


def state(*entries: dict[str, Any]) -> RegisteredRequirements:
    """Enter them, as a command does."""
    reading = read_requirements(entries, file_name="test", known=KNOWN._replace(authority=""))
    assert reading.rejected == ()
    return register_requirements(records=reading.records, actor="command:test", now=START)
