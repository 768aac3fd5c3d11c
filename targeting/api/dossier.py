"""The dossier: everything about one declaration that an analyst decides by."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from risk.domain.matching.evidence import ContradictionKind
from risk.models import IndicatorRow, SubstanceMatch
from risk.selectors.office import office_day
from shipments.models import Declaration, GoodsItem, GoodsItemDocument, PartyRole
from targeting.api.assessments import AssessmentSerializer
from targeting.api.claims import ClaimHistorySerializer, ClaimSerializer
from targeting.api.fields import Guarded, GuardedParty
from targeting.api.parties import NetworkSerializer
from targeting.api.permits import PermitSerializer
from targeting.api.preliminary_links import PreliminaryLinkSerializer
from targeting.domain.visibility import FieldClass
from targeting.models import Alert, OperatorQuestion
from targeting.selectors.dossiers import Dossier
from targeting.selectors.verification import is_any_verified

HEADER_FIELDS = [
    "id",
    "registration_number",
    "version",
    "is_cancelled",
    "document_kind",
    "direction",
    "accepted_at",
    "customs_office",
    "border_office",
    "procedure_code",
    "country_of_dispatch",
    "country_of_trading",
    "country_of_destination",
    "transport_mode",
    "transport_id",
    "delivery_terms",
    "currency",
    "invoice_amount",
]


class DeclarationHeaderSerializer(serializers.ModelSerializer):
    document_kind = serializers.CharField()
    direction = serializers.CharField()

    class Meta:
        model = Declaration
        fields = HEADER_FIELDS


class PartyRoleSerializer(GuardedParty, serializers.ModelSerializer):
    personal = ("name", "address", "identifiers")
    guards = {"network": FieldClass.PERSONAL}
    role = serializers.CharField()
    identifiers = serializers.ListField(child=serializers.DictField())
    network = serializers.SerializerMethodField(help_text="Null until the party is resolved.")

    class Meta:
        model = PartyRole
        fields = ["role", "name", "country", "address", "identifiers", "party", "network"]

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_network(self, role: PartyRole) -> str | None:
        if role.party_id is None:
            return None
        place = {"pk": role.party_id}
        return reverse("party-network", kwargs=place, request=self.context["request"])


class DocumentSerializer(serializers.ModelSerializer):
    class Meta:
        model = GoodsItemDocument
        fields = ["code", "number", "issued_on", "licence_line"]


class MatchVerdictSerializer(serializers.Serializer):
    list_code = serializers.CharField()
    verdict = serializers.CharField()
    limit_pct = serializers.CharField(allow_null=True, help_text="Percent by mass.")
    is_limit_known = serializers.BooleanField()
    is_limit_exclusive = serializers.BooleanField(help_text="More than it; else at least it.")
    is_verified = serializers.BooleanField(help_text="The list was compared with its act.")


class NearestInnocentSerializer(serializers.Serializer):
    """The innocent name nearest to a misspelt or weak listed one."""

    name = serializers.CharField()
    distance = serializers.FloatField(
        help_text="Cost of the typing errors between it and the text."
    )


class ContradictionSerializer(serializers.Serializer):
    """What in the line cannot be true together with the match."""

    kind = serializers.CharField(help_text=f"One of {', '.join(ContradictionKind)}.")
    value = serializers.CharField(help_text="The number, the code or the name of other goods.")
    start = serializers.IntegerField(help_text="Character offsets in the text; 0, 0 for a code.")
    end = serializers.IntegerField()


class MatchSerializer(Guarded, serializers.ModelSerializer):
    """``start`` and ``end`` are character offsets in the item's description."""

    guards = dict.fromkeys(
        (
            "matched_name",
            "method",
            "kind",
            "support",
            "match_score",
            "is_above_alert_point",
            "nearest_innocent",
            "contradictions",
        ),
        FieldClass.RULE_TEXT,
    )

    substance_key = serializers.CharField(source="substance.key")
    substance_name = serializers.CharField(source="substance.preferred_name")
    matched_name = serializers.CharField(source="name", help_text="The listed name.")
    method = serializers.CharField()
    kind = serializers.CharField(
        help_text="told, or cover_name: what the substance was declared as elsewhere."
    )
    support = serializers.ListField(child=serializers.CharField())
    nearest_innocent = NearestInnocentSerializer(allow_null=True)
    contradictions = ContradictionSerializer(many=True)
    verdict = serializers.CharField()
    list_verdicts = serializers.SerializerMethodField()
    is_verified = serializers.SerializerMethodField(
        help_text="Whether one of its lists was compared with its act; else no red lane by itself."
    )

    class Meta:
        model = SubstanceMatch
        fields = [
            "substance_key",
            "substance_name",
            "matched_text",
            "start",
            "end",
            "matched_name",
            "lang",
            "method",
            "kind",
            "support",
            "match_score",
            "nearest_innocent",
            "contradictions",
            "concentration_pct",
            "verdict",
            "is_above_alert_point",
            "is_flagged",
            "is_exempt",
            "is_upcoming",
            "is_verified",
            "list_verdicts",
        ]

    def get_is_verified(self, match: SubstanceMatch) -> bool:
        return is_any_verified(match.list_codes, self._verified(match))

    def _verified(self, match: SubstanceMatch) -> frozenset[str]:
        dossier = self.context["dossier"]
        day = office_day(dossier.declaration.accepted_at)
        return dossier.verified.behind(match, day)

    @extend_schema_field(MatchVerdictSerializer(many=True))
    def get_list_verdicts(self, match: SubstanceMatch) -> list[dict[str, Any]]:
        verified = self._verified(match)
        return [
            {
                "list_code": found["list_code"],
                "verdict": found["verdict"],
                "limit_pct": found.get("limit_pct"),
                "is_limit_known": found.get("is_limit_known", True),
                "is_limit_exclusive": found.get("is_limit_exclusive", False),
                "is_verified": found["list_code"] in verified,
            }
            for found in match.list_verdicts
        ]


class ItemSerializer(Guarded, serializers.ModelSerializer):
    guards = dict.fromkeys(("permits", "claims"), FieldClass.RULE_TEXT)
    documents = DocumentSerializer(many=True)
    matches = serializers.SerializerMethodField(help_text="Best first.")
    permits = serializers.SerializerMethodField(
        help_text="What the register says of its permits; empty where it was not asked."
    )
    claims = serializers.SerializerMethodField(help_text="That control does not reach it.")

    class Meta:
        model = GoodsItem
        fields = [
            "item_number",
            "description",
            "commodity_code",
            "nomenclature",
            "hs6",
            "country_of_origin",
            "gross_mass_kg",
            "net_mass_kg",
            "supplementary_quantity",
            "supplementary_unit",
            "package_count",
            "package_kind",
            "invoice_value",
            "customs_value",
            "statistical_value",
            "procedure_code",
            "preference_code",
            "manufacturer",
            "documents",
            "matches",
            "permits",
            "claims",
        ]

    @extend_schema_field(MatchSerializer(many=True))
    def get_matches(self, item: GoodsItem) -> list[dict[str, Any]]:
        matches = self.context["dossier"].matches.get(item.pk, [])
        return list(MatchSerializer(matches, many=True, context=self.context).data)

    @extend_schema_field(PermitSerializer(many=True))
    def get_permits(self, item: GoodsItem) -> list[dict[str, Any]]:
        found = self.context["dossier"].permits.get(item.item_number, ())
        return list(PermitSerializer(found, many=True).data)

    @extend_schema_field(ClaimSerializer(many=True))
    def get_claims(self, item: GoodsItem) -> list[dict[str, Any]]:
        found = self.context["dossier"].claims.get(item.item_number, ())
        return list(ClaimSerializer(found, many=True).data)


class VersionSerializer(serializers.ModelSerializer):
    lane = serializers.SerializerMethodField(help_text="As it was given; null for a cancellation.")
    changed = serializers.SerializerMethodField(
        help_text="Fields that differ from the version before: `items[2].net_mass_kg`."
    )

    class Meta:
        model = Declaration
        fields = ["id", "version", "is_cancelled", "accepted_at", "lane", "changed"]

    def get_lane(self, version: Declaration) -> str | None:
        return self.context["dossier"].lanes.get(version.pk)

    def get_changed(self, version: Declaration) -> list[str]:
        return list(self.context["dossier"].changes[version.pk])


class DossierAlertSerializer(Guarded, serializers.ModelSerializer):
    guards = {"score": FieldClass.RULE_TEXT}
    state = serializers.CharField()
    lane = serializers.CharField()

    class Meta:
        model = Alert
        fields = [
            "id", "state", "lane", "score", "is_cancelled", "is_retroactive", "raised_at",
        ]  # fmt: skip


class DossierQuestionSerializer(serializers.ModelSerializer):
    """A question to the operator, without its words: those stand with the question."""

    kind = serializers.CharField()
    state = serializers.CharField()
    question = serializers.SerializerMethodField(help_text="Where it stands, with its answers.")

    class Meta:
        model = OperatorQuestion
        fields = ["id", "item_number", "kind", "state", "asked_at", "due_on", "question"]

    @extend_schema_field(serializers.URLField())
    def get_question(self, row: OperatorQuestion) -> str:
        place = {"pk": row.pk}
        return reverse("operator-question-detail", kwargs=place, request=self.context["request"])


class DossierSerializer(Guarded):
    """``network`` is who stands one link from the importer; null until it is resolved.
    ``claim_histories`` are what importer and broker claimed before, where an item claims."""

    guards = dict.fromkeys(("network", "preliminary"), FieldClass.PERSONAL) | dict.fromkeys(
        ("questions", "claim_histories"), FieldClass.RULE_TEXT
    )

    declaration = DeclarationHeaderSerializer()
    submitter = serializers.CharField(source="declaration.submitter.key")
    versions = VersionSerializer(many=True)
    containers = serializers.SerializerMethodField()
    parties = PartyRoleSerializer(source="declaration.party_roles", many=True)
    items = ItemSerializer(source="declaration.items", many=True)
    assessment = AssessmentSerializer(allow_null=True)
    alerts = DossierAlertSerializer(many=True)
    network = NetworkSerializer(allow_null=True)
    preliminary = PreliminaryLinkSerializer(many=True)
    questions = DossierQuestionSerializer(many=True)
    claim_histories = ClaimHistorySerializer(many=True)

    def get_containers(self, dossier: Dossier) -> list[str]:
        return sorted(container.number for container in dossier.declaration.containers.all())


def dossier_rows(dossier: Dossier) -> list[IndicatorRow]:
    """Every fired indicator whose sentence the dossier shows."""
    return list(dossier.assessment.indicator_rows.all()) if dossier.assessment else []
