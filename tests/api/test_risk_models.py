"""Learned models over the API: who reads them, two people, what a dossier says of a score."""

import math

import pytest

from risk.domain.learning.priority import priority
from risk.models import ModelScore, RiskModel
from targeting.models import Alert, AuditEvent
from targeting.selectors.alerts import with_priority
from tests.api.conftest import sign_in, signed_in
from tests.factories.risk import RiskModelFactory
from tests.factories.targeting import AlertFactory, UserFactory, flagged_shipment, score_by_model

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/risk-models"
SOMEBODY, LONG_AGO = "user:999999", "2000-01-01T00:00:00Z"
PRIVILEGED = {
    "id": 999_999,
    "number": 999_999,
    "state": "active",
    "digest": "0",
    "artefact": "x",
    "quality": {},
    "proposed_by": SOMEBODY,
    "approved_by": SOMEBODY,
    "approved_person": "person:1",
    "retired_by": SOMEBODY,
    "retired_at": LONG_AGO,
}

ACTIVE = {
    "state": "active",
    "proposed_by": "user:1",
    "proposed_person": "person:1",
    "approved_by": "user:2",
    "approved_person": "person:2",
}
SCORES = {"high": 60, "middle": 58, "low": 50, "far": 20}


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


@pytest.fixture
def other_senior():
    return signed_in(roles=["senior_analyst"])


def test_a_model_is_read_without_its_artefact(analyst):
    model = RiskModelFactory()
    (row,) = analyst.get(PLACE).json()["results"]
    assert (row["number"], row["state"], row["profile"]) == (model.number, "shadow", "default")
    assert row["quality"] == {"found": 40, "clean": 200}
    detail = analyst.get(f"{PLACE}/{model.pk}").json()
    assert detail == row
    assert {"artefact", "profiles", "proposed_person"}.isdisjoint(detail)
    assert analyst.get(f"{PLACE}/{model.pk + 1}").status_code == 404


def test_a_shadow_becomes_active_by_two_people(analyst, senior, other_senior):
    model = RiskModelFactory()
    place = f"{PLACE}/{model.pk}"
    assert analyst.post(f"{place}/propose").status_code == 403
    assert senior.post(f"{place}/approve").status_code == 409
    shown = senior.post(f"{place}/propose").json()
    assert (shown["state"], shown["proposed_by"]) == ("shadow", senior.user.actor)
    refused = senior.post(f"{place}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    other_account = UserFactory(roles=["senior_analyst"], person=senior.user.person)
    assert sign_in(signed_in(), other_account).post(f"{place}/approve").status_code == 409
    answer = other_senior.post(f"{place}/approve")
    assert (answer.status_code, answer.json()["state"]) == (200, "active")
    event = AuditEvent.objects.get(resource="risk-model-approve", status=200)
    assert event.actor == other_senior.user.actor


def test_a_model_when_retired_then_with_a_reason_and_once(senior):
    model = RiskModelFactory()
    place = f"{PLACE}/{model.pk}/retire"
    assert senior.post(place, {"reason": " "}).status_code == 400
    answer = senior.post(place, PRIVILEGED | {"reason": "it drifted"})
    assert answer.status_code == 200
    model.refresh_from_db()
    assert (model.state, model.retired_by) == ("retired", senior.user.actor)
    assert (model.approved_by, model.number != PRIVILEGED["number"]) == ("", True)
    assert model.retired_at.year > 2000
    assert senior.post(place, {"reason": "again"}).status_code == 409
    assert RiskModel.objects.count() == 1


def test_a_dossier_tells_what_a_model_said_and_why_beside_the_rules(analyst, auditor):
    alert = score_by_model(flagged_shipment())
    place = f"/api/v1/declarations/{alert.declaration_id}/"
    told = analyst.get(place).json()["assessment"]
    assert told["score"] == "72.50"
    (opinion,) = told["model_scores"]
    assert (opinion["model"], opinion["state"], opinion["item_number"]) == (
        RiskModel.objects.get().number,
        "shadow",
        1,
    )
    chance = 1 / (1 + math.exp(-opinion["raw_score"]))
    assert opinion["score"] == pytest.approx(100 * chance, abs=0.01)
    parts = [one["points"] for one in opinion["contributions"]]
    assert opinion["expected"] + sum(parts) + opinion["others"] == pytest.approx(
        opinion["raw_score"], abs=0.001
    )
    assert [abs(part) for part in parts] == sorted(map(abs, parts), reverse=True)
    first = opinion["contributions"][0]["sentences"]
    assert "the model's score" in first["en"]
    assert "оценку модели" in first["ru"]
    assert auditor.get(place).json()["assessment"]["model_scores"] == [opinion]


def test_an_active_model_orders_the_queue_on_request_and_a_shadow_does_not(analyst):
    shadow, active = RiskModelFactory(), RiskModelFactory(digest="another", **ACTIVE)
    alerts = {name: AlertFactory(score=score) for name, score in SCORES.items()}
    for name, raw_score in {"low": 5.0, "middle": -5.0, "far": 30.0}.items():
        said = {"assessment": alerts[name].assessment, "item_number": 1}
        ModelScore.objects.create(model=active, raw_score=raw_score, **said)
        ModelScore.objects.create(model=shadow, raw_score=-raw_score, **said)

    def queue(ordering):
        rows = analyst.get("/api/v1/alerts/", {"ordering": ordering}).json()["results"]
        return [next(n for n, one in alerts.items() if one.pk == row["id"]) for row in rows]

    assert queue("-score") == ["high", "middle", "low", "far"]
    assert queue("-priority") == ["low", "high", "middle", "far"]
    assert queue("priority") == queue("-priority")[::-1]
    for name, alert in alerts.items():
        said = {"low": 5.0, "middle": -5.0, "far": 30.0}.get(name)
        stored = with_priority(Alert.objects.filter(pk=alert.pk)).get()
        assert stored.priority == pytest.approx(priority(SCORES[name], said))
        assert float(stored.score) == SCORES[name]
    RiskModel.objects.filter(pk=active.pk).update(
        state="retired", retired_by=SOMEBODY, retirement_reason="it drifted"
    )
    assert queue("-priority") == queue("-score")


def test_a_dossier_says_nothing_of_models_to_an_examiner():
    alert = score_by_model(flagged_shipment())
    examiner = signed_in(roles=["examiner"])
    shown = examiner.get(f"/api/v1/declarations/{alert.declaration_id}/").json()["assessment"]
    assert shown["model_scores"] is None
