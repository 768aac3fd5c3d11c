"""What holders report after the release."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from shipments import models
from tests.factories.shipments import START


class ConsignmentReturnFactory(DjangoModelFactory):
    registration_number = "55301/010126/0000001"
    item_number = 1
    substance_key = "acetone"
    number = factory.Sequence(lambda n: f"R{n}")
    number_key = factory.SelfAttribute("number")
    content_digest = b"0" * 16
    reported_on = date(2026, 1, 20)
    reported_by = "ТОО «Реактив»"
    amount = reported_kg = Decimal(100)
    unit = "kg"
    registered_by = "command:test"
    registered_at = START

    class Meta:
        model = models.ConsignmentReturn
