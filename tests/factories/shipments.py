"""Declarations and what belongs to them."""

import hashlib
from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from shipments import models

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


class SubmitterFactory(DjangoModelFactory):
    key = factory.Sequence(lambda n: f"broker-{n}")
    name = factory.LazyAttribute(lambda o: o.key.title())

    class Meta:
        model = models.Submitter


class IntakeBatchFactory(DjangoModelFactory):
    submitter = factory.SubFactory(SubmitterFactory)
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())
    format_key = "json"
    received_at = factory.Sequence(lambda n: START + timedelta(minutes=n))

    class Meta:
        model = models.IntakeBatch


class IntakeIssueFactory(DjangoModelFactory):
    batch = factory.SubFactory(IntakeBatchFactory)
    chunk = 0
    line = factory.Sequence(lambda n: n + 1)
    field = "items[1].commodity_code"
    code = "commodity_code_invalid"
    severity = "reject"
    value = "29x5"

    class Meta:
        model = models.IntakeIssue


class DeclarationFactory(DjangoModelFactory):
    registration_number = factory.Sequence(lambda n: f"55301/010326/{n:07d}")
    batch = factory.SubFactory(IntakeBatchFactory)
    submitter = factory.SelfAttribute("batch.submitter")
    chunk = 0
    content_digest = b"0" * 16
    accepted_at = factory.Sequence(lambda n: START + timedelta(minutes=n))
    customs_office = "55301"

    class Meta:
        model = models.Declaration


class GoodsItemFactory(DjangoModelFactory):
    declaration = factory.SubFactory(DeclarationFactory)
    item_number = 1
    description = "Уксусный ангидрид технический, 98 %"
    commodity_code = "2915240000"
    hs6 = "291524"
    net_mass_kg = "1200"

    class Meta:
        model = models.GoodsItem


class GoodsItemDocumentFactory(DjangoModelFactory):
    goods_item = factory.SubFactory(GoodsItemFactory)
    position = factory.Sequence(lambda n: n)
    code = "01011"
    number = "KZ-17"

    class Meta:
        model = models.GoodsItemDocument


class PartyFactory(DjangoModelFactory):
    key = factory.Sequence(lambda n: f"bin:{n:012d}")
    name = factory.Sequence(lambda n: f"ТОО Реактив {n}")
    country = "KZ"

    class Meta:
        model = models.Party


class PartyIdentifierFactory(DjangoModelFactory):
    party = factory.SubFactory(PartyFactory)
    kind = "phone"
    value = "+77010000000"
    first_seen_at = START

    class Meta:
        model = models.PartyIdentifier


class PartyRoleFactory(DjangoModelFactory):
    declaration = factory.SubFactory(DeclarationFactory)
    position = factory.Sequence(lambda n: n)
    role = "importer"
    party = factory.SubFactory(PartyFactory)
    name = factory.SelfAttribute("party.name")
    country = "KZ"
    identifiers = factory.LazyAttribute(
        lambda o: [{"kind": "bin", "value": o.party.key.removeprefix("bin:")}]
    )

    class Meta:
        model = models.PartyRole
