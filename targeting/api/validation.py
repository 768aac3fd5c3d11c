"""``?validate_only=true``: what would become of a message, with nothing stored."""

from typing import Any

import msgspec
from django.core.files import File
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from shipments.domain.formats.base import IntakeFormat, ReadingContext
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.validation import MAX_LISTED_ISSUES
from targeting import pipeline
from targeting.api.errors import UploadTooLarge
from targeting.api.receipts import IssueSerializer, TableReadingSerializer
from targeting.intake.files import MAX_VALIDATED_BYTES, validated

NAME = "validate_only"
_YES, _NO = frozenset({"true", "1", "yes"}), frozenset({"", "false", "0", "no"})

VALIDATE_ONLY = OpenApiParameter(
    NAME, OpenApiTypes.BOOL, description="Say what would become of it (200) and store nothing."
)


class ValidationCountsSerializer(serializers.Serializer):
    declarations = serializers.IntegerField(help_text="That would be stored.")
    items = serializers.IntegerField(help_text="That would be stored.")
    rejected = serializers.IntegerField(help_text="Declarations that would not be stored.")
    quarantined = serializers.IntegerField(help_text="Goods items that would be kept aside.")
    warnings = serializers.IntegerField()
    issues = serializers.IntegerField(source="issue_count")


class ValidationSerializer(serializers.Serializer):
    """What would become of a message; nothing of it is stored."""

    is_clean = serializers.BooleanField(
        help_text="Whether all of it would be stored, with warnings or without."
    )
    format = serializers.CharField()
    mapping = serializers.CharField(allow_blank=True)
    failure_code = serializers.CharField(allow_blank=True)
    failure_line = serializers.IntegerField(allow_null=True)
    counts = ValidationCountsSerializer()
    table_readings = TableReadingSerializer(many=True)
    unknown_fields = serializers.DictField(child=serializers.IntegerField())
    issues = IssueSerializer(many=True, help_text=f"The first {MAX_LISTED_ISSUES}.")


def is_validation_asked(request: Request) -> bool:
    """Whether the query asks for it; a word that is neither yes nor no is an error."""
    word = request.query_params.get(NAME, "").lower()
    if word not in _YES | _NO:
        raise ValidationError({NAME: "true or false."})
    return word in _YES


def validation_response(
    content: File,
    *,
    intake_format: IntakeFormat,
    mapping: CsvMapping | None,
    context: ReadingContext,
) -> Response:
    if content.size > MAX_VALIDATED_BYTES:
        raise UploadTooLarge(MAX_VALIDATED_BYTES)
    found = validated(content, intake_format=intake_format, mapping=mapping, context=context)
    body: dict[str, Any] = {
        "is_clean": found.is_clean,
        "format": intake_format.key,
        "mapping": mapping.key if mapping else "",
        "failure_code": found.failure_code,
        "failure_line": found.failure_line,
        "counts": found,
        "table_readings": msgspec.to_builtins(found.table_readings[: pipeline.MAX_READINGS]),
        "unknown_fields": found.unknown_fields,
        "issues": found.issues,
    }
    return Response(ValidationSerializer(body).data)
