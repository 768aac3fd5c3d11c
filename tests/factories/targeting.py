"""People, clients, alerts; a flagged shipment with everything an analyst sees."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from oauth2_provider.models import AccessToken

from risk.domain.learning.features import Scorer, as_numbers, feature_rows
from risk.domain.scoring import assess, encode_facts
from risk.models import ModelScore
from risk.selectors.facts import facts_of
from shipments.models import Job
from targeting.domain.addresses import ANYWHERE
from targeting.models import (
    Agency,
    Alert,
    ApiClient,
    AuditEvent,
    CustomsOffice,
    Delivery,
    Export,
    LegalHold,
    ListImport,
    Notice,
    OperatorQuestion,
    OutboxEvent,
    Person,
    RetentionRun,
    Subscription,
    User,
    WebhookEndpoint,
)
from targeting.models.choices import Role
from targeting.services.clients import register_client
from tests.factories.risk import (
    IndicatorRowFactory,
    LaneDecisionFactory,
    RiskAssessmentFactory,
    RiskModelFactory,
    SubstanceMatchFactory,
    SubstanceNameFactory,
)
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemDocumentFactory,
    GoodsItemFactory,
    PartyRoleFactory,
    SubmitterFactory,
)
from tests.unit.learning.samples import small_model
from tests.unit.risk.builders import PROFILE, declaration_facts, item_facts, match_facts

SCOPES = ["declarations:write", "receipts:read"]
# What the admin's page sends beside name and submitter.
CLIENT_FORM = {
    "kind": "api_client",
    "reach": "offices",
    "scopes": ["receipts:read"],
    "allowed_networks": "127.0.0.0/8\n2001:db8::/32",
    "token_seconds": 600,
    "is_active": "on",
    "secrets-TOTAL_FORMS": 0,
    "secrets-INITIAL_FORMS": 0,
}


class AgencyFactory(DjangoModelFactory):
    code = "customs"
    name = "Customs"

    class Meta:
        model = Agency
        django_get_or_create = ["code"]


class OutboxEventFactory(DjangoModelFactory):
    key = factory.Sequence(lambda n: f"edition_approved:{n}")
    kind = "edition_approved"
    topic = "list:A"
    at = factory.LazyFunction(timezone.now)

    class Meta:
        model = OutboxEvent


class DeliveryFactory(DjangoModelFactory):
    event = factory.SubFactory(OutboxEventFactory)
    channel = "email"
    recipient = "user:1"
    due_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Delivery


class NoticeFactory(DjangoModelFactory):
    event = factory.SubFactory(OutboxEventFactory)
    user = factory.SubFactory("tests.factories.targeting.UserFactory")

    class Meta:
        model = Notice


class ExportFactory(DjangoModelFactory):
    """One that is being written, by nobody."""

    owner = factory.SubFactory("tests.factories.targeting.UserFactory")
    job = factory.LazyFunction(
        lambda: Job.objects.create(
            kind="export", state="running", requested_by="user:1", started_at=timezone.now()
        )
    )
    resource = "list-entries"
    parameters = factory.LazyFunction(lambda: {"list_code": "A", "number": 1})
    sheet_format = "csv"
    file_name = "a-1.csv"
    row_count = 3
    expires_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Export


class ListImportFactory(DjangoModelFactory):
    """One that is being read, by nobody."""

    owner = factory.SubFactory("tests.factories.targeting.UserFactory")
    job = factory.LazyFunction(
        lambda: Job.objects.create(
            kind="list_import", state="running", requested_by="user:1", started_at=timezone.now()
        )
    )
    version = 0
    file_name = "a.csv"
    sheet = "list-imports/a"
    expires_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = ListImport


class SubscriptionFactory(DjangoModelFactory):
    user = factory.SubFactory("tests.factories.targeting.UserFactory")
    kinds = factory.LazyFunction(lambda: ["edition_approved"])

    class Meta:
        model = Subscription


class CustomsOfficeFactory(DjangoModelFactory):
    agency = factory.SubFactory(AgencyFactory)
    code = "55301"

    class Meta:
        model = CustomsOffice
        django_get_or_create = ["code"]


class PersonFactory(DjangoModelFactory):
    agency = factory.SubFactory(AgencyFactory)
    number = factory.Sequence(lambda n: f"{n:06d}")

    class Meta:
        model = Person


class UserFactory(DjangoModelFactory):
    """An account of somebody who sees every office; ``person=None`` is of nobody known."""

    username = factory.Sequence(lambda n: f"person-{n}")
    person = factory.SubFactory(PersonFactory)
    roles = [Role.ANALYST.value]
    reach = "central"

    class Meta:
        model = User


class ApiClientFactory(DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Broker system {n}")
    submitter = factory.SubFactory(SubmitterFactory)
    scopes = SCOPES
    allowed_networks = factory.LazyFunction(lambda: list(ANYWHERE))
    client_secret = ""
    hash_client_secret = False
    client_type = ApiClient.CLIENT_CONFIDENTIAL
    authorization_grant_type = ApiClient.GRANT_CLIENT_CREDENTIALS

    class Meta:
        model = ApiClient


class WebhookEndpointFactory(DjangoModelFactory):
    client = factory.SubFactory(ApiClientFactory)
    url = factory.Sequence(lambda n: f"https://hooks.example/{n}")
    kinds = factory.LazyFunction(lambda: ["receipt_finished"])
    sealed_secret = "sealed"
    created_by = "user:1"
    created_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = WebhookEndpoint


class AccessTokenFactory(DjangoModelFactory):
    application = factory.SubFactory(ApiClientFactory)
    token = factory.Sequence(lambda n: f"token-{n}")
    scope = " ".join(SCOPES)
    expires = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))

    class Meta:
        model = AccessToken


class AlertFactory(DjangoModelFactory):
    """The bare alert; :func:`flagged_shipment` makes one with its context."""

    assessment = factory.SubFactory(RiskAssessmentFactory)
    declaration = factory.SelfAttribute("assessment.declaration")
    registration_number = factory.SelfAttribute("declaration.registration_number")
    lane = "red"
    score = factory.SelfAttribute("assessment.score")
    customs_office = factory.SelfAttribute("declaration.customs_office")
    accepted_at = factory.SelfAttribute("declaration.accepted_at")
    raised_at = factory.SelfAttribute("declaration.accepted_at")
    updated_at = factory.SelfAttribute("declaration.accepted_at")

    class Meta:
        model = Alert


def flagged_shipment(**alert: object) -> Alert:
    """An alert with importer, leading item, document, match, two reasons and a lane."""
    made = AlertFactory(**alert)
    PartyRoleFactory(declaration=made.declaration)
    item = GoodsItemFactory(declaration=made.declaration)
    GoodsItemDocumentFactory(goods_item=item, code="03011")
    SubstanceNameFactory()
    SubstanceMatchFactory(goods_item=item)
    IndicatorRowFactory(assessment=made.assessment)
    IndicatorRowFactory(
        assessment=made.assessment,
        item_number=0,
        code="importer_new",
        contribution="32.50",
        params={"days": 3},
    )
    LaneDecisionFactory(assessment=made.assessment, lane=made.lane, criteria_lane=made.lane)
    return made


def with_facts(alert: Alert) -> Alert:
    """The alert, whose assessment knew what its declaration and the registers say now."""
    ((_, facts),) = facts_of(declaration_ids=[alert.declaration_id])
    alert.assessment.facts = encode_facts(facts)
    alert.assessment.save()
    return alert


def score_by_model(alert: Alert) -> Alert:
    """The alert, whose assessment has facts that name a precursor, and a shadow's score."""
    facts = declaration_facts(item_facts(matches=(match_facts(),)))
    alert.assessment.facts = encode_facts(facts)
    alert.assessment.save()
    rows = feature_rows(facts, assess(facts, PROFILE))
    (raw_score,) = Scorer(small_model().ensemble).raw_scores(as_numbers(rows))
    ModelScore.objects.create(
        assessment=alert.assessment, model=RiskModelFactory(), raw_score=raw_score, item_number=1
    )
    return alert


def registered_client(**wanted: object) -> tuple[ApiClient, str]:
    """A client as an administrator registers it, from anywhere, and its secret."""
    return register_client(
        **{
            "name": "B",
            "submitter_key": "b",
            "scopes": ["receipts:read"],
            "networks": ANYWHERE,
            "now": timezone.now(),
            **wanted,
        }
    )


class AuditEventFactory(DjangoModelFactory):
    at = factory.LazyFunction(timezone.now)
    actor = "user:0"
    verb = "read"
    resource = "alert-detail"
    status = 200
    request_id = "r"

    class Meta:
        model = AuditEvent


class LegalHoldFactory(DjangoModelFactory):
    kind = "declaration"
    registration_number = "55301/010326/0000001"
    reason = "a court asked"
    set_by = "user:1"
    set_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = LegalHold


class OperatorQuestionFactory(DjangoModelFactory):
    declaration = factory.SubFactory(DeclarationFactory)
    submitter = factory.SelfAttribute("declaration.submitter")
    registration_number = factory.SelfAttribute("declaration.registration_number")
    customs_office = factory.SelfAttribute("declaration.customs_office")
    kind = "end_use"
    text = "What will the goods be used for?"
    reason = "first order of the firm"
    asked_by = "user:1"
    asked_at = factory.LazyFunction(timezone.now)
    due_on = factory.LazyFunction(lambda: timezone.now().date() + timedelta(days=7))

    class Meta:
        model = OperatorQuestion


class RetentionRunFactory(DjangoModelFactory):
    kept = "raw"
    months = 6
    first_kept_day = factory.LazyFunction(lambda: timezone.now().date())
    started_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = RetentionRun
