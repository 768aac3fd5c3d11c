"""The pages of the workbench, below ``/workbench/``."""

from django.urls import path
from django.views.generic import RedirectView

from targeting.domain.lifecycle import Move
from targeting.domain.policy import POLICIES
from targeting.workbench.forms import FORMS
from targeting.workbench.views.alerts import AlertPage, CaseFilePage, MovePage
from targeting.workbench.views.attachments import AttachmentFilePage, AttachPage
from targeting.workbench.views.channels import (
    MOVES,
    ChannelMovePage,
    ChannelPage,
    ChannelSheetPage,
    ChannelsPage,
)
from targeting.workbench.views.declaration_list import DeclarationSheetPage, DeclarationsPage
from targeting.workbench.views.declarations import (
    CheckPage,
    DeclarationPage,
    ImporterPage,
    NearPicturePage,
)
from targeting.workbench.views.exports import ExportEndPage, ExportFilePage, ExportsPage
from targeting.workbench.views.figures import FiguresPage
from targeting.workbench.views.help import HelpPage, SubmissionsHelpPage
from targeting.workbench.views.network_files import ChannelFilePage, NetworkFilePage
from targeting.workbench.views.networks import (
    ConnectionPage,
    LinksPage,
    NetworkDataPage,
    NetworkPage,
    PartiesPage,
)
from targeting.workbench.views.outcomes import OutcomesPage, RecordPage
from targeting.workbench.views.queue import ManyPage, QueuePage, QueueSheetPage
from targeting.workbench.views.referrals import ReferPage, WithdrawPage
from targeting.workbench.views.screen import ScreenPage
from targeting.workbench.views.searches import ForgetPage, KeepPage
from targeting.workbench.views.selection import LimitsPage, ModelsPage, ModelStepPage
from targeting.workbench.views.submission_access import AccessPage, RotatePage
from targeting.workbench.views.submission_questions import QuestionPage, QuestionsPage
from targeting.workbench.views.submissions import (
    CancelPage,
    ReceiptPage,
    ReceiptSheetPage,
    SubmissionsPage,
)
from targeting.workbench.views.substances import (
    EditionPage,
    ListsPage,
    SubstancePage,
    SubstancesPage,
)
from targeting.workbench.views.watches import WatchEndPage, WatchPage

app_name = "workbench"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="workbench:queue"), name="home"),
    path("alerts", QueuePage.as_view(), name="queue"),
    path("alerts/sheet", QueueSheetPage.as_view(), name="queue-sheet"),
    path("alerts/many", ManyPage.as_view(), name="many"),
    path("alerts/views", KeepPage.as_view(), name="keep"),
    path("alerts/views/<int:pk>/forget", ForgetPage.as_view(), name="forget"),
    path("alerts/<int:pk>", AlertPage.as_view(), name="alert"),
    path("alerts/<int:pk>/case-file.pdf", CaseFilePage.as_view(), name="case-file"),
    *(
        path(
            f"alerts/<int:pk>/{move.value.replace('_', '-')}",
            MovePage.as_view(move=move, needed={"POST": POLICIES["alerts"][move.value]}),
            name=move.value.replace("_", "-"),
        )
        for move in Move
        if move in FORMS
    ),
    path("alerts/<int:pk>/refer", ReferPage.as_view(), name="refer"),
    path("alerts/<int:pk>/attachments", AttachPage.as_view(), name="attach"),
    path(
        "alerts/<int:pk>/attachments/<int:number>",
        AttachmentFilePage.as_view(),
        name="attachment",
    ),
    path("alerts/<int:pk>/watch", WatchPage.as_view(), name="watch"),
    path("watches/<int:pk>/end", WatchEndPage.as_view(), name="watch-end"),
    path("referrals/<int:pk>/withdraw", WithdrawPage.as_view(), name="referral-withdraw"),
    path("channels", ChannelsPage.as_view(), name="channels"),
    path("channels/sheet", ChannelSheetPage.as_view(), name="channel-sheet"),
    path("channels/<int:pk>", ChannelPage.as_view(), name="channel"),
    path("channels/<int:pk>/file", ChannelFilePage.as_view(), name="channel-file"),
    *(
        path(
            f"channels/<int:pk>/{move.value}",
            ChannelMovePage.as_view(move=move, needed={"POST": POLICIES["channels"][move.value]}),
            name=f"channel-{move.value}",
        )
        for move in MOVES
    ),
    path("declarations", DeclarationsPage.as_view(), name="declarations"),
    path("declarations/sheet", DeclarationSheetPage.as_view(), name="declaration-sheet"),
    path("declarations/<int:pk>", DeclarationPage.as_view(), name="declaration"),
    path("declarations/<int:pk>/check", CheckPage.as_view(), name="check"),
    path("declarations/<int:pk>/importer", ImporterPage.as_view(), name="importer"),
    path("declarations/<int:pk>/outcomes", RecordPage.as_view(), name="record"),
    path("declarations/<int:pk>/near.svg", NearPicturePage.as_view(), name="near-picture"),
    path("parties", PartiesPage.as_view(), name="parties"),
    path("parties/<int:pk>/network", NetworkPage.as_view(), name="network"),
    path("parties/<int:pk>/network/data", NetworkDataPage.as_view(), name="network-data"),
    path("parties/<int:pk>/network/file", NetworkFilePage.as_view(), name="network-file"),
    path("parties/<int:pk>/links", LinksPage.as_view(), name="links"),
    path("parties/<int:pk>/connection", ConnectionPage.as_view(), name="connection"),
    path("screen", ScreenPage.as_view(), name="screen"),
    path("substances", SubstancesPage.as_view(), name="substances"),
    path("substances/<slug:key>", SubstancePage.as_view(), name="substance"),
    path("lists", ListsPage.as_view(), name="lists"),
    path("lists/<str:code>/<int:number>", EditionPage.as_view(), name="edition"),
    path("figures/<slug:code>", FiguresPage.as_view(), name="figures"),
    path("exports", ExportsPage.as_view(), name="exports"),
    path("exports/<uuid:id>", ExportFilePage.as_view(), name="export-file"),
    path("exports/<uuid:id>/end", ExportEndPage.as_view(), name="export-end"),
    path("limits", LimitsPage.as_view(), name="limits"),
    path("models", ModelsPage.as_view(), name="models"),
    path("models/<int:pk>/<slug:step>", ModelStepPage.as_view(), name="model-step"),
    path("outcomes", OutcomesPage.as_view(), name="outcomes"),
    path("help", HelpPage.as_view(), name="help"),
    path("submissions", SubmissionsPage.as_view(), name="submissions"),
    path("submissions/<uuid:id>", ReceiptPage.as_view(), name="receipt"),
    path("submissions/<uuid:id>/cancel", CancelPage.as_view(), name="receipt-cancel"),
    path("submissions/<uuid:id>/issues", ReceiptSheetPage.as_view(), name="receipt-issues"),
    path(
        "submissions/<uuid:id>/rejects",
        ReceiptSheetPage.as_view(kind="rejects"),
        name="receipt-rejects",
    ),
    path("submissions/questions", QuestionsPage.as_view(), name="submission-questions"),
    path("submissions/questions/<uuid:id>", QuestionPage.as_view(), name="submission-question"),
    path("submissions/help", SubmissionsHelpPage.as_view(), name="submissions-help"),
    path("submissions/access", AccessPage.as_view(), name="submission-access"),
    path("submissions/access/<int:pk>/rotate", RotatePage.as_view(), name="submission-rotate"),
]
