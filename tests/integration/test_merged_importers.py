"""What facts say of an importer is said of all parties of its trader, while these are merged."""

from datetime import UTC, datetime, timedelta

import pytest

from risk.models import PartyAlias, TradeRecord
from risk.selectors.facts import facts_of
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)


def imported(party, day, hs6="291524", mass="100"):
    at = START + timedelta(days=day)
    made = DeclarationFactory(accepted_at=at)
    PartyRoleFactory(declaration=made, party=party)
    item = GoodsItemFactory(declaration=made, hs6=hs6, net_mass_kg=mass)
    TradeRecord.objects.create(
        goods_item=item, registration_number=made.registration_number, item_number=1, version=1,
        accepted_at=at, importer=party, hs6=hs6, net_mass_kg=mass,
    )  # fmt: skip
    return made.pk


def told(*declarations):
    return [
        (
            facts.party.declaration_count,
            facts.party.days_since_first_seen,
            facts.party.shared_identifier_count,
            facts.items[0].importer_hs6_count,
            facts.items[0].importer_hs6_max_mass_kg,
        )
        for _, facts in facts_of(declaration_ids=declarations)
    ]


def test_history_is_the_traders_as_of_the_declaration_and_its_own_again_when_undone():
    one, other, stranger, second = (PartyFactory() for _ in range(4))
    for holder in (one, other, stranger, second):
        PartyIdentifierFactory(party=holder, first_seen_at=START)
    imported(one, 1, mass="500")
    imported(one, 2, hs6="610910")
    first = imported(other, 3)
    imported(one, 4)
    last = imported(other, 5, mass="700")
    lone = imported(stranger, 6)
    before = told(first, last, lone)
    assert before == [(0, None, 3, 0, None), (1, 2, 3, 1, 100), (0, None, 3, 0, None)]
    PartyAlias.objects.create(party=other, representative=one)
    PartyAlias.objects.create(party=second, representative=stranger)
    assert told(first, last, lone) == [
        (2, 2, 1, 1, 500),
        (4, 4, 1, 3, 500),
        (0, None, 1, 0, None),
    ]
    PartyAlias.objects.all().delete()
    assert told(first, last, lone) == before
