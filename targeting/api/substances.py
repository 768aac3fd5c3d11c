"""Substances: one record each in all lists, with names, identifiers and where it is listed."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.errors import SubstanceChanged
from risk.domain.lists.identifiers import IDENTIFIER_KINDS, read_identifier
from risk.domain.lists.names_csv import NAME_KINDS
from risk.domain.substances import SubstanceName as Name
from risk.models import ListEntry, Substance, SubstanceIdentifier, SubstanceName
from risk.services import substances
from targeting.api.base import Resource
from targeting.api.conditional import conditional, etag_of, mark_given
from targeting.api.editions import IF_MATCH
from targeting.api.permissions import POLICIES, acting_person
from targeting.filters.substances import SubstanceFilter
from targeting.selectors.substances import changed_at, substances_in_full, summarise_substances


class ListedSerializer(serializers.Serializer):
    list_code = serializers.CharField()
    edition = serializers.IntegerField()
    is_verified = serializers.BooleanField(help_text="Compared with the text of its act.")


class SubstanceSerializer(serializers.Serializer):
    key = serializers.CharField(source="substance.key")
    preferred_name = serializers.CharField(source="substance.preferred_name")
    cas_rns = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.CharField())
    lists = serializers.SerializerMethodField(help_text="In force or to come.")

    def get_lists(self, summary: Any) -> list[dict[str, Any]]:
        return [dict(zip(ListedSerializer().fields, place, strict=True)) for place in summary.lists]


class SubstanceNameSerializer(serializers.ModelSerializer):
    class Meta:
        model = SubstanceName
        fields = ["id", "name", "lang", "kind", "source", "verification"]


class SubstanceIdentifierSerializer(serializers.ModelSerializer):
    acknowledged = serializers.JSONField(help_text="Contradictions that were kept, with reasons.")
    kind = serializers.CharField()
    is_by_hand = serializers.BooleanField(
        help_text="Given by an editor, so goods are matched by it; others while an entry has them."
    )

    class Meta:
        model = SubstanceIdentifier
        fields = ["id", "kind", "value", "form_name", "is_by_hand", "acknowledged"]


class ListedEntrySerializer(serializers.ModelSerializer):
    list_code = serializers.CharField(source="edition.control_list.code")
    edition = serializers.IntegerField(source="edition.number")
    in_force_from = serializers.DateField(source="edition.in_force_from", allow_null=True)
    in_force_to = serializers.DateField(source="edition.in_force_to", allow_null=True)
    kind = serializers.CharField()
    is_verified = serializers.SerializerMethodField(
        help_text="Whether a person compared the entry with the text of the act."
    )

    class Meta:
        model = ListEntry
        fields = [
            "id", "list_code", "edition", "in_force_from", "in_force_to", "schedule", "kind",
            "form", "form_name", "cas_rn", "hs6", "concentration_min_pct", "is_limit_exclusive",
            "is_limit_known", "is_verified",
        ]  # fmt: skip

    def get_is_verified(self, entry: ListEntry) -> bool:
        return bool(entry.verified_by)


class SubstanceDetailSerializer(serializers.ModelSerializer):
    names = SubstanceNameSerializer(many=True)
    identifiers = SubstanceIdentifierSerializer(many=True)
    entries = ListedEntrySerializer(source="listed", many=True, help_text="In force or to come.")

    class Meta:
        model = Substance
        fields = ["key", "preferred_name", "names", "identifiers", "entries"]


class NewSubstanceSerializer(serializers.Serializer):
    key = serializers.CharField(max_length=120, help_text="a-z, 0-9, _ and -; it stays.")
    preferred_name = serializers.CharField(max_length=400)


class NewNameSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=400)
    lang = serializers.CharField(max_length=12, help_text="en, ru, kk, zh …")
    kind = serializers.ChoiceField(choices=sorted(NAME_KINDS))
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=1000, help_text="Where the name is from."
    )
    verification = serializers.CharField(max_length=200, required=False, default="")


class NewIdentifierSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=IDENTIFIER_KINDS)
    value = serializers.CharField(max_length=1000)
    form_name = serializers.CharField(
        max_length=400, required=False, default="", allow_blank=True, help_text="Base, salt …"
    )
    reasons = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        default=dict,
        help_text="Code of a contradiction → why it is kept; `*` for all.",
    )


class SubstanceResource(Resource):
    """What the views of substances share: the substance as shown, with its ETag."""

    policy = POLICIES["substances"]
    serializer_class = SubstanceDetailSerializer
    audit_reads = False
    queryset = Substance.objects.none()
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Substance]:
        return Substance.objects.order_by("key")

    def locked(self) -> Substance:
        """The substance of the address, locked, as the caller read it. Raises when they say
        nothing of it or it is another meanwhile."""
        key = self.kwargs["key"]
        get_object_or_404(Substance, key=key)
        given = mark_given(self.request)
        substance = substances.lock_substance(key)
        if given != etag_of(_shown(key)):
            raise SubstanceChanged(given=given[:100])
        return substance

    def answer(self, key: str, status: int = 200) -> Response:
        row = substances_in_full().get(key=key)
        shown = SubstanceDetailSerializer(row).data
        headers = {"ETag": etag_of(shown), "Last-Modified": http_date(changed_at(row).timestamp())}
        return Response(shown, status=status, headers=headers)


@extend_schema_view(list=extend_schema(summary="Search substances"))
class SubstanceViewSet(SubstanceResource):
    """Listed substances, searched in any language or by CAS number, by key."""

    filterset_class = SubstanceFilter

    @extend_schema(responses=SubstanceSerializer(many=True))
    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        rows = SubstanceSerializer(summarise_substances(page), many=True).data
        return self.get_paginated_response(rows)

    @extend_schema(summary="One substance", responses={200: SubstanceDetailSerializer, 304: None})
    def retrieve(self, request: Request, key: str) -> HttpResponseBase:
        row = get_object_or_404(substances_in_full(), key=key)
        shown = SubstanceDetailSerializer(row).data
        return conditional(request, shown, modified=changed_at(row))

    @extend_schema(
        summary="Register a substance that is on no list yet",
        request=NewSubstanceSerializer,
        responses={201: SubstanceDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewSubstanceSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = substances.register_substance(**serializer.validated_data, now=timezone.now())
        return self.answer(made.key, status=201)


class SubstanceNameViewSet(SubstanceResource):
    """Names of a substance; they work from the next screening on."""

    filter_backends = []

    @extend_schema(
        summary="Add a name, or change the one of this language",
        parameters=[IF_MATCH],
        request=NewNameSerializer,
        responses=SubstanceDetailSerializer,
    )
    def store_name(self, request: Request, key: str) -> Response:
        serializer = NewNameSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        name = Name(substance_key=key, **serializer.validated_data)
        substances.store_name(substance=self.locked(), name=name, now=timezone.now())
        return self.answer(key)

    @extend_schema(
        summary="Take a name away",
        parameters=[IF_MATCH],
        responses={200: SubstanceDetailSerializer},
    )
    def remove_name(self, request: Request, key: str, pk: int) -> Response:
        substances.remove_name(substance=self.locked(), name_id=pk, now=timezone.now())
        return self.answer(key)


class SubstanceIdentifierViewSet(SubstanceResource):
    """Identifiers of a substance, checked against each other and a public reference."""

    filter_backends = []

    @extend_schema(
        summary="Add an identifier, or say of which form it is",
        parameters=[IF_MATCH],
        request=NewIdentifierSerializer,
        responses=SubstanceDetailSerializer,
    )
    def store_identifier(self, request: Request, key: str) -> Response:
        serializer = NewIdentifierSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        reasons = given.pop("reasons")
        substances.store_identifier(
            substance=self.locked(),
            identifier=read_identifier(**given),
            actor=acting_person(request),
            now=timezone.now(),
            reasons=reasons,
        )
        return self.answer(key)

    @extend_schema(
        summary="Take an identifier away",
        parameters=[IF_MATCH],
        responses={200: SubstanceDetailSerializer},
    )
    def remove_identifier(self, request: Request, key: str, pk: int) -> Response:
        substances.remove_identifier(substance=self.locked(), identifier_id=pk, now=timezone.now())
        return self.answer(key)


def _shown(key: str) -> dict[str, Any]:
    return dict(SubstanceDetailSerializer(substances_in_full().get(key=key)).data)
