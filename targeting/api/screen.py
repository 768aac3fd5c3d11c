"""Screening of texts that a person types or pastes: an oracle, so for few and on record."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.matching.evidence import Dismissal, Reason, SubstanceEvidence
from risk.domain.matching.selection import over_lists
from risk.models import ControlList
from risk.selectors.lists import ListsInForce, lists_in_force
from risk.selectors.office import office_day
from targeting.api.base import Resource
from targeting.api.dossier import ContradictionSerializer, NearestInnocentSerializer
from targeting.api.permissions import POLICIES
from targeting.domain.audit import Verb
from targeting.services.telemetry import SCREENING_SECONDS

MOST_TEXTS = 1000
MOST_CHARACTERS = 20_000
# What was dismissed is looked for more slowly, for texts that a person asks about.
MOST_EXPLAINED = 100


class TextSerializer(serializers.Serializer):
    text = serializers.CharField(
        max_length=MOST_CHARACTERS, trim_whitespace=False, help_text="A goods description."
    )
    commodity_code = serializers.CharField(
        max_length=32, required=False, default="", allow_blank=True
    )


class QuestionSerializer(serializers.Serializer):
    texts = TextSerializer(many=True, allow_empty=False, help_text=f"At most {MOST_TEXTS}.")
    date = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Entries in force on this day."
    )
    lists = serializers.ListField(
        child=serializers.CharField(), required=False, default=list, help_text="Codes; empty: all."
    )
    jurisdiction = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Only lists of it, e.g. `RU`."
    )
    explain = serializers.BooleanField(
        required=False, default=False, help_text="Also tell what was dismissed, and why."
    )

    def validate_texts(self, texts: list[dict[str, str]]) -> list[dict[str, str]]:
        if len(texts) > MOST_TEXTS:
            raise serializers.ValidationError(f"{len(texts)} texts; at most {MOST_TEXTS}.")
        return texts

    def validate(self, question: dict[str, Any]) -> dict[str, Any]:
        """Adds ``chosen``: the codes that lists and jurisdiction leave, empty for all."""
        known = dict(ControlList.objects.values_list("code", "jurisdiction"))
        if question["explain"] and len(question["texts"]) > MOST_EXPLAINED:
            raise serializers.ValidationError(
                {"explain": f"{len(question['texts'])} texts; at most {MOST_EXPLAINED} with it."}
            )
        lists, jurisdiction = question["lists"], question["jurisdiction"]
        if unknown := sorted(set(lists) - known.keys()):
            allowed = ", ".join(sorted(known))
            raise serializers.ValidationError(
                {"lists": f"Unknown: {', '.join(unknown)}. Allowed: {allowed}."}
            )
        if jurisdiction and jurisdiction not in known.values():
            allowed = ", ".join(sorted(set(known.values())))
            raise serializers.ValidationError({"jurisdiction": f"Allowed: {allowed}."})
        chosen = {
            code
            for code, own in known.items()
            if (not lists or code in lists) and jurisdiction in ("", own)
        }
        if (lists or jurisdiction) and not chosen:
            raise serializers.ValidationError({"lists": "None of them is of this jurisdiction."})
        return {**question, "chosen": frozenset(chosen if lists or jurisdiction else ())}


class ScreenVerdictSerializer(serializers.Serializer):
    list_code = serializers.CharField()
    verdict = serializers.CharField()
    limit_pct = serializers.DecimalField(
        max_digits=None, decimal_places=None, allow_null=True, coerce_to_string=True
    )
    is_limit_known = serializers.BooleanField()
    is_limit_exclusive = serializers.BooleanField(help_text="More than it; else at least it.")
    is_verified = serializers.BooleanField(help_text="Whether the edition in force is verified.")


class EvidenceSerializer(serializers.Serializer):
    substance_key = serializers.CharField()
    matched_text = serializers.CharField(help_text="Empty when the code alone points to it.")
    start = serializers.IntegerField(help_text="Character offsets in the text.")
    end = serializers.IntegerField()
    name = serializers.CharField(help_text="The listed name or number that matched.")
    lang = serializers.CharField()
    method = serializers.CharField()
    kind = serializers.CharField(
        help_text="told, or cover_name: what the substance was declared as elsewhere."
    )
    support = serializers.ListField(child=serializers.CharField())
    match_score = serializers.FloatField()
    concentration_pct = serializers.DecimalField(
        max_digits=None, decimal_places=None, allow_null=True, coerce_to_string=True
    )
    concentration_span = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    verdict = serializers.CharField(help_text="above, below, not_stated or not_limited.")
    lists = ScreenVerdictSerializer(many=True)
    flagged = serializers.BooleanField()
    nearest_innocent = NearestInnocentSerializer(
        allow_null=True, help_text="Of a misspelt or weak name; null when none is near."
    )
    contradictions = ContradictionSerializer(many=True)


class DismissalSerializer(serializers.Serializer):
    """A place that looks like a listed substance, and why it is no match."""

    substance_key = serializers.CharField()
    matched_text = serializers.CharField()
    start = serializers.IntegerField(help_text="Character offsets in the text.")
    end = serializers.IntegerField()
    name = serializers.CharField(help_text="The listed name or number.")
    method = serializers.CharField()
    reason = serializers.CharField(help_text=f"One of {', '.join(Reason)}.")
    distance = serializers.FloatField(allow_null=True, help_text="From the listed name.")
    innocent = serializers.CharField(help_text="The innocent name that won, if one did.")


class AnswerSerializer(serializers.Serializer):
    texts = serializers.ListField(
        child=EvidenceSerializer(many=True), help_text="Per text, in order: its matches."
    )
    upcoming = serializers.ListField(
        child=EvidenceSerializer(many=True),
        help_text="Per text, in order: what only entries name that come into force soon.",
    )
    dismissed = serializers.ListField(
        child=DismissalSerializer(many=True),
        allow_null=True,
        help_text="Per text, in order; null unless `explain` was asked for.",
    )
    editions = serializers.DictField(
        child=serializers.IntegerField(), help_text="List code → number of the edition in force."
    )


class ScreenViewSet(Resource):
    """Which listed substances goods descriptions name. Nothing is stored but the audit event."""

    policy = POLICIES["screen"]
    serializer_class = QuestionSerializer
    filter_backends = []
    audit_verb = Verb.SEARCH

    @extend_schema(
        summary="Screen goods descriptions",
        request=QuestionSerializer,
        responses={200: AnswerSerializer},
    )
    def create(self, request: Request) -> Response:
        # On record before it is checked: a refused question was asked all the same.
        request._request.audit_terms = _terms(request.data)  # type: ignore[attr-defined]
        serializer = QuestionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        question = serializer.validated_data
        day = question["date"] or office_day(timezone.now())
        lists = lists_in_force(day)
        rows = [(one["text"], one["commodity_code"]) for one in question["texts"]]
        chosen = question["chosen"]
        dismissed = None
        with SCREENING_SECONDS.labels(str(question["explain"]).lower()).time():
            if question["explain"]:
                screenings = [lists.screener.explain(*row) for row in rows]
                answers = [one.evidence for one in screenings]
                dismissed = [_dismissed(one.dismissed, lists, chosen) for one in screenings]
            else:
                answers = lists.screener.screen_many(rows)
        editions = {
            code: number for code, number in lists.editions.items() if not chosen or code in chosen
        }
        body = {
            "texts": [_shown(over_lists(found, chosen), lists) for found in answers],
            "upcoming": [_shown(one, lists) for one in _upcoming(lists, rows, answers, chosen)],
            "dismissed": dismissed,
            "editions": editions,
        }
        return Response(AnswerSerializer(body).data)


def _upcoming(
    lists: ListsInForce,
    rows: Sequence[tuple[str, str]],
    answers: Iterable[Sequence[SubstanceEvidence]],
    chosen: Collection[str],
) -> list[list[SubstanceEvidence]]:
    """Per text what entries name that come into force soon and present law does not; nothing
    of it stands for an alert."""
    if lists.coming is None:
        return [[] for _ in rows]
    found = []
    for coming, now in zip(lists.coming.screen_many(rows), answers, strict=True):
        named = {one.substance_key for one in now}
        found.append(
            [
                msgspec.structs.replace(one, flagged=False)
                for one in over_lists(coming, chosen)
                if one.substance_key not in named
            ]
        )
    return found


def _shown(found: Iterable[SubstanceEvidence], lists: ListsInForce) -> list[dict[str, Any]]:
    return [
        {
            "substance_key": one.substance_key,
            "matched_text": one.matched_text,
            "start": one.start,
            "end": one.end,
            "name": one.name,
            "lang": one.lang,
            "method": one.method.value,
            "kind": one.kind.value,
            "support": [method.value for method in one.support],
            "match_score": one.match_score,
            "concentration_pct": one.concentration_pct,
            "concentration_span": one.concentration_span,
            "verdict": one.verdict.value,
            "lists": [
                {
                    "list_code": verdict.list_code,
                    "verdict": verdict.verdict.value,
                    "limit_pct": verdict.limit_pct,
                    "is_limit_known": verdict.is_limit_known,
                    "is_limit_exclusive": verdict.is_limit_exclusive,
                    "is_verified": verdict.list_code in lists.verified,
                }
                for verdict in one.list_verdicts
            ],
            "flagged": one.flagged,
            "nearest_innocent": one.nearest_innocent and msgspec.to_builtins(one.nearest_innocent),
            "contradictions": msgspec.to_builtins(one.contradictions),
        }
        for one in found
    ]


def _dismissed(
    found: Iterable[Dismissal], lists: ListsInForce, chosen: Collection[str]
) -> list[dict[str, Any]]:
    """Those of substances on the chosen lists; on all of them without a choice."""
    return [
        msgspec.to_builtins(one)
        for one in found
        if not chosen or any((code, one.substance_key) in lists.kinds for code in chosen)
    ]


def _terms(body: object) -> list[tuple[str, Sequence[str]]]:
    """What was asked, for the audit: the first texts, their number and a digest of all."""
    if not isinstance(body, Mapping):
        return []
    given = body.get("texts")
    texts = [
        str(one.get("text", "")) if isinstance(one, Mapping) else str(one)
        for one in (given if isinstance(given, list) else ())
    ]
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()
    chosen = body.get("lists")
    return [
        ("text", texts),
        ("count", [str(len(texts))]),
        ("sha256", [digest]),
        ("lists", [str(code) for code in chosen] if isinstance(chosen, list) else []),
        ("jurisdiction", [str(body.get("jurisdiction", ""))]),
        ("date", [str(body.get("date", ""))]),
    ]
