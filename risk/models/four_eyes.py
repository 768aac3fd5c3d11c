"""Columns and constraint of what one person proposes and another approves."""

from django.db import models
from django.db.models import F, Q


class FourEyes(models.Model):
    """Who proposed and who approved: the account, and the person that four eyes compare.

    See :class:`risk.domain.four_eyes.Actor`. A command has an account and no person.
    """

    proposed_by = models.TextField(blank=True)
    proposed_person = models.TextField(blank=True)
    approved_by = models.TextField(blank=True)
    approved_person = models.TextField(blank=True)

    class Meta:
        abstract = True


def second_person(name: str) -> models.CheckConstraint:
    """Approved by nobody, or by a known person who is not the known person that proposed."""
    nobody = Q(approved_by="", approved_person="")
    somebody_else = (
        Q(approved_by__gt="", approved_person__gt="", proposed_person__gt="")
        & ~Q(approved_person=F("proposed_person"))
        & ~Q(approved_by=F("proposed_by"))
    )
    return models.CheckConstraint(condition=nobody | somebody_else, name=name)
