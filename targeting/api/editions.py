"""Editions of control lists: reading, comparing, exporting, and the steps of their life."""

from collections.abc import Callable
from typing import Any, NoReturn

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.errors import EditionChanged
from risk.domain.four_eyes import Actor
from risk.domain.lists.comparison import Comparison
from risk.domain.lists.entry_cells import cells_of
from risk.domain.lists.sheets import MEDIA_TYPES, SheetFormat
from risk.models import ControlList, ListEdition, ListEntry, Rescreening
from risk.models.choices import EditionState
from risk.services import drafts
from risk.services.editions import return_edition, verify_entries
from targeting import jobs
from targeting.api.base import Resource
from targeting.api.conditional import mark_given, marked, unless_known
from targeting.api.permissions import POLICIES
from targeting.api.schema import files
from targeting.models import User
from targeting.selectors.edition_sheets import edition_sheet, row_cells
from targeting.selectors.editions import (
    difference,
    edition_etag,
    is_mark_of,
    last_modified,
    list_editions,
    list_entries,
)
from targeting.selectors.rescreenings import is_current, latest_simulation
from targeting.services.editions import approve_edition

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag that you read: if somebody changed the edition since, 412.",
)


class SimulationSummarySerializer(serializers.Serializer):
    """The last simulation in short, for whoever is about to approve."""

    state = serializers.CharField(source="job.state")
    is_current = serializers.SerializerMethodField(
        help_text="Whether the edition still is as it was simulated."
    )
    since = serializers.DateField()
    until = serializers.DateField()
    new_lines = serializers.IntegerField(source="match_count")
    new_alerts = serializers.IntegerField(source="alert_count")

    def get_is_current(self, row: Rescreening) -> bool:
        return is_current(row)


class EditionDetailSerializer(serializers.ModelSerializer):
    list_code = serializers.CharField(source="control_list.code")
    state = serializers.CharField(help_text="draft, proposed, approved or superseded.")
    based_on = serializers.IntegerField(
        source="based_on.number",
        default=None,
        allow_null=True,
        help_text="Number of the edition it is a copy of; null: of none.",
    )
    is_verified = serializers.BooleanField()
    entry_count = serializers.IntegerField()
    substance_count = serializers.IntegerField()
    unverified_count = serializers.IntegerField(
        help_text="Entries that nobody compared with the text of the act."
    )
    simulation = serializers.SerializerMethodField(
        help_text="What it would change on stored declarations; null until somebody asked."
    )

    class Meta:
        model = ListEdition
        fields = [
            "list_code", "number", "state", "version", "based_on", "authors", "change_note",
            "in_force_from", "in_force_to", "provenance", "is_verified", "verified_by",
            "verified_on", "verification_note", "proposed_by", "proposed_at", "approved_by",
            "approved_at", "entered_force_at", "entry_count", "substance_count",
            "unverified_count", "simulation",
        ]  # fmt: skip

    @extend_schema_field(SimulationSummarySerializer(allow_null=True))
    def get_simulation(self, edition: ListEdition) -> dict[str, Any] | None:
        found = self.context["simulation"]
        return dict(SimulationSummarySerializer(found).data) if found else None


class EntrySerializer(serializers.Serializer):
    """An entry: its texts as in the columns of an export, and whether it was verified."""

    id = serializers.IntegerField()
    cells = serializers.SerializerMethodField()
    acknowledged = serializers.JSONField(help_text="Contradictions that were kept, with reasons.")
    is_verified = serializers.SerializerMethodField(
        help_text="Whether a person compared the entry with the text of the act."
    )
    verified_by = serializers.CharField()
    verified_on = serializers.DateField(allow_null=True)

    def get_cells(self, row: ListEntry) -> dict[str, str]:
        return row_cells(row)

    def get_is_verified(self, row: ListEntry) -> bool:
        return bool(row.verified_by)


class FieldChangeSerializer(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class EntryChangeSerializer(serializers.Serializer):
    substance_key = serializers.CharField(source="after.substance_key")
    form_name = serializers.CharField(source="after.form_name")
    fields_ = FieldChangeSerializer(many=True, source="fields")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        fields = shown.pop("fields_")
        return {**shown, "fields": fields}


class DifferenceSerializer(serializers.Serializer):
    added = serializers.ListField(child=serializers.DictField())
    removed = serializers.ListField(child=serializers.DictField())
    changed = EntryChangeSerializer(many=True)
    unchanged_count = serializers.IntegerField()


class DescriptionSerializer(serializers.Serializer):
    in_force_from = serializers.DateField(help_text="The first day on which it is law.")
    change_note = serializers.CharField(help_text="Why: the act that changes the list.")
    provenance = serializers.CharField(required=False, default="", allow_blank=True)


class VerificationSerializer(serializers.Serializer):
    entries = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)
    note = serializers.CharField(help_text="The text that was compared with.")


_Shown = ListEdition | Rescreening | None


class EditionResource(Resource):
    """What the views of editions share: the edition of the address, who acts, its ETag."""

    policy = POLICIES["editions"]
    serializer_class: type[serializers.Serializer] = EditionDetailSerializer
    filter_backends = []
    queryset = ListEdition.objects.none()

    def get_object(self) -> ListEdition:
        """For the framework's answer to OPTIONS, which asks for it."""
        return self.edition()

    def edition(self) -> ListEdition:
        return get_object_or_404(
            list_editions(),
            control_list__code=self.kwargs["code"],
            number=self.kwargs["number"],
        )

    @property
    def actor(self) -> Actor:
        user = self.request.user
        if not isinstance(user, User):
            raise NotFound
        return user.as_actor()

    def version_of(self, edition: ListEdition) -> int:
        """The version that the caller read. Raises when it says none or is not this one."""
        given = mark_given(self.request)
        if not is_mark_of(given, edition):
            raise EditionChanged(version=edition.version, given=given[:100])
        return edition.version

    def shown(self, edition: ListEdition, status: int = 200) -> Any:
        """The edition as it now is, with what a conditional request needs."""
        fresh = list_editions().get(pk=edition.pk)
        simulation = latest_simulation(fresh)
        return self.marked(_in_full(fresh, simulation, status), fresh, simulation)

    def marked(self, response: Any, *shown: _Shown) -> Any:
        """The answer with the marks of the edition and of what is shown beside it."""
        return marked(response, etag=edition_etag(*shown), modified=last_modified(*shown))

    def unless_known(self, build: Callable[[], Any], *shown: _Shown) -> Any:
        """As :meth:`marked`, of what ``build`` gives; 304 for who has it already."""
        etag, modified = edition_etag(*shown), last_modified(*shown)
        return unless_known(self.request, build, etag=etag, modified=modified)


class EditionViewSet(EditionResource):
    """One edition of a control list. An approved one never changes: a change is a new edition."""

    audit_reads = False

    @extend_schema(summary="One edition", responses={200: EditionDetailSerializer, 304: None})
    def retrieve(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        simulation = latest_simulation(edition)
        return self.unless_known(lambda: _in_full(edition, simulation), edition, simulation)

    @extend_schema(
        summary="Start a draft as a copy of the list's last edition",
        request=None,
        responses={201: EditionDetailSerializer},
    )
    def create(self, request: Request, code: str) -> Response:
        control_list = get_object_or_404(ControlList, code=code)
        draft = drafts.start_draft(control_list=control_list, actor=self.actor)
        return self.shown(draft, status=201)

    @extend_schema(
        summary="Say from when a draft is to be law, and why",
        parameters=[IF_MATCH],
        request=DescriptionSerializer,
    )
    def update(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        serializer = DescriptionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        version = self.version_of(edition)
        given = serializer.validated_data
        return self.shown(
            drafts.describe_draft(edition=edition, version=version, actor=self.actor, **given)
        )

    @extend_schema(summary="Discard a draft", parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        drafts.discard_draft(edition=edition, version=self.version_of(edition))
        return Response(status=204)

    @extend_schema(
        summary="Propose a draft, and simulate it for who approves",
        parameters=[IF_MATCH],
        request=None,
    )
    def propose(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        version = self.version_of(edition)
        now = timezone.now()
        return self.shown(jobs.propose(edition=edition, version=version, actor=self.actor, now=now))

    @extend_schema(summary="Give a proposal back as a draft", parameters=[IF_MATCH], request=None)
    def give_back(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        return self.shown(return_edition(edition=edition, version=self.version_of(edition)))

    @extend_schema(
        summary="Approve a proposal of somebody else", parameters=[IF_MATCH], request=None
    )
    def approve(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        version = self.version_of(edition)
        now = timezone.now()
        return self.shown(
            approve_edition(edition=edition, version=version, actor=self.actor, now=now)
        )

    @extend_schema(
        summary="Record which entries were compared with the text of the act",
        description="Of a draft `If-Match` is needed: what another changed since was not compared.",
        parameters=[OpenApiParameter("If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER)],
        request=VerificationSerializer,
    )
    def verify(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        serializer = VerificationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        # What is law says the same to everybody; a draft may have changed since it was read.
        is_draft = edition.state == EditionState.DRAFT
        version = self.version_of(edition) if is_draft else None
        return self.shown(
            verify_entries(
                edition=edition,
                entry_ids=given["entries"],
                actor=self.actor,
                note=given["note"],
                now=timezone.now(),
                version=version,
            )
        )


class EditionContentViewSet(EditionResource):
    """What an edition says: its entries, and how it differs from another."""

    audit_reads = False

    @extend_schema(
        summary="Entries of an edition", responses={200: EntrySerializer(many=True), 304: None}
    )
    def entries(self, request: Request, **_: object) -> Response:
        edition = self.edition()

        def build() -> Response:
            page = self.page_of(list_entries(edition))
            return self.get_paginated_response(EntrySerializer(page, many=True).data)

        return self.unless_known(build, edition)

    @extend_schema(
        summary="How an edition differs from another of its list",
        parameters=[
            OpenApiParameter(
                "from", OpenApiTypes.INT, description="Its number; the one it is based on without."
            )
        ],
        responses={200: DifferenceSerializer, 304: None},
    )
    def difference(self, request: Request, **_: object) -> Response:
        after = self.edition()
        before = after.based_on
        if number := request.query_params.get("from"):
            if not number.isdigit() or len(number) > 9:
                _refuse("from", "The number of an edition.")
            before = get_object_or_404(
                ListEdition, control_list=after.control_list_id, number=int(number)
            )
        return self.unless_known(
            lambda: Response(shown_difference(difference(before, after))), after, before
        )


class EditionExportViewSet(EditionResource):
    """The entries as a file to take away: an event of the audit, as every export is."""

    problems = {"sheet": (409,)}

    @extend_schema(
        summary="The entries as a sheet",
        parameters=[OpenApiParameter("as", enum=[one.value for one in SheetFormat])],
        responses={**files(*MEDIA_TYPES.values()), 304: None},
    )
    def sheet(self, request: Request, **_: object) -> HttpResponse:
        edition = self.edition()
        wanted = request.query_params.get("as", SheetFormat.CSV.value)
        if wanted not in frozenset(SheetFormat):
            _refuse("as", f"One of {', '.join(SheetFormat)}.")
        return self.unless_known(lambda: sheet_answer(edition, SheetFormat(wanted)), edition)


def sheet_answer(edition: ListEdition, sheet_format: SheetFormat) -> HttpResponse:
    """The entries as a file to take away."""
    name, content = edition_sheet(edition, sheet_format)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, MEDIA_TYPES[sheet_format], headers=headers)


def shown_difference(found: Comparison) -> dict[str, Any]:
    """A comparison as the API shows it."""
    return dict(
        DifferenceSerializer(
            {
                "added": [cells_of(entry) for entry in found.added],
                "removed": [cells_of(entry) for entry in found.removed],
                "changed": found.changed,
                "unchanged_count": found.unchanged_count,
            }
        ).data
    )


def _in_full(edition: ListEdition, simulation: Rescreening | None, status: int = 200) -> Response:
    context = {"simulation": simulation}
    return Response(EditionDetailSerializer(edition, context=context).data, status=status)


def _refuse(parameter: str, sentence: str) -> NoReturn:
    raise ValidationError({parameter: sentence})
