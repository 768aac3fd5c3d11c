"""What a version of the risk profile would have selected: asked for, watched, cancelled."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.replays import Shift
from risk.models import ProfileSimulation, SimulatedLoad
from risk.services.profile_simulations import period_of
from shipments.services.jobs import cancel_job
from targeting import jobs
from targeting.api.look_backs import ProgressSerializer
from targeting.api.permissions import acting_person
from targeting.api.profiles import ProfileResource
from targeting.filters.profiles import SimulatedLoadFilter
from targeting.selectors.dossiers import scoped_declarations
from targeting.selectors.profiles import (
    latest_profile_simulation,
    list_profiles,
    simulated_loads,
)

MOST_DAYS = 731
_OF_A_CASE = (
    *("declaration_id", "registration_number", "customs_office", "accepted_on", "score"),
    *("score_before", "lane", "lane_before", "found"),
)
_LOAD = (
    "day", "customs_office", "declarations", "red", "yellow", "blue", "random_arm", "topped_up",
    "over_capacity", "red_before", "yellow_before", "blue_before", "topped_up_before",
    "over_capacity_before",
)  # fmt: skip


class ProfileSimulationRequest(serializers.Serializer):
    """Either ``days`` back from today, or ``since`` and ``until``."""

    days = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_DAYS, help_text="90 without."
    )
    since = serializers.DateField(required=False, help_text="First day of acceptance.")
    until = serializers.DateField(required=False, help_text="Last day of acceptance.")
    plan_day = serializers.DateField(
        required=False,
        help_text="Limits of offices are those of this day; today without.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("since" in attrs) != ("until" in attrs) or {"since", "days"} <= attrs.keys():
            raise ValidationError("Give days, or since and until.")
        if "since" in attrs:
            if not timedelta(0) <= attrs["until"] - attrs["since"] < timedelta(days=MOST_DAYS):
                raise ValidationError({"until": f"From since on, at most {MOST_DAYS} days."})
            return attrs
        days = attrs.pop("days", settings.TARGETING["SIMULATION_DAYS"])
        since, until = period_of(days=days, now=timezone.now())
        return {**attrs, "since": since, "until": until}


class ReplayOutcomesSerializer(serializers.Serializer):
    """Inspected declarations: what the rules select of those with an offence and of those
    without. ``before``: by the version in use."""

    offences = serializers.IntegerField()
    caught = serializers.IntegerField()
    caught_before = serializers.IntegerField()
    gained = serializers.IntegerField(help_text="Offences that only the simulated one selects.")
    lost = serializers.IntegerField(help_text="Offences that only the one in use selects.")
    clean = serializers.IntegerField()
    clean_selected = serializers.IntegerField()
    clean_selected_before = serializers.IntegerField()


class ReplayExampleSerializer(serializers.Serializer):
    """A declaration for which the version makes a difference. What belongs to a case is null for
    who may not open the declaration."""

    shift = serializers.CharField(help_text=f"One of {', '.join(Shift)}.")
    declaration_id = serializers.IntegerField(allow_null=True)
    registration_number = serializers.CharField(allow_null=True)
    customs_office = serializers.CharField(allow_null=True)
    accepted_on = serializers.DateField(allow_null=True)
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    score_before = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    lane = serializers.CharField(allow_null=True)
    lane_before = serializers.CharField(allow_null=True)
    found = serializers.CharField(allow_null=True, help_text="What inspections found, if any.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        is_open = instance["declaration_id"] in self.context["open_declarations"]
        hidden = {} if is_open else dict.fromkeys(_OF_A_CASE)
        return super().to_representation({**instance, **hidden})


class ReplayResultSerializer(serializers.Serializer):
    declarations = serializers.IntegerField()
    unreadable = serializers.IntegerField(help_text="Of older releases, counted nowhere else.")
    lanes = serializers.DictField(child=serializers.IntegerField())
    lanes_before = serializers.DictField(child=serializers.IntegerField())
    random_arm = serializers.IntegerField(help_text="In their lane by the draw alone.")
    random_arm_before = serializers.IntegerField()
    topped_up = serializers.IntegerField(help_text="In their lane by the top-up alone.")
    topped_up_before = serializers.IntegerField()
    over_capacity = serializers.IntegerField(help_text="In a lane that was full that day.")
    over_capacity_before = serializers.IntegerField()
    shifts = serializers.DictField(child=serializers.IntegerField())
    outcomes = ReplayOutcomesSerializer()
    examples = ReplayExampleSerializer(many=True, help_text="At most ten, the heaviest first.")


class ProfileSimulationSerializer(ProgressSerializer):
    revision = serializers.IntegerField(help_text="The revision that was simulated.")
    is_current = serializers.BooleanField(
        help_text="Whether the version still is as it was simulated."
    )
    compared_with = serializers.IntegerField(
        source="compared_with_id", help_text="The version in use, by its id."
    )
    since = serializers.DateField()
    until = serializers.DateField()
    plan_day = serializers.DateField(
        allow_null=True, help_text="The limits of offices are those that hold on this day."
    )
    result = serializers.SerializerMethodField(help_text="null until it is done.")

    @extend_schema_field(ReplayResultSerializer(allow_null=True))
    def get_result(self, row: ProfileSimulation) -> dict[str, Any] | None:
        if not row.result:
            return None
        return dict(ReplayResultSerializer(row.result, context=self.context).data)


class SimulatedLoadSerializer(serializers.ModelSerializer):
    class Meta:
        model = SimulatedLoad
        fields = list(_LOAD)


class ProfileSimulationViewSet(ProfileResource):
    """What the version of the address would have selected, by the facts that are kept."""

    serializer_class = ProfileSimulationSerializer
    filter_backends = []

    @extend_schema(
        summary="Simulate a version on stored declarations",
        request=ProfileSimulationRequest,
        responses={202: ProfileSimulationSerializer},
    )
    def simulate(self, request: Request, pk: int) -> Response:
        profile = self.get_object()
        self.check_central()
        serializer = ProfileSimulationRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        jobs.simulate_profile(
            profile=profile,
            actor=acting_person(request).account,
            now=timezone.now(),
            **serializer.validated_data,
        )
        answer = self._answer(status=202)
        answer["Location"] = reverse("profile-simulation", kwargs=self.kwargs, request=request)
        return answer

    @extend_schema(
        summary="The last simulation, how far it is and what it found",
        responses=ProfileSimulationSerializer,
    )
    def simulation(self, request: Request, pk: int) -> Response:
        return self._answer()

    @extend_schema(summary="Let nothing more of the last simulation begin", request=None)
    def cancel(self, request: Request, pk: int) -> Response:
        found = self.found()
        self.check_central()
        actor = acting_person(request).account
        cancel_job(job_id=found.job_id, actor=actor, now=timezone.now())
        return self._answer()

    def found(self) -> ProfileSimulation:
        found = latest_profile_simulation(get_object_or_404(list_profiles(), pk=self.kwargs["pk"]))
        if found is None:
            raise NotFound("Nobody has simulated this version yet: POST here.")
        return found

    def _answer(self, status: int = 200) -> Response:
        found = self.found()
        context = {**self.get_serializer_context(), "open_declarations": self._open(found)}
        return Response(ProfileSimulationSerializer(found, context=context).data, status=status)

    def _open(self, found: ProfileSimulation) -> set[int]:
        """Declarations of the examples that the caller may open."""
        ids = [one["declaration_id"] for one in found.result.get("examples", ())]
        visible = scoped_declarations(self.scope).filter(pk__in=ids)
        return set(visible.values_list("pk", flat=True)) if ids else set()


class SimulatedLoadViewSet(ProfileSimulationViewSet):
    """What the lanes of the last simulation mean for each office on each of its days."""

    serializer_class = SimulatedLoadSerializer  # type: ignore[assignment] # of its rows
    filter_backends = ProfileResource.filter_backends
    filterset_class = SimulatedLoadFilter
    queryset = SimulatedLoad.objects.none()  # type: ignore[assignment] # of what is filtered

    @extend_schema(
        summary="Lanes by office and day under the simulated version, and under the one in use",
        responses=SimulatedLoadSerializer(many=True),
    )
    def list(self, request: Request, pk: int) -> Response:
        page = self.page_of(simulated_loads(self.found(), self.scope))
        return self.get_paginated_response(SimulatedLoadSerializer(page, many=True).data)
