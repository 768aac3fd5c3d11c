"""The watchlist: identifiers to look out for, and the parties that have them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.lead_sharing import Sharing
from risk.models import WatchlistEntry
from risk.models.choices import LEAD_SHARING
from risk.services import watchlists
from shipments.domain.values import IdentifierKind
from shipments.models.choices import IDENTIFIER_KINDS
from targeting.api.base import Resource
from targeting.api.fields import Guarded
from targeting.api.permissions import POLICIES, acting_person, grants_of
from targeting.api.registers import MOST_ENTRIES, SheetDownload, as_text
from targeting.domain.visibility import FieldClass, may_see
from targeting.filters.watchlists import WatchlistEntryFilter
from targeting.selectors.scope import Scope
from targeting.selectors.watchlists import list_entries

SHARING_HELP = (
    "Who may know of it: analysts (all who read cases), central (who sees every office) or seniors"
    " (senior analysts and auditors, who see every level)."
)
SOURCE_HELP = "Who gave the lead; null for who may not see it."


class LeadSerializer(Guarded, serializers.ModelSerializer):
    """A lead as it stands beside a party."""

    guards = {"source": FieldClass.WATCHLIST_SOURCE}

    kind = serializers.CharField()
    source = serializers.CharField(allow_null=True, help_text=SOURCE_HELP)  # type: ignore[assignment]
    sharing = serializers.CharField(help_text=SHARING_HELP)

    class Meta:
        model = WatchlistEntry
        fields = [
            *("id", "kind", "value", "reason", "source", "sharing", "valid_from", "valid_until")
        ]


def is_of_a_system(entry: WatchlistEntry) -> bool:
    """Whether a machine gave the lead itself: then who proposed it is who gave it."""
    return entry.proposed_by.startswith("client:")


class WatchlistEntrySerializer(LeadSerializer):
    state = serializers.CharField(help_text="proposed, active or withdrawn.")
    proposed_by = serializers.CharField(
        allow_null=True,
        help_text="Null, of a lead that a system gave itself, for who may not see the source.",
    )

    class Meta(LeadSerializer.Meta):
        fields = [
            *LeadSerializer.Meta.fields, "state", "proposed_by", "proposed_at", "approved_by",
            "approved_at", "withdrawn_by", "withdrawn_at", "withdrawal_reason",
        ]  # fmt: skip

    def to_representation(self, instance: WatchlistEntry) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if is_of_a_system(instance) and not self.shows(FieldClass.WATCHLIST_SOURCE):
            shown["proposed_by"] = None
        return shown


class NewWatchlistEntrySerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=IDENTIFIER_KINDS)
    value = serializers.CharField(max_length=500, help_text="The identifier, however spelt.")
    country = serializers.CharField(
        default="KZ", min_length=2, max_length=2, help_text="Of a phone number without prefix."
    )
    reason = serializers.CharField(max_length=2000, help_text="Why to look out for it.")
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=2000, help_text="Who gave the lead. Hidden from most."
    )
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True, default=None, help_text="Last day.")
    sharing = serializers.ChoiceField(
        choices=LEAD_SHARING, default=Sharing.ANALYSTS.value, help_text=SHARING_HELP
    )


class LeadApprovalRequest(serializers.Serializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_ENTRIES
    )


class LeadApprovalSerializer(serializers.Serializer):
    approved = serializers.IntegerField()


class WatchWithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


def check_level_seen(sharing: str, scope: Scope) -> None:
    """Raises ValidationError for a level of which the caller sees nothing: that a lead is there
    already would tell that somebody else has it."""
    if sharing not in scope.lead_levels:
        raise ValidationError({"sharing": "Of the levels that you see yourself."})


@extend_schema_view(
    list=extend_schema(summary="Watchlist entries, the newest first"),
    retrieve=extend_schema(summary="One watchlist entry"),
)
class WatchlistEntryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Identifiers to look out for. A lead links, it does not accuse."""

    policy = POLICIES["watchlist-entries"]
    serializer_class = WatchlistEntrySerializer
    filterset_class = WatchlistEntryFilter
    queryset = WatchlistEntry.objects.none()

    def get_queryset(self) -> QuerySet[WatchlistEntry]:
        return list_entries(self.scope)

    @extend_schema(
        summary="Propose an entry, which counts once somebody else approved it",
        request=NewWatchlistEntrySerializer,
        responses={201: WatchlistEntrySerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewWatchlistEntrySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        check_level_seen(given["sharing"], self.scope)
        row = watchlists.propose_entry(
            **given | {"kind": IdentifierKind(given["kind"]), "sharing": Sharing(given["sharing"])},
            by=acting_person(request),
            now=timezone.now(),
        )
        return self._shown(row, status=201)

    @extend_schema(summary="Look out for a proposed entry; not by who proposed it", request=None)
    def approve(self, request: Request, pk: int) -> Response:
        entry = get_object_or_404(self.get_queryset(), pk=pk)
        return self._shown(
            watchlists.approve_entry(
                entry_id=entry.pk, by=acting_person(request), now=timezone.now()
            )
        )

    @extend_schema(
        operation_id="v1_watchlist_entries_approve_many_create",
        summary="Look out for many proposed entries: all of them or none; not by who proposed one",
        request=LeadApprovalRequest,
        responses=LeadApprovalSerializer,
        filters=False,
    )
    def approve_many(self, request: Request) -> Response:
        serializer = LeadApprovalRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = set(serializer.validated_data["ids"])
        seen = set(self.get_queryset().filter(pk__in=wanted).values_list("pk", flat=True))
        if missing := sorted(wanted - seen):
            raise ValidationError({"ids": f"There is no entry {missing[0]}."})
        watchlists.approve_entries(
            entry_ids=sorted(wanted), by=acting_person(request), now=timezone.now()
        )
        return Response({"approved": len(wanted)})

    @extend_schema(
        summary="Look out for an entry no longer, or refuse a proposed one",
        request=WatchWithdrawalSerializer,
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        entry = get_object_or_404(self.get_queryset(), pk=pk)
        serializer = WatchWithdrawalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._shown(
            watchlists.withdraw_entry(
                entry_id=entry.pk,
                reason=serializer.validated_data["reason"],
                by=acting_person(request),
                now=timezone.now(),
            )
        )

    def _shown(self, row: WatchlistEntry, status: int = 200) -> Response:
        return Response(self.get_serializer(row).data, status=status)


class WatchlistSheetViewSet(SheetDownload, WatchlistEntryViewSet):
    """Entries taken away, as far as the caller may know of them; who gave each for few only."""

    sheet_name = "watchlist"
    sheet_columns = (
        *("kind", "value", "reason", "source", "sharing", "valid_from", "valid_until", "state"),
        *("proposed_by", "proposed_at", "approved_by", "approved_at"),
    )

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        is_source_shown = may_see(grants_of(self.request), FieldClass.WATCHLIST_SOURCE)
        for entry in rows:
            shown = {name: as_text(getattr(entry, name)) for name in self.sheet_columns}
            if not is_source_shown:
                hidden = ("source", "proposed_by") if is_of_a_system(entry) else ("source",)
                shown |= dict.fromkeys(hidden, "")
            yield shown
