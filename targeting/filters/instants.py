"""Filters of instants, as a caller writes them: ISO 8601 with any offset."""

from datetime import UTC, datetime

import django_filters
from django.core.exceptions import ValidationError
from django_filters.fields import IsoDateTimeField


class InstantField(IsoDateTimeField):
    """An instant in UTC: PostgreSQL takes no offset of 16 hours and more, ISO 8601 does."""

    def to_python(self, value: object) -> datetime | None:
        found = super().to_python(value)
        try:
            return found.astimezone(UTC) if found else None
        except OverflowError:  # before the first year or after the last
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class InstantFilter(django_filters.IsoDateTimeFilter):
    field_class = InstantField
