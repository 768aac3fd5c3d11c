"""A register that changes: what it concerns is assessed again, and nothing else."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from risk.domain.four_eyes import Actor
from risk.domain.scoring import decode_facts
from risk.models import Reassessment, RegisterChange, RiskAssessment
from risk.selectors.permit_matches import fitting_lines
from risk.services import permit_matches
from risk.services.authorisations import (
    approve_revocation,
    preview_authorisations,
    propose_revocation,
    resume_authorisation,
    suspend_authorisation,
)
from risk.services.notice_matching import approve_decision, propose_decision
from risk.services.requirements import preview_requirements
from shipments.models import Authorisation, Declaration, Job, StageRun
from shipments.models.choices import JobState, StageState
from targeting import jobs, pipeline, tasks
from targeting.models import Alert
from targeting.selectors.table_digests import digest_tables
from tests.factories.authorisations import entry, register
from tests.factories.notifications import notice, notify
from tests.factories.requirements import need, norm, state
from tests.integration.conftest import declaration, work_off

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
AIGUL, BOLAT = Actor("user:1", "person:1"), Actor("user:2", "person:2")
OTHER = "850340000008"
YEAR = {"valid_from": "2025-01-01", "valid_to": "2025-12-31"}


def acetone(number: int, *, importer: str = "990140000007", permit: str = "", **changes):
    documents = [{"code": "01011", "number": permit}] if permit else []
    item = {
        "description": "АЦЕТОН ТЕХНИЧЕСКИЙ, 99 %",
        "commodity_code": "2914110000",
        "documents": documents,
    }
    firm = {"name": importer, "country": "KZ"}
    firm["identifiers"] = [{"kind": "bin", "value": importer}]
    parties = [{"role": role, **firm} for role in ("importer", "consignee")]
    return declaration(number, item=item, parties=parties, **changes)


def number(place: int) -> str:
    return f"55301/121125/{place:07}"


def reassess() -> Reassessment | None:
    found = jobs.reassess(before=NOW, actor="user:9", now=NOW)
    work_off()
    if found:
        found.refresh_from_db()
        assert found.job.state == JobState.DONE
    return found


def chosen(found: Reassessment) -> set[int]:
    numbers = found.declarations.values_list("declaration__registration_number", flat=True)
    return {int(one[-7:]) for one in numbers}


def again() -> dict[int, RiskAssessment]:
    """The last assessment that a register led to, by declaration."""
    rows = RiskAssessment.objects.filter(trigger="register_change").order_by("id")
    return {
        int(row.declaration.registration_number[-7:]): row
        for row in rows.select_related("declaration", "lane_decision")
    }


def findings(row: RiskAssessment) -> list[str]:
    (item,) = decode_facts(bytes(row.facts)).items
    return [finding.code for permit in item.permits or () for finding in permit.findings]


@pytest.fixture
def stored(take_in) -> None:
    """Acetone under a licence that nobody knows yet, without one, of others; and shirts."""
    take_in(
        [
            acetone(1, permit="KZ1"),
            acetone(2),
            declaration(3),
            acetone(4, importer=OTHER),
            acetone(5, importer=OTHER, permit="KZ 1"),
            acetone(6, permit="KZ1", accepted_at="2023-11-12T10:00:00+05:00"),
        ]
    )


def test_permit_when_loaded_late_then_what_it_concerns_is_assessed_again(stored):
    intake = RiskAssessment.objects.get(declaration__registration_number=number(1))
    register(entry(**YEAR))
    found = reassess()
    assert found is not None
    assert (found.key, found.since) == ("registers/2026-03-02/1", date(2024, 3, 2))
    # By its number, under whichever importer, and by holder and substance; not two years ago.
    assert chosen(found) == {1, 2, 5}
    assert (found.declaration_count, found.assessment_count) == (3, 3)
    new = again()
    assert {key: findings(row) for key, row in new.items()} == {
        1: [],
        2: ["none"],
        5: ["wrong_holder"],
    }
    assert {row.trigger_key for row in new.values()} == {found.key}
    assert new[1].confidence > intake.confidence
    stranger = RiskAssessment.objects.filter(declaration=new[5].declaration, trigger="intake")
    assert new[5].score > stranger.get().score
    intake.refresh_from_db()
    assert decode_facts(bytes(intake.facts)).items[0].permits is None
    alert = Alert.objects.get(registration_number=number(1))
    assert (alert.assessment, alert.is_retroactive) == (new[1], True)
    (change,) = RegisterChange.objects.all()
    assert (change.entry, change.actor, change.reassessment) == ("МВД KZ1", "command:test", found)


def test_reassessment_when_done_twice_then_nothing_changes(stored):
    register(entry(**YEAR))
    found = reassess()
    before = digest_tables()
    assert reassess() is None
    register(entry(**YEAR))
    assert reassess() is None
    assert found is not None
    jobs.repeat_job(job_id=found.job_id, now=NOW)
    work_off()
    Job.objects.update(state=JobState.RUNNING)
    StageRun.objects.exclude(job=None).update(state=StageState.PENDING)
    work_off()
    assert digest_tables() == before
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}


def test_change_when_just_made_then_it_waits_for_who_is_being_assessed(stored):
    register(entry(**YEAR))
    made = RegisterChange.objects.get()
    assert jobs.reassess(before=made.changed_at, actor="user:9", now=NOW) is None
    made.refresh_from_db()
    assert made.reassessment is None
    RegisterChange.objects.update(changed_at=timezone.now() - pipeline.lease())
    assert tasks.reassess_after_registers() is False
    RegisterChange.objects.update(changed_at=timezone.now() - 3 * pipeline.lease())
    assert tasks.reassess_after_registers() is True
    assert Reassessment.objects.get().job.requested_by == "task:reassess_after_registers"


def test_permit_when_suspended_revoked_or_taken_up_then_each_is_told(take_in):
    register(entry(**YEAR))
    take_in([acetone(1, permit="KZ1")])
    assert not Alert.objects.filter(is_retroactive=True).exists()
    RegisterChange.objects.all().delete()
    pk = Authorisation.objects.get().pk
    since = date(2025, 11, 1)
    suspend_authorisation(authorisation_id=pk, since=since, reason="x", actor="user:1", now=NOW)
    RegisterChange.objects.update(changed_at=datetime(2026, 3, 1, tzinfo=UTC))
    reassess()
    assert findings(again()[1]) == ["suspended"]
    alert = Alert.objects.get()
    assert (alert.is_retroactive, alert.lane) == (True, again()[1].lane_decision.lane)
    resume_authorisation(authorisation_id=pk, actor="user:1", now=NOW)
    propose_revocation(authorisation_id=pk, since=since, reason="x", actor=AIGUL, now=NOW)
    assert RegisterChange.objects.filter(reassessment=None).count() == 1
    RegisterChange.objects.update(changed_at=datetime(2026, 3, 1, tzinfo=UTC))
    reassess()
    assert findings(again()[1]) == []
    Alert.objects.update(state="closed")
    approve_revocation(authorisation_id=pk, actor=BOLAT, now=NOW)
    RegisterChange.objects.update(changed_at=datetime(2026, 3, 1, tzinfo=UTC))
    found = reassess()
    assert found is not None
    assert (findings(again()[1]), found.alert_count) == (["revoked"], 1)
    assert Alert.objects.filter(state="open").get().assessment == again()[1]


def test_permit_when_amended_to_another_holder_then_both_holders_are_concerned(stored):
    register(entry("KZ2", **YEAR))
    reassess()
    register(entry("KZ2", holder={"name": "ТОО «Другой»", "bin": OTHER}, **YEAR))
    found = reassess()
    assert found is not None
    assert found.changes.count() == 2
    assert chosen(found) == {1, 2, 4, 5}
    # Who names another number is not told of what would fit.
    assert set(again()) >= {2, 4}
    proposals = decode_facts(bytes(again()[2].facts)).items[0].permits
    assert [one.method for one in proposals or ()] == [""]


def test_notice_when_it_comes_late_or_is_decided_on_then_assessed_again(take_in):
    take_in([acetone(1, country_of_dispatch="CN"), acetone(2, importer=OTHER), declaration(3)])
    notify(notice(kg=100, sent_on="2025-10-01", dispatch_on="2025-11-01"))
    found = reassess()
    assert found is not None
    assert chosen(found) == {1, 3}  # shirts may be what was awaited
    (item,) = decode_facts(bytes(again()[1].facts)).items
    assert item.notices is not None
    match = Declaration.objects.get(registration_number=number(1)).notification_matches.get()
    propose_decision(match_id=match.pk, is_same=False, reason="x", actor=AIGUL, now=NOW)
    assert not RegisterChange.objects.filter(reassessment=None).exists()
    approve_decision(match_id=match.pk, actor=BOLAT, now=NOW)
    change = RegisterChange.objects.get(reassessment=None)
    assert (change.register, change.registration_number) == ("notification_match", number(1))


def test_requirement_when_stated_late_then_imports_of_that_year_are_concerned(stored):
    state(need(50, year=2025), norm(20, year=2025), need(1000, year=2026))
    found = reassess()
    assert found is not None
    assert chosen(found) == {1, 2, 4, 5}
    assert set(again()) == {1, 2, 4, 5}
    (item,) = decode_facts(bytes(again()[1].facts)).items
    assert [share.of for one in item.running or () for share in one.needs] == ["country", "holder"]
    state(need(2000, year=2026))
    found = reassess()
    assert found is not None
    assert chosen(found) == set()


def test_permit_match_when_decided_then_its_declaration_is_assessed_again(take_in):
    register(entry(**YEAR))
    take_in([acetone(1)])
    RegisterChange.objects.all().delete()
    declared = Declaration.objects.get()
    (fitting,) = fitting_lines(declared.pk)
    early = datetime(2026, 3, 1, tzinfo=UTC)
    match = permit_matches.propose_match(
        declaration=declared, item_number=1, line_id=fitting.line.pk, reason="x", by=AIGUL,
        now=early,
    )  # fmt: skip
    assert not RegisterChange.objects.exists()
    permit_matches.approve_match(match_id=match.pk, by=BOLAT, now=early)
    reassess()
    assert findings(again()[1]) == []
    permit_matches.withdraw_match(match_id=match.pk, reason="x", by=AIGUL, now=early)
    reassess()
    assert findings(again()[1]) == ["none"]


def test_preview_when_taken_back_then_nothing_is_noted(db, monkeypatch):
    monkeypatch.setattr(
        "tests.factories.authorisations.register_authorisations", preview_authorisations
    )
    monkeypatch.setattr("tests.factories.requirements.register_requirements", preview_requirements)
    register(entry())
    state(need())
    assert not RegisterChange.objects.exists()
