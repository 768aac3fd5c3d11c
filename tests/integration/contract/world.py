"""Rows of everything the API shows and cannot create itself, so that operations reach something.

Half comes through the pipeline from the demonstration's declarations, half from the factories.
"""

import csv
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from risk.models import ListEdition, PreliminaryLink, RiskAssessment
from risk.services.baskets import find_reagent_baskets
from risk.services.channels import propose_supply_channels
from risk.services.network_metrics import measure_network
from risk.services.party_likenesses import compare_parties
from risk.services.resolution import fold_parties
from risk.services.trader_categories import categorise_traders
from shipments.models import Job
from targeting import pipeline
from targeting.models import Alert
from targeting.services.referrals import Asked, refer_alert
from targeting.tasks import publish_draws
from tests.api import test_baskets, test_channels, test_party_decisions
from tests.factories import authorisations, notifications
from tests.factories.risk import (
    CoverNameFactory,
    InspectionOutcomeFactory,
    ReassessmentFactory,
    RegisterChangeFactory,
    RescreeningFactory,
    RiskModelFactory,
    RiskProfileFactory,
)
from tests.factories.shipments import START, DeclarationFactory, SubmitterFactory
from tests.factories.targeting import (
    AgencyFactory,
    CustomsOfficeFactory,
    RetentionRunFactory,
    UserFactory,
    flagged_shipment,
)
from tests.integration.conftest import DEMO, RECEIVED_AT, load_reference_data, work_off
from tests.integration.contract.cases import leave_waiting

FLAGGED, INNOCENT = 12, 40


def build_world() -> None:
    """Fill an empty database; needs about 8 s."""
    load_reference_data()
    AgencyFactory(code="police", name="Полиция")
    for code in ("55301", "50000"):
        CustomsOfficeFactory(code=code)
    declare_demonstration()
    RiskProfileFactory(is_active=False)  # of assessments that factories make
    for _ in range(3):
        flagged_shipment(lane="yellow")
        flagged_shipment(lane="red")
    with transaction.atomic():
        propose_networks()
    keep_registers()
    record_work()
    leave_waiting()


def declare_demonstration() -> None:
    """Flagged and innocent declarations of the demonstration, read and assessed."""
    with (DEMO / "truth.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    flagged = {row["registration_number"] for row in rows if row["expected"] != "not_flagged"}
    lines = (DEMO / "declarations.ndjson").read_bytes().splitlines()
    chosen = [one for one in lines if any(f'"{n}"'.encode() in one for n in flagged)][:FLAGGED]
    content = b"\n".join([*chosen, *lines[:INNOCENT], b'{"registration_number": "x"}'])
    pipeline.receive(
        submitter=SubmitterFactory(key="demo-broker", name="ТОО «Декларант»"),
        content=content,
        format_key="ndjson",
        mapping_key="",
        received_at=RECEIVED_AT,
    )
    work_off()


def propose_networks() -> None:
    """Channels, baskets, and parties that may be one."""
    supplies = test_channels.World()
    for days in (40, 30, 20, 10, 5, 1):
        supplies.sent(days, importer=days % 2)
    propose_supply_channels(day=test_channels.DAY, now=test_channels.NOW)
    purchases = test_baskets.World()
    purchases.bought("ephedrine", 30)
    purchases.bought("pseudoephedrine", 20, importer=1)
    purchases.bought("norephedrine", 10, importer=2, licence=True)
    find_reagent_baskets(day=test_baskets.DAY, now=test_baskets.NOW)
    for names in (
        ("ТОО «Химпром Севертас»", "KHIMPROM SEVERTAS LLP"),
        ("ТОО «Реагент Алтын»", "REAGENT ALTYN LLP"),
        ("ТОО «Сары Арка Хим»", "SARY ARKA KHIM LLP"),
    ):
        for name in names:
            test_party_decisions.declared(name)
    fold_parties()
    compare_parties()
    links = [DeclarationFactory(document_kind="preliminary") for _ in range(2)]
    for preliminary in links:
        declaration = DeclarationFactory()
        PreliminaryLink.objects.create(
            preliminary=preliminary,
            preliminary_number=preliminary.registration_number,
            declaration=declaration,
            declaration_number=declaration.registration_number,
            score=0.8,
            state="linked",
            grounds=["container"],
            compared=["importer"],
            differences=[
                {"field": "importer", "announced": "ТОО А", "declared": "ТОО Б", "share": 1.0}
            ],
        )


def keep_registers() -> None:
    """Authorisations and pre-export notifications, and declarations under them."""
    authorisations.register(
        authorisations.entry("KZ1"), authorisations.entry("KZ2"), authorisations.entry("KZ3")
    )
    for number in range(4):
        authorisations.declare(f"55301/020326/{number:07}", permits=("KZ1",))
        authorisations.declare(f"55301/030326/{number:07}", permits=())
    notifications.notify(*(notifications.notice(f"PEN{number}") for number in range(3)))
    for number in range(3):
        notifications.arrive(f"55301/040326/{number:07}")


def record_work() -> None:
    """What people and nights leave behind."""
    now = timezone.now()
    for assessment in RiskAssessment.objects.order_by("id")[:2]:
        InspectionOutcomeFactory(assessment=assessment)
    edition = ListEdition.objects.earliest("id")
    RiskModelFactory()
    publish_draws()
    for state in ("running", "cancelled"):
        started = {"state": state, "requested_by": "user:1", "started_at": now}
        job = Job.objects.create(kind="look_back", **started)
        RescreeningFactory(edition=edition, day=START.date() - timedelta(days=job.pk), job=job)
        job = Job.objects.create(kind="reassessment", **started)
        ReassessmentFactory(job=job)
    for number in range(3):
        CoverNameFactory(name=f"industrial surfactant {number}")
        RescreeningFactory(edition=edition, day=START.date() + timedelta(days=number))
        RegisterChangeFactory(reassessment=ReassessmentFactory())
        RetentionRunFactory()
    with transaction.atomic():
        measure_network(day=now.date(), now=now)
        categorise_traders(day=now.date(), now=now)
    asked = Asked(
        kind="agency", agency="police", parts=["registration", "goods"], note="Лицензии нет."
    )
    sender = UserFactory(username="sender")
    for alert in Alert.objects.filter(lane="yellow")[:3]:
        refer_alert(
            alert=alert, asked=asked, by=sender, now=now, hold=timedelta(hours=4), mark=None
        )
