"""Files of an alert: attached, listed, taken away."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, own_account
from targeting.api.uploads import SheetFormParser
from targeting.domain.attachments import LONGEST_NAME, MOST_BYTES
from targeting.models import Alert, AlertAttachment
from targeting.selectors.alerts import list_alerts
from targeting.selectors.referrals import list_attachments
from targeting.services.attachments import Brought, attach

_LONGEST = 1_000


class AttachmentSerializer(serializers.ModelSerializer):
    file_name = serializers.CharField(help_text="The sender's word for it.")
    media_type = serializers.CharField(help_text="By its content.")
    sha256 = serializers.SerializerMethodField(help_text="Hexadecimal.")
    file = serializers.SerializerMethodField(help_text="Where it is.")

    class Meta:
        model = AlertAttachment
        fields = [
            "number", "file_name", "media_type", "size_bytes", "sha256", "note", "added_by",
            "added_at", "file",
        ]  # fmt: skip

    def get_sha256(self, row: AlertAttachment) -> str:
        return bytes(row.sha256).hex()

    def get_file(self, row: AlertAttachment) -> str:
        place = {"pk": row.alert_id, "number": row.number}
        return reverse("alert-attachment", kwargs=place, request=self.context["request"])


class NewAttachmentSerializer(serializers.Serializer):
    file = serializers.FileField(
        max_length=LONGEST_NAME * 4,
        help_text=f"A PDF, PNG or JPEG of at most {MOST_BYTES} bytes.",
    )
    note = serializers.CharField(max_length=_LONGEST, required=False, default="", allow_blank=True)


class AttachmentViewSet(Resource):
    """Of an alert in the caller's scope; nothing is ever shown in place or taken away again."""

    policy = POLICIES["alerts"]
    serializer_class = AttachmentSerializer
    parser_classes = [SheetFormParser]
    bare_lists = frozenset({"attachments"})
    filter_backends = []
    queryset = Alert.objects.none()

    def get_queryset(self) -> QuerySet[Alert]:
        return list_alerts(self.scope)

    @extend_schema(summary="Files of the alert", responses={200: AttachmentSerializer(many=True)})
    def attachments(self, request: Request, pk: int) -> Response:
        """All of them: they are few."""
        rows = list_attachments(self.get_object())
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(
        summary="Attach a file",
        request={"multipart/form-data": NewAttachmentSerializer},
        responses={201: AttachmentSerializer, 200: AttachmentSerializer},
    )
    def attach(self, request: Request, pk: int) -> Response:
        """201 with the attachment; 200 for bytes that it has already. A new one stands in the
        timeline, and changes the ETag of the alert as a note does."""
        alert = self.get_object()
        serializer = NewAttachmentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        # One byte more than is allowed tells that there are more.
        brought = Brought(given["file"].read(MOST_BYTES + 1), given["file"].name, given["note"])
        row, is_new = attach(
            alert=alert,
            brought=brought,
            by=own_account(request),
            now=timezone.now(),
            hold=timedelta(minutes=settings.TARGETING["ALERT_HOLD_MINUTES"]),
        )
        return Response(self.get_serializer(row).data, status=201 if is_new else 200)

    @extend_schema(
        summary="A file, as it was attached",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def file(self, request: Request, pk: int, number: int) -> FileResponse:
        """To save, whatever its kind: it is never shown in place."""
        row = get_object_or_404(list_attachments(self.get_object()), number=number)
        return FileResponse(
            row.file.open("rb"),
            as_attachment=True,
            filename=row.file_name,
            content_type="application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff"},
        )
