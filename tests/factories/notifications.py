"""Pre-export notifications, and declarations that may have come under them."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from risk.domain.permits.notice_reading import read_notices
from risk.services.notifications import RegisteredNotices, register_notifications
from shipments import models
from tests.factories.authorisations import HOLDER, KNOWN
from tests.factories.risk import SubstanceFactory, SubstanceMatchFactory
from tests.factories.shipments import (
    START,
    DeclarationFactory,
    GoodsItemDocumentFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyRoleFactory,
)

SELLER = "WUHAN CHEMICALS CO., LTD"


class PreExportNotificationFactory(DjangoModelFactory):
    authority = "CN"
    number = factory.Sequence(lambda n: f"PEN{n:05d}")
    number_key = factory.SelfAttribute("number")
    content_digest = b"0" * 16
    substance_key = "acetone"
    exporter = factory.SubFactory(PartyFactory)
    importer = factory.SubFactory(PartyFactory)
    amount = Decimal(100)
    unit = "kg"
    notified_kg = Decimal(100)
    state_on = sent_on = date(2026, 1, 1)
    reply_due_on = date(2026, 1, 26)
    opens_on = date(2026, 1, 1)
    closes_on = date(2026, 3, 1)
    registered_by = "command:test"
    registered_at = START

    class Meta:
        model = models.PreExportNotification


def notice(number: str = "PEN1", kg: object = 100, **changes: Any) -> dict[str, Any]:
    """A notice of acetone as a caller sends it, dispatched ten days before START's month ends."""
    return {
        "number": number,
        "state": "no_objection",
        "exporter": {"name": SELLER, "country": "CN"},
        "importer": {"name": "ТОО «Реактив»", "bin": HOLDER},
        "substance_key": "acetone",
        "quantity_kg": str(kg),
        "sent_on": START.date().isoformat(),
        "dispatch_on": START.date().isoformat(),
        "entry_point": "55310",
    } | changes


def notify(*entries: dict[str, Any]) -> RegisteredNotices:
    """Enter them, as a command does."""
    SubstanceFactory(key="acetone", preferred_name="Acetone")
    reading = read_notices(entries, file_name="test", known=KNOWN._replace(authority=""))
    assert reading.rejected == ()
    return register_notifications(records=reading.records, actor="command:test", now=START)


def arrive(
    number: str, version: int = 1, kg: object = 100, *, notices: tuple[str, ...] = (), **more: Any
) -> models.Declaration:
    """A stored and linked version of one item from SELLER that names these notices; recognised
    as ``substance`` (acetone), blank: as nothing."""
    substance = more.pop("substance", "acetone")
    importer, _ = models.Party.objects.get_or_create(
        key=f"bin:{more.pop('importer', HOLDER)}", defaults={"name": "ТОО «Реактив»"}
    )
    seller = more.pop("seller", SELLER)
    values = {"border_office": "55310", "country_of_dispatch": "CN"} | more
    declaration = DeclarationFactory(registration_number=number, version=version, **values)
    PartyRoleFactory(declaration=declaration, party=importer, position=1)
    exporter, _ = models.Party.objects.get_or_create(
        key=f"tax_id:CN:{seller}", defaults={"name": seller, "country": "CN"}
    )
    PartyRoleFactory(declaration=declaration, role="consignor", party=exporter, position=2)
    if not declaration.is_cancelled:
        item = GoodsItemFactory(declaration=declaration, net_mass_kg=kg, description="АЦЕТОН")
        for place, named in enumerate(notices, 1):
            GoodsItemDocumentFactory(goods_item=item, code="01332", number=named, position=place)
        if substance:
            SubstanceMatchFactory(
                goods_item=item,
                substance=SubstanceFactory(key=substance, preferred_name=substance),
            )
    return declaration
