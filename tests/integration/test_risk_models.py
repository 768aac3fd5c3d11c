"""Learned models over the pipeline: trained without a look ahead, scoring beside the rules."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from risk.domain.errors import WrongState
from risk.domain.four_eyes import Actor, FourEyesViolated
from risk.domain.scoring import decode_facts
from risk.models import InspectionOutcome, ModelScore, RiskAssessment, RiskModel, Substance
from risk.selectors import risk_models as selectors
from risk.selectors.model_scores import opinions_on
from risk.services import model_training
from risk.services import risk_models as services
from risk.services.assessments import assess_chunk
from risk.services.judging import Draws
from shipments.models import Declaration, IntakeBatch, StageRun
from shipments.models.choices import Stage, StageState
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import declaration, work_off

pytestmark = pytest.mark.django_db

AS_OF = date(2025, 11, 20)
NOW = datetime(2025, 12, 1, 9, tzinfo=UTC)
KNOWN = datetime(2025, 11, 15, tzinfo=UTC)
AIGUL, BOLAT = Actor("user:1", "person:1"), Actor("user:2", "person:2")
FOUND, CLEAN = 24, 125
DRAWS = Draws(b"secret", "Asia/Almaty", 7)


def goods(number: int, *, is_precursor: bool, day: int = 12) -> dict[str, object]:
    """Somebody's own declaration; of precursors every fourth is clean all the same."""
    mass = 50 + 7 * (number % 13)
    item = {"net_mass_kg": str(mass), "gross_mass_kg": str(mass + 10)}
    if is_precursor:
        item |= {"description": "АНГИДРИД УКСУСНЫЙ", "commodity_code": "2915240000"}
    own = declaration(number, item=item)
    own["accepted_at"] = f"2025-11-{day}T10:00:00+05:00"
    own["parties"][0] |= {"name": f"ТОО «Фирма {number}»", "identifiers": []}
    return own


def act(number: int, *, is_found: bool, **changes) -> InspectionOutcome:
    stored = Declaration.objects.get(registration_number=f"55301/121125/{number:07}")
    values = {
        "declaration": stored,
        "assessment": RiskAssessment.objects.get(declaration=stored, trigger="intake"),
        "registration_number": stored.registration_number,
        "item_number": 1,
        "source": "office",
        "act_number": f"act {number}",
        "inspected_at": KNOWN,
        "known_at": KNOWN,
        "selected_by": "random" if number % 10 == 0 else "criteria",
        "result": "offence" if is_found else "clean",
        "found_substance": Substance.objects.get(key="acetic-anhydride") if is_found else None,
        "measure": "none",
        "recorded_by": "office",
        "recorded_at": KNOWN,
    } | changes
    return InspectionOutcome.objects.create(**values)


@pytest.fixture
def past(take_in):
    """A window of declarations, all of them inspected before the day."""
    take_in([goods(n, is_precursor=n <= FOUND + 6) for n in range(1, FOUND + CLEAN + 1)])
    for number in range(1, FOUND + CLEAN + 1):
        act(number, is_found=number <= FOUND)


def trained(**changes) -> model_training.Trained:
    values = {"first": None, "last": None, "as_of": AS_OF, "by": "command:x", "now": NOW}
    return model_training.train_risk_model(**values | changes)


def test_training_when_repeated_then_the_same_bytes_are_stored_once(past) -> None:
    first, again = trained(), trained()
    assert (first.is_new, again.is_new) == (True, False)
    assert again.row == first.row
    row = RiskModel.objects.get()
    assert (row.number, row.state, row.window_from, row.window_to, row.as_of) == (
        1,
        "shadow",
        date(2025, 11, 12),
        date(2025, 11, 19),
        AS_OF,
    )
    assert (row.quality["found"], row.quality["clean"]) == (FOUND, CLEAN)
    assert row.quality["cross_validated"]["auc"]["value"] > 0.8
    assert row.events.get().pgh_label == "insert"
    assert "artefact" not in {field.name for field in row.events.model._meta.fields}


def test_training_when_tried_then_nothing_is_stored(past) -> None:
    assert trained(is_trial=True).is_new
    assert not RiskModel.objects.exists()


def _future(take_in) -> None:
    """What comes to be known from the day on: findings, corrections, declarations, versions."""
    later = datetime(2025, 11, 21, tzinfo=UTC)
    corrected = InspectionOutcome.objects.get(act_number="act 3")
    act(
        3,
        is_found=False,
        act_number="correction",
        known_at=later,
        supersedes=corrected,
    )
    for number in range(60, 70):
        act(number, is_found=True, act_number=f"second {number}", known_at=later)
    take_in([goods(n, is_precursor=True, day=25) for n in range(500, 540)])
    for number in range(500, 540):
        act(number, is_found=True, known_at=later)
    take_in([goods(70, is_precursor=True) | {"version": 2}])


def test_training_when_the_future_is_another_then_the_same_bytes(past, take_in) -> None:
    before = trained(is_trial=True)
    _future(take_in)
    after = trained(is_trial=True)
    assert after.row.digest == before.row.digest
    assert after.row.profiles == before.row.profiles
    assert after.row.quality == before.row.quality
    # Known by then, it counts: the future above is none that says nothing.
    assert trained(as_of=date(2025, 11, 30), is_trial=True).row.digest != before.row.digest


@pytest.mark.parametrize("leak", ["outcomes", "corrections", "declarations"])
def test_training_when_a_look_ahead_is_planted_then_the_test_above_would_see_it(
    past, take_in, monkeypatch, leak
) -> None:
    known, end = selectors.known_outcomes, date(2025, 12, 1)

    def leaking(window, as_of):
        if leak == "outcomes":
            return known(window, end)
        if leak == "declarations":
            return known(window._replace(last=end), end)
        return known(window, as_of).filter(superseded_by=None)

    monkeypatch.setattr(model_training, "known_outcomes", leaking)
    before = trained(is_trial=True).row.digest
    _future(take_in)
    assert trained(is_trial=True).row.digest != before


def test_facts_when_the_assessment_is_done_again_later_then_those_of_the_intake(past) -> None:
    """Reassessments stand beside the intake's with facts of their own day: they teach nothing."""
    before = trained(is_trial=True).row.digest
    for row in RiskAssessment.objects.filter(trigger="intake")[:30]:
        row.pk, row.trigger, row.trigger_key = None, "register_change", "change:1"
        row.facts = RiskAssessment.objects.order_by("-pk").first().facts
        row.save()
    assert trained(is_trial=True).row.digest == before


def test_what_comes_when_a_shadow_scores_then_only_beside_the_rules(past, take_in) -> None:
    coming = [goods(n, is_precursor=n % 3 == 0, day=22) for n in range(200, 230)]
    take_in(coming)
    without = digest_tables()
    assert without["model_score"][0] == 0
    model = trained().row
    StageRun.objects.filter(stage=Stage.ASSESS).update(state=StageState.PENDING)
    work_off()
    beside = digest_tables()
    assert beside.pop("model_score")[0] == FOUND + CLEAN + len(coming)
    without.pop("model_score")
    assert beside == without
    scores = dict(
        ModelScore.objects.values_list("assessment__declaration__registration_number", "raw_score")
    )
    assert min(scores[f"55301/121125/{n:07}"] for n in range(201, 230, 3)) > max(
        scores[f"55301/121125/{n:07}"] for n in range(200, 230) if n % 3
    )
    assert set(ModelScore.objects.values_list("model", flat=True)) == {model.pk}


def test_scores_when_the_stage_runs_again_then_the_same(past, take_in) -> None:
    trained()
    take_in([goods(n, is_precursor=n % 2 == 0, day=22) for n in range(200, 210)])
    before = digest_tables()
    assert before["model_score"][0] == 10
    StageRun.objects.filter(stage=Stage.ASSESS).update(state=StageState.PENDING)
    work_off()
    after = digest_tables()
    # What came before the model is scored now, too; the rest is as it was.
    assert after.pop("model_score")[0] == FOUND + CLEAN + 10
    before.pop("model_score")
    assert after == before


def _queries(batch: IntakeBatch) -> int:
    with CaptureQueriesContext(connection) as queries:
        assess_chunk(batch_id=batch.pk, chunk=0, draws=DRAWS)
    return len(queries)


def test_a_chunk_when_models_score_then_a_fixed_number_of_queries(past, take_in) -> None:
    few = take_in([goods(n, is_precursor=True, day=22) for n in range(200, 205)])
    many = take_in([goods(n, is_precursor=True, day=22) for n in range(210, 250)])
    without = _queries(many)
    trained()
    assert _queries(few) - _queries(many) in (0, 1)  # one reads the model, once a process
    assert _queries(many) - without == 1
    assert _queries(many) == _queries(few)


def test_a_model_that_cannot_be_read_when_declarations_come_then_they_are_assessed(
    past, take_in
) -> None:
    model = trained().row
    RiskModel.objects.filter(pk=model.pk).update(artefact=b"other bytes")
    selectors.scorer_of.cache_clear()
    assert take_in([goods(300, is_precursor=True, day=22)]).state == "done"
    assert RiskAssessment.objects.filter(declaration__registration_number__endswith="0300").exists()
    assert not ModelScore.objects.exists()
    selectors.scorer_of.cache_clear()


def test_an_opinion_when_taken_apart_then_it_adds_up_to_the_stored_score(past, take_in) -> None:
    trained()
    take_in([goods(300, is_precursor=True, day=22)])
    score = ModelScore.objects.select_related("assessment__basis__profile").get()
    facts = decode_facts(bytes(score.assessment.facts))
    (told,) = opinions_on(score.assessment, facts)
    assert told.raw_score == score.raw_score
    total = told.expected + sum(one.points for one in told.contributions) + told.others
    assert total == pytest.approx(score.raw_score, abs=1e-9)
    assert told.contributions[0].points > 0
    assert 0 < told.score < 100
    ModelScore.objects.update(raw_score=score.raw_score + 1)
    (other,) = opinions_on(score.assessment, facts)
    assert (other.expected, other.contributions, other.others) == (None, (), None)


def test_a_shadow_when_two_people_agree_then_active_and_the_one_before_retires(past) -> None:
    first = trained().row
    with pytest.raises(WrongState):
        services.approve_model(model_id=first.pk, by=BOLAT, now=NOW)
    services.propose_model(model_id=first.pk, by=AIGUL, now=NOW)
    with pytest.raises(FourEyesViolated):
        services.approve_model(model_id=first.pk, by=AIGUL, now=NOW)
    active = services.approve_model(model_id=first.pk, by=BOLAT, now=NOW)
    assert active.state == "active"
    act(100, is_found=True, act_number="another")
    second = trained().row
    assert dict(RiskModel.objects.values_list("number", "state")) == {1: "active", 2: "shadow"}
    services.propose_model(model_id=second.pk, by=BOLAT, now=NOW)
    services.approve_model(model_id=second.pk, by=AIGUL, now=NOW)
    states = dict(RiskModel.objects.values_list("number", "state"))
    assert states == {1: "retired", 2: "active"}
    assert RiskModel.objects.get(number=1).retirement_reason == "replaced by model 2"
    services.retire_model(model_id=second.pk, reason="wrong", by=AIGUL, now=NOW)
    with pytest.raises(WrongState):
        services.retire_model(model_id=second.pk, reason="wrong", by=AIGUL, now=NOW)


def test_an_active_model_that_one_person_made_is_refused_by_the_database(past) -> None:
    pk = trained().row.pk
    for changes in (
        {"state": "active"},
        {
            "state": "active",
            **{"proposed_by": "user:1", "proposed_person": "person:1"},
            **{"approved_by": "user:2", "approved_person": "person:1"},
        },
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RiskModel.objects.filter(pk=pk).update(**changes)


def test_command_when_outcomes_are_few_or_the_day_is_to_come_then_refused(take_in) -> None:
    with pytest.raises(CommandError, match="no declaration"):
        call_command("train_risk_model", as_of=AS_OF)
    take_in([goods(1, is_precursor=True)])
    with pytest.raises(CommandError, match="0 items with a finding and 0 clean"):
        call_command("train_risk_model", as_of=AS_OF)
    with pytest.raises(CommandError, match="to come"):
        call_command("train_risk_model", as_of=date.today() + timedelta(days=2))
    with pytest.raises(CommandError, match="no period"):
        call_command("train_risk_model", as_of=AS_OF, last=AS_OF)


def test_command_when_it_trains_then_it_says_what_it_stored(past, capsys) -> None:
    call_command("train_risk_model", as_of=AS_OF, dry_run=True)
    assert "nothing stored" in capsys.readouterr().out
    call_command("train_risk_model", as_of=AS_OF)
    told = capsys.readouterr().out
    assert f"{FOUND} with a finding, {CLEAN} clean" in told
    assert "model 1 stored as the shadow" in told
    assert RiskModel.objects.get().events.get().pgh_context["actor"] == "command:train_risk_model"
