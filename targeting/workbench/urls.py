"""The pages of the workbench, below ``/workbench/``."""

from django.urls import path
from django.views.generic import RedirectView

from targeting.domain.lifecycle import Move
from targeting.domain.policy import POLICIES
from targeting.workbench.views.alerts import AlertPage, MovePage
from targeting.workbench.views.queue import ManyPage, QueuePage
from targeting.workbench.views.screen import ScreenPage

app_name = "workbench"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="workbench:queue"), name="home"),
    path("alerts", QueuePage.as_view(), name="queue"),
    path("alerts/many", ManyPage.as_view(), name="many"),
    path("alerts/<int:pk>", AlertPage.as_view(), name="alert"),
    *(
        path(
            f"alerts/<int:pk>/{move.value.replace('_', '-')}",
            MovePage.as_view(move=move, needed={"POST": POLICIES["alerts"][move.value]}),
            name=move.value.replace("_", "-"),
        )
        for move in Move
    ),
    path("screen", ScreenPage.as_view(), name="screen"),
]
