"""Leads of other systems (online trade, wallets, blocked cards), posted by the system itself."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.four_eyes import Actor
from risk.domain.lead_sharing import Sharing
from risk.models import WatchlistEntry
from risk.services import watchlists
from shipments.domain.values import IdentifierKind
from targeting.api.base import Resource
from targeting.api.lead_tables import LeadTableRequest, LeadTableSerializer, proposed_table
from targeting.api.permissions import POLICIES, client_of
from targeting.api.uploads import SheetFormParser
from targeting.api.watchlists import SHARING_HELP, NewWatchlistEntrySerializer
from targeting.filters.watchlists import WatchlistEntryFilter
from targeting.models import ApiClient
from targeting.selectors.watchlists import leads_of


class NewLeadSerializer(NewWatchlistEntrySerializer):
    """Its source is the client: nobody gives leads in another one's name."""

    source = None  # type: ignore[assignment]


class NewLeadTableRequest(LeadTableRequest):
    source = None  # type: ignore[assignment]


class OwnLeadSerializer(serializers.ModelSerializer):
    """A lead as its giver sees it: what was said, and whether people look out for it. Whom it
    led to is not told."""

    kind = serializers.CharField()
    sharing = serializers.CharField(help_text=SHARING_HELP)
    state = serializers.CharField(
        help_text="proposed, active once people approved it, or withdrawn."
    )

    class Meta:
        model = WatchlistEntry
        fields = [
            *("id", "kind", "value", "reason", "sharing", "valid_from", "valid_until"),
            *("state", "proposed_at"),
        ]


class _OwnLeads(Resource):
    policy = POLICIES["leads"]
    queryset = WatchlistEntry.objects.none()

    @property
    def client(self) -> ApiClient:
        """The calling system; only clients get past the policy."""
        client = client_of(self.request)
        if client is None:
            raise PermissionDenied
        return client

    @property
    def source(self) -> str:
        """Who gave the lead: the name for people, the id so that it is no other system's."""
        return f"{self.client.name} ({self.client.actor})"

    @property
    def giver(self) -> Actor:
        """The machine stands for the first of the four eyes; the second ones are a person's."""
        return Actor(account=self.client.actor, person=self.client.actor)


@extend_schema_view(
    list=extend_schema(summary="Leads that this client gave, the newest first"),
    retrieve=extend_schema(summary="One lead that this client gave"),
)
class LeadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, _OwnLeads):
    """Identifiers that another system asks to look out for. Nothing follows from a lead until a
    person approved it."""

    serializer_class = OwnLeadSerializer
    filterset_class = WatchlistEntryFilter

    def get_queryset(self) -> QuerySet[WatchlistEntry]:
        return leads_of(self.client.actor)

    @extend_schema(
        summary="Give a lead; the same one again answers the lead that is there",
        request=NewLeadSerializer,
        responses={200: OwnLeadSerializer, 201: OwnLeadSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewLeadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        row, is_new = watchlists.propose_once(
            **given | {"kind": IdentifierKind(given["kind"]), "sharing": Sharing(given["sharing"])},
            source=self.source,
            by=self.giver,
            now=timezone.now(),
        )
        return Response(self.get_serializer(row).data, status=201 if is_new else 200)


class OwnLeadTableViewSet(_OwnLeads):
    """Many leads at a time."""

    serializer_class = LeadTableSerializer
    parser_classes = [SheetFormParser]

    @extend_schema(
        summary="Give the leads of a table: all of them or none",
        request=NewLeadTableRequest,
        responses=LeadTableSerializer,
        filters=False,
    )
    def load(self, request: Request) -> Response:
        serializer = NewLeadTableRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        return proposed_table(serializer.validated_data, source=self.source, by=self.giver)
