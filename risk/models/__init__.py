"""Tables of what we think of a declaration."""

from risk.models.assessments import (
    AssessmentBasis,
    IndicatorRow,
    LaneDecision,
    RiskAssessment,
)
from risk.models.baskets import BasketAcquisition, BasketAct, ReagentBasket
from risk.models.channels import Channel, ChannelAct, ChannelConsignment, ChannelMember
from risk.models.claims import ClaimRecord
from risk.models.cover_names import CoverName
from risk.models.draws import DrawDigest, DrawKey
from risk.models.entries import ListEntry
from risk.models.lane_days import LaneDay, LaneLimit
from risk.models.learned import ModelScore, RiskModel
from risk.models.lists import ControlList, ListEdition, ListsRevision
from risk.models.matches import ScreenedText, SubstanceMatch
from risk.models.network_metrics import (
    NetworkBase,
    NetworkCommunity,
    NetworkComponent,
    NetworkRun,
    PartyMetrics,
)
from risk.models.networks import (
    LinkSubstance,
    PartyLink,
    PartyTie,
    TieSubstance,
    TradeRecord,
    WeighedSubstance,
)
from risk.models.notification_matches import NotificationMatch
from risk.models.outcomes import InspectionOutcome
from risk.models.party_decisions import PartyAlias, PartyDecision, PartyLikeness
from risk.models.permit_matches import PermitMatch
from risk.models.preliminary import PreliminaryLink
from risk.models.profiles import ProfileSimulation, RiskProfile, SimulatedLoad
from risk.models.register_changes import ReassessedDeclaration, Reassessment, RegisterChange
from risk.models.rescreenings import (
    NameChange,
    RescreenedDeclaration,
    RescreenedText,
    Rescreening,
)
from risk.models.resolution import FoldedParty, PartyKey
from risk.models.substances import Substance, SubstanceIdentifier, SubstanceName
from risk.models.texts import GoodsText, TextKey
from risk.models.trader_categories import CategoryOverride, CategoryRun, TraderStanding
from risk.models.watchlists import WatchlistEntry

__all__ = [
    "AssessmentBasis",
    "BasketAcquisition",
    "BasketAct",
    "CategoryOverride",
    "CategoryRun",
    "Channel",
    "ChannelAct",
    "ChannelConsignment",
    "ChannelMember",
    "ClaimRecord",
    "ControlList",
    "CoverName",
    "DrawDigest",
    "DrawKey",
    "FoldedParty",
    "GoodsText",
    "IndicatorRow",
    "InspectionOutcome",
    "LaneDay",
    "LaneDecision",
    "LaneLimit",
    "LinkSubstance",
    "ListEdition",
    "ListEntry",
    "ListsRevision",
    "ModelScore",
    "NameChange",
    "NetworkBase",
    "NetworkCommunity",
    "NetworkComponent",
    "NetworkRun",
    "NotificationMatch",
    "PartyAlias",
    "PartyDecision",
    "PartyKey",
    "PartyLikeness",
    "PartyLink",
    "PartyMetrics",
    "PartyTie",
    "PermitMatch",
    "PreliminaryLink",
    "ProfileSimulation",
    "ReagentBasket",
    "ReassessedDeclaration",
    "Reassessment",
    "RegisterChange",
    "RescreenedDeclaration",
    "RescreenedText",
    "Rescreening",
    "RiskAssessment",
    "RiskModel",
    "RiskProfile",
    "ScreenedText",
    "SimulatedLoad",
    "Substance",
    "SubstanceIdentifier",
    "SubstanceMatch",
    "SubstanceName",
    "TextKey",
    "TieSubstance",
    "TradeRecord",
    "TraderStanding",
    "WatchlistEntry",
    "WeighedSubstance",
]
