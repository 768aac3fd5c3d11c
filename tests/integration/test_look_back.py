"""A look-back judges stored declarations by law that came after them, and only by its change."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.domain.matching.blocking import KEYS_VERSION
from risk.models import (
    GoodsText,
    LinkSubstance,
    ListEdition,
    RescreenedText,
    Rescreening,
    RiskAssessment,
    SubstanceMatch,
    TextKey,
)
from risk.services.drafts import put_entry, start_draft
from risk.services.texts import ITEMS_AT_ONCE, index_texts
from shipments.domain.errors import WrongJobState
from shipments.models import GoodsItem, Job, StageRun
from shipments.models.choices import JobKind, JobState, StageState
from shipments.services.jobs import cancel_job, start_job
from targeting import jobs, pipeline, tasks
from targeting.models import Alert
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import declaration, work_off
from tests.integration.test_drafts import EDITOR, entry
from tests.integration.test_law import START, make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
TOLUENE = {"description": "TOLUENE 99 %, IN DRUMS OF 200 L", "commodity_code": "2902300000"}
ACETONE = {"description": "ACETONE TECHNICAL", "commodity_code": "2914110000"}


@pytest.fixture
def stored(submitter, only_own_lists, take_in) -> ListEdition:
    """Three declarations that were screened while acetone alone was law."""
    law = make_edition(1, None, ["acetone"])
    take_in(
        [
            declaration(1, item=TOLUENE),
            declaration(2, item=ACETONE),
            declaration(3),
            declaration(4, item=TOLUENE, accepted_at="2023-11-12T10:00:00+05:00"),
        ]
    )
    assert set(SubstanceMatch.objects.values_list("substance__key", flat=True)) == {"acetone"}
    return law


@pytest.fixture
def decree(stored) -> ListEdition:
    """Edition 2, law from the first of March: toluene as well."""
    return make_edition(2, START, ["acetone", "toluene"])


def look_back(edition: ListEdition, day: date = START, now: datetime = NOW) -> Rescreening:
    found = jobs.look_back(edition=edition, day=day, actor="user:1", now=now)
    work_off()
    found.refresh_from_db()
    return found


def test_look_back_when_a_substance_is_added_then_stored_goods_are_matched(decree) -> None:
    found = look_back(decree)
    assert found.job.state == JobState.DONE
    assert (found.entry_count, found.text_count, found.candidate_count) == (1, 3, 1)
    assert (found.hit_count, found.declaration_count, found.match_count) == (1, 1, 1)
    match = SubstanceMatch.objects.get(substance__key="toluene")
    assert (match.look_back, match.goods_item.declaration.registration_number[-1]) == (found, "1")
    new, first = RiskAssessment.objects.filter(declaration=match.goods_item.declaration).order_by(
        "-pk"
    )
    assert (new.trigger, new.trigger_key) == ("list_change", "A/2/2026-03-01")
    assert new.basis.list_editions == {"A": 2}
    assert (first.trigger, first.basis.list_editions) == ("intake", {"A": 1})
    assert new.score > first.score
    alert = Alert.objects.get(declaration=match.goods_item.declaration)
    assert (alert.is_retroactive, alert.assessment) == (True, new)
    assert found.alert_count == 1
    masses = LinkSubstance.objects.filter(link__kind="trade").values_list
    assert set(masses("substance__key", "mass_kg", "declaration_count")) == {
        ("acetone", 100, 1), ("toluene", 100, 1),
    }  # fmt: skip
    assert not Alert.objects.filter(is_retroactive=True).exclude(pk=alert.pk).exists()


def test_look_back_when_run_twice_then_nothing_changes(decree) -> None:
    found = look_back(decree)
    before = digest_tables()
    assert look_back(decree) == found
    jobs.repeat_job(job_id=found.job_id, now=NOW)
    work_off()
    assert digest_tables() == before
    Job.objects.update(state=JobState.RUNNING)
    StageRun.objects.exclude(job=None).filter(stage__in=["screen", "judge"]).update(
        state=StageState.PENDING
    )
    work_off()
    StageRun.objects.filter(job=None).exclude(stage="ingest").update(state=StageState.PENDING)
    work_off()
    assert digest_tables() == before


def test_look_back_when_an_alert_was_closed_then_it_stays_closed(decree) -> None:
    found = look_back(decree)
    Alert.objects.update(state="closed")
    jobs.repeat_job(job_id=found.job_id, now=NOW)
    work_off()
    assert not Alert.objects.filter(state="open").exists()


def test_look_back_when_the_period_is_longer_then_older_declarations_count(
    decree, settings
) -> None:
    settings.TARGETING = settings.TARGETING | {"LOOK_BACK_MONTHS": 36}
    assert look_back(decree).match_count == 2


@pytest.mark.parametrize(
    ("keys", "values"),
    [(["acetone"], {"notes": "compared"}), ([], {}), (["acetone", "safrole"], {})],
)
def test_look_back_when_nothing_new_is_named_then_nothing_is_stored(stored, keys, values) -> None:
    before = digest_tables()
    found = look_back(make_edition(2, START, keys, **values))
    assert (found.job.state, found.match_count) == (JobState.DONE, 0)
    assert digest_tables() == before


@pytest.mark.parametrize(
    ("given", "description", "method"),
    [
        ({"hs6": "290230"}, "SOLVENT IN DRUMS", "code"),
        ({"un_number": "1294"}, "SOLVENT IN DRUMS, UN 1294", "un"),
    ],
)
def test_look_back_when_only_another_list_gives_the_number_then_the_changed_list_says_it_too(
    given, description, method, submitter, only_own_lists, take_in
) -> None:
    make_edition(1, None, ["toluene"], code="B", **given)
    make_edition(1, None, ["acetone"])
    goods = {"description": description}
    if method == "code":
        goods["commodity_code"] = TOLUENE["commodity_code"]
    take_in([declaration(1, item=goods)])
    assert SubstanceMatch.objects.get().list_codes == ["B"]
    found = look_back(make_edition(2, START, ["acetone", "toluene"]))
    match = SubstanceMatch.objects.get(look_back=found)
    assert (match.method, sorted(match.list_codes)) == (method, ["A", "B"])


def test_look_back_when_a_limit_falls_then_goods_that_now_reach_it_are_matched(
    submitter, only_own_lists, take_in
) -> None:
    make_edition(1, None, ["acetone"], concentration_min_pct=60)
    weak, strong = (
        ACETONE | {"description": "ACETONE 55 %"},
        ACETONE | {"description": "ACETONE 99 %"},
    )
    take_in([declaration(1, item=weak), declaration(2, item=strong)])
    look_back(make_edition(2, START, ["acetone"], concentration_min_pct=50))
    match = SubstanceMatch.objects.exclude(look_back=None).get()
    assert (match.goods_item.description, match.verdict) == ("ACETONE 55 %", "above")
    facts = RiskAssessment.objects.get(trigger="list_change")
    assert facts.declaration == match.goods_item.declaration
    look_back(make_edition(3, START + timedelta(days=1), ["acetone"], concentration_min_pct=60))
    assert SubstanceMatch.objects.exclude(look_back=None).count() == 1


def test_declarations_of_the_new_law_when_screened_with_it_then_they_are_left_out(
    decree, take_in
) -> None:
    take_in([declaration(5, item=TOLUENE, accepted_at="2026-03-02T10:00:00+05:00")])
    look_back(decree, now=datetime(2026, 3, 3, tzinfo=UTC))
    assert SubstanceMatch.objects.filter(substance__key="toluene", look_back=None).count() == 1
    assert SubstanceMatch.objects.exclude(look_back=None).count() == 1


def test_an_edition_when_approved_late_then_what_was_accepted_since_is_looked_at(
    stored, take_in
) -> None:
    take_in([declaration(5, item=TOLUENE, accepted_at="2026-03-02T10:00:00+05:00")])
    late = make_edition(2, START, ["acetone", "toluene"])
    assert look_back(late, now=datetime(2026, 3, 9, tzinfo=UTC)).match_count == 2


def test_a_declaration_when_it_comes_after_the_look_back_then_it_is_looked_back_on_once(
    decree, take_in
) -> None:
    first = look_back(decree)
    other = TOLUENE | {"description": "toluene technical, in drums"}
    take_in([declaration(5, item=TOLUENE), declaration(6, item=other), declaration(7)])
    numbers = [f"55301/121125/000000{number}" for number in (5, 6)]
    late = GoodsItem.objects.filter(declaration__registration_number__in=numbers)
    assert not SubstanceMatch.objects.filter(goods_item__in=late).exists()
    tasks.bring_lists_into_force()
    work_off()
    matches = SubstanceMatch.objects.filter(goods_item__in=late)
    assert [match.look_back for match in matches] == [first, first]
    alerts = Alert.objects.filter(declaration__items__in=late, is_retroactive=True)
    assert alerts.count() == 2
    first.refresh_from_db()
    assert (first.match_count, first.job.state) == (3, JobState.DONE)
    before = digest_tables()
    tasks.bring_lists_into_force()
    work_off()
    assert digest_tables() == before


def test_beat_when_an_edition_comes_into_force_then_it_looks_back_once(decree) -> None:
    tasks.bring_lists_into_force()
    work_off()
    assert Rescreening.objects.get(edition=decree).match_count == 1
    jobs_before = Job.objects.count()
    tasks.bring_lists_into_force()
    assert Job.objects.count() == jobs_before


def test_beat_when_an_entry_s_own_day_comes_then_it_looks_back_on_it(stored) -> None:
    edition = make_edition(
        2, START, ["acetone", "toluene"], effective_from=START + timedelta(days=40)
    )
    ListEdition.objects.filter(pk=edition.pk).update(entered_force_at=NOW)
    tasks.bring_lists_into_force()
    work_off()
    found = Rescreening.objects.get(edition=edition)
    assert (found.day, found.match_count) == (START + timedelta(days=40), 1)


def test_look_back_when_cancelled_and_resumed_then_it_goes_on(decree) -> None:
    found = jobs.look_back(edition=decree, day=START, actor="user:1", now=NOW)
    cancel_job(job_id=found.job_id, actor="user:2", now=NOW)
    (plan,) = StageRun.objects.filter(job=found.job_id)
    assert pipeline.run_stage(plan.pk) == 0
    StageRun.objects.update(woken_at=NOW - timedelta(days=1))
    assert pipeline.sweep() == 0
    with pytest.raises(WrongJobState):
        cancel_job(job_id=found.job_id, actor="user:2", now=NOW)
    jobs.resume_job(job_id=found.job_id, now=NOW)
    work_off()
    found.refresh_from_db()
    assert (Job.objects.get(pk=found.job_id).state, found.match_count) == (JobState.DONE, 1)


def test_look_back_when_a_chunk_fails_then_the_job_says_so_and_can_be_resumed(
    decree, monkeypatch
) -> None:
    def fault(*args: object, **kwargs: object) -> None:
        raise ArithmeticError("a fault in the code")

    with monkeypatch.context() as patch:
        patch.setattr("targeting.services.rescreening.look_backs.judge_declarations", fault)
        with pytest.raises(ArithmeticError):
            look_back(decree)
    job = Job.objects.get(kind=JobKind.LOOK_BACK)
    assert (job.state, job.failure) == (
        JobState.FAILED,
        "judge 0: ArithmeticError: a fault in the code",
    )
    jobs.resume_job(job_id=job.pk, now=NOW)
    work_off()
    assert SubstanceMatch.objects.exclude(look_back=None).count() == 1


def test_older_texts_when_not_stored_then_the_look_back_waits_for_them(decree) -> None:
    GoodsText.objects.all().delete()
    TextKey.objects.all().delete()
    indexing = start_job(kind=JobKind.INDEXING, actor="migration", now=NOW)
    for block in {pk // ITEMS_AT_ONCE for pk in GoodsItem.objects.values_list("pk", flat=True)}:
        StageRun.objects.create(job=indexing, stage="index", chunk=block, woken_at=NOW)
    found = jobs.look_back(edition=decree, day=START, actor="user:1", now=NOW)
    plan = StageRun.objects.get(job=found.job_id)
    for _ in range(7):
        pipeline.run_stage(plan.pk)
    assert not RescreenedText.objects.exists()
    work_off()
    found.refresh_from_db()
    assert found.match_count == 1


def test_texts_when_taken_in_then_they_are_indexed_later_and_no_look_back_misses_them(
    decree, monkeypatch
) -> None:
    assert set(GoodsText.objects.values_list("keys_version", flat=True)) == {0}
    assert not TextKey.objects.exists()
    two = partial(index_texts, limit=2)
    monkeypatch.setattr("targeting.services.rescreening.index_texts", two)
    assert look_back(decree).match_count == 1
    assert set(GoodsText.objects.values_list("keys_version", flat=True)) == {KEYS_VERSION}
    assert index_texts() == 0


def test_beat_when_texts_came_then_it_indexes_them_once(stored) -> None:
    assert tasks.index_goods_texts() == 3
    before = list(GoodsText.objects.order_by("pk").values("keys", "keys_version"))
    assert all(text["keys"] for text in before)
    assert tasks.index_goods_texts() == 0
    GoodsText.objects.filter(description=TOLUENE["description"]).update(keys=[], keys_version=0)
    assert tasks.index_goods_texts() == 1
    assert list(GoodsText.objects.order_by("pk").values("keys", "keys_version")) == before


@pytest.mark.parametrize("count", [3, 40])
def test_a_look_back_when_it_holds_more_then_the_queries_are_as_many(
    count, submitter, only_own_lists, take_in
) -> None:
    make_edition(1, None, ["acetone"])
    take_in(declaration(number, item=TOLUENE) for number in range(1, count + 1))
    edition = make_edition(2, START, ["acetone", "toluene"])
    index_texts()
    with CaptureQueriesContext(connection) as queries:
        found = look_back(edition)
    assert len(queries) == QUERIES
    assert found.match_count == count


QUERIES = 126


def test_simulation_when_a_draft_adds_a_substance_then_lines_and_alerts_are_told(stored) -> None:
    draft = start_draft(control_list=stored.control_list, actor=EDITOR)
    draft = put_entry(edition=draft, version=1, entry=entry(), actor=EDITOR, now=NOW)
    before = digest_tables()
    now = datetime(2025, 11, 20, tzinfo=UTC)
    found = jobs.simulate(edition=draft, days=30, actor="user:1", now=now)
    work_off()
    found.refresh_from_db()
    result = found.result
    assert (result["lines"], result["declarations"]) == ({"appears": 1}, 1)
    assert result["substances"] == {"toluene": {"appears": 1}}
    (alerts,) = result["alerts"]
    assert (alerts["new"], alerts["gone"], alerts["is_active"]) == (1, 0, True)
    (example,) = result["examples"]
    assert (example["description"], example["raises_alert"]) == (TOLUENE["description"], True)
    assert digest_tables() == before


def test_simulation_when_a_draft_removes_a_substance_then_lines_stop_matching(stored) -> None:
    draft = start_draft(control_list=stored.control_list, actor=EDITOR)
    draft.entries.all().delete()
    now = datetime(2025, 11, 20, tzinfo=UTC)
    found = jobs.simulate(edition=draft, days=30, actor="user:1", now=now)
    work_off()
    found.refresh_from_db()
    assert found.result["lines"] == {"disappears": 1}
    assert found.result["alerts"][0]["new"] == 0
