"""Permits of a goods item as the register knows them, in the dossier."""

from rest_framework import serializers

from risk.domain.permits.checks import FindingCode, PermitFinding
from risk.explanations import finding_words


class PermitFindingSerializer(serializers.Serializer):
    code = serializers.CharField(help_text=f"One of {', '.join(FindingCode)}.")
    params = serializers.DictField()
    sentences = serializers.SerializerMethodField()

    def get_sentences(self, finding: PermitFinding) -> dict[str, str]:
        return finding_words(finding.code)


class PermitSerializer(serializers.Serializer):
    """A permit that the item names (document) or that would fit it (proposal), or the lack of
    one. Masses are on the basis of its line."""

    method = serializers.CharField(help_text="document, proposal, or blank: none is declared.")
    document = serializers.CharField(help_text="Code of graph 44.")
    authority = serializers.CharField()
    number = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    substance_key = serializers.CharField()
    basis = serializers.CharField()
    granted_kg = serializers.DecimalField(max_digits=24, decimal_places=6, allow_null=True)
    drawn_kg = serializers.DecimalField(max_digits=24, decimal_places=6, allow_null=True)
    balance_kg = serializers.DecimalField(max_digits=24, decimal_places=6, allow_null=True)
    grounds = serializers.ListField(child=serializers.CharField())
    findings = PermitFindingSerializer(many=True)
