"""Agencies with their customs offices and people."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shipments.models.history import with_history
from targeting.models.choices import Reach


@with_history()
class Agency(models.Model):
    """An administration whose people work here: customs, police, health."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.TextField(help_text="In English.")
    name_ru = models.TextField(blank=True)
    name_kk = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


@with_history()
class CustomsOffice(models.Model):
    """A customs office; ``code`` is as declarations state it in ``customs_office``.

    ``latitude`` and ``longitude`` (WGS 84, degrees) place it on a map, both or neither.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="customs_offices")
    code = models.TextField(unique=True)
    name = models.TextField(blank=True, help_text="In English.")
    name_ru = models.TextField(blank=True)
    name_kk = models.TextField(blank=True)
    region = models.TextField(blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="office_on_the_map",
                violation_error_message=_("Both coordinates in degrees, or neither."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


@with_history()
class Person(models.Model):
    """A human being as an agency knows them, however many accounts they have.

    ``number`` is the agency's own: a personnel number or an IIN. Four eyes compare persons,
    not accounts.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="people")
    number = models.TextField()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="person_once_per_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.number}"


class Reaching(models.Model):
    """How far somebody sees. ``offices`` are codes of customs offices, for that reach only."""

    reach = models.TextField(choices=Reach.choices, default=Reach.OFFICES)
    offices = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        abstract = True
