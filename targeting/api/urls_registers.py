"""Routes of the registers (authorisations, notifications, requirements, returns, firms) and of
what is held against them."""

from django.urls import path

from targeting.api.authorisation_sheets import (
    AuthorisationExportViewSet,
    AuthorisationSheetViewSet,
)
from targeting.api.authorisations import AuthorisationViewSet
from targeting.api.base import DETAIL, LIST
from targeting.api.claims import (
    ClaimantExportViewSet,
    ClaimantViewSet,
    ExemptionClaimExportViewSet,
    ExemptionClaimViewSet,
)
from targeting.api.four_way import FourWayCheckExportViewSet, FourWayCheckListViewSet
from targeting.api.history import KeepsHistory
from targeting.api.legal_entities import (
    LegalEntityExportViewSet,
    LegalEntitySheetViewSet,
    LegalEntityViewSet,
)
from targeting.api.notification_matches import (
    NotificationMatchExportViewSet,
    NotificationMatchViewSet,
    UnannouncedItemExportViewSet,
    UnannouncedItemViewSet,
)
from targeting.api.notification_sheets import (
    NotificationExportViewSet,
    NotificationSheetViewSet,
)
from targeting.api.permit_matches import (
    PermitMatchExportViewSet,
    PermitMatchViewSet,
    PermitProposalsViewSet,
)
from targeting.api.pre_export_notifications import NotificationViewSet
from targeting.api.reassessments import (
    ReassessmentExportViewSet,
    ReassessmentViewSet,
    RegisterChangeExportViewSet,
    RegisterChangeViewSet,
)
from targeting.api.requirements import (
    RequirementExportViewSet,
    RequirementSheetViewSet,
    RequirementViewSet,
)
from targeting.api.returns import ReturnExportViewSet, ReturnSheetViewSet, ReturnViewSet
from targeting.api.running_totals import RunningTotalExportViewSet, RunningTotalViewSet

KEPT_HISTORIES: tuple[tuple[str, str, type[KeepsHistory]], ...] = (
    ("authorisations", "authorisation", AuthorisationViewSet),
    ("notification-matches", "notification-match", NotificationMatchViewSet),
    ("permit-matches", "permit-match", PermitMatchViewSet),
    ("pre-export-notifications", "pre-export-notification", NotificationViewSet),
    ("requirements", "requirement", RequirementViewSet),
    ("returns", "return", ReturnViewSet),
)

REGISTERS = [
    path(
        "authorisations",
        AuthorisationViewSet.as_view({"get": "list", "post": "create"}),
        name="authorisation-list",
    ),
    path(
        "authorisations/import",
        AuthorisationSheetViewSet.as_view({"post": "load"}),
        name="authorisation-import",
    ),
    path(
        "authorisations/sheet",
        AuthorisationExportViewSet.as_view({"get": "sheet"}),
        name="authorisation-sheet",
    ),
    path(
        "authorisations/<int:pk>",
        AuthorisationViewSet.as_view(DETAIL),
        name="authorisation-detail",
    ),
    path(
        "authorisations/<int:pk>/drawdowns",
        AuthorisationViewSet.as_view({"get": "drawdowns"}),
        name="authorisation-drawdowns",
    ),
    path(
        "authorisations/<int:pk>/drawdowns/sheet",
        AuthorisationViewSet.as_view({"get": "drawdown_sheet"}),
        name="authorisation-drawdown-sheet",
    ),
    *(
        path(
            f"authorisations/<int:pk>/{word}",
            AuthorisationViewSet.as_view({"post": action}),
            name=f"authorisation-{word}",
        )
        for word, action in (
            ("suspend", "suspend"),
            ("resume", "resume"),
            ("revocation", "propose_revocation"),
            ("revoke", "revoke"),
        )
    ),
    path(
        "notification-matches",
        NotificationMatchViewSet.as_view(LIST),
        name="notification-match-list",
    ),
    path(
        "notification-matches/sheet",
        NotificationMatchExportViewSet.as_view({"get": "sheet"}),
        name="notification-match-sheet",
    ),
    path(
        "notification-matches/<int:pk>",
        NotificationMatchViewSet.as_view(DETAIL),
        name="notification-match-detail",
    ),
    path(
        "notification-matches/<int:pk>/decision",
        NotificationMatchViewSet.as_view({"post": "propose"}),
        name="notification-match-decision",
    ),
    path(
        "notification-matches/<int:pk>/approve",
        NotificationMatchViewSet.as_view({"post": "approve"}),
        name="notification-match-approve",
    ),
    path(
        "declarations/<int:pk>/permit-proposals",
        PermitProposalsViewSet.as_view(LIST),
        name="declaration-permit-proposals",
    ),
    path("exemption-claimants", ClaimantViewSet.as_view(LIST), name="exemption-claimant-list"),
    path(
        "exemption-claimants/sheet",
        ClaimantExportViewSet.as_view({"get": "sheet"}),
        name="exemption-claimant-sheet",
    ),
    path("exemption-claims", ExemptionClaimViewSet.as_view(LIST), name="exemption-claim-list"),
    path(
        "exemption-claims/sheet",
        ExemptionClaimExportViewSet.as_view({"get": "sheet"}),
        name="exemption-claim-sheet",
    ),
    path(
        "exemption-claims/<int:pk>",
        ExemptionClaimViewSet.as_view(DETAIL),
        name="exemption-claim-detail",
    ),
    path("four-way-checks", FourWayCheckListViewSet.as_view(LIST), name="four-way-check-list"),
    path(
        "four-way-checks/sheet",
        FourWayCheckExportViewSet.as_view({"get": "sheet"}),
        name="four-way-check-sheet",
    ),
    path(
        "legal-entities",
        LegalEntityViewSet.as_view({"get": "list", "post": "create"}),
        name="legal-entity-list",
    ),
    path(
        "legal-entities/import",
        LegalEntitySheetViewSet.as_view({"post": "load"}),
        name="legal-entity-import",
    ),
    path(
        "legal-entities/sheet",
        LegalEntityExportViewSet.as_view({"get": "sheet"}),
        name="legal-entity-sheet",
    ),
    path("legal-entities/<int:pk>", LegalEntityViewSet.as_view(DETAIL), name="legal-entity-detail"),
    path(
        "permit-matches",
        PermitMatchViewSet.as_view({"get": "list", "post": "create"}),
        name="permit-match-list",
    ),
    path(
        "permit-matches/sheet",
        PermitMatchExportViewSet.as_view({"get": "sheet"}),
        name="permit-match-sheet",
    ),
    path("permit-matches/<int:pk>", PermitMatchViewSet.as_view(DETAIL), name="permit-match-detail"),
    *(
        path(
            f"permit-matches/<int:pk>/{word}",
            PermitMatchViewSet.as_view({"post": word}),
            name=f"permit-match-{word}",
        )
        for word in ("approve", "withdraw")
    ),
    path(
        "pre-export-notifications",
        NotificationViewSet.as_view({"get": "list", "post": "create"}),
        name="pre-export-notification-list",
    ),
    path(
        "pre-export-notifications/import",
        NotificationSheetViewSet.as_view({"post": "load"}),
        name="pre-export-notification-import",
    ),
    path(
        "pre-export-notifications/sheet",
        NotificationExportViewSet.as_view({"get": "sheet"}),
        name="pre-export-notification-sheet",
    ),
    path(
        "pre-export-notifications/<int:pk>",
        NotificationViewSet.as_view(DETAIL),
        name="pre-export-notification-detail",
    ),
    path(
        "pre-export-notifications/<int:pk>/matches",
        NotificationViewSet.as_view({"get": "matches"}),
        name="pre-export-notification-matches",
    ),
    *(
        path(
            f"pre-export-notifications/<int:pk>/{word}",
            NotificationViewSet.as_view({"post": word}),
            name=f"pre-export-notification-{word}",
        )
        for word in ("step", "close")
    ),
    path("reassessments", ReassessmentViewSet.as_view(LIST), name="reassessment-list"),
    path(
        "reassessments/sheet",
        ReassessmentExportViewSet.as_view({"get": "sheet"}),
        name="reassessment-sheet",
    ),
    path("reassessments/<int:pk>", ReassessmentViewSet.as_view(DETAIL), name="reassessment-detail"),
    *(
        path(
            f"reassessments/<int:pk>/{word}",
            ReassessmentViewSet.as_view({"post": word}),
            name=f"reassessment-{word}",
        )
        for word in ("cancel", "resume")
    ),
    path("register-changes", RegisterChangeViewSet.as_view(LIST), name="register-change-list"),
    path(
        "register-changes/sheet",
        RegisterChangeExportViewSet.as_view({"get": "sheet"}),
        name="register-change-sheet",
    ),
    path(
        "register-changes/<int:pk>",
        RegisterChangeViewSet.as_view(DETAIL),
        name="register-change-detail",
    ),
    path(
        "requirements",
        RequirementViewSet.as_view({"get": "list", "post": "create"}),
        name="requirement-list",
    ),
    path(
        "requirements/import",
        RequirementSheetViewSet.as_view({"post": "load"}),
        name="requirement-import",
    ),
    path(
        "requirements/sheet",
        RequirementExportViewSet.as_view({"get": "sheet"}),
        name="requirement-sheet",
    ),
    path("requirements/<int:pk>", RequirementViewSet.as_view(DETAIL), name="requirement-detail"),
    path(
        "returns",
        ReturnViewSet.as_view({"get": "list", "post": "create"}),
        name="return-list",
    ),
    path("returns/import", ReturnSheetViewSet.as_view({"post": "load"}), name="return-import"),
    path("returns/sheet", ReturnExportViewSet.as_view({"get": "sheet"}), name="return-sheet"),
    path("returns/<int:pk>", ReturnViewSet.as_view(DETAIL), name="return-detail"),
    path("running-totals", RunningTotalViewSet.as_view(LIST), name="running-total-list"),
    path(
        "running-totals/sheet",
        RunningTotalExportViewSet.as_view({"get": "sheet"}),
        name="running-total-sheet",
    ),
    path(
        "running-totals/<int:pk>/<str:key>",
        RunningTotalViewSet.as_view(DETAIL),
        name="running-total-detail",
    ),
    path("unannounced-items", UnannouncedItemViewSet.as_view(LIST), name="unannounced-item-list"),
    path(
        "unannounced-items/sheet",
        UnannouncedItemExportViewSet.as_view({"get": "sheet"}),
        name="unannounced-item-sheet",
    ),
    *(
        path(
            f"{of}/<int:pk>/history",
            resource.as_view({"get": "history"}),
            name=f"{name}-history",
        )
        for of, name, resource in KEPT_HISTORIES
    ),
]
