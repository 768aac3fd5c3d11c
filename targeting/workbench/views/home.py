"""Where people start: analysts at the queue, everybody else at what the API says of itself."""

from typing import Any

from django.views.generic import RedirectView

from targeting.domain.policy import CASE_READERS, allows
from targeting.models import User


class HomeView(RedirectView):
    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str | None:
        user = self.request.user
        is_reader = isinstance(user, User) and allows(user.grants, CASE_READERS)
        self.pattern_name = "workbench:queue" if is_reader else "api-docs"
        return super().get_redirect_url(*args, **kwargs)
