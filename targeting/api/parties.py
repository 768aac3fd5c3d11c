"""Parties, their spellings and identifiers, and who is near them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from risk.selectors.network import MAX_DEPTH, MAX_NODES, party_key
from risk.selectors.office import office_day
from risk.selectors.traders import trader_of
from risk.selectors.watchlists import entries_on
from shipments.models import Party, PartyIdentifier, PartyName
from targeting.api.base import Resource
from targeting.api.includes import Include, Includes, including
from targeting.api.permissions import POLICIES
from targeting.api.watchlists import LeadSerializer
from targeting.filters.parties import PartyFilter
from targeting.selectors.likenesses import scoped_likenesses
from targeting.selectors.networks import ScopedNetwork, is_node_seen, scoped_network
from targeting.selectors.parties import list_parties, list_parties_in_full
from targeting.selectors.party_decisions import traders_in_scope
from targeting.selectors.scope import Scope

DEFAULT_DEPTH = 1
SCOPE, TRADERS = "scope", "traders"


class PartySerializer(serializers.ModelSerializer):
    class Meta:
        model = Party
        fields = ["id", "key", "name", "country"]


class PartyIdentifierSerializer(serializers.ModelSerializer):
    kind = serializers.CharField()

    class Meta:
        model = PartyIdentifier
        fields = ["kind", "value", "first_seen_at"]


def _names(
    parties: Sequence[Party], scope: Scope, context: Mapping[str, Any]
) -> dict[int, list[str]]:
    rows = PartyName.objects.filter(party__in=parties).order_by("name")
    found: dict[int, list[str]] = defaultdict(list)
    for party, name in rows.values_list("party_id", "name"):
        found[party].append(name)
    return found


def _identifiers(
    parties: Sequence[Party], scope: Scope, context: Mapping[str, Any]
) -> dict[int, list[Any]]:
    rows = PartyIdentifier.objects.filter(party__in=parties).order_by("kind", "value")
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.party_id].append(PartyIdentifierSerializer(row).data)
    return found


# A row of the search with what tells its party from those alike; one party shows it by itself.
OF_PARTIES: Includes = {
    "identifiers": Include(
        POLICIES["parties"]["retrieve"],
        "party-detail",
        partial(PartyIdentifierSerializer, many=True),
        _identifiers,
        is_many=True,
    ),
    "names": Include(
        POLICIES["parties"]["retrieve"],
        "party-detail",
        partial(serializers.ListField, child=serializers.CharField()),
        _names,
        is_many=True,
    ),
}


class PartyDetailSerializer(PartySerializer):
    """``trader`` are the parties that people decided to be one with this one, itself among them;
    ``leads`` are what the watchlist of today holds of the identifiers of all of them."""

    names: serializers.SlugRelatedField[PartyName] = serializers.SlugRelatedField(
        "name", many=True, read_only=True
    )
    identifiers = PartyIdentifierSerializer(many=True)
    trader = serializers.SerializerMethodField()
    leads = serializers.SerializerMethodField()

    class Meta(PartySerializer.Meta):
        fields = [*PartySerializer.Meta.fields, "names", "identifiers", "trader", "leads"]

    @extend_schema_field(PartySerializer(many=True))
    def get_trader(self, party: Party) -> list[dict[str, Any]]:
        return list(PartySerializer(self._trader(party), many=True).data)

    @extend_schema_field(LeadSerializer(many=True))
    def get_leads(self, party: Party) -> list[dict[str, Any]]:
        ids = [one.pk for one in self._trader(party)]
        scope: Scope = self.context[SCOPE]
        found = entries_on(party_ids=ids, day=office_day(timezone.now()), levels=scope.lead_levels)
        return list(LeadSerializer(found, many=True, context=self.context).data)

    def _trader(self, party: Party) -> list[Party]:
        """Read once a request. What is out of scope is not hinted at."""
        known: dict[int, list[Party]] = self.context[TRADERS]
        if party.pk not in known:
            scope: Scope = self.context[SCOPE]
            known[party.pk] = list(traders_in_scope(trader_of(party.pk), scope))
        return known[party.pk]


class NetworkNodeSerializer(serializers.Serializer):
    """Numbers are null when declarations out of the caller's scope are behind them."""

    key = serializers.CharField()
    kind = serializers.CharField(help_text="party or identifier.")
    label = serializers.CharField()  # type: ignore[assignment]
    party = serializers.IntegerField(allow_null=True, help_text="Id of the party; null otherwise.")
    distance = serializers.IntegerField(help_text="Links from the center.")
    degree = serializers.IntegerField(allow_null=True, help_text="Neighbours in the whole network.")
    is_hub = serializers.BooleanField(help_text="Has too many neighbours to look through.")
    hidden_neighbours = serializers.IntegerField(
        allow_null=True, help_text="Neighbours not in this answer."
    )
    is_redacted = serializers.BooleanField(help_text="Out of scope: a link to it exists, no more.")


class SubstanceMassSerializer(serializers.Serializer):
    substance_key = serializers.CharField()
    mass_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    declaration_count = serializers.IntegerField()


class NetworkEdgeSerializer(serializers.Serializer):
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    kind = serializers.CharField(
        help_text="trade (supplier to importer), represented_by, carried_by (from the "
        "importer), has (party to identifier), declared_at and entered_at (office), carried_on "
        "(vehicle), carried_in (container), or one_trader (two people decided so)."
    )
    count = serializers.IntegerField(allow_null=True, help_text="Declarations that show the link.")
    mass_kg = serializers.DecimalField(max_digits=24, decimal_places=6, allow_null=True)
    first_seen = serializers.DateTimeField(allow_null=True)
    last_seen = serializers.DateTimeField(allow_null=True)
    substances = SubstanceMassSerializer(
        many=True,
        allow_null=True,
        help_text="What was found in the goods that came along it, by the latest versions, the"
        " heaviest first.",
    )


class NetworkSerializer(serializers.Serializer):
    """Two parties that share an identifier are two links apart, the identifier between them."""

    center = serializers.CharField()
    depth = serializers.IntegerField()
    omitted = serializers.IntegerField(
        allow_null=True, help_text="Nodes within reach beyond `max_nodes`."
    )
    nodes = NetworkNodeSerializer(many=True)
    edges = NetworkEdgeSerializer(many=True)


class NetworkQuery(serializers.Serializer):
    depth = serializers.IntegerField(min_value=0, max_value=MAX_DEPTH, default=DEFAULT_DEPTH)
    max_nodes = serializers.IntegerField(min_value=1, max_value=MAX_NODES, default=MAX_NODES)
    at = serializers.RegexField(
        r"^(party:[0-9]{1,18}|identifier:[a-z_]+:.+)$",
        required=False,
        max_length=600,
        help_text="Expand here: the network round this node of an earlier answer, by its key.",
    )


class LikenessGroundSerializer(serializers.Serializer):
    """``bits`` speak for one trader, or against it when negative; null: they decide alone."""

    code = serializers.CharField(help_text="name, number_in_name, country, or an identifier.")
    bits = serializers.FloatField(allow_null=True)
    detail = serializers.CharField()


class LikenessSerializer(serializers.Serializer):
    party = PartySerializer()
    outcome = serializers.CharField(help_text="same, or review: a person should see it.")
    bits = serializers.FloatField(allow_null=True, help_text="Sum of the grounds.")
    coverage = serializers.FloatField(help_text="Share of the names that agrees, 0 to 1.")
    grounds = LikenessGroundSerializer(many=True)


@extend_schema_view(
    list=extend_schema(
        summary="Search parties", responses=including(PartySerializer, OF_PARTIES)(many=True)
    ),
    retrieve=extend_schema(
        summary="One party with its names, identifiers and what the watchlist holds of them"
    ),
)
class PartyViewSet(mixins.RetrieveModelMixin, Resource):
    """Traders, brokers and carriers, as they were declared."""

    policy = POLICIES["parties"]
    serializer_class = PartySerializer
    filterset_class = PartyFilter
    queryset = Party.objects.none()
    bare_lists = frozenset({"likenesses"})
    includes = {"list": OF_PARTIES}

    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        rows = self.with_included(self.get_serializer(page, many=True).data, page)
        return self.get_paginated_response(rows)

    def get_queryset(self) -> QuerySet[Party]:
        full = self.action == "retrieve"
        return (list_parties_in_full if full else list_parties)(self.scope)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), SCOPE: self.scope, TRADERS: {}}

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return PartyDetailSerializer if self.action == "retrieve" else PartySerializer

    @extend_schema(
        summary="Parties that may be the same trader, and why",
        responses=LikenessSerializer(many=True),
        filters=False,
    )
    def likenesses(self, request: Request, pk: int) -> Response:
        found = scoped_likenesses(party_id=self.get_object().pk, scope=self.scope)
        return Response(LikenessSerializer(found, many=True).data)

    @extend_schema(
        summary="Who is near the party",
        parameters=[NetworkQuery],
        responses=NetworkSerializer,
        filters=False,
    )
    def network(self, request: Request, pk: int) -> Response:
        return Response(NetworkSerializer(self.asked_network()).data)

    def asked_network(self) -> ScopedNetwork:
        """The network that the request asks for. Raises NotFound for what may not be seen."""
        query = NetworkQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        center = party_key(self.get_object().pk)
        node = wanted.pop("at", center)
        if node != center and not is_node_seen(node=node, scope=self.scope):
            raise NotFound
        return scoped_network(node=node, scope=self.scope, **wanted)
