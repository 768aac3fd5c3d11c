"""To do for editors: entries that nobody compared with the text of their act."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.models import ListEntry
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.filters.verification import UnverifiedEntryFilter
from targeting.selectors.verification import count_unverified, unverified_entries


class UnverifiedEntrySerializer(serializers.ModelSerializer):
    list_code = serializers.CharField(source="edition.control_list.code")
    edition = serializers.IntegerField(source="edition.number")
    state = serializers.CharField(source="edition.state")
    act_url = serializers.CharField(source="edition.control_list.act_url")
    substance_key = serializers.CharField(source="substance.key")
    kind = serializers.CharField()
    verify = serializers.SerializerMethodField(help_text="Where to record that it was compared.")

    class Meta:
        model = ListEntry
        fields = [
            "id", "list_code", "edition", "state", "act_url", "substance_key", "form_name",
            "schedule", "kind", "cas_rn", "concentration_min_pct", "is_limit_known", "source",
            "confidence", "notes", "verify",
        ]  # fmt: skip

    def get_verify(self, entry: ListEntry) -> str:
        edition = entry.edition
        place = {"code": edition.control_list.code, "number": edition.number}
        return reverse("edition-verify", kwargs=place, request=self.context["request"])


class ToDoSerializer(serializers.Serializer):
    list_code = serializers.CharField()
    title = serializers.CharField()
    act_url = serializers.CharField()
    edition = serializers.IntegerField()
    state = serializers.CharField()
    in_force_from = serializers.DateField(allow_null=True)
    entry_count = serializers.IntegerField()
    unverified_count = serializers.IntegerField()


@extend_schema_view(list=extend_schema(summary="Entries to compare with the gazette"))
class UnverifiedEntryViewSet(mixins.ListModelMixin, Resource):
    """What is to be compared with the gazette, of editions in force, to come or in the making."""

    policy = POLICIES["unverified_entries"]
    audit_reads = False
    serializer_class = UnverifiedEntrySerializer
    filterset_class = UnverifiedEntryFilter
    queryset = ListEntry.objects.none()
    bare_lists = frozenset({"count"})

    def get_queryset(self) -> QuerySet[ListEntry]:
        return unverified_entries()

    @extend_schema(
        summary="How much is to be compared, by edition",
        responses=ToDoSerializer(many=True),
        filters=False,
    )
    def count(self, request: Request) -> Response:
        return Response(ToDoSerializer(count_unverified(), many=True).data)
