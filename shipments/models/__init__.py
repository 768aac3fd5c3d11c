"""Tables of what was declared."""

from shipments.models import lookups as lookups
from shipments.models.authorisations import Authorisation, AuthorisationLine, Drawdown
from shipments.models.batches import IntakeBatch, IntakeIssue, RawMessage, StageRun, Submitter
from shipments.models.declarations import (
    Container,
    ContestedVersion,
    Declaration,
    GoodsItem,
    GoodsItemDocument,
    WaitingAmendment,
)
from shipments.models.jobs import Job
from shipments.models.legal_entities import LegalEntity, LegalEntityTie
from shipments.models.notifications import PreExportNotification
from shipments.models.parties import Party, PartyIdentifier, PartyName, PartyRole
from shipments.models.requirements import AnnualLegitimateRequirement
from shipments.models.returns import ConsignmentReturn

__all__ = [
    "AnnualLegitimateRequirement",
    "Authorisation",
    "AuthorisationLine",
    "ConsignmentReturn",
    "Container",
    "ContestedVersion",
    "Declaration",
    "Drawdown",
    "GoodsItem",
    "GoodsItemDocument",
    "IntakeBatch",
    "IntakeIssue",
    "Job",
    "LegalEntity",
    "LegalEntityTie",
    "Party",
    "PartyIdentifier",
    "PartyName",
    "PartyRole",
    "PreExportNotification",
    "RawMessage",
    "StageRun",
    "Submitter",
    "WaitingAmendment",
]
