"""Tables of what people and systems do about it."""

from targeting.models.agencies import Agency, CustomsOffice, Person
from targeting.models.alerts import Alert, AlertAct
from targeting.models.audit import AuditEvent, AuditSeal
from targeting.models.clients import ApiClient, ClientSecret
from targeting.models.controlled_deliveries import ControlledDelivery
from targeting.models.exports import Export
from targeting.models.idempotency import KeptAnswer
from targeting.models.lanes import LaneTask
from targeting.models.list_imports import ListImport
from targeting.models.outbox import Delivery, Notice, OutboxEvent, Subscription
from targeting.models.questions import (
    AnswerDocument,
    OperatorQuestion,
    QuestionAnswer,
    QuestionReminder,
)
from targeting.models.referrals import AlertAttachment, Referral
from targeting.models.retention import LegalHold, RetentionRun
from targeting.models.saved_searches import KnownRow, SavedSearch
from targeting.models.standing_dismissals import StandingDismissal
from targeting.models.users import User
from targeting.models.webhooks import WebhookEndpoint

__all__ = [
    "Agency",
    "Alert",
    "AlertAct",
    "AlertAttachment",
    "AnswerDocument",
    "ApiClient",
    "AuditEvent",
    "AuditSeal",
    "ClientSecret",
    "ControlledDelivery",
    "CustomsOffice",
    "Delivery",
    "Export",
    "KeptAnswer",
    "KnownRow",
    "LaneTask",
    "LegalHold",
    "ListImport",
    "Notice",
    "OperatorQuestion",
    "OutboxEvent",
    "Person",
    "QuestionAnswer",
    "QuestionReminder",
    "Referral",
    "RetentionRun",
    "SavedSearch",
    "StandingDismissal",
    "Subscription",
    "User",
    "WebhookEndpoint",
]
