"""Versions of the risk profile: reading, comparing, and the steps of their life.

What is in here is secret: analysts and auditors read it, nobody else (domain/policy.py), and
who does not see the random draw does not see its rate here either.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.errors import ProfileChanged
from risk.domain.profile_edits import differences, with_changes
from risk.models import ProfileSimulation, RiskProfile
from risk.models.choices import ProfileState
from risk.services import profile_drafts
from targeting import jobs
from targeting.api.base import Resource
from targeting.api.conditional import mark_given, marked, unless_known
from targeting.api.editions import IF_MATCH
from targeting.api.fields import GRANTS
from targeting.api.permissions import POLICIES, acting_person, grants_of
from targeting.domain.policy import Grants
from targeting.domain.visibility import FieldClass, may_see
from targeting.filters.profiles import ProfileFilter
from targeting.selectors.profiles import (
    is_mark_of_profile,
    latest_profile_simulation,
    list_profiles,
    profile_etag,
)
from targeting.services.history import explain_history

MOST_CHANGES = 500
_OF_THE_DRAW = ("lanes.random_rate",)
_SHOWN = (
    "id", "code", "version", "state", "is_active", "valid_from", "based_on", "revision",
    "change_note", "loaded_from", "authors", "proposed_by", "proposed_at", "approved_by",
    "approved_at", "activated_at",
)  # fmt: skip


class ProfileSerializer(serializers.ModelSerializer):
    state = serializers.CharField(help_text=f"One of {', '.join(ProfileState.values)}.")
    is_active = serializers.BooleanField(help_text="Whether declarations are assessed by it.")

    class Meta:
        model = RiskProfile
        fields = list(_SHOWN)


class ProfileFaultSerializer(serializers.Serializer):
    field = serializers.CharField()
    value = serializers.CharField()
    allowed = serializers.CharField()


class ProfileSimulationSummarySerializer(serializers.Serializer):
    """The last simulation in short, for whoever is about to approve."""

    state = serializers.CharField(source="job.state")
    is_current = serializers.BooleanField(
        help_text="Whether the version still is as it was simulated."
    )
    since = serializers.DateField()
    until = serializers.DateField()


class ProfileDetailSerializer(ProfileSerializer):
    """``content`` as in a profile file; a field is named by its dotted path in it."""

    content = serializers.SerializerMethodField()
    faults = serializers.SerializerMethodField(
        help_text="What keeps a draft from being proposed: numbers that an upgrade asks for."
    )
    simulation = serializers.SerializerMethodField(
        help_text="What it would have selected; null until somebody asked."
    )

    class Meta(ProfileSerializer.Meta):
        fields = [*_SHOWN, "content", "faults", "simulation"]

    def get_content(self, row: RiskProfile) -> dict[str, Any]:
        if may_see(self.context[GRANTS], FieldClass.DRAW):
            return dict(row.content)
        return with_changes(row.content, dict.fromkeys(_OF_THE_DRAW))

    @extend_schema_field(ProfileFaultSerializer(many=True))
    def get_faults(self, row: RiskProfile) -> list[dict[str, str]]:
        if row.state == ProfileState.APPROVED:
            return []
        return [one._asdict() for one in profile_drafts.faults_in(row)]

    @extend_schema_field(ProfileSimulationSummarySerializer(allow_null=True))
    def get_simulation(self, row: RiskProfile) -> dict[str, Any] | None:
        found = self.context["simulation"]
        return dict(ProfileSimulationSummarySerializer(found).data) if found else None


class NewProfileSerializer(serializers.Serializer):
    based_on = serializers.IntegerField(
        required=False, min_value=1, help_text="Another version than the one in use, by its id."
    )


class ProfileEditSerializer(serializers.Serializer):
    """The whole content, or fields of it, or why: at least one of the three."""

    content = serializers.DictField(required=False)
    changes = serializers.DictField(
        required=False,
        help_text='By dotted path: {"lanes.red": 60}. null takes an optional field out.',
    )
    change_note = serializers.CharField(required=False, max_length=2000, help_text="Why.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise ValidationError("Give content, changes or change_note.")
        if len(attrs.get("changes", ())) > MOST_CHANGES:
            raise ValidationError({"changes": f"At most {MOST_CHANGES}."})
        return attrs


class ProfileFieldChangeSerializer(serializers.Serializer):
    """null: the version does not have the field."""

    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ProfileResource(Resource):
    """What the views of profiles share. The profile is every office's: who changes or tries it
    sees every office."""

    policy = POLICIES["profiles"]
    queryset = RiskProfile.objects.none()
    bare_lists = frozenset({"difference"})

    def get_queryset(self) -> QuerySet[RiskProfile]:
        return list_profiles()

    @property
    def grants(self) -> Grants:
        return grants_of(self.request)

    def check_central(self) -> None:
        if not self.scope.is_central:
            raise PermissionDenied("The profile is every office's: whoever changes it sees all.")

    def revision_of(self, profile: RiskProfile) -> int:
        """The revision that the caller read. Raises when it says none or is not this one."""
        self.check_central()
        given = mark_given(self.request)
        if not is_mark_of_profile(given, profile):
            raise ProfileChanged(revision=profile.revision, given=given[:100])
        return profile.revision


class ProfileViewSet(mixins.ListModelMixin, ProfileResource):
    """Weights, thresholds and secret rules, version by version. An approved one never changes."""

    serializer_class: type[serializers.BaseSerializer] = ProfileSerializer
    filterset_class = ProfileFilter

    @extend_schema(summary="Versions of the risk profile, the newest first")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary="One version with all that it says",
        responses={200: ProfileDetailSerializer, 304: None},
    )
    def retrieve(self, request: Request, pk: int) -> HttpResponseBase:
        profile = self.get_object()
        simulation = latest_profile_simulation(profile)
        etag = profile_etag(profile, simulation)
        return unless_known(
            request, lambda: self._in_full(profile, simulation), etag=etag, modified=None
        )

    @extend_schema(
        summary="Start a draft as a copy of the version in use, or of another",
        request=NewProfileSerializer,
        responses={201: ProfileDetailSerializer},
    )
    def create(self, request: Request) -> HttpResponseBase:
        self.check_central()
        serializer = NewProfileSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        source = RiskProfile.objects.filter(state=ProfileState.APPROVED)
        wanted = serializer.validated_data.get("based_on")
        source = source.filter(pk=wanted) if wanted else source.filter(is_active=True)
        draft = profile_drafts.start_draft(
            based_on=get_object_or_404(source), actor=acting_person(request), now=timezone.now()
        )
        answer = self._shown(draft, status=201)
        place = reverse("profile-detail", kwargs={"pk": draft.pk}, request=request)
        answer["Location"] = place
        return answer

    @extend_schema(
        summary="Change a draft: its content, fields of it, or why it is made",
        parameters=[IF_MATCH],
        request=ProfileEditSerializer,
        responses=ProfileDetailSerializer,
    )
    def update(self, request: Request, pk: int) -> HttpResponseBase:
        profile = self.get_object()
        serializer = ProfileEditSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        draft = profile_drafts.edit_draft(
            profile_id=profile.pk,
            revision=self.revision_of(profile),
            actor=acting_person(request),
            **serializer.validated_data,
        )
        return self._shown(draft)

    @extend_schema(summary="Discard a draft", parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        profile = self.get_object()
        profile_drafts.discard_draft(
            profile_id=profile.pk,
            revision=self.revision_of(profile),
            actor=acting_person(request),
            now=timezone.now(),
        )
        return Response(status=204)

    @extend_schema(
        summary="Propose a draft, and simulate it for who approves",
        parameters=[IF_MATCH],
        request=None,
        responses=ProfileDetailSerializer,
    )
    def propose(self, request: Request, pk: int) -> HttpResponseBase:
        profile = self.get_object()
        revision = self.revision_of(profile)
        explain_history(reason=profile.change_note)
        proposal = jobs.propose_profile(
            profile_id=profile.pk,
            revision=revision,
            actor=acting_person(request),
            now=timezone.now(),
        )
        return self._shown(proposal)

    @extend_schema(
        summary="Give a proposal back as a draft",
        parameters=[IF_MATCH],
        request=None,
        responses=ProfileDetailSerializer,
    )
    def give_back(self, request: Request, pk: int) -> HttpResponseBase:
        profile = self.get_object()
        revision = self.revision_of(profile)
        return self._shown(profile_drafts.return_profile(profile_id=profile.pk, revision=revision))

    @extend_schema(
        summary="Approve a proposal of somebody else: it is used from its first day on",
        parameters=[IF_MATCH],
        request=None,
        responses=ProfileDetailSerializer,
    )
    def approve(self, request: Request, pk: int) -> HttpResponseBase:
        profile = self.get_object()
        revision = self.revision_of(profile)
        explain_history(reason=profile.change_note)
        approved = profile_drafts.approve_profile(
            profile_id=profile.pk,
            revision=revision,
            actor=acting_person(request),
            now=timezone.now(),
        )
        return self._shown(approved)

    @extend_schema(
        summary="How a version differs from another, field by field",
        parameters=[
            OpenApiParameter(
                "from", OpenApiTypes.INT, description="Its id; the one it is based on without."
            )
        ],
        responses=ProfileFieldChangeSerializer(many=True),
    )
    def difference(self, request: Request, pk: int) -> Response:
        after = self.get_object()
        before = after.based_on
        if number := request.query_params.get("from"):
            if not number.isdigit() or len(number) > 18:
                raise ValidationError({"from": "The id of a version."})
            before = get_object_or_404(list_profiles(), pk=int(number))
        found = differences(before.content if before else {}, after.content)
        hidden = () if may_see(self.grants, FieldClass.DRAW) else _OF_THE_DRAW
        return Response([one._asdict() for one in found if one.field not in hidden])

    def _shown(self, profile: RiskProfile, status: int = 200) -> HttpResponseBase:
        fresh = list_profiles().get(pk=profile.pk)
        simulation = latest_profile_simulation(fresh)
        answer = self._in_full(fresh, simulation, status)
        return marked(answer, etag=profile_etag(fresh, simulation), modified=None)

    def _in_full(
        self, profile: RiskProfile, simulation: ProfileSimulation | None, status: int = 200
    ) -> Response:
        context = {**self.get_serializer_context(), "simulation": simulation}
        return Response(ProfileDetailSerializer(profile, context=context).data, status=status)
