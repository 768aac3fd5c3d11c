"""Searches that a person keeps, and those that raise a notice: each one's own."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, own_account
from targeting.domain.outbox import LANGUAGES
from targeting.domain.saved_searches import SearchResource
from targeting.filters.saved_searches import SavedSearchFilter
from targeting.models import SavedSearch
from targeting.services.saved_searches import Wanted, store_search

_ROUTES = {SearchResource.ALERTS: "alert-list", SearchResource.DECLARATIONS: "declaration-list"}
_QUERY = serializers.DictField(
    child=serializers.ListField(child=serializers.CharField(), allow_empty=False),
    help_text="The parameters of the list's address, each with its values.",
)


class SavedSearchSerializer(serializers.ModelSerializer):
    resource = serializers.CharField(help_text=f"One of {', '.join(SearchResource)}.")
    query = _QUERY
    lang = serializers.CharField()
    address = serializers.SerializerMethodField(help_text="The list, narrowed so.")

    class Meta:
        model = SavedSearch
        fields = [
            "id", "name", "resource", "query", "address", "is_watched", "by_email", "lang",
            "created_at", "changed_at",
        ]  # fmt: skip

    def get_address(self, row: SavedSearch) -> str:
        place = reverse(_ROUTES[SearchResource(row.resource)], request=self.context["request"])
        return f"{place}?{urlencode(row.query, doseq=True)}"


class WantedSearchSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=100)
    resource = serializers.ChoiceField(choices=[one.value for one in SearchResource])
    query = _QUERY
    is_watched = serializers.BooleanField(
        required=False, default=False, help_text="Raise a notice for what it finds anew."
    )
    by_email = serializers.BooleanField(required=False, default=False)
    lang = serializers.ChoiceField(choices=LANGUAGES, required=False, default=LANGUAGES[0])


@extend_schema_view(
    list=extend_schema(summary="My saved searches, by name"),
    retrieve=extend_schema(summary="One of my saved searches"),
)
class SavedSearchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Nobody else sees them. One that is watched raises a notice (`/notices`) for alerts that it
    finds anew, each once."""

    policy = POLICIES["saved-searches"]
    audit_reads = False
    serializer_class = SavedSearchSerializer
    filterset_class = SavedSearchFilter
    queryset = SavedSearch.objects.none()

    def get_queryset(self) -> QuerySet[SavedSearch]:
        own = SavedSearch.objects.filter(owner=own_account(self.request))
        return own.order_by("name", "id")

    @extend_schema(
        summary="Keep a search",
        request=WantedSearchSerializer,
        responses={201: SavedSearchSerializer},
    )
    def create(self, request: Request) -> Response:
        row = self._stored()
        place = reverse("saved-search-detail", kwargs={"pk": row.pk}, request=request)
        return Response(self.get_serializer(row).data, status=201, headers={"Location": place})

    @extend_schema(
        summary="Change a search; what it finds then is known",
        request=WantedSearchSerializer,
        responses=SavedSearchSerializer,
    )
    def update(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self._stored(self.get_object())).data)

    @extend_schema(summary="Keep it no more")
    def destroy(self, request: Request, pk: int) -> Response:
        self.get_object().delete()
        return Response(status=204)

    def _stored(self, search: SavedSearch | None = None) -> SavedSearch:
        form = WantedSearchSerializer(data=self.request.data)
        form.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(form.validated_data)
        wanted = Wanted(**given | {"resource": SearchResource(given["resource"])})
        owner = own_account(self.request)
        return store_search(owner=owner, wanted=wanted, now=timezone.now(), search=search)
