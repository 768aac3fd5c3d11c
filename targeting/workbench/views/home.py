"""Where people start: at the queue, lists, their submissions, or what the API says of itself."""

from typing import Any

from django.views.generic import RedirectView

from targeting.domain.policy import CASE_READERS, LIST_KEEPERS, NOBODY, SUBMITTER_PEOPLE, allows
from targeting.models import User


class HomeView(RedirectView):
    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str | None:
        user = self.request.user
        grants = user.grants if isinstance(user, User) else NOBODY
        self.pattern_name = "api-docs"
        if allows(grants, CASE_READERS):
            self.pattern_name = "workbench:queue"
        elif allows(grants, SUBMITTER_PEOPLE):
            self.pattern_name = "workbench:submissions"
        elif allows(grants, LIST_KEEPERS):
            self.pattern_name = "workbench:lists"
        return super().get_redirect_url(*args, **kwargs)
