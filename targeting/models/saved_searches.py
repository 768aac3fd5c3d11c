"""Searches that people keep, and which rows each of them was told of."""

from django.db import models

from targeting.models.choices import LANGUAGES, SEARCH_RESOURCES
from targeting.models.users import User


class SavedSearch(models.Model):
    """A list as its owner narrows and orders it; nobody else sees it.

    ``query`` maps each parameter of the list's address to its values. A watched one raises a notice
    for rows that it finds anew. ``looked_at`` is the oldest transaction that was under way when it
    last looked: whatever changed since was written by that one or a later one.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.TextField()
    resource = models.TextField(choices=SEARCH_RESOURCES)
    query = models.JSONField(default=dict)
    is_watched = models.BooleanField(default=False)
    by_email = models.BooleanField(default=False)
    lang = models.TextField(choices=LANGUAGES, default="en")
    looked_at = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "saved searches"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "resource", "name"], name="saved_search_name_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(is_watched=True), name="saved_search_watched"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KnownRow(models.Model):
    """A row that a watched search found before; its owner is told of it once."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="known_rows")
    row = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["search", "row"], name="known_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.search_id}: {self.row}"
