"""Words shown to people for the enumerations of risk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from risk.domain.lead_sharing import Sharing
from risk.domain.matching.evidence import EvidenceKind, Method, Verdict
from risk.domain.network.basket_states import BasketMove, BasketState
from risk.domain.network.channel_states import (
    BROKER,
    CARRIER,
    IMPORTER,
    SUPPLIER,
    ChannelLevel,
    ChannelMove,
    ChannelState,
)
from risk.domain.outcomes import LaboratoryResult, Measure, Result, SelectedBy, Waiver
from risk.domain.substances import ExemptionPeriod, SubstanceKind
from risk.domain.trader_categories import TraderCategory

SUBSTANCE_KINDS = [
    (SubstanceKind.PRECURSOR.value, _("precursor")),
    (SubstanceKind.EQUIPMENT.value, _("equipment")),
    (SubstanceKind.NARCOTIC.value, _("narcotic drug")),
    (SubstanceKind.PSYCHOTROPIC.value, _("psychotropic substance")),
    (SubstanceKind.POTENT.value, _("potent substance")),
    (SubstanceKind.SURVEILLANCE.value, _("surveillance")),
]

LEAD_SHARING = [
    (Sharing.ANALYSTS.value, _("all who read cases")),
    (Sharing.CENTRAL.value, _("who sees every office")),
    (Sharing.SENIORS.value, _("senior analysts and auditors")),
]

EXEMPTION_PERIODS = [
    (ExemptionPeriod.CONSIGNMENT.value, _("a consignment")),
    (ExemptionPeriod.MONTH.value, _("a month")),
    (ExemptionPeriod.YEAR.value, _("a year")),
    (ExemptionPeriod.UNKNOWN.value, _("not known")),
]

METHODS = [
    (Method.CAS.value, _("CAS number")),
    (Method.EC.value, _("EC number")),
    (Method.CUS.value, _("CUS number")),
    (Method.UN.value, _("UN number")),
    (Method.INCHIKEY.value, _("InChIKey")),
    (Method.STRUCTURE.value, _("structure")),
    (Method.EXACT.value, _("listed name")),
    (Method.FUZZY.value, _("near a listed name")),
    (Method.FORMULA.value, _("molecular formula")),
    (Method.CODE.value, _("commodity code alone")),
]

EVIDENCE_KINDS = [
    (EvidenceKind.TOLD.value, _("the substance is told")),
    (EvidenceKind.COVER_NAME.value, _("cover name")),
]

VERDICTS = [
    (Verdict.ABOVE.value, _("at or above the limit")),
    (Verdict.BELOW.value, _("below every limit")),
    (Verdict.NOT_STATED.value, _("a limit exists, the text states no concentration")),
    (Verdict.NOT_LIMITED.value, _("no limit")),
]


class EditionState(models.TextChoices):
    """The life of a list edition. An approved edition is never edited."""

    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    SUPERSEDED = "superseded", _("superseded")


class ProfileState(models.TextChoices):
    """The life of a version of the risk profile. An approved one is never edited."""

    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")


class CoverNameState(models.TextChoices):
    """The life of a cover name: proposed by an outcome, matched with, no longer matched with."""

    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", _("active")
    WITHDRAWN = "withdrawn", _("withdrawn")


class WatchState(models.TextChoices):
    """The life of a watchlist entry: proposed, looked out for, no longer looked out for."""

    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", _("active")
    WITHDRAWN = "withdrawn", _("withdrawn")


class OverrideState(models.TextChoices):
    """The life of a category that people give a trader: proposed, in use, no longer in use."""

    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", _("active")
    WITHDRAWN = "withdrawn", _("withdrawn")


class RiskModelState(models.TextChoices):
    """The life of a learned model: scores beside the rules, is used, scores no longer."""

    SHADOW = "shadow", _("shadow")
    ACTIVE = "active", _("active")
    RETIRED = "retired", _("retired")


class TraderVerdict(models.TextChoices):
    """What was decided of two parties."""

    SAME = "same", _("one trader")
    DIFFERENT = "different", _("two traders")


class DecisionState(models.TextChoices):
    """The life of a decision on two parties: proposed, counting, as if it had never been."""

    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", _("active")
    WITHDRAWN = "withdrawn", _("withdrawn")


TRADER_CATEGORIES = [
    (TraderCategory.LOW.value, _("low risk")),
    (TraderCategory.MEDIUM.value, _("medium risk")),
    (TraderCategory.HIGH.value, _("high risk")),
]


CHANNEL_STATES = [
    (ChannelState.SUSPECTED.value, _("suspected")),
    (ChannelState.CONFIRMED.value, _("confirmed")),
    (ChannelState.LIQUIDATED.value, _("liquidated")),
    (ChannelState.DISMISSED.value, _("dismissed")),
    (ChannelState.JOINED.value, _("part of another one")),
]
CHANNEL_MOVES = [
    (ChannelMove.CONFIRM.value, _("confirmed")),
    (ChannelMove.LIQUIDATE.value, _("liquidated")),
    (ChannelMove.DISMISS.value, _("dismissed")),
    (ChannelMove.REOPEN.value, _("opened again")),
    (ChannelMove.JOIN.value, _("joined with another one")),
]
CHANNEL_LEVELS = [
    (ChannelLevel.INTERNATIONAL.value, _("international")),
    (ChannelLevel.REGIONAL.value, _("regional")),
]
CHANNEL_ROLES = [
    (SUPPLIER, _("supplier")),
    (IMPORTER, _("importer")),
    (BROKER, _("broker")),
    (CARRIER, _("carrier")),
]


class IdentifierKind(models.TextChoices):
    CAS = "cas", _("CAS number")
    EC = "ec", _("EC number")
    UN = "un", _("UN number")
    INCHIKEY = "inchikey", _("InChIKey")
    SMILES = "smiles", _("SMILES")
    CUS = "cus", _("CUS number")
    FORMULA = "formula", _("molecular formula")


class PartyLinkKind(models.TextChoices):
    """How two parties met in declarations. A shared identifier is not a link of its own:
    both parties hold a PartyIdentifier with the same value."""

    TRADE = "trade", _("traded with")
    REPRESENTED_BY = "represented_by", _("represented by")
    CARRIED_BY = "carried_by", _("carried by")


class PartyTieKind(models.TextChoices):
    """By what an importer's declarations tie it to others that are no parties of them."""

    OFFICE = "office", _("declared at")
    BORDER_OFFICE = "border_office", _("entered at")
    VEHICLE = "vehicle", _("carried on")
    CONTAINER = "container", _("carried in")


class LaneChoice(models.TextChoices):
    RED = "red", _("red: physical inspection")
    YELLOW = "yellow", _("yellow: documents")
    BLUE = "blue", _("blue: audit after clearance")
    GREEN = "green", _("green: release")


OUTCOME_RESULTS = [
    (Result.CLEAN.value, _("clean")),
    (Result.OFFENCE.value, _("offence")),
    (Result.INCONCLUSIVE.value, _("inconclusive")),
    (Result.NOT_APPLIED.value, _("control not applied")),
]
SELECTED_BY = [
    (SelectedBy.CRITERIA.value, _("criteria")),
    (SelectedBy.RANDOM.value, _("random draw")),
    (SelectedBy.OFFICER.value, _("officer")),
    (SelectedBy.UNKNOWN.value, _("not known")),
]
WAIVERS = [
    (Waiver.TRUSTED_TRADER.value, _("trusted trader")),
    (Waiver.EARLIER_CONTROL.value, _("controlled before")),
    (Waiver.OTHER_CONTROL.value, _("another control instead")),
    (Waiver.DOCUMENTS_SUFFICIENT.value, _("documents were sufficient")),
    (Waiver.PERISHABLE.value, _("perishable goods")),
    (Waiver.DANGEROUS.value, _("dangerous to open")),
    (Waiver.NO_CAPACITY.value, _("no staff or equipment")),
    (Waiver.OTHER.value, _("other")),
]
MEASURES = [
    (Measure.NONE.value, _("none")),
    (Measure.CODE_CORRECTED.value, _("code corrected")),
    (Measure.DETAINED.value, _("detained")),
    (Measure.RETURNED.value, _("returned")),
    (Measure.SEIZED.value, _("seized")),
    (Measure.FINE.value, _("fine")),
    (Measure.CRIMINAL_CASE.value, _("criminal case")),
]
LABORATORY_RESULTS = [
    (LaboratoryResult.CONFIRMED.value, _("confirmed")),
    (LaboratoryResult.OTHER_SUBSTANCE.value, _("another substance")),
    (LaboratoryResult.NOTHING_CONTROLLED.value, _("nothing controlled")),
    (LaboratoryResult.UNCLEAR.value, _("unclear")),
]


class PreliminaryLinkState(models.TextChoices):
    """``proposed`` and ``linked`` follow the score; the others are what a person decided."""

    PROPOSED = "proposed", _("proposed: not sure enough")
    LINKED = "linked", _("linked by the score")
    CONFIRMED = "confirmed", _("confirmed by a person")
    REJECTED = "rejected", _("rejected by a person")


class NotificationMatchState(models.TextChoices):
    """The first two follow the score, the others two people."""

    PROPOSED = "proposed", _("proposed: not sure enough")
    MATCHED = "matched", _("matched by number or score")
    CONFIRMED = "confirmed", _("confirmed by two people")
    REJECTED = "rejected", _("rejected by two people")


class RegisterKind(models.TextChoices):
    """What changed, when declarations are assessed again because a register did."""

    AUTHORISATION = "authorisation", _("authorisation")
    NOTIFICATION = "notification", _("pre-export notification")
    REQUIREMENT = "requirement", _("requirement or norm")
    PERMIT_MATCH = "permit_match", _("which permit an item came under")
    NOTIFICATION_MATCH = "notification_match", _("which notice an item came under")
    TRADER = "trader", _("which parties are one trader")


BASKET_STATES = [
    (BasketState.OPEN.value, _("open")),
    (BasketState.DISMISSED.value, _("dismissed")),
]
BASKET_MOVES = [
    (BasketMove.DISMISS.value, _("dismissed")),
    (BasketMove.REOPEN.value, _("opened again")),
]
