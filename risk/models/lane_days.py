"""What an office can work off in a day, what is expected of its lanes, and how its day runs."""

from django.db import models
from django.db.models import Q

from risk.domain.lanes import Lane
from risk.models.choices import LaneChoice

LIMITED_LANES = (Lane.RED.value, Lane.YELLOW.value, Lane.BLUE.value)


class LaneLimit(models.Model):
    """From ``valid_from`` on (the office's day) what holds for one lane of one office.

    ``capacity`` is how many declarations it works off in a day, ``rate`` which share of all that
    it receives (0 to 1) is expected in the lane; None: not said. Rows are only added: the latest
    first day counts, and of the same day the row that was added last.
    """

    customs_office = models.TextField()
    lane = models.TextField(choices=LaneChoice.choices)
    capacity = models.PositiveIntegerField(null=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    valid_from = models.DateField()
    reason = models.TextField()
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lane__in=LIMITED_LANES), name="lane_limit_of_a_lane_with_work"
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True) | Q(rate__gte=0, rate__lte=1),
                name="lane_limit_rate_range",
            ),
        ]
        indexes = [models.Index(fields=["customs_office", "valid_from"], name="lane_limit_office")]

    def __str__(self) -> str:
        return f"{self.customs_office} {self.lane} from {self.valid_from}"


class LaneDay(models.Model):
    """The running counts of an office on one of its days; only where it has limits.

    ``seen`` declarations had their lane decided, amendments not counted again; ``passed`` are
    those released, by score in whole points. Locked by whoever decides lanes of the day.
    """

    customs_office = models.TextField()
    day = models.DateField()
    seen = models.PositiveIntegerField(default=0)
    red = models.PositiveIntegerField(default=0)
    yellow = models.PositiveIntegerField(default=0)
    blue = models.PositiveIntegerField(default=0)
    topped_up = models.PositiveIntegerField(default=0)
    over_capacity = models.PositiveIntegerField(default=0)
    passed = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customs_office", "day"], name="lane_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customs_office} on {self.day}"
