"""An assessment as a dossier shows it: the score, its contributions, the lane."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from risk.models import IndicatorRow, LaneDecision, RiskAssessment
from targeting.api.fields import Guarded
from targeting.api.risk_models import OpinionSerializer
from targeting.domain.visibility import FieldClass
from targeting.selectors.sentences import explain_row


class SentencesSerializer(serializers.Serializer):
    en = serializers.CharField()
    ru = serializers.CharField()


class ContributionSerializer(serializers.ModelSerializer):
    sentences = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField(help_text="The profile's words for it, or blank.")
    score_without = serializers.SerializerMethodField(
        help_text="What the declaration's score would be had it been quiet, with all else as it is."
    )

    class Meta:
        model = IndicatorRow
        fields = [
            "item_number", "code", "strength", "contribution", "score_without", "params",
            "sentences", "rule",
        ]  # fmt: skip

    def get_rule(self, row: IndicatorRow) -> str:
        return str(self.context["dossier"].rules.get(row.code, ""))

    @extend_schema_field(serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True))
    def get_score_without(self, row: IndicatorRow) -> str | None:
        found = self.context["dossier"].scores_without.get(row.code)
        return None if found is None else str(found)

    @extend_schema_field(SentencesSerializer)
    def get_sentences(self, row: IndicatorRow) -> dict[str, str]:
        names = self.context["substance_names"]
        return {lang: explain_row(row, names=names[lang], lang=lang) for lang in names}


class LaneSerializer(Guarded, serializers.ModelSerializer):
    guards = {
        **dict.fromkeys(
            ("criteria_lane", "ground", "is_random_arm", "is_held_below_red"), FieldClass.RULE_TEXT
        ),
        **dict.fromkeys(("draw", "random_rate", "key_digest", "place"), FieldClass.DRAW),
    }
    lane = serializers.CharField()
    criteria_lane = serializers.CharField(help_text="What the criteria alone would give.")
    is_over_capacity = serializers.BooleanField(help_text="The lane was full on the office's day.")
    place = serializers.JSONField(
        help_text="What the office's day held before it; null where the office has no limits."
    )

    class Meta:
        model = LaneDecision
        fields = [
            "lane",
            "criteria_lane",
            "ground",
            "is_random_arm",
            "is_held_below_red",
            "is_over_capacity",
            "place",
            "draw",
            "random_rate",
            "draw_day",
            "key_digest",
        ]


class AssessmentSerializer(Guarded, serializers.ModelSerializer):
    """``contributions`` add up to ``score``: those of the leading item and, as item 0, of
    the declaration. What fired on other items is in ``other_items``. ``trigger`` tells what led to
    it (``intake``, ``list_change`` …), ``trigger_key`` to which change of the lists or names."""

    guards = dict.fromkeys(
        (
            "trigger",
            "trigger_key",
            "score",
            "confidence",
            "profile",
            "profile_version",
            "engine_version",
            "list_editions",
            "contributions",
            "other_items",
            "quiet_codes",
            "missing_codes",
            "model_scores",
        ),
        FieldClass.RULE_TEXT,
    )

    profile = serializers.CharField(source="basis.profile.code")
    profile_version = serializers.IntegerField(source="basis.profile.version")
    engine_version = serializers.CharField(source="basis.engine_version")
    list_editions = serializers.DictField(
        source="basis.list_editions",
        child=serializers.IntegerField(),
        help_text="Edition number by list code.",
    )
    contributions = serializers.SerializerMethodField(help_text="Strongest first.")
    other_items = serializers.SerializerMethodField()
    quiet_codes = serializers.ListField(child=serializers.CharField())
    missing_codes = serializers.ListField(
        child=serializers.CharField(), help_text="Undecided: a fact they need is unknown."
    )
    model_scores = serializers.SerializerMethodField(
        help_text="What learned models say beside the rules, the newest model first."
    )
    lane = LaneSerializer(source="lane_decision", allow_null=True, required=False)

    class Meta:
        model = RiskAssessment
        fields = [
            "trigger",
            "trigger_key",
            "score",
            "confidence",
            "leading_item_number",
            "profile",
            "profile_version",
            "engine_version",
            "list_editions",
            "contributions",
            "other_items",
            "quiet_codes",
            "missing_codes",
            "model_scores",
            "lane",
        ]

    @extend_schema_field(ContributionSerializer(many=True))
    def get_contributions(self, assessment: RiskAssessment) -> list[dict[str, Any]]:
        return self._rows(assessment, is_in_score=True)

    @extend_schema_field(ContributionSerializer(many=True))
    def get_other_items(self, assessment: RiskAssessment) -> list[dict[str, Any]]:
        return self._rows(assessment, is_in_score=False)

    @extend_schema_field(OpinionSerializer(many=True))
    def get_model_scores(self, assessment: RiskAssessment) -> list[dict[str, Any]]:
        return list(OpinionSerializer(self.context["dossier"].opinions, many=True).data)

    def _rows(self, assessment: RiskAssessment, *, is_in_score: bool) -> list[dict[str, Any]]:
        leading = (0, assessment.leading_item_number)
        rows = [
            row
            for row in assessment.indicator_rows.all()
            if (row.item_number in leading) is is_in_score
        ]
        rows.sort(key=lambda row: (-row.contribution, row.item_number, row.code))
        return list(ContributionSerializer(rows, many=True, context=self.context).data)
