"""The stored network is what was declared, in whatever order and chunks it came."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command
from django.db import transaction

from risk.models import (
    LinkSubstance,
    PartyLink,
    PartyTie,
    SubstanceMatch,
    TieSubstance,
    WeighedSubstance,
)
from risk.services.network_masses import weigh_numbers, withdraw_numbers
from risk.services.networks import link_chunk
from shipments.models import Container, Declaration, PartyRole
from shipments.selectors.declarations import chunk_numbers
from tests.factories.risk import SubstanceFactory, SubstanceMatchFactory
from tests.factories.shipments import DeclarationFactory, GoodsItemFactory, IntakeBatchFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = ("importer", "consignor", "representative", "carrier")
PLATES = ("123 АВС 02", "123abc02", "777XYZ01", "")
TYPED = {"123 АВС 02": "123ABC02", "123abc02": "123ABC02", "777XYZ01": "777XYZ01"}


@pytest.fixture
def declared():
    """Twenty versions of twelve declarations among few parties, offices, plates, containers; in
    some of their goods a substance is found, or two, or the same one twice."""
    draw, batch = Random(9), IntakeBatchFactory()
    substances = [SubstanceFactory(key=key) for key in ("acetone", "toluene")]
    numbers = [f"55301/010326/{n:07d}" for n in range(12)]
    made = []
    for place in range(20):
        number = numbers[place % 12]
        one = DeclarationFactory(
            batch=batch, registration_number=number, version=place // 12 + 1,
            accepted_at=START + timedelta(days=draw.randrange(60)),
            document_kind="preliminary" if place % 12 == 5 else "import",
            is_cancelled=place == 14,
            customs_office=draw.choice(("55301", "50000")),
            border_office=draw.choice(("57505", "")), transport_id=draw.choice(PLATES),
        )  # fmt: skip
        for n in range(draw.randrange(3)):
            item = GoodsItemFactory(
                declaration=one, item_number=n + 1, net_mass_kg=draw.randint(1, 99)
            )
            for start, of in enumerate(draw.choices(substances, k=draw.randrange(3))):
                SubstanceMatchFactory(
                    goods_item=item, substance=of, start=start, is_flagged=draw.random() < 0.9
                )
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


MASSES = ("substance__key", "mass_kg", "declaration_count")


def masses():
    links = ("link__source__key", "link__kind", "link__target__key")
    ties = ("tie__party__key", "tie__kind", "tie__value")
    return {
        tuple(row)
        for rows in (
            LinkSubstance.objects.values_list(*links, *MASSES),
            TieSubstance.objects.values_list(*ties, *MASSES),
        )
        for row in rows
    }


def linked(order, cuts, then=lambda: None):
    """The network after these versions came in this order, cut into chunks, and what was found
    along its edges; then undone."""
    chunk = 0
    with transaction.atomic():
        for one, is_cut in zip(order, cuts, strict=True):
            chunk += is_cut
            Declaration.objects.filter(pk=one.pk).update(chunk=chunk)
        for number in range(chunk + 1):
            for _ in range(2):  # a stage may run twice
                link_chunk(batch_id=order[0].batch_id, chunk=number)
                weigh_numbers(numbers=chunk_numbers(batch_id=order[0].batch_id, chunk=number))
        then()
        numbers = ("first_seen_at", "last_seen_at", "declaration_count", "mass_kg")
        links = PartyLink.objects.values_list("source__key", "kind", "target__key", *numbers)
        ties = PartyTie.objects.values_list("party__key", "kind", "value", *numbers)
        found = sorted(links), sorted(ties), masses()
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
    _, ties, _ = linked(declared, [True] * len(declared))
    shown = defaultdict(dict)
    for one in declared:
        importer = one.party_roles.get(role="importer").identifiers[0]["value"]
        for kind, value in things_of(one):
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


def test_masses_by_substance_are_what_the_latest_versions_hold(declared):
    """Recomputed here from the rows alone: nothing of a version before, of what was cancelled, of
    preliminary information, or of a match that does not count; an item once a substance."""
    *_, found = linked(declared, [True] * len(declared))
    assert found
    assert found == expected_masses(declared)


def test_matches_of_a_look_back_and_gone_ones_are_followed(declared):
    numbers = sorted({one.registration_number for one in declared})
    known = expected_masses(declared)

    def look_back():
        fresh = SubstanceFactory(key="safrole")
        for item in declared[-1].items.all():
            SubstanceMatchFactory(goods_item=item, substance=fresh, is_flagged=True)
        SubstanceMatch.objects.filter(substance__key="toluene").delete()
        weigh_numbers(numbers=numbers)
        assert masses() == expected_masses(declared) != known

    def back():
        look_back()
        withdraw_numbers(numbers=numbers)

    assert linked(declared, [True] * len(declared), then=look_back)[2]
    assert linked(declared, [True] * len(declared), then=back)[2] == set()


def test_network_when_weighed_anew_then_what_an_earlier_release_did_not_keep_is_there(declared):
    known = expected_masses(declared)

    def weigh_all():
        for model in (LinkSubstance, TieSubstance, WeighedSubstance):
            model.objects.all().delete()
        told = StringIO()
        call_command("weigh_network", stdout=told)
        assert told.getvalue() == f"{len(known)} masses on edges were changed.\n"
        call_command("weigh_network", stdout=told)
        assert told.getvalue().endswith("\n0 masses on edges were changed.\n")

    assert linked(declared, [True] * len(declared), then=weigh_all)[2] == known


def expected_masses(declared):
    latest = {one.registration_number: one for one in declared}
    sums = defaultdict(lambda: [Decimal(0), 0])
    for one in latest.values():
        if one.is_cancelled or one.document_kind == "preliminary":
            continue
        held = defaultdict(Decimal)
        for item in one.items.all():
            for key in set(
                item.matches.filter(is_flagged=True).values_list("substance__key", flat=True)
            ):
                held[key] += item.net_mass_kg
        for edge in edges_of(one):
            for key, mass in held.items():
                sums[*edge, key][0] += mass
                sums[*edge, key][1] += 1
    return {(*place, *told) for place, told in sums.items()}


def edges_of(one):
    keys = {role.role: f"bin:{role.identifiers[0]['value']}" for role in one.party_roles.all()}
    kinds = {"trade": "consignor", "represented_by": "representative", "carried_by": "carrier"}
    importer = keys["importer"]
    yield from ((importer, kind, keys[role]) for kind, role in kinds.items())
    yield from ((importer, kind, value) for kind, value in things_of(one))


def things_of(one):
    things = {
        ("office", one.customs_office),
        ("border_office", one.border_office),
        ("vehicle", TYPED.get(one.transport_id, "")),
        *(("container", c.number) for c in one.containers.all()),
    }
    return {(kind, value) for kind, value in things if value}
