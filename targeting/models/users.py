"""People."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from targeting.models.choices import Role


class User(AbstractUser):
    """A person with one role. Below targeting it is known as ``user:<id>`` only."""

    role = models.TextField(choices=Role.choices, blank=True)

    @property
    def actor(self) -> str:
        """The opaque string under which lower layers record what this person did."""
        return f"user:{self.pk}"
