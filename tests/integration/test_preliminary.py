"""Preliminary information: assessed like a declaration, and linked to it whichever comes first."""

import io
import itertools
import json
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import pytest
from django.db import connection, transaction

from risk.models import IndicatorRow, LaneDecision, PreliminaryLink, RiskAssessment, TradeRecord
from risk.selectors.facts import facts_for_chunk
from risk.services.announcements import assess_chunk_and_announced
from risk.services.drawdowns import link_and_draw_chunk
from risk.services.matches import match_chunk
from risk.services.preliminary import decide_link, link_preliminary
from shipments.domain.formats import format_by_key
from shipments.models import Declaration, StageRun
from shipments.models.choices import Stage
from shipments.services.declarations import store_chunk
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.models import Alert
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import RECEIVED_AT, declaration, load_reference_data

pytestmark = pytest.mark.django_db

ACID = {"description": "Уксусный ангидрид", "commodity_code": "2915240000", "net_mass_kg": "1000"}
CMR = {"code": "02015", "number": "CMR-77123", "issued_on": "2025-11-08"}
CODE = "differs_from_preliminary"


def announcement(number: str = "PI-2025-1", **changes):
    given = {
        "registration_number": number,
        "document_kind": "preliminary",
        "accepted_at": "2025-11-10T10:00:00+05:00",
        "transport_id": "34ABC123",
        "containers": ["TRLU1234567"],
        "item": {"documents": [CMR]},
    }
    return declaration(**{**given, **changes})


def final(number: int = 1, **changes):
    return declaration(number, **{"item": {"documents": [CMR]}, **changes})


def link() -> PreliminaryLink:
    return PreliminaryLink.objects.get()


def facts():
    batch = Declaration.objects.filter(document_kind="import").latest("pk").batch
    return {
        f.registration_number: f.announced for _, f in facts_for_chunk(batch_id=batch.pk, chunk=0)
    }


def test_preliminary_when_it_names_a_precursor_then_screened_assessed_and_alerted(take_in):
    take_in([announcement(item=ACID)])
    assert RiskAssessment.objects.get().score > 0
    assert Alert.objects.get().registration_number == "PI-2025-1"
    assert not TradeRecord.objects.exists(), "what is announced is no trade yet"


@pytest.mark.parametrize("means", [
    {"transport_id": "34ABC123", "item": {}},
    {"containers": ["TRLU 1234567"], "item": {}},
    {"item": {"documents": [CMR]}},
    {"item": {"documents": [{"code": "09999", "number": "PI-2025-1"}]}},
], ids=["vehicle", "container", "transport document", "its number"])  # fmt: skip
@pytest.mark.parametrize("first", ["preliminary", "declaration"])
def test_link_when_one_means_is_shared_then_found_from_the_side_that_comes_last(
    take_in, means, first
):
    messages = [announcement(), final(**means)]
    for message in messages if first == "preliminary" else reversed(messages):
        take_in([message])
    if first == "declaration" and "09999" in str(means):
        # Numbers of other documents are not indexed; the next version of the declaration finds it.
        assert not PreliminaryLink.objects.exists()
        take_in([final(version=2, **means)])
    found = link()
    assert (found.preliminary_number, found.state) == ("PI-2025-1", "linked")
    assert found.declaration_number == "55301/121125/0000001"
    assert {"importer", "consignor", "goods"} < set(found.grounds)


def test_link_when_both_come_in_one_file_then_found_in_any_order(take_in):
    other = final(2, transport_id="XX000", parties=[], item={"commodity_code": "1001990000"})
    messages = [announcement(), final(), other]
    digests = set()
    for order in itertools.permutations(messages):
        PreliminaryLink.objects.all().delete()
        Declaration.objects.update(supersedes=None)
        Alert.objects.all().delete()
        Declaration.objects.all().delete()
        take_in(order)
        digests.add(digest_tables()["preliminary_link"])
        assert link().declaration_number == "55301/121125/0000001"
    assert len(digests) == 1


def test_difference_when_the_final_declares_less_then_a_fact_an_indicator_and_a_sentence(take_in):
    take_in([announcement(item=ACID | {"documents": [CMR]})])
    take_in([final(item=ACID | {"documents": [CMR], "net_mass_kg": "100"})])
    (difference,) = link().differences
    assert (difference["field"], difference["announced"], difference["declared"]) == (
        "net_mass_kg",
        "1000",
        "100",
    )
    announced = facts()["55301/121125/0000001"]
    assert [(one.field, one.share) for one in announced.differences] == [("net_mass_kg", 0.9)]
    row = IndicatorRow.objects.get(code=CODE)
    assert row.params["preliminary"] == "PI-2025-1"
    assert row.contribution > 0


def test_difference_when_announced_later_then_linked_and_no_fact(take_in):
    take_in([final(item={"documents": [CMR], "net_mass_kg": "10"})])
    take_in([announcement(accepted_at="2025-11-20T10:00:00+05:00")])
    assert link().differences
    assert facts() == {"55301/121125/0000001": None}


def test_announcement_when_it_comes_after_the_assessment_then_assessed_again_beside_it(take_in):
    declared = final(item=ACID | {"documents": [CMR], "net_mass_kg": "100"})
    announced = announcement(item=ACID | {"documents": [CMR]})
    take_in([declared])
    first = RiskAssessment.objects.get(declaration__document_kind="import")
    lane = LaneDecision.objects.get(assessment=first).lane
    assert not IndicatorRow.objects.filter(assessment=first, code=CODE).exists()
    take_in([announced])
    late = RiskAssessment.objects.get(trigger="announced_late")
    assert (late.declaration, late.trigger_key) == (first.declaration, "PI-2025-1")
    assert IndicatorRow.objects.filter(assessment=late, code=CODE).exists()
    assert late.score > first.score
    again = RiskAssessment.objects.get(pk=first.pk)
    assert (again.score, bytes(again.facts)) == (first.score, bytes(first.facts))
    alert = Alert.objects.get(registration_number=declared["registration_number"])
    assert (alert.assessment, alert.score, alert.is_retroactive) == (late, late.score, True)
    assert LaneDecision.objects.get(assessment=first).lane == lane, "as it was given"
    # In the other order the intake knew it at once, and says the same.
    take_in([final(2, item=ACID | {"documents": [CMR], "net_mass_kg": "100"})])
    knowing = RiskAssessment.objects.get(declaration__registration_number__endswith="2")
    assert IndicatorRow.objects.filter(assessment=knowing, code=CODE).exists()
    assert RiskAssessment.objects.filter(trigger="announced_late").count() == 1


def test_announcement_when_repeated_or_known_before_then_nothing_is_assessed_again(take_in):
    take_in([announcement()])
    take_in([final(item={"documents": [CMR], "net_mass_kg": "10"})])
    assert not RiskAssessment.objects.filter(trigger="announced_late").exists()
    amended = announcement(version=2, item={"documents": [CMR], "net_mass_kg": "500"})
    take_in([amended])
    late = RiskAssessment.objects.get(trigger="announced_late")
    take_in([amended | {"extra": {"again": "1"}, "version": 3}])
    assert RiskAssessment.objects.filter(trigger="announced_late").count() == 1
    assert RiskAssessment.objects.get(trigger="announced_late").score == late.score


def test_link_when_rejected_then_stays_rejected_through_versions_and_is_no_fact(take_in):
    take_in([announcement()])
    take_in([final(item={"documents": [CMR], "net_mass_kg": "10"})])
    assert facts()["55301/121125/0000001"] is not None
    decided = {"actor": "user:1", "now": RECEIVED_AT}
    decide_link(link=link(), is_same=False, reason="another truck", **decided)
    assert facts()["55301/121125/0000001"] is None
    take_in([final(version=2, item={"documents": [CMR], "net_mass_kg": "20"})])
    found = link()
    assert (found.state, found.reason) == ("rejected", "another truck")
    assert found.declaration.version == 2
    assert not IndicatorRow.objects.filter(assessment__declaration=found.declaration, code=CODE)
    decide_link(link=found, is_same=True, reason="it was after all", **decided)
    assert facts()["55301/121125/0000001"].registration_number == "PI-2025-1"


def test_link_when_a_version_no_longer_speaks_for_it_then_gone_unless_decided(take_in):
    take_in([announcement(), announcement("PI-2025-2")])
    take_in([final()])
    assert PreliminaryLink.objects.count() == 2
    kept = PreliminaryLink.objects.get(preliminary_number="PI-2025-2")
    decide_link(link=kept, is_same=True, reason="seen", actor="user:1", now=RECEIVED_AT)
    take_in([final(version=2, item={})])
    assert link().preliminary_number == "PI-2025-2"


def test_link_when_cancelled_or_too_long_ago_then_none(take_in):
    take_in([announcement(accepted_at="2025-09-01T10:00:00+05:00"), announcement("PI-2025-2")])
    take_in([announcement("PI-2025-2", version=2, is_cancelled=True)])
    take_in([final()])
    assert not PreliminaryLink.objects.exists()


def test_chunk_when_nothing_was_announced_then_one_query_and_else_the_same_for_any_number(
    take_in, django_assert_num_queries
):
    take_in([final(number) for number in range(1, 6)])
    ids = list(Declaration.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        assert link_preliminary(declaration_ids=ids) == 0
    take_in([announcement(f"PI-{number}") for number in range(1, 4)])
    assert PreliminaryLink.objects.count() == 15
    for few in (ids[:1], ids):
        with django_assert_num_queries(6):
            link_preliminary(declaration_ids=few)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "trigger"), [("import", "announced_late"), ("preliminary", "intake")]
)
def test_announcement_when_assessed_beside_its_declaration_then_one_of_both_tells_of_it(
    first, trigger
):
    """Two workers at once: one has not committed its assess stage when the other begins its own."""
    load_reference_data()
    owner = register_submitter(key="broker-1")
    declared = final(item=ACID | {"documents": [CMR], "net_mass_kg": "100"})
    announced = announcement(item=ACID | {"documents": [CMR]})
    messages = {"import": declared, "preliminary": announced}
    own = until_linked(owner, messages.pop(first))
    (other,) = messages.values()
    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            ASSESS(batch_id=own, chunk=0)
            beside = worker.submit(until_assessed, owner, other)
            wait([beside], timeout=1)
        beside.result(timeout=20)
    told = IndicatorRow.objects.get(code=CODE, assessment__declaration__document_kind="import")
    assert told.assessment.trigger == trigger


ASSESS = partial(assess_chunk_and_announced, draws=pipeline._draws())


def until_linked(owner, message) -> int:
    """The batch of this message, whose stages up to the link were each committed."""
    content = json.dumps(message).encode()
    batch = pipeline.receive(
        submitter=owner, content=content, format_key="ndjson", received_at=RECEIVED_AT
    )
    places = format_by_key("ndjson").parse(io.BytesIO(content))
    store_chunk(batch=batch, chunk=0, parsed=list(places))
    for service in (match_chunk, link_and_draw_chunk):
        with transaction.atomic():
            service(batch_id=batch.pk, chunk=0)
    run = {"batch": batch, "stage": Stage.ASSESS, "chunk": 0, "woken_at": RECEIVED_AT}
    StageRun.objects.create(**run)
    return batch.pk


def until_assessed(owner, message) -> None:
    """In a connection of its own."""
    try:
        batch_id = until_linked(owner, message)
        with transaction.atomic():
            ASSESS(batch_id=batch_id, chunk=0)
    finally:
        connection.close()
