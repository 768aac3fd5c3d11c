"""A look-back for names: stored declarations are held against names that came after them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from risk.domain.four_eyes import Actor
from risk.domain.lists.identifiers import read_identifier
from risk.domain.substances import SubstanceName as Name
from risk.models import (
    ListEdition,
    NameChange,
    Rescreening,
    RiskAssessment,
    Substance,
    SubstanceIdentifier,
    SubstanceMatch,
    SubstanceName,
)
from risk.services.cover_names import add_cover_name, propose_cover_name, withdraw_cover_name
from risk.services.substances import (
    remove_identifier,
    remove_name,
    store_identifier,
    store_name,
)
from shipments.models import Job, StageRun
from shipments.models.choices import JobKind, JobState
from shipments.services.jobs import cancel_job
from targeting import jobs, pipeline, tasks
from targeting.models import Alert
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import declaration, work_off
from tests.integration.test_law import make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
EDITOR = Actor("user:2", "person:2")
WORDING = "ZORVEXOL 99 %, IN DRUMS OF 200 L"
HIDDEN = {"description": WORDING, "commodity_code": "2914690000"}
DISGUISED = {"description": "BRAKE CLEANER PLUVIO", "commodity_code": "3402900000"}


@pytest.fixture
def stored(submitter, only_own_lists, take_in) -> ListEdition:
    """Declarations that nothing was found in: one says a name that nobody knows yet."""
    law = make_edition(1, None, ["acetone", "toluene"])
    take_in([declaration(1, item=HIDDEN), declaration(2), declaration(3, item=DISGUISED)])
    assert not SubstanceMatch.objects.exists()
    # They were matched long before anybody changes a name.
    earlier = StageRun.objects.filter(stage="match")
    earlier.update(finished_at=datetime(2025, 11, 12, tzinfo=UTC))
    NameChange.objects.all().delete()
    return law


def learn(name: str = "zorvexol", key: str = "acetone") -> SubstanceName:
    new = Name(substance_key=key, name=name, lang="en", kind="trade", source="a seizure")
    return store_name(substance=Substance.objects.get(key=key), name=new, now=NOW)


def look_back(now: datetime = NOW) -> Rescreening | None:
    found = jobs.look_back_on_names(before=FOREVER, actor="user:1", now=now)
    work_off()
    if found:
        found.refresh_from_db()
    return found


def test_name_when_it_comes_then_stored_goods_are_matched_and_marked(stored) -> None:
    learn()
    found = look_back()
    assert (found.job.kind, found.job.state) == (JobKind.NAME_LOOK_BACK, JobState.DONE)
    assert (found.entry_count, found.hit_count, found.match_count) == (1, 1, 1)
    match = SubstanceMatch.objects.get()
    assert (match.look_back, match.substance.key) == (found, "acetone")
    assert match.goods_item.description == WORDING
    new = RiskAssessment.objects.get(trigger="list_change")
    assert new.trigger_key == "names/2026-03-01/1"
    assert Alert.objects.get().is_retroactive
    assert found.alert_count == 1


def test_look_back_when_repeated_then_nothing_changes(stored) -> None:
    learn()
    found = look_back()
    before = digest_tables()
    assert look_back() is None
    jobs.repeat_job(job_id=found.job_id, now=NOW)
    work_off()
    assert digest_tables() == before
    learn("zorvexole")
    again = look_back()
    assert (again.hit_count, again.match_count) == (1, 0)
    assert digest_tables() == before


def test_many_changes_when_gathered_then_they_are_one_job_of_the_next_day(stored) -> None:
    for name in ("zorvexol", "zorvexolum", "zorvexolane"):
        learn(name)
    learn("pluvion", key="toluene")
    tasks.bring_lists_into_force()
    assert not Job.objects.filter(kind=JobKind.NAME_LOOK_BACK).exists()
    NameChange.objects.update(changed_at=datetime.now(UTC) - timedelta(days=1))
    tasks.bring_lists_into_force()
    tasks.bring_lists_into_force()
    found = Rescreening.objects.get(job__kind=JobKind.NAME_LOOK_BACK)
    changed = set(found.name_changes.values_list("substance__key", flat=True))
    assert changed == {"acetone", "toluene"}


def test_cover_name_when_taken_up_then_stored_goods_are_shown_without_an_alert(stored) -> None:
    acetone = Substance.objects.get(key="acetone")
    said = {"name": "brake cleaner pluvio", "lang": "en", "commodity_code": "3402"}
    given = {"substance": acetone, **said, "source": "a seizure", "actor": EDITOR, "now": NOW}
    row = propose_cover_name(**given)
    assert not NameChange.objects.exists()
    withdraw_cover_name(cover_name=row, reason="a proposal", actor=EDITOR, now=NOW)
    assert not NameChange.objects.exists()
    row = add_cover_name(**given)
    assert look_back().match_count == 1
    assert SubstanceMatch.objects.get().kind == "cover_name"
    assert not Alert.objects.exists()
    withdraw_cover_name(cover_name=row, reason="wrong", actor=EDITOR, now=NOW)
    assert look_back().match_count == 0
    assert SubstanceMatch.objects.count() == 1


def test_name_when_surer_than_what_was_stored_then_it_is_new(stored, take_in) -> None:
    acetone = Substance.objects.get(key="acetone")
    add_cover_name(
        substance=acetone,
        name="brake cleaner pluvio",
        lang="en",
        commodity_code="3402",
        source="a seizure",
        actor=EDITOR,
        now=NOW,
    )
    look_back()
    learn("brake cleaner pluvio")
    found = look_back()
    assert found.match_count == 1
    assert SubstanceMatch.objects.get(look_back=found).is_flagged
    assert Alert.objects.get().is_retroactive


def test_name_when_withdrawn_then_what_was_found_stays(stored) -> None:
    row = learn()
    look_back()
    before = digest_tables()
    remove_name(substance=row.substance, name_id=row.pk, now=NOW)
    found = look_back()
    assert (found.hit_count, found.match_count) == (0, 0)
    assert digest_tables() == before


@pytest.mark.parametrize("is_listed", [True, False])
def test_name_when_no_law_holds_the_substance_then_nothing_is_looked_at(stored, is_listed) -> None:
    Substance.objects.create(key="water", preferred_name="water")
    learn(key="acetone" if is_listed else "water")
    assert NameChange.objects.exists() == is_listed


def test_name_when_it_stays_as_it_was_then_nothing_is_noted(stored) -> None:
    learn()
    NameChange.objects.all().delete()
    learn()
    assert not NameChange.objects.exists()


def test_declaration_when_matched_with_the_name_then_it_is_out_of_question(stored, take_in) -> None:
    learn()
    take_in([declaration(5, item=HIDDEN | {"description": WORDING + "."})])
    NameChange.objects.update(changed_at=NOW - timedelta(days=1))
    assert SubstanceMatch.objects.filter(look_back=None).count() == 1
    found = look_back()
    assert found.declaration_count == found.match_count == 1


def test_declaration_when_on_its_way_meanwhile_then_it_is_looked_back_on(stored, take_in) -> None:
    learn()
    late = StageRun.objects.filter(stage="assess")
    late.update(finished_at=datetime(2025, 11, 12, tzinfo=UTC))
    found = look_back(now=datetime.now(UTC))
    assert found.match_count == 1
    SubstanceName.objects.filter(name="zorvexol").delete()
    take_in([declaration(6, item=HIDDEN | {"description": WORDING + ";"})])
    learn()
    newest = StageRun.objects.filter(stage="match").order_by("-pk").first()
    StageRun.objects.filter(pk=newest.pk).update(finished_at=datetime(2025, 11, 12, tzinfo=UTC))
    assert jobs.look_back_on_late(now=datetime.now(UTC)) == 1
    work_off()
    found.refresh_from_db()
    assert found.match_count == 2
    assert jobs.look_back_on_late(now=datetime.now(UTC) + timedelta(days=8)) == 0


def test_look_back_when_cancelled_and_resumed_then_it_goes_on(stored) -> None:
    learn()
    found = jobs.look_back_on_names(before=FOREVER, actor="user:1", now=NOW)
    cancel_job(job_id=found.job_id, actor="user:1", now=NOW)
    assert pipeline.run_stage(StageRun.objects.get(job=found.job_id).pk) == 0
    jobs.resume_job(job_id=found.job_id, now=NOW)
    work_off()
    assert SubstanceMatch.objects.get().look_back == found


def test_command_when_asked_for_names_then_it_does_not_wait_for_the_next_day(
    stored, capsys
) -> None:
    learn()
    call_command("look_back", "--names")
    work_off()
    call_command("look_back")
    assert "changed names from" in capsys.readouterr().out
    assert SubstanceMatch.objects.exists()


GIVEN = {
    "cas": ("78-93-3", "CAS 78-93-3"),
    "ec": ("201-159-0", "EC 201-159-0"),
    "un": ("1193", "UN 1193"),
    "inchikey": ("ZWEHNKRNPOVVGH-UHFFFAOYSA-N", "ZWEHNKRNPOVVGH-UHFFFAOYSA-N"),
    "smiles": ("CCC(C)=O", "SMILES CCC(=O)C"),
    "cus": ("0023865-3", "CUS 0023865-3"),
    "formula": ("C4H8O", "C4H8O 99 %"),
}


def give(kind: str, value: str, key: str = "acetone") -> SubstanceIdentifier:
    return store_identifier(
        substance=Substance.objects.get(key=key),
        identifier=read_identifier(kind, value, kind),
        actor=EDITOR,
        now=NOW,
        reasons={"*": "as in the decree"},
    )


def test_identifiers_when_given_by_hand_then_goods_match_and_when_withdrawn_no_more(
    stored, take_in
) -> None:
    texts = {kind: f"LIQUID, {said}, IN DRUMS" for kind, (_, said) in GIVEN.items()}
    numbers = dict(zip(GIVEN, range(11, 30), strict=False))
    goods = [
        declaration(number, item=HIDDEN | {"description": texts[kind]})
        for kind, number in numbers.items()
    ]
    take_in(goods)
    assert not SubstanceMatch.objects.exists()
    StageRun.objects.filter(stage="match").update(finished_at=datetime(2025, 11, 12, tzinfo=UTC))

    rows = [give(kind, value) for kind, (value, _) in GIVEN.items()]
    found = look_back()

    matched = dict(SubstanceMatch.objects.values_list("goods_item__description", "method"))
    methods = {kind: kind for kind in GIVEN} | {"smiles": "structure"}
    assert matched == {texts[kind]: methods[kind] for kind in GIVEN}
    assert (found.hit_count, found.match_count) == (len(GIVEN), len(GIVEN))

    before = digest_tables()
    for row in rows:
        remove_identifier(substance=row.substance, identifier_id=row.pk, now=NOW)
    withdrawn = look_back()
    assert (withdrawn.hit_count, withdrawn.match_count) == (0, 0)
    assert digest_tables() == before
    take_in([declaration(40 + number, item=one["items"][0]) for number, one in enumerate(goods)])
    assert SubstanceMatch.objects.count() == len(GIVEN)


def test_identifier_when_it_stays_as_it_was_or_is_of_no_law_then_nothing_is_noted(stored) -> None:
    give("cas", "78-93-3")
    NameChange.objects.all().delete()
    give("cas", "78-93-3")
    SubstanceIdentifier.objects.create(
        substance=Substance.objects.get(key="acetone"), kind="cas", value="64-17-5"
    )
    Substance.objects.create(key="water", preferred_name="water")
    give("cas", "7732-18-5", key="water")
    assert not NameChange.objects.exists()
