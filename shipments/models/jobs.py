"""Long work that is cut into chunks of its own, beside the batches that come in."""

from django.db import models

from shipments.models.choices import JobKind, JobState


class Job(models.Model):
    """A look-back, a simulation …: its chunks are stage runs, as those of a batch are.

    ``requested_by`` and ``cancelled_by`` are actors. ``failure`` says why a failed job ended.
    """

    kind = models.TextField(choices=JobKind.choices)
    state = models.TextField(choices=JobState.choices, default=JobState.RUNNING)
    requested_by = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cancelled_by = models.TextField(blank=True)
    cancelled_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"
