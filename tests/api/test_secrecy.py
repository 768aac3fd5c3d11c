"""What the rules say never leaves for a client or an examiner: every route, asked for real."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from risk.domain.four_eyes import Actor
from risk.domain.indicators import INDICATORS
from risk.domain.learning.features import FEATURES
from risk.explanations import LANGUAGES
from risk.model_words import FEATURE_WORDS
from risk.models import IndicatorRow
from shipments.models import IntakeBatch
from targeting.domain.questions import QuestionKind
from targeting.management import access
from targeting.management.access import may
from targeting.models import OperatorQuestion
from targeting.selectors.sentences import explain_row, substances_of
from targeting.selectors.substances import substance_names
from targeting.services.questions import Asked, ask_question
from tests.api.conftest import CUSTOMS_SCOPES, signed_in, with_token
from tests.api.test_lanes import given
from tests.factories.risk import RiskProfileFactory
from tests.factories.targeting import ApiClientFactory, score_by_model
from tests.integration.conftest import declaration

pytestmark = pytest.mark.django_db

OPEN = [
    pytest.param(who, route, id=f"{who}-{route.name}")
    for who in ("api_client", "customs_system", "examiner")
    for route in access.api_routes()
    if "GET" in route.needed and may(route, "GET", who)
]
RULE, NOTE = "Хранить в тайне: правило", "Взвесить каждое место"
WHY = "Хранить в тайне: почему спросили"
# Codes, words of sentences and of the profile, its numbers: what tells of a rule.
SECRETS = {
    RULE,
    WHY,
    "987654",
    *(indicator.code for indicator in INDICATORS),
    *(f'"{word}"' for word in ("criteria_lane", "is_random_arm", "half_score_evidence")),
    "72.5",
    "0.99",
    # Of a learned model: its registry and its score, its features and what they say in words.
    *(f'"{word}"' for word in ("raw_score", "points", "quality", "window_from")),
    *(f'"{name}"' for name in FEATURES if name.startswith("log_")),
    *(word[1:] for words in FEATURE_WORDS.values() for word in words),
    "the model's score",
    "оценку модели",
}


@pytest.fixture
def shipment():
    """A red lane with a fired indicator of which the profile has both texts."""
    content = RiskProfileFactory.build().content
    content["indicators"]["licence_missing"] |= {"rule": RULE, "note": {"en": NOTE, "ru": NOTE}}
    RiskProfileFactory(content=content, digest="with texts")
    alert = given()
    score_by_model(alert)
    ApiClientFactory(submitter=alert.declaration.submitter)
    ask_question(
        declaration=alert.declaration,
        asked=Asked(QuestionKind.OTHER, "What for?", WHY),
        by=Actor("user:987654", "person:987654"),
        now=timezone.now(),
    )
    return alert


def sentences():
    """What an analyst reads of the rows that fired, in both languages."""
    rows = list(IndicatorRow.objects.all())
    for lang in LANGUAGES:
        names = substance_names(substances_of(rows), lang=lang)
        yield from (explain_row(row, names=names, lang=lang) for row in rows)


def address(route, alert):
    known = {
        "pk": alert.pk,
        "registration_number": alert.registration_number,
        "id": str(IntakeBatch.objects.latest("pk").public_id),
        "code": "none",
        "key": "acetic-anhydride",
        "number": 1,
        "day": "2026-03-01",
    }
    if route.name.startswith("declaration"):
        known["pk"] = alert.declaration_id
    if route.name.startswith("question"):
        known["id"] = str(OperatorQuestion.objects.get().public_id)
    names = re.findall(r"<\w+:(\w+)>", route.path)
    return reverse(route.name, kwargs={name: known[name] for name in names})


def callers(alert):
    """Each with something of their own to read: the client sent a message, too."""
    own = with_token(application__submitter=alert.declaration.submitter)
    own.post(reverse("declaration-list"), declaration())
    system = with_token(
        application__kind="customs_system",
        application__scopes=CUSTOMS_SCOPES,
        application__reach="central",
        scope=" ".join(CUSTOMS_SCOPES),
    )
    examiner = signed_in(roles=["examiner"])
    return {"api_client": own, "customs_system": system, "examiner": examiner}


def open_text(answer):
    """The answer without nulls: a guarded field keeps its name and loses its value."""
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "json" not in answer.get("Content-Type", ""):
        return text.decode("utf-8", "replace")
    return json.dumps(_told(json.loads(text)), ensure_ascii=False)


def _told(node):
    if isinstance(node, dict):
        return {key: _told(value) for key, value in node.items() if value is not None}
    return [_told(one) for one in node] if isinstance(node, list) else node


@pytest.mark.parametrize(("who", "route"), OPEN)
def test_no_route_tells_a_client_or_an_examiner_of_the_rules(who, route, shipment):
    forbidden = {*SECRETS, *sentences()}
    caller = callers(shipment)[who]
    answer = caller.get(address(route, shipment))
    assert answer.status_code < 500
    told = open_text(answer)
    assert [secret for secret in forbidden if secret in told] == []


def test_the_same_words_are_told_to_an_analyst(shipment, analyst):
    """Or else the test above would look for what is nowhere."""
    told = open_text(analyst.get(reverse("declaration-detail", args=[shipment.declaration_id])))
    of_model = ('"raw_score"', '"points"', "the model's score", "оценку модели")
    wanted = (RULE, "licence_missing", "72.5", *of_model, *sentences())
    absent = [word for word in wanted if word not in told]
    assert absent == []


def test_the_note_reaches_the_post_and_the_rule_does_not(shipment):
    known = callers(shipment)
    for who in ("customs_system", "examiner"):
        lane = known[who].get(address_of_lane(shipment)).json()
        assert f"Item 1: {NOTE}" in lane["note"]
        assert RULE not in json.dumps(lane, ensure_ascii=False)


def test_what_a_client_or_a_system_posts_is_answered_without_the_rules(shipment):
    known = callers(shipment)
    forbidden = {*SECRETS, *sentences()}
    said = {"version": shipment.declaration.version, "lane": shipment.lane}
    answers = [
        known["api_client"].post(reverse("declaration-list"), declaration()),
        known["customs_system"].post(f"{address_of_lane(shipment)}/acknowledge", said),
    ]
    for answer in answers:
        assert answer.status_code in {200, 202}
        assert [secret for secret in forbidden if secret in open_text(answer)] == []


def address_of_lane(alert):
    return f"/api/v1/lanes/{alert.registration_number}"
