"""Authorisations, and declarations that name them."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from risk.domain.permits.entry_fields import Known
from risk.domain.permits.reading import read_entries
from risk.services.authorisations import Registered, register_authorisations
from shipments import models
from tests.factories.risk import SubstanceFactory
from tests.factories.shipments import (
    START,
    DeclarationFactory,
    GoodsItemDocumentFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyRoleFactory,
)

HOLDER = "990140000007"
KNOWN = Known(frozenset({"acetone", "acetic-anhydride"}), {}, "МВД")


class AuthorisationFactory(DjangoModelFactory):
    authority = "МВД"
    number = factory.Sequence(lambda n: f"KZ55LIC{n:05d}")
    number_key = factory.SelfAttribute("number")
    content_digest = b"0" * 16
    kind = "licence"
    holder = factory.SubFactory(PartyFactory)
    valid_from = date(2026, 1, 1)
    valid_to = date(2026, 12, 31)
    registered_by = "command:test"
    registered_at = START

    class Meta:
        model = models.Authorisation


class AuthorisationLineFactory(DjangoModelFactory):
    authorisation = factory.SubFactory(AuthorisationFactory)
    line_number = 1
    substance_key = "acetone"
    amount = Decimal(1000)
    unit = "kg"
    granted_kg = Decimal(1000)

    class Meta:
        model = models.AuthorisationLine


def entry(number: str = "KZ1", amount: object = 1000, **changes: Any) -> dict[str, Any]:
    """A licence for acetone as a caller sends it; ``line`` changes its line."""
    line = {"line": 1, "substance_key": "acetone", "amount": str(amount)} | changes.pop("line", {})
    return {
        "number": number,
        "kind": "licence",
        "holder": {"name": "ТОО «Реактив»", "bin": HOLDER},
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "lines": [line],
    } | changes


def register(*entries: dict[str, Any]) -> Registered:
    """Enter them, as a command does."""
    SubstanceFactory(key="acetone", preferred_name="Acetone")
    reading = read_entries(entries, file_name="test", known=KNOWN)
    assert reading.rejected == ()
    return register_authorisations(records=reading.records, actor="command:test", now=START)


def declare(
    number: str,
    version: int = 1,
    kg: object = 100,
    *,
    permits: tuple[str, ...] = ("KZ1",),
    **more: Any,
) -> models.Declaration:
    """A stored and linked version of one item of acetone that names these licences."""
    importer, _ = models.Party.objects.get_or_create(
        key=f"bin:{more.pop('importer', HOLDER)}", defaults={"name": "ТОО «Реактив»"}
    )
    declaration = DeclarationFactory(registration_number=number, version=version, **more)
    PartyRoleFactory(declaration=declaration, party=importer, position=1)
    if not declaration.is_cancelled:
        item = GoodsItemFactory(declaration=declaration, net_mass_kg=kg, description="АЦЕТОН")
        for place, permit in enumerate(permits, 1):
            GoodsItemDocumentFactory(goods_item=item, number=permit, position=place, licence_line=1)
    return declaration
