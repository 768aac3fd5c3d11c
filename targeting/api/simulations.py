"""What a draft would change: asked for before it is approved, answered by a job."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.errors import WrongState
from risk.domain.matching.comparison import Change
from risk.models import Rescreening
from risk.models.lists import LAW
from targeting import jobs
from targeting.api.editions import EditionResource
from targeting.api.fields import GRANTS
from targeting.api.look_backs import ProgressSerializer
from targeting.domain.policy import CASE_READERS, allows
from targeting.selectors.dossiers import scoped_declarations
from targeting.selectors.rescreenings import is_current, latest_simulation

MOST_DAYS = 731
_OF_A_CASE = ("declaration_id", "registration_number", "customs_office", "score", "lane")


class SimulationRequest(serializers.Serializer):
    days = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text="How many days back; 90 without.",
    )


class ProfileAlertsSerializer(serializers.Serializer):
    profile = serializers.CharField()
    version = serializers.IntegerField()
    is_active = serializers.BooleanField()
    new = serializers.IntegerField(help_text="Declarations that would newly be an alert.")
    gone = serializers.IntegerField(help_text="Declarations that would be none any more.")
    lanes = serializers.DictField(child=serializers.IntegerField(), help_text="Of the new ones.")


class ExampleSerializer(serializers.Serializer):
    """A line on which the draft makes a difference. What belongs to a case is null for who
    reads no cases, or not those of this customs office."""

    item_number = serializers.IntegerField()
    description = serializers.CharField()
    commodity_code = serializers.CharField()
    net_mass_kg = serializers.DecimalField(max_digits=24, decimal_places=6, allow_null=True)
    substance_key = serializers.CharField()
    change = serializers.CharField(help_text=f"One of {', '.join(Change)}.")
    matched_text = serializers.CharField()
    raises_alert = serializers.BooleanField()
    declaration_id = serializers.IntegerField(allow_null=True)
    registration_number = serializers.CharField(allow_null=True)
    customs_office = serializers.CharField(allow_null=True)
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    lane = serializers.CharField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        is_open = instance["declaration_id"] in self.context["open_declarations"]
        hidden = {} if is_open else dict.fromkeys(_OF_A_CASE)
        return super().to_representation({**instance, **hidden})


class SimulationResultSerializer(serializers.Serializer):
    lines = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Goods items that appear, disappear, change, or of which only the quantity is"
        " exempted, or exempt_no_more.",
    )
    substances = serializers.DictField(child=serializers.DictField())
    declarations = serializers.IntegerField()
    alerts = ProfileAlertsSerializer(many=True)
    examples = ExampleSerializer(many=True, help_text="At most ten, the gravest first.")


class SimulationSerializer(ProgressSerializer):
    edition_version = serializers.IntegerField(help_text="The version that was simulated.")
    is_current = serializers.SerializerMethodField(
        help_text="Whether the edition still is as it was simulated."
    )
    day = serializers.DateField(help_text="The day as of which the law is compared.")
    since = serializers.DateField()
    until = serializers.DateField()
    changed_entries = serializers.IntegerField(source="entry_count")
    candidates = serializers.IntegerField(source="candidate_count")
    result = serializers.SerializerMethodField()

    def get_is_current(self, row: Rescreening) -> bool:
        return is_current(row)

    @extend_schema_field(SimulationResultSerializer(allow_null=True))
    def get_result(self, row: Rescreening) -> dict[str, Any] | None:
        if not row.result:
            return None
        return dict(SimulationResultSerializer(row.result, context=self.context).data)


class SimulationViewSet(EditionResource):
    """What the edition of the address would change on stored declarations. Stores nothing else."""

    serializer_class = SimulationSerializer

    @extend_schema(
        summary="Simulate a draft or proposal",
        request=SimulationRequest,
        responses={202: SimulationSerializer},
    )
    def simulate(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        serializer = SimulationRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        if edition.state in LAW:
            raise WrongState(state=edition.state, number=edition.number, allowed="draft, proposed")
        jobs.simulate(
            edition=edition,
            days=serializer.validated_data.get("days", settings.TARGETING["SIMULATION_DAYS"]),
            actor=self.actor.account,
            now=timezone.now(),
        )
        response = self._answer(status=202)
        response["Location"] = reverse("edition-simulation", kwargs=self.kwargs, request=request)
        return response

    @extend_schema(
        summary="The last simulation, how far it is and what it found",
        responses=SimulationSerializer,
    )
    def simulation(self, request: Request, **_: object) -> Response:
        return self._answer()

    def _answer(self, status: int = 200) -> Response:
        found = latest_simulation(self.edition())
        if found is None:
            raise NotFound("Nobody has simulated this edition yet: POST here.")
        context = {**self.get_serializer_context(), "open_declarations": self._open(found)}
        return Response(SimulationSerializer(found, context=context).data, status=status)

    def _open(self, found: Rescreening) -> set[int]:
        """Declarations of the examples that the caller may open."""
        ids = [one["declaration_id"] for one in found.result.get("examples", ())]
        if not ids or not allows(self.get_serializer_context()[GRANTS], CASE_READERS):
            return set()
        visible = scoped_declarations(self.scope).filter(pk__in=ids)
        return set(visible.values_list("pk", flat=True))
