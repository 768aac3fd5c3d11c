"""Numbers about the whole network: a party's place in it, and the runs that computed them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.network.meanings import MEANINGS
from risk.models import NetworkRun, PartyMetrics
from shipments.models import Party
from targeting.api.base import Resource
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES
from targeting.filters.network_metrics import PartyMetricsFilter
from targeting.selectors.network_metrics import list_metrics, place_of
from targeting.selectors.parties import list_parties
from targeting.selectors.sentences import sentence_language


class NetworkRunSerializer(serializers.ModelSerializer):
    class Meta:
        model = NetworkRun
        fields = [
            *("day", "computed_at", "refreshed_at", "node_count", "edge_count", "seed_count"),
            *("hub_count", "component_count", "community_count", "modularity"),
        ]
        extra_kwargs = {
            "refreshed_at": {
                "help_text": "Later edges are in proximities, components and communities."
            },
            "seed_count": {"help_text": "Offenders and parties under watch that have links."},
            "modularity": {
                "help_text": "How much more communities hold together than chance would have it."
            },
        }


class MetricsSerializer(serializers.ModelSerializer):
    """``component`` and ``community`` are the ids of their lowest parties: parties with the same
    one are in the same."""

    component = serializers.IntegerField(
        source="component.name", allow_null=True, help_text=MEANINGS["component"]["en"]
    )
    component_parties = serializers.IntegerField(source="component.parties", allow_null=True)
    community = serializers.IntegerField(
        source="community.name", allow_null=True, help_text=MEANINGS["community"]["en"]
    )
    community_parties = serializers.IntegerField(source="community.parties", allow_null=True)

    class Meta:
        model = PartyMetrics
        fields = [
            *("measured_at", "degree", "is_hub", "is_seed", "proximity", "component"),
            *("component_parties", "community", "community_parties", "core", "betweenness"),
        ]
        extra_kwargs = {
            "degree": {"help_text": "Parties and shared identifiers that it is linked to."},
            "is_seed": {"help_text": "It is an offender or under watch itself."},
            "is_hub": {"help_text": MEANINGS["is_hub"]["en"]},
            "proximity": {"help_text": MEANINGS["proximity"]["en"]},
            "core": {"help_text": MEANINGS["core"]["en"]},
            "betweenness": {"help_text": MEANINGS["betweenness"]["en"]},
        }


class MeaningSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="Of the number.")
    sentence = serializers.CharField(help_text="In the reader's language.")


class PlaceInNetworkSerializer(serializers.Serializer):
    """For who sees every office; empty for others, and for a party without any link."""

    run = NetworkRunSerializer(allow_null=True, help_text="Null before the first.")
    metrics = MetricsSerializer(allow_null=True)
    rank = serializers.IntegerField(allow_null=True, help_text="By proximity; 1 is the nearest.")
    ranked = serializers.IntegerField(
        allow_null=True, help_text="Parties that walks from offenders reach at all."
    )
    meanings = MeaningSerializer(many=True)


class RankedPartySerializer(MetricsSerializer):
    party = PartySerializer()

    class Meta(MetricsSerializer.Meta):
        fields = ["party", *MetricsSerializer.Meta.fields]


class PartyMetricsViewSet(Resource):
    """The numbers that the latest run, and what came after it, gave the party's trader."""

    policy = POLICIES["parties"]
    serializer_class = PlaceInNetworkSerializer
    queryset = Party.objects.none()

    def get_queryset(self) -> QuerySet[Party]:
        return list_parties(self.scope)

    @extend_schema(
        summary="The party's place in the whole network, and what the numbers mean",
        responses=PlaceInNetworkSerializer,
        filters=False,
    )
    def metrics(self, request: Request, pk: int) -> Response:
        found = place_of(party_id=self.get_object().pk, scope=self.scope)
        answer: dict[str, Any] = {
            "run": found.run,
            "metrics": found.metrics,
            "rank": found.rank,
            "ranked": found.ranked,
            "meanings": [
                {"name": name, "sentence": words[sentence_language()]}
                for name, words in MEANINGS.items()
            ],
        }
        return Response(self.get_serializer(answer).data)


@extend_schema_view(list=extend_schema(summary="Parties by how near they are to offenders"))
class PartyMetricsListViewSet(mixins.ListModelMixin, Resource):
    """The nearest first; for who sees every office. ``component`` and ``community`` give the
    members of one."""

    policy = POLICIES["party-metrics"]
    serializer_class = RankedPartySerializer
    filterset_class = PartyMetricsFilter
    queryset = PartyMetrics.objects.none()

    def get_queryset(self) -> QuerySet[PartyMetrics]:
        return list_metrics(self.scope)


@extend_schema_view(list=extend_schema(summary="Computations over the whole network, newest first"))
class NetworkRunViewSet(mixins.ListModelMixin, Resource):
    """What each night's computation came to."""

    policy = POLICIES["network-runs"]
    serializer_class = NetworkRunSerializer
    queryset = NetworkRun.objects.order_by("-day")
