"""Words shown to people for the enumerations of :mod:`shipments.domain.values`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shipments.domain.authorisations import AuthorisationKind, AuthorisationState
from shipments.domain.legal_entities import EntityTieKind
from shipments.domain.masses import Basis
from shipments.domain.notifications import NotificationState
from shipments.domain.returns import ReturnKind
from shipments.domain.values import Direction, DocumentKind, IdentifierKind, PartyRoleKind

DOCUMENT_KINDS = [
    (DocumentKind.IMPORT.value, _("import declaration")),
    (DocumentKind.PRELIMINARY.value, _("preliminary information")),
    (DocumentKind.TRANSIT.value, _("transit declaration")),
    (DocumentKind.EXPORT.value, _("export declaration")),
    (DocumentKind.MUTUAL_TRADE.value, _("mutual-trade form")),
    (DocumentKind.EXPRESS.value, _("express consignment")),
    (DocumentKind.POSTAL.value, _("postal consignment")),
]

DIRECTIONS = [
    (Direction.IMPORT.value, _("import")),
    (Direction.EXPORT.value, _("export")),
    (Direction.TRANSIT.value, _("transit")),
]

AUTHORISATION_KINDS = [
    (AuthorisationKind.LICENCE.value, _("licence")),
    (AuthorisationKind.REGISTRATION.value, _("registration")),
    (AuthorisationKind.IMPORT_PERMIT.value, _("import permit")),
    (AuthorisationKind.EXPORT_PERMIT.value, _("export permit")),
    (AuthorisationKind.FOREIGN_PERMIT.value, _("permit of the exporting state")),
]

AUTHORISATION_STATES = [
    (AuthorisationState.IN_FORCE.value, _("in force")),
    (AuthorisationState.SUSPENDED.value, _("suspended")),
    (AuthorisationState.REVOKED.value, _("revoked")),
]

RETURN_KINDS = [
    (ReturnKind.RECEIVED.value, _("quantity received")),
    (ReturnKind.END_USE.value, _("end use")),
]

NOTIFICATION_STATES = [
    (NotificationState.DRAFT.value, _("draft")),
    (NotificationState.SENT.value, _("sent by the exporting state")),
    (NotificationState.RECEIVED.value, _("received")),
    (NotificationState.ACKNOWLEDGED.value, _("acknowledged")),
    (NotificationState.NO_OBJECTION.value, _("no objection")),
    (NotificationState.OBJECTED.value, _("objected to")),
    (NotificationState.SUSPENDED.value, _("suspended")),
    (NotificationState.SHIPPED.value, _("shipped")),
]

BASES = [
    (Basis.GROSS.value, _("gross: with packing")),
    (Basis.NET.value, _("net: the goods")),
    (Basis.PURE.value, _("pure: the substance alone")),
    (Basis.SOLUTION.value, _("a solution of the concentration stated")),
]

PARTY_ROLES = [
    (PartyRoleKind.CONSIGNOR.value, _("consignor")),
    (PartyRoleKind.CONSIGNEE.value, _("consignee")),
    (PartyRoleKind.IMPORTER.value, _("importer")),
    (PartyRoleKind.DECLARANT.value, _("declarant")),
    (PartyRoleKind.REPRESENTATIVE.value, _("representative (broker)")),
    (PartyRoleKind.CARRIER.value, _("carrier")),
]

IDENTIFIER_KINDS = [
    (IdentifierKind.BIN.value, _("BIN")),
    (IdentifierKind.IIN.value, _("IIN")),
    (IdentifierKind.TAX_ID.value, _("tax number")),
    (IdentifierKind.PHONE.value, _("phone")),
    (IdentifierKind.EMAIL.value, _("email")),
    (IdentifierKind.ADDRESS.value, _("address")),
    (IdentifierKind.BANK_ACCOUNT.value, _("bank account")),
    (IdentifierKind.WALLET.value, _("wallet")),
    (IdentifierKind.WEBSITE.value, _("website")),
    (IdentifierKind.VEHICLE.value, _("vehicle")),
    (IdentifierKind.CONTAINER.value, _("container")),
    (IdentifierKind.CARD.value, _("bank card")),
    (IdentifierKind.ACCOUNT_NAME.value, _("account name")),
]


class BatchState(models.TextChoices):
    """``received`` and ``processing`` move on by themselves; the others are ends."""

    RECEIVED = "received", _("received")
    PROCESSING = "processing", _("processing")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled: the rest was not read")


class MessageCoding(models.TextChoices):
    """How a raw message is kept, in the words of HTTP's content codings."""

    AS_IT_CAME = "", _("as it came, until its batch is done")
    IDENTITY = "identity", _("as it came: compressing saves nothing")
    GZIP = "gzip", _("compressed with gzip")
    DAMAGED = "damaged", _("not what came: its digest is another")


class StageState(models.TextChoices):
    PENDING = "pending", _("pending")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Stage(models.TextChoices):
    """The stages of the pipeline, in their order."""

    INGEST = "ingest", _("ingest")
    MATCH = "match", _("match")
    LINK = "link", _("link")
    ASSESS = "assess", _("assess")
    ALERT = "alert", _("alert")


class JobKind(models.TextChoices):
    LOOK_BACK = "look_back", _("look-back: stored declarations under changed law")
    NAME_LOOK_BACK = "name_look_back", _("look-back: stored declarations under changed names")
    SIMULATION = "simulation", _("simulation: what a draft would change")
    INDEXING = "indexing", _("blocking keys of texts stored before")
    REASSESSMENT = "reassessment", _("stored declarations after a register changed")
    PROFILE_SIMULATION = "profile_simulation", _("simulation: what a risk profile would select")
    EXPORT = "export", _("export: rows as a file to take away")
    LIST_IMPORT = "list_import", _("import: a sheet into a draft")


class JobState(models.TextChoices):
    """A job that was cancelled or failed goes on where it stopped when it is resumed."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class JobStage(models.TextChoices):
    """The stages of a job, in their order; ``choose`` and ``reassess`` are those of a
    reassessment, ``replay`` is that of a profile's simulation, ``write`` that of an export;
    ``read`` and ``apply`` are those of an import of a sheet."""

    INDEX = "index", _("index")
    PLAN = "plan", _("plan")
    SCREEN = "screen", _("screen")
    JUDGE = "judge", _("judge")
    CHOOSE = "choose", _("choose")
    REASSESS = "reassess", _("reassess")
    REPLAY = "replay", _("replay")
    WRITE = "write", _("write")
    READ = "read", _("read")
    APPLY = "apply", _("apply")


class IssueSeverity(models.TextChoices):
    REJECT = "reject", _("rejected: the declaration was not stored")
    QUARANTINE = "quarantine", _("quarantined: this item was not stored")
    WARN = "warn", _("warning")


ENTITY_NUMBERS = [pair for pair in IDENTIFIER_KINDS if pair[0] in ("bin", "iin", "tax_id")]

ENTITY_TIES = [
    (EntityTieKind.ADDRESS.value, _("address")),
    (EntityTieKind.PHONE.value, _("phone")),
    (EntityTieKind.PERSON.value, _("head or owner")),
]
