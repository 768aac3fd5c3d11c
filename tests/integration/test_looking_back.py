"""Facts look back on a bounded past: what is stored beyond it is not even read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from risk.models import TradeRecord
from risk.selectors.facts import PEER_ROWS, facts_for_chunk
from risk.selectors.histories import HISTORY_ROWS
from shipments.models import GoodsItem, Party, PartyRole
from tests.factories.shipments import DeclarationFactory
from tests.integration.plans import nodes, plans_of, rows

pytestmark = pytest.mark.django_db

PAST = 5_000
OTHERS = 500
START = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def importer() -> Party:
    """An importer with a long past, two items a declaration, of which every other is chemical.

    Most others have little, so that the planner expects little of everyone.
    """
    importer = Party.objects.create(key="bin:1", name="ТОО Реагент", country="KZ")
    others = Party.objects.bulk_create(
        Party(key=f"bin:{n}", name="ТОО", country="KZ") for n in range(10, 10 + OTHERS)
    )
    carrier = DeclarationFactory(accepted_at=START)
    items = GoodsItem.objects.bulk_create(
        GoodsItem(declaration=carrier, item_number=n, description="x")
        for n in range(1, PAST + OTHERS + 1)
    )
    TradeRecord.objects.bulk_create(
        TradeRecord(
            goods_item=item,
            registration_number=f"55301/010120/{n // 2:07d}",
            item_number=n % 2 + 1,
            version=1,
            accepted_at=START + timedelta(hours=n // 2),
            importer=importer if n < PAST else others[n - PAST],
            hs6=("291411" if n % 2 else "610910") if n < PAST else "",
            net_mass_kg=Decimal(n),
            unit_price=Decimal(n),
        )
        for n, item in enumerate(items)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE risk_traderecord")
    return importer


@contextmanager
def rows_read() -> Iterator[list[int]]:
    """How many rows of the trade records each query reads, by its own plan."""
    read: list[int] = []
    with plans_of("risk_traderecord") as plans:
        yield read
    read += [
        sum(rows(one) for one in nodes(plan) if one.get("Relation Name") == "risk_traderecord")
        for plan in plans
    ]


def test_facts_when_the_past_is_long_then_its_latest_rows_alone_are_read(importer: Party) -> None:
    declaration = DeclarationFactory(accepted_at=START + timedelta(hours=PAST))
    GoodsItem.objects.create(
        declaration=declaration, item_number=1, description="ацетон", hs6="291411"
    )
    PartyRole.objects.create(declaration=declaration, position=1, role="importer", party=importer)

    with rows_read() as read:
        ((_, facts),) = facts_for_chunk(batch_id=declaration.batch_id, chunk=declaration.chunk)

    item = facts.items[0]
    assert len(read) == 2
    # The past, the first row of all, and the peers' prices with those of one more declaration.
    assert sum(read) <= HISTORY_ROWS + 1 + PEER_ROWS + 2
    assert facts.party.declaration_count == HISTORY_ROWS / 2
    assert facts.party.days_since_first_seen == PAST // 24
    assert (item.importer_item_count, item.importer_hs6_count) == (HISTORY_ROWS, HISTORY_ROWS / 2)
    assert item.importer_hs6_max_mass_kg == PAST - 1
    assert item.importer_chemical_share == 0.5
    assert item.peer_unit_prices == tuple(
        Decimal(price) for price in range(PAST - 2 * PEER_ROWS + 1, PAST, 2)
    )
