"""A declaration as lists show it: its header and its importer."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shipments.models import Declaration
from shipments.selectors.declarations import importer_roles
from targeting.api.dossier import DeclarationHeaderSerializer
from targeting.api.fields import GuardedParty


class ImporterSerializer(GuardedParty):
    """The importer as declared, or the consignee when there is none."""

    name = serializers.CharField()
    bin = serializers.SerializerMethodField()
    country = serializers.CharField()
    party = serializers.IntegerField(source="party_id", allow_null=True)

    def get_bin(self, role: Any) -> str | None:
        return next((i["value"] for i in role.identifiers if i["kind"] == "bin"), None)


class DeclarationRowSerializer(DeclarationHeaderSerializer):
    importer = serializers.SerializerMethodField()

    class Meta(DeclarationHeaderSerializer.Meta):
        fields = [*DeclarationHeaderSerializer.Meta.fields, "importer"]

    @extend_schema_field(ImporterSerializer(allow_null=True))
    def get_importer(self, declaration: Declaration) -> dict[str, object] | None:
        role = self.context["importers"].get(declaration.pk)
        return ImporterSerializer(role, context=self.context).data if role else None


def shown_rows(
    declarations: Sequence[Declaration], context: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The declarations in their order, with their importers in one query."""
    importers = importer_roles(declaration_ids=[one.pk for one in declarations])
    context = {**context, "importers": importers}
    return list(DeclarationRowSerializer(declarations, many=True, context=context).data)
