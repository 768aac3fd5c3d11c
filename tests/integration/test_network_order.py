"""The stored network is what was declared, in whatever order and chunks it came."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from risk.models import PartyLink, PartyTie
from risk.services.networks import link_chunk
from shipments.models import Container, Declaration, PartyRole
from tests.factories.shipments import DeclarationFactory, GoodsItemFactory, IntakeBatchFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = ("importer", "consignor", "representative", "carrier")
PLATES = ("123 АВС 02", "123abc02", "777XYZ01", "")
TYPED = {"123 АВС 02": "123ABC02", "123abc02": "123ABC02", "777XYZ01": "777XYZ01"}


@pytest.fixture
def declared():
    """Twenty versions of twelve declarations among few parties, offices, plates, containers."""
    draw, batch = Random(9), IntakeBatchFactory()
    numbers = [f"55301/010326/{n:07d}" for n in range(12)]
    made = []
    for place in range(20):
        number = numbers[place % 12]
        one = DeclarationFactory(
            batch=batch, registration_number=number, version=place // 12 + 1,
            accepted_at=START + timedelta(days=draw.randrange(60)),
            document_kind="preliminary" if place % 12 == 5 else "import",
            customs_office=draw.choice(("55301", "50000")),
            border_office=draw.choice(("57505", "")), transport_id=draw.choice(PLATES),
        )  # fmt: skip
        for n in range(draw.randrange(3)):
            GoodsItemFactory(declaration=one, item_number=n + 1, net_mass_kg=draw.randint(1, 99))
        for number in draw.sample(("MSKU1", "MSKU2", "TCLU3"), draw.randrange(3)):
            Container.objects.create(declaration=one, number=number)
        PartyRole.objects.bulk_create(
            PartyRole(
                declaration=one, position=place, role=role, name=role, country="KZ",
                identifiers=[{"kind": "bin", "value": f"{role}{draw.randrange(3)}"}],
            )
            for place, role in enumerate(ROLES)
        )  # fmt: skip
        made.append(one)
    return made


def linked(order, cuts):
    """The network after these versions came in this order, cut into chunks; then undone."""
    chunk = 0
    with transaction.atomic():
        for one, is_cut in zip(order, cuts, strict=True):
            chunk += is_cut
            Declaration.objects.filter(pk=one.pk).update(chunk=chunk)
        for number in range(chunk + 1):
            for _ in range(2):  # a stage may run twice
                link_chunk(batch_id=order[0].batch_id, chunk=number)
        numbers = ("first_seen_at", "last_seen_at", "declaration_count", "mass_kg")
        links = PartyLink.objects.values_list("source__key", "kind", "target__key", *numbers)
        ties = PartyTie.objects.values_list("party__key", "kind", "value", *numbers)
        found = sorted(links), sorted(ties)
        transaction.set_rollback(True)
    return found


def test_order_and_chunks_do_not_change_the_network(declared):
    draw = Random(1)
    first = linked(declared, [False] * len(declared))
    for _ in range(5):
        order = draw.sample(declared, len(declared))
        assert linked(order, [draw.random() < 0.3 for _ in order]) == first


def test_ties_are_what_the_versions_show(declared):
    """Recomputed here from the rows alone: who tied what, in how many declarations, how heavy."""
    _, ties = linked(declared, [True] * len(declared))
    shown = defaultdict(dict)
    for one in declared:
        importer = one.party_roles.get(role="importer").identifiers[0]["value"]
        things = {
            ("office", one.customs_office),
            ("border_office", one.border_office),
            ("vehicle", TYPED.get(one.transport_id, "")),
            *(("container", c.number) for c in one.containers.all()),
        }
        for kind, value in things:
            if value:
                seen = shown[f"bin:{importer}", kind, value]
                seen.setdefault(one.registration_number, []).append(one)
    expected = [
        (
            *key,
            min(one.accepted_at for versions in seen.values() for one in versions),
            max(one.accepted_at for versions in seen.values() for one in versions),
            sum(versions[-1].document_kind == "import" for versions in seen.values()),
            sum(_mass(versions[-1]) for versions in seen.values()),
        )
        for key, seen in shown.items()
    ]
    assert ties == sorted(expected)


def _mass(one):
    if one.document_kind == "preliminary":
        return Decimal(0)
    return sum((item.net_mass_kg for item in one.items.all()), Decimal(0))
