"""Files of declarations: stored and answered with a receipt at once, read later."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.files import File
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from shipments.domain.formats import FORMATS
from shipments.domain.formats.mapping import CHOOSABLE
from shipments.models import IntakeBatch
from targeting import pipeline
from targeting.api.base import Resource
from targeting.api.idempotency import KEY, answered_once
from targeting.api.permissions import POLICIES, own_submitter
from targeting.api.receipts import ReceiptDetailSerializer, receipt_at_acceptance
from targeting.api.schema import Problem
from targeting.api.uploads import (
    BODY_PARSERS,
    UploadFormParser,
    refuse_unknown_length,
    refuse_when_full,
)
from targeting.api.validation import (
    VALIDATE_ONLY,
    ValidationSerializer,
    is_validation_asked,
    validation_response,
)
from targeting.intake.files import format_of, mapping_of


class OwnFormatParameter(DefaultContentNegotiation):
    """Here ``?format=`` names the intake format, not the renderer of the answer."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE=None)  # type: ignore[assignment]


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True)
    format = serializers.CharField(required=False, help_text="Format key, as in the query.")
    mapping = serializers.CharField(required=False, help_text="Mapping key, as in the query.")


FORMAT_KEYS = ", ".join(intake_format.key for intake_format in FORMATS)
FORMAT = OpenApiParameter("format", description=f"{FORMAT_KEYS}; recognised when left out.")
MAPPING = OpenApiParameter("mapping", description="How columns are read; required by tables.")
HABITS = [
    OpenApiParameter("delimiter", description="Of a CSV; found out when left out."),
    OpenApiParameter("encoding", description="Of a CSV, such as windows-1251 or utf-16."),
    OpenApiParameter("decimal_mark", description="A point or a comma."),
    OpenApiParameter("date_order", description="day_first or month_first."),
]
RECEIPT_ANSWERS = {
    202: OpenApiResponse(ReceiptDetailSerializer, "Taken in; read the receipt for what became."),
    200: OpenApiResponse(
        PolymorphicProxySerializer(
            component_name="ReceiptOrValidation",
            serializers=[ReceiptDetailSerializer, ValidationSerializer],
            resource_type_field_name=None,
        ),
        "The same bytes came before: the receipt that they got then. With validate_only: what"
        " would become of it.",
    ),
    (411, "application/problem+json"): Problem,
    (413, "application/problem+json"): Problem,
    (415, "application/problem+json"): Problem,
    (422, "application/problem+json"): Problem,
    (429, "application/problem+json"): Problem,
}


class BatchViewSet(Resource):
    """A file is stored and answered with a receipt at once; it is read afterwards."""

    policy = POLICIES["batches"]
    serializer_class = UploadSerializer
    filter_backends = []
    parser_classes = [UploadFormParser, *BODY_PARSERS]
    content_negotiation_class = OwnFormatParameter

    @extend_schema(
        summary="Submit a file of declarations",
        parameters=[FORMAT, MAPPING, *HABITS, VALIDATE_ONLY, KEY],
        request={
            "multipart/form-data": UploadSerializer,
            **dict.fromkeys((body.media_type for body in BODY_PARSERS), OpenApiTypes.BINARY),
        },
        responses=RECEIPT_ANSWERS,
    )
    def create(self, request: Request) -> Response:
        refuse_unknown_length(request)
        refuse_when_full(request)
        upload = _upload(request)
        content_type = getattr(upload, "content_type", None) or request.content_type
        asked = _parameter(request, "format")
        intake_format = format_of(upload, asked=asked, content_type=content_type)
        habits = {name: _parameter(request, name) for name in CHOOSABLE}
        mapping = mapping_of(_parameter(request, "mapping"), habits)
        intake_format.check_mapping(mapping)
        if is_validation_asked(request):
            context = pipeline.reading_context(timezone.now())
            return validation_response(
                upload, intake_format=intake_format, mapping=mapping, context=context
            )
        return submit(
            request,
            content=upload,
            format_key=intake_format.key,
            mapping_key=mapping.key if mapping else "",
            file_name=Path(upload.name or "").name,
        )


def submit(
    request: Request,
    *,
    content: bytes | File,
    format_key: str,
    mapping_key: str = "",
    file_name: str = "",
) -> Response:
    """202 with a new receipt; 200 with the earlier one when the same bytes came before.

    Under an ``Idempotency-Key`` the same request is answered as the first time.
    """

    def take_in() -> Response:
        received_at = timezone.now()
        batch = pipeline.receive(
            submitter=own_submitter(request),
            content=content,
            format_key=format_key,
            mapping_key=mapping_key,
            file_name=file_name,
            received_at=received_at,
        )
        return receipt_response(request, batch, is_new=batch.received_at == received_at)

    said = {"format": format_key, "mapping": mapping_key, "file_name": file_name}
    return answered_once(request, content=content, parameters=said, answer=take_in)


def receipt_response(request: Request, batch: IntakeBatch, *, is_new: bool) -> Response:
    # Django's own reverse: that of the framework carries ``?format=`` over to the receipt.
    path = reverse("receipt-detail", kwargs={"id": batch.public_id})
    location = request.build_absolute_uri(path)
    body = receipt_at_acceptance(batch)
    return Response(body, status=202 if is_new else 200, headers={"Location": location})


def _upload(request: Request) -> File:
    if isinstance(request.data, File):
        return request.data
    form = UploadSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    upload: File = form.validated_data["file"]
    return upload


def _parameter(request: Request, name: str) -> str:
    """From the query, else from the form's field of the same name."""
    form: Any = {} if isinstance(request.data, File) else request.data
    return str(request.query_params.get(name) or form.get(name) or "")
