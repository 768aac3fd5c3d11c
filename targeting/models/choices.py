"""Words shown to people for the enumerations of targeting."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do. API clients are machines and hold no role here."""

    ANALYST = "analyst", _("customs analyst")
    LIST_ADMINISTRATOR = "list_administrator", _("list administrator")


class AlertState(models.TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
