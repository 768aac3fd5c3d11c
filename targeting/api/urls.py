"""The route table of the API, below ``/api/v1/``: every endpoint is a line here."""

from django.urls import path

from targeting.api.audit_events import AuditChainViewSet, AuditEventViewSet
from targeting.api.base import DETAIL, LIST
from targeting.api.batches import BatchViewSet
from targeting.api.controlled_deliveries import ControlledDeliveryViewSet
from targeting.api.cover_names import CoverNameViewSet
from targeting.api.declarations import DeclarationViewSet
from targeting.api.draw_days import DrawDayViewSet
from targeting.api.edition_entries import EditionEntryViewSet, EditionSheetViewSet
from targeting.api.editions import EditionContentViewSet, EditionExportViewSet, EditionViewSet
from targeting.api.exports import ExportFileViewSet, ExportViewSet
from targeting.api.four_way import FourWayCheckViewSet
from targeting.api.lanes import LaneViewSet, OverdueLaneViewSet
from targeting.api.legal_holds import LegalHoldViewSet
from targeting.api.lists import ControlListViewSet
from targeting.api.look_backs import LookBackViewSet
from targeting.api.me import MeViewSet
from targeting.api.notices import NoticeViewSet, SubscriptionViewSet
from targeting.api.outcomes import OutcomeViewSet
from targeting.api.parties import PartyViewSet
from targeting.api.preliminary_links import PreliminaryLinkViewSet
from targeting.api.receipt_sheets import ReceiptSheetViewSet
from targeting.api.receipts import BatchReceiptViewSet, ReceiptViewSet
from targeting.api.retention import RetentionRunViewSet
from targeting.api.risk_models import RiskModelViewSet
from targeting.api.screen import ScreenViewSet
from targeting.api.simulations import SimulationViewSet
from targeting.api.standing_dismissals import StandingDismissalViewSet
from targeting.api.substances import (
    SubstanceIdentifierViewSet,
    SubstanceNameViewSet,
    SubstanceViewSet,
)
from targeting.api.trader_categories import (
    CategoryOverrideViewSet,
    CategoryRunViewSet,
    PartyCategoryViewSet,
)
from targeting.api.urls_alerts import ALERTS
from targeting.api.urls_imports import LIST_IMPORTS
from targeting.api.urls_networks import NETWORKS
from targeting.api.urls_profiles import PROFILES
from targeting.api.urls_questions import QUESTIONS
from targeting.api.urls_registers import REGISTERS
from targeting.api.urls_searches import SEARCHES
from targeting.api.urls_statistics import STATISTICS
from targeting.api.urls_watchlists import WATCHLISTS
from targeting.api.urls_webhooks import WEBHOOKS
from targeting.api.verification import UnverifiedEntryViewSet

EDITION = "lists/<str:code>/editions/<int:number>"

urlpatterns = [
    *ALERTS,
    path("audit-events", AuditEventViewSet.as_view(LIST), name="audit-event-list"),
    path("audit-events/<int:pk>", AuditEventViewSet.as_view(DETAIL), name="audit-event-detail"),
    path("audit-chain", AuditChainViewSet.as_view(DETAIL), name="audit-chain"),
    *NETWORKS,
    *PROFILES,
    *QUESTIONS,
    *REGISTERS,
    *SEARCHES,
    *WEBHOOKS,
    path("batches", BatchViewSet.as_view({"post": "create"}), name="batch-list"),
    path(
        "controlled-deliveries",
        ControlledDeliveryViewSet.as_view({"get": "list", "post": "create"}),
        name="controlled-delivery-list",
    ),
    path(
        "controlled-deliveries/<int:pk>",
        ControlledDeliveryViewSet.as_view(DETAIL),
        name="controlled-delivery-detail",
    ),
    path(
        "controlled-deliveries/<int:pk>/end",
        ControlledDeliveryViewSet.as_view({"post": "end"}),
        name="controlled-delivery-end",
    ),
    path(
        "cover-names",
        CoverNameViewSet.as_view({"get": "list", "post": "create"}),
        name="cover-name-list",
    ),
    path("cover-names/<int:pk>", CoverNameViewSet.as_view(DETAIL), name="cover-name-detail"),
    path(
        "cover-names/<int:pk>/activate",
        CoverNameViewSet.as_view({"post": "activate"}),
        name="cover-name-activate",
    ),
    path(
        "cover-names/<int:pk>/withdraw",
        CoverNameViewSet.as_view({"post": "withdraw"}),
        name="cover-name-withdraw",
    ),
    path("batches/<uuid:id>", BatchReceiptViewSet.as_view(DETAIL), name="batch-detail"),
    path(
        "batches/<uuid:id>/cancel",
        BatchReceiptViewSet.as_view({"post": "cancel"}),
        name="batch-cancel",
    ),
    path(
        "declarations",
        DeclarationViewSet.as_view({"get": "list", "post": "create"}),
        name="declaration-list",
    ),
    path("declarations/<int:pk>", DeclarationViewSet.as_view(DETAIL), name="declaration-detail"),
    path(
        "declarations/<int:pk>/four-way-check",
        FourWayCheckViewSet.as_view(DETAIL),
        name="declaration-four-way-check",
    ),
    path("draw-days", DrawDayViewSet.as_view(LIST), name="draw-day-list"),
    path("draw-days/<str:day>", DrawDayViewSet.as_view(DETAIL), name="draw-day-detail"),
    path("exports", ExportViewSet.as_view(LIST | {"post": "create"}), name="export-list"),
    path(
        "exports/<uuid:id>",
        ExportViewSet.as_view(DETAIL | {"delete": "destroy"}),
        name="export-detail",
    ),
    *LIST_IMPORTS,
    path("exports/<uuid:id>/file", ExportFileViewSet.as_view({"get": "file"}), name="export-file"),
    path("lanes", LaneViewSet.as_view(LIST), name="lane-list"),
    path(
        "lanes/<path:registration_number>/acknowledge",
        LaneViewSet.as_view({"post": "acknowledge"}),
        name="lane-acknowledge",
    ),
    path("lanes/<path:registration_number>", LaneViewSet.as_view(DETAIL), name="lane-detail"),
    path(
        "legal-holds",
        LegalHoldViewSet.as_view({"get": "list", "post": "create"}),
        name="legal-hold-list",
    ),
    path("legal-holds/<int:pk>", LegalHoldViewSet.as_view(DETAIL), name="legal-hold-detail"),
    path(
        "legal-holds/<int:pk>/propose-lifting",
        LegalHoldViewSet.as_view({"post": "propose_lifting"}),
        name="legal-hold-propose-lifting",
    ),
    path(
        "legal-holds/<int:pk>/lift",
        LegalHoldViewSet.as_view({"post": "lift"}),
        name="legal-hold-lift",
    ),
    path("lists", ControlListViewSet.as_view(LIST), name="list-list"),
    path("lists/<str:code>", ControlListViewSet.as_view(DETAIL), name="list-detail"),
    path(
        "lists/<str:code>/editions", EditionViewSet.as_view({"post": "create"}), name="edition-list"
    ),
    path(
        EDITION,
        EditionViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="edition-detail",
    ),
    *(
        path(f"{EDITION}/{word}", EditionViewSet.as_view({"post": action}), name=f"edition-{word}")
        for word, action in (
            ("propose", "propose"),
            ("return", "give_back"),
            ("approve", "approve"),
            ("verify", "verify"),
        )
    ),
    path(
        f"{EDITION}/difference",
        EditionContentViewSet.as_view({"get": "difference"}),
        name="edition-difference",
    ),
    path(f"{EDITION}/sheet", EditionExportViewSet.as_view({"get": "sheet"}), name="edition-sheet"),
    path(f"{EDITION}/import", EditionSheetViewSet.as_view({"post": "load"}), name="edition-import"),
    path(
        f"{EDITION}/entries",
        EditionContentViewSet.as_view({"get": "entries"}),
        name="edition-entries",
    ),
    path(f"{EDITION}/entry", EditionEntryViewSet.as_view({"put": "store"}), name="edition-entry"),
    path(
        f"{EDITION}/entry/<int:pk>",
        EditionEntryViewSet.as_view({"delete": "remove"}),
        name="edition-entry-detail",
    ),
    path(
        f"{EDITION}/simulation",
        SimulationViewSet.as_view({"get": "simulation", "post": "simulate"}),
        name="edition-simulation",
    ),
    path("look-backs", LookBackViewSet.as_view(LIST), name="look-back-list"),
    path("look-backs/<int:pk>", LookBackViewSet.as_view(DETAIL), name="look-back-detail"),
    *(
        path(
            f"look-backs/<int:pk>/{word}",
            LookBackViewSet.as_view({"post": word}),
            name=f"look-back-{word}",
        )
        for word in ("cancel", "resume")
    ),
    path("me", MeViewSet.as_view(DETAIL), name="me"),
    path("notices", NoticeViewSet.as_view(LIST), name="notice-list"),
    path("notices/read", NoticeViewSet.as_view({"post": "mark_all_read"}), name="notices-read"),
    path("notices/<int:pk>/read", NoticeViewSet.as_view({"post": "mark_read"}), name="notice-read"),
    path(
        "outcomes",
        OutcomeViewSet.as_view({"get": "list", "post": "create"}),
        name="outcome-list",
    ),
    path("outcomes/<int:pk>", OutcomeViewSet.as_view(DETAIL), name="outcome-detail"),
    path("overdue-lanes", OverdueLaneViewSet.as_view(LIST), name="overdue-lane-list"),
    path(
        "overdue-lanes/count",
        OverdueLaneViewSet.as_view({"get": "count"}),
        name="overdue-lane-count",
    ),
    path("parties", PartyViewSet.as_view(LIST), name="party-list"),
    path("parties/<int:pk>", PartyViewSet.as_view(DETAIL), name="party-detail"),
    path(
        "parties/<int:pk>/network", PartyViewSet.as_view({"get": "network"}), name="party-network"
    ),
    path(
        "parties/<int:pk>/likenesses",
        PartyViewSet.as_view({"get": "likenesses"}),
        name="party-likenesses",
    ),
    path(
        "parties/<int:pk>/category",
        PartyCategoryViewSet.as_view(DETAIL),
        name="party-category",
    ),
    path("preliminary-links", PreliminaryLinkViewSet.as_view(LIST), name="preliminary-link-list"),
    path(
        "preliminary-links/<int:pk>",
        PreliminaryLinkViewSet.as_view(DETAIL),
        name="preliminary-link-detail",
    ),
    path(
        "preliminary-links/<int:pk>/decide",
        PreliminaryLinkViewSet.as_view({"post": "decide"}),
        name="preliminary-link-decide",
    ),
    path("receipts", ReceiptViewSet.as_view(LIST), name="receipt-list"),
    path("receipts/<uuid:id>", ReceiptViewSet.as_view(DETAIL), name="receipt-detail"),
    path(
        "receipts/<uuid:id>/issues",
        ReceiptViewSet.as_view({"get": "issues"}),
        name="receipt-issues",
    ),
    path("retention-runs", RetentionRunViewSet.as_view(LIST), name="retention-run-list"),
    path(
        "retention-runs/<int:pk>", RetentionRunViewSet.as_view(DETAIL), name="retention-run-detail"
    ),
    path(
        "standing-dismissals",
        StandingDismissalViewSet.as_view(LIST),
        name="standing-dismissal-list",
    ),
    path(
        "standing-dismissals/<int:pk>",
        StandingDismissalViewSet.as_view(DETAIL),
        name="standing-dismissal-detail",
    ),
    path(
        "standing-dismissals/<int:pk>/end",
        StandingDismissalViewSet.as_view({"post": "end"}),
        name="standing-dismissal-end",
    ),
    path(
        "subscriptions",
        SubscriptionViewSet.as_view({"get": "list", "put": "store"}),
        name="subscription-list",
    ),
    path(
        "subscriptions/<int:pk>",
        SubscriptionViewSet.as_view({"delete": "destroy"}),
        name="subscription-detail",
    ),
    *(
        path(
            f"receipts/<uuid:id>/{word}",
            ReceiptSheetViewSet.as_view({"get": word}),
            name=f"receipt-{word}",
        )
        for word in ("rejects", "sheet")
    ),
    path("unverified-entries", UnverifiedEntryViewSet.as_view(LIST), name="unverified-entry-list"),
    path(
        "unverified-entries/count",
        UnverifiedEntryViewSet.as_view({"get": "count"}),
        name="unverified-entry-count",
    ),
    path("screen", ScreenViewSet.as_view({"post": "create"}), name="screen"),
    *STATISTICS,
    path(
        "substances",
        SubstanceViewSet.as_view({"get": "list", "post": "create"}),
        name="substance-list",
    ),
    path("substances/<str:key>", SubstanceViewSet.as_view(DETAIL), name="substance-detail"),
    path(
        "substances/<str:key>/names",
        SubstanceNameViewSet.as_view({"put": "store_name"}),
        name="substance-names",
    ),
    path(
        "substances/<str:key>/names/<int:pk>",
        SubstanceNameViewSet.as_view({"delete": "remove_name"}),
        name="substance-name-detail",
    ),
    path(
        "substances/<str:key>/identifiers",
        SubstanceIdentifierViewSet.as_view({"put": "store_identifier"}),
        name="substance-identifiers",
    ),
    path(
        "substances/<str:key>/identifiers/<int:pk>",
        SubstanceIdentifierViewSet.as_view({"delete": "remove_identifier"}),
        name="substance-identifier-detail",
    ),
    path(
        "category-overrides",
        CategoryOverrideViewSet.as_view({"get": "list", "post": "create"}),
        name="category-override-list",
    ),
    path(
        "category-overrides/<int:pk>",
        CategoryOverrideViewSet.as_view(DETAIL),
        name="category-override-detail",
    ),
    path(
        "category-overrides/<int:pk>/approve",
        CategoryOverrideViewSet.as_view({"post": "approve"}),
        name="category-override-approve",
    ),
    path(
        "category-overrides/<int:pk>/withdraw",
        CategoryOverrideViewSet.as_view({"post": "withdraw"}),
        name="category-override-withdraw",
    ),
    path("category-runs", CategoryRunViewSet.as_view(LIST), name="category-run-list"),
    path("risk-models", RiskModelViewSet.as_view(LIST), name="risk-model-list"),
    path("risk-models/<int:pk>", RiskModelViewSet.as_view(DETAIL), name="risk-model-detail"),
    *(
        path(
            f"risk-models/<int:pk>/{word}",
            RiskModelViewSet.as_view({"post": word}),
            name=f"risk-model-{word}",
        )
        for word in ("propose", "approve", "retire")
    ),
    *WATCHLISTS,
]
