"""What was published of the random draw: digests of keys before, keys after; only added to."""

from django.db import models


class DrawDigest(models.Model):
    """The SHA-256 by which the key of an office's local day was bound, and when it was told.

    ``announced_at`` before the day began is what makes the draw of that day provable.
    """

    day = models.DateField(unique=True)
    digest = models.TextField()
    announced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}: {self.digest}"


class DrawKey(models.Model):
    """The key of a day that is over, in hexadecimal; its SHA-256 is the digest announced."""

    announcement = models.OneToOneField(
        DrawDigest, on_delete=models.PROTECT, related_name="published"
    )
    key = models.TextField()
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"key of {self.announcement_id}"
