"""Words shown to people for the enumerations of targeting."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from risk.models.choices import LaneChoice
from targeting.domain.client_scopes import ClientKind as ClientKind
from targeting.domain.dismissals import DismissalScope
from targeting.domain.exports import ExportResource
from targeting.domain.lifecycle import Dismissal, Move, ReferralKind, ReferralState
from targeting.domain.outbox import FOR_PEOPLE, OF_ONE_PERSON, OF_RECEIVERS, Channel, EventKind
from targeting.domain.policy import Role as Role
from targeting.domain.questions import QuestionKind, Reminder, Satisfaction
from targeting.domain.questions import QuestionState as QuestionState
from targeting.domain.retention import HoldKind, Kept
from targeting.domain.saved_searches import SearchResource
from targeting.domain.webhooks import KINDS_OF

ROLES = [
    (Role.ANALYST.value, _("customs analyst")),
    (Role.SENIOR_ANALYST.value, _("senior customs analyst")),
    (Role.EXAMINER.value, _("examiner")),
    (Role.LIST_EDITOR.value, _("list editor")),
    (Role.LIST_APPROVER.value, _("list approver")),
    (Role.AUDITOR.value, _("auditor")),
    (Role.ADMINISTRATOR.value, _("administrator")),
    (Role.PARTNER.value, _("another agency: what is referred to it")),
]

CLIENT_KINDS = [
    (ClientKind.API_CLIENT.value, _("API client: submits and reads its receipts")),
    (ClientKind.CUSTOMS_SYSTEM.value, _("customs system: lanes and outcomes")),
    (ClientKind.LEAD_SYSTEM.value, _("lead system: posts leads and reads its own")),
]


class Reach(models.TextChoices):
    """How far a person or machine sees: docs/adr/0011-roles-and-scope.md."""

    OFFICES = "offices", _("own customs offices")
    AGENCY = "agency", _("every customs office of the agency")
    CENTRAL = "central", _("everything")


class AlertState(models.TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


ALERT_MOVES = [
    (Move.TAKE.value, _("taken")),
    (Move.ASSIGN.value, _("assigned")),
    (Move.RELEASE.value, _("given back")),
    (Move.NOTE.value, _("note")),
    (Move.ATTACH.value, _("file attached")),
    (Move.REFER.value, _("referred")),
    (Move.DISMISS.value, _("dismissed")),
    (Move.CONFIRM_DISMISSAL.value, _("dismissal confirmed")),
    (Move.REFUSE_DISMISSAL.value, _("dismissal refused")),
    (Move.REOPEN.value, _("opened again")),
]
REFERRAL_KINDS = [
    (ReferralKind.INSPECTION.value, _("to inspection")),
    (ReferralKind.AGENCY.value, _("to another agency")),
]
REFERRAL_STATES = [
    (ReferralState.SENT.value, _("sent")),
    (ReferralState.RECEIVED.value, _("received")),
    (ReferralState.ANSWERED.value, _("answered")),
    (ReferralState.WITHDRAWN.value, _("withdrawn")),
]
DISMISSALS = [
    (Dismissal.OTHER_MEANING.value, _("the words mean something else")),
    (Dismissal.BELOW_LIMIT.value, _("below the limit")),
    (Dismissal.PERMITS_IN_ORDER.value, _("permits are in order")),
    (Dismissal.PLAUSIBLE_TRADE.value, _("a plausible trade")),
    (Dismissal.FOUND_CLEAN.value, _("inspected, nothing found")),
    (Dismissal.CANCELLED.value, _("the declarant cancelled")),
    (Dismissal.OTHER.value, _("another reason")),
]

DISMISSAL_SCOPES = [
    (DismissalScope.IMPORTER.value, _("this importer")),
    (DismissalScope.IMPORTER_SUBSTANCE.value, _("this importer with these substances")),
    (DismissalScope.WORDING.value, _("this wording")),
]

EVENT_KINDS = [
    (EventKind.EDITION_PROPOSED.value, _("edition proposed")),
    (EventKind.EDITION_APPROVED.value, _("edition approved")),
    (EventKind.EDITION_IN_FORCE.value, _("edition in force")),
    (EventKind.LANE_GIVEN.value, _("lane given")),
    (EventKind.QUESTION_ASKED.value, _("question asked")),
    (EventKind.QUESTION_REMINDED.value, _("question reminded of")),
    (EventKind.MODEL_DRIFTED.value, _("learned model drifted")),
    (EventKind.RECEIPT_FINISHED.value, _("receipt finished")),
    (EventKind.SEARCH_FOUND.value, _("saved search found more")),
    (EventKind.REFERRAL_SENT.value, _("referral sent")),
]
SEARCH_RESOURCES = [
    (SearchResource.ALERTS.value, _("alerts")),
    (SearchResource.DECLARATIONS.value, _("declarations")),
]
EXPORT_RESOURCES = [
    (ExportResource.LIST_ENTRIES.value, _("entries of an edition")),
    (ExportResource.ALERTS.value, _("alerts")),
    (ExportResource.DECLARATIONS.value, _("declarations")),
    (ExportResource.REFERRALS.value, _("referrals")),
    (ExportResource.OUTCOMES.value, _("outcomes")),
    (ExportResource.PARTIES.value, _("parties")),
    (ExportResource.CHANNELS.value, _("channels")),
    (ExportResource.AUTHORISATIONS.value, _("authorisations")),
    (ExportResource.NOTIFICATIONS.value, _("pre-export notifications")),
    (ExportResource.REQUIREMENTS.value, _("requirements")),
    (ExportResource.WATCHLIST.value, _("watchlist entries")),
]
LANES = tuple(LaneChoice.values)
NOTICE_KINDS = [(kind, word) for kind, word in EVENT_KINDS if kind in FOR_PEOPLE]
TOLD_KINDS = [
    (kind, word)
    for kind, word in EVENT_KINDS
    if kind in (*FOR_PEOPLE, *OF_ONE_PERSON, *OF_RECEIVERS)
]
WEBHOOK_KINDS = [
    (kind, word) for kind, word in EVENT_KINDS if any(kind in kinds for kinds in KINDS_OF.values())
]
KEPT = [
    (Kept.RAW.value, _("raw messages")),
    (Kept.MATCH.value, _("matches and assessments")),
    (Kept.DECLARATION.value, _("declarations")),
]
HOLD_KINDS = [
    (HoldKind.DECLARATION.value, _("a declaration")),
    (HoldKind.PARTY.value, _("a party")),
    (HoldKind.PERIOD.value, _("a period")),
]
QUESTION_KINDS = [
    (QuestionKind.END_USE.value, _("what the goods are for")),
    (QuestionKind.COMPOSITION.value, _("what the goods consist of")),
    (QuestionKind.PERMIT.value, _("licences, permits, notices")),
    (QuestionKind.QUANTITY.value, _("quantities and masses")),
    (QuestionKind.PARTIES.value, _("who sends, receives or pays")),
    (QuestionKind.TRANSPORT.value, _("how the goods travel")),
    (QuestionKind.OTHER.value, _("something else")),
]
QUESTION_STATES = [
    (QuestionState.OPEN.value, _("open")),
    (QuestionState.ANSWERED.value, _("answered")),
    (QuestionState.SETTLED.value, _("settled")),
    (QuestionState.WITHDRAWN.value, _("withdrawn")),
]
SATISFACTIONS = [
    (Satisfaction.SATISFIED.value, _("satisfied")),
    (Satisfaction.UNSATISFIED.value, _("not satisfied")),
    (Satisfaction.UNANSWERED.value, _("nobody answered")),
]
QUESTION_REMINDERS = [
    (Reminder.DUE_SOON.value, _("the last day is near")),
    (Reminder.OVERDUE.value, _("the last day is over")),
]
CHANNELS = [(Channel.EMAIL.value, _("mail")), (Channel.WEBHOOK.value, _("webhook"))]
LANGUAGES = [("en", "English"), ("ru", "Русский")]


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("pending")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")
