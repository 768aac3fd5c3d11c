"""Claims that control does not reach goods: each of them, and who makes them how often."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.lists.sheets import MAX_ROWS
from risk.domain.permits.claims import HISTORY_DAYS, Claimant, ClaimKind
from risk.models import ClaimRecord
from risk.selectors.claims import claim_histories
from risk.selectors.office import end_of_day, midnight
from shipments.models import Party
from targeting.api.base import QueryParameters, Resource
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES
from targeting.api.registers import AS, SHEETS, SheetDownload, as_text
from targeting.api.statistics import ShareSerializer
from targeting.filters.claims import ExemptionClaimFilter
from targeting.selectors.claims import (
    MOST_SHOWN,
    ScopedClaimants,
    scoped_claimants,
    scoped_claims,
)

MOST_DAYS = 366
_DECLARATION = "goods_item.declaration"
_SHEET = OpenApiParameter(AS, enum=["csv", "xlsx"])


class ClaimSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text=f"One of {', '.join(ClaimKind)}.")
    stated = serializers.CharField(help_text="The mark, the code of the document, or the percent.")
    substance_key = serializers.CharField(
        default="", help_text="Of a percent just under a limit; else blank."
    )
    limit_pct = serializers.DecimalField(
        max_digits=9, decimal_places=6, default=None, allow_null=True, help_text="That limit."
    )


class ClaimHistorySerializer(serializers.Serializer):
    """What one party claimed before the declaration; items name something controlled."""

    claimant = serializers.CharField(help_text=f"One of {', '.join(Claimant)}.")
    items = serializers.IntegerField(help_text=f"Its latest within {HISTORY_DAYS} days.")
    claimed = serializers.IntegerField(help_text="Those of them with a claim.")
    unnamed = serializers.IntegerField(help_text="Claims about goods that name nothing controlled.")
    peer_items = serializers.IntegerField(help_text="The latest of all others.")
    peer_claimed = serializers.IntegerField()
    peer_share = serializers.FloatField(allow_null=True)


class ExemptionClaimSerializer(serializers.ModelSerializer):
    """An item with what it claims. ``importer`` and ``representative`` are ids of parties."""

    declaration = serializers.IntegerField(source="goods_item.declaration_id")
    customs_office = serializers.CharField(source=f"{_DECLARATION}.customs_office")
    claims = ClaimSerializer(many=True)

    class Meta:
        model = ClaimRecord
        fields = [
            "id", "declaration", "registration_number", "version", "item_number", "accepted_at",
            "customs_office", "hs6", "importer", "representative", "substance_keys", "kinds",
            "claims",
        ]  # fmt: skip


class ExemptionClaimDetailSerializer(ExemptionClaimSerializer):
    histories = ClaimHistorySerializer(many=True)

    class Meta(ExemptionClaimSerializer.Meta):
        fields = [*ExemptionClaimSerializer.Meta.fields, "histories"]


@extend_schema_view(
    list=extend_schema(summary="Items that claim to be exempted, the latest accepted first"),
)
class ExemptionClaimViewSet(mixins.ListModelMixin, Resource):
    """Facts, of the latest version of each declaration; a claim may be right."""

    policy = POLICIES["exemption-claims"]
    serializer_class: type[serializers.BaseSerializer] = ExemptionClaimSerializer
    filterset_class = ExemptionClaimFilter
    queryset = ClaimRecord.objects.none()

    def get_queryset(self) -> QuerySet[ClaimRecord]:
        return scoped_claims(self.scope)

    @extend_schema(
        summary="One item that claims to be exempted, with what was claimed before it",
        responses=ExemptionClaimDetailSerializer,
        filters=False,
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        row: Any = self.get_object()
        declaration = row.goods_item.declaration_id
        row.histories = claim_histories([(declaration, row.importer_id)]).get(declaration, ())
        return Response(ExemptionClaimDetailSerializer(row).data)


class ExemptionClaimExportViewSet(SheetDownload, ExemptionClaimViewSet):
    """Claims taken away: a line an item."""

    sheet_name = "exemption-claims"
    sheet_columns = tuple(ExemptionClaimSerializer.Meta.fields[1:])

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for shown in ExemptionClaimSerializer(rows, many=True).data:
            told = {
                **shown,
                "substance_keys": " ".join(shown["substance_keys"]),
                "kinds": " ".join(shown["kinds"]),
                "claims": "; ".join(_said(one) for one in shown["claims"]),
            }
            yield {name: as_text(told[name]) for name in self.sheet_columns}


def _said(claim: dict[str, Any]) -> str:
    told = (claim["kind"], claim["stated"], claim["substance_key"], claim["limit_pct"])
    return " ".join(str(one) for one in told if one)


class ClaimantQuery(QueryParameters):
    role = serializers.ChoiceField(choices=[(one.value, one.value) for one in Claimant])
    date_from = serializers.DateField(help_text="First day of acceptance, the offices' own.")
    date_to = serializers.DateField(
        help_text=f"Last day of acceptance, at most {MOST_DAYS} days in all."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        days = (attrs["date_to"] - attrs["date_from"]).days + 1
        if not 1 <= days <= MOST_DAYS:
            raise serializers.ValidationError(
                {"date_to": f"From date_from on, at most {MOST_DAYS} days in all."}
            )
        return attrs


class ClaimantSerializer(serializers.Serializer):
    party = PartySerializer()
    items = serializers.IntegerField(help_text="That name something controlled.")
    claimed = serializers.IntegerField(help_text="Those of them with a claim.")
    share = ShareSerializer()
    elsewhere = serializers.FloatField(allow_null=True, help_text="The share of all others.")
    is_unusual = serializers.BooleanField(
        help_text="Chance does not explain it, with so many compared."
    )


@extend_schema_serializer(many=False)
class ClaimantsSerializer(serializers.Serializer):
    """The unusual first."""

    compared = serializers.IntegerField(help_text=f"All; {MOST_SHOWN} are shown.")
    results = ClaimantSerializer(many=True)


class ClaimantViewSet(Resource):
    """Importers or brokers of goods that name something controlled, of declarations in scope."""

    policy = POLICIES["exemption-claimants"]
    serializer_class: type[serializers.BaseSerializer] = ClaimantsSerializer
    filter_backends = []
    pagination_class = None
    queryset = Party.objects.none()

    @extend_schema(
        summary="Importers or brokers by how often they claim exemptions, beside all others",
        parameters=[ClaimantQuery],
        responses=ClaimantsSerializer,
    )
    def list(self, request: Request) -> Response:
        found = self.found()
        answer = {
            "compared": len(found.compared),
            "results": [_shown(*pair) for pair in found.shown()],
        }
        return Response(ClaimantsSerializer(answer).data)

    def found(self) -> ScopedClaimants:
        """What the query asks for."""
        beside = (AS,) if self.action == "sheet" else ()
        query = ClaimantQuery(data=self.request.query_params, context={"beside": beside})
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        return scoped_claimants(
            role=Claimant(wanted["role"]),
            since=midnight(wanted["date_from"]),
            until=end_of_day(wanted["date_to"]),
            scope=self.scope,
        )


class ClaimantExportViewSet(SheetDownload, ClaimantViewSet):
    """Those who claim, taken away."""

    sheet_name = "exemption-claimants"
    sheet_columns = (
        "key", "name", "country", "items", "claimed", "share", "share_low", "share_high",
        "elsewhere", "is_unusual",
    )  # fmt: skip

    @extend_schema(
        summary="Those who claim exemptions as a sheet",
        parameters=[ClaimantQuery, _SHEET],
        responses=SHEETS,
    )
    def sheet(self, request: Request) -> HttpResponse:
        return super().sheet(request)

    def cells(self, rows: Iterable[Any]) -> Iterator[dict[str, str]]:
        for party, one in self.found().shown(MAX_ROWS):
            told = {
                "key": party.key,
                "name": party.name,
                "country": party.country,
                "items": one.items,
                "claimed": one.claimed,
                "share": one.share.value,
                "share_low": one.share.low,
                "share_high": one.share.high,
                "elsewhere": one.elsewhere,
                "is_unusual": one.is_unusual,
            }
            yield {name: as_text(value) for name, value in told.items()}


def _shown(party: Party, one: Any) -> dict[str, Any]:
    return {
        "party": party,
        "items": one.items,
        "claimed": one.claimed,
        "share": one.share,
        "elsewhere": one.elsewhere,
        "is_unusual": one.is_unusual,
    }
