"""Control lists and their editions; the entries are beside, in ``entries``."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from risk.domain.lists.periods import Period
from risk.models.choices import EditionState
from risk.models.four_eyes import FourEyes, second_person
from shipments.models.history import with_history

LAW = (EditionState.APPROVED, EditionState.SUPERSEDED)


@with_history()
class ControlList(models.Model):
    """A list that an authority keeps under a legal act."""

    code = models.TextField(unique=True)
    title = models.TextField()
    authority = models.TextField(blank=True)
    jurisdiction = models.TextField(blank=True)
    legal_act = models.TextField(blank=True)
    act_url = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.code


@with_history()
class ListEdition(FourEyes):
    """The list as it stood from a date on: law from ``in_force_from`` to the day before
    ``in_force_to``, in the office's days.

    An edition without ``verified_by`` was not compared with the text of the act by a
    person: it screens, wears a badge, and cannot by itself make a lane red. A draft's
    ``version`` grows with every change, so that who edits an older one is told; ``authors``
    are the accounts of all who changed it, ``author_persons`` the persons behind them.
    ``entered_force_at`` is when the system saw it come into force. Once approved, a trigger
    keeps everything but the end of its period, its supersession and its verification from
    change; two periods of one list never overlap.
    """

    control_list = models.ForeignKey(ControlList, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.TextField(choices=EditionState.choices, default=EditionState.DRAFT)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    authors = ArrayField(models.TextField(), default=list)
    author_persons = ArrayField(models.TextField(), default=list)
    change_note = models.TextField(blank=True)
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)
    source_digest = models.TextField(blank=True)
    provenance = models.TextField(blank=True)
    verified_by = models.TextField(blank=True)
    verified_on = models.DateField(null=True)
    verification_note = models.TextField(blank=True)
    proposed_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    entered_force_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["control_list", "number"], name="edition_number_once"),
            second_person("edition_four_eyes"),
            models.CheckConstraint(
                condition=Q(approved_by="")
                | ~Q(authors__contains=[F("approved_by")])
                & ~Q(author_persons__contains=[F("approved_person")]),
                name="edition_author_not_approver",
            ),
            # A file that was loaded carries its authority's approval.
            models.CheckConstraint(
                condition=~Q(state__in=LAW) | ~Q(approved_by="") | ~Q(source_digest=""),
                name="edition_law_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_to__isnull=True)
                | Q(in_force_to__gte=F("in_force_from")),
                name="edition_period_forward",
            ),
            models.UniqueConstraint(
                fields=["control_list"],
                condition=Q(
                    state__in=[EditionState.DRAFT, EditionState.PROPOSED], source_digest=""
                ),
                name="edition_one_open",
            ),
            ExclusionConstraint(
                name="edition_periods_apart",
                expressions=[
                    ("control_list", RangeOperators.EQUAL),
                    (
                        Func(
                            "in_force_from",
                            "in_force_to",
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=LAW),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.control_list} edition {self.number}"

    @property
    def is_verified(self) -> bool:
        return bool(self.verified_by)

    @property
    def period(self) -> Period:
        return Period(self.in_force_from, self.in_force_to)


class ListsRevision(models.Model):
    """One row: a mark that changes with everything that screening depends on.

    Triggers on editions that are law, on names and on identifiers by hand set it in the same
    transaction, so that a process sees with one short query whether its screeners still hold.
    """

    revision = models.UUIDField()

    def __str__(self) -> str:
        return str(self.revision)
