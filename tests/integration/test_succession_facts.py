"""Who looks like a closed offender, as facts: by what was so on the declaration's day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from risk.domain.scoring import decode_facts
from risk.models import IndicatorRow, InspectionOutcome, RiskAssessment
from risk.selectors.facts import facts_of
from risk.selectors.succession_facts import successions_met
from shipments.domain.values import IdentifierKind
from shipments.models import Declaration, LegalEntity
from tests.factories.legal_entities import closed, entity, register
from tests.factories.risk import InspectionOutcomeFactory, SubstanceFactory
from tests.integration.conftest import declaration
from tests.integration.test_leads import watch

pytestmark = pytest.mark.django_db

OLD, NEW, OTHER = "200140000015", "260240000021", "260340000031"
DAY = date(2025, 11, 12)
CLOSED, FOUNDED = date(2025, 9, 1), date(2025, 10, 1)
STRANGER = {
    "head": "ИВАНОВ ПЕТР", "owners": [], "phone": "", "address": "Г. АСТАНА, УЛ. МИРА 1",
}  # fmt: skip


def by(number: int, bin_number: str):
    one = declaration(number)
    one["parties"][0] = {
        "role": "importer",
        "name": f"ТОО «Звено {bin_number}»",
        "country": "KZ",
        "identifiers": [{"kind": "bin", "value": bin_number}],
    }
    return one


def registered(closed_on: date = CLOSED, founded_on: date = FOUNDED):
    register(
        closed(OLD, on=closed_on),
        entity(NEW, registered_on=founded_on.isoformat()),
        entity(OTHER, registered_on=FOUNDED.isoformat(), **STRANGER),
    )


def watch_old(**period: date | None):
    return watch(kind=IdentifierKind.BIN, value=OLD, **period)


def told(number: int):
    stored = RiskAssessment.objects.get(
        declaration__registration_number=f"55301/121125/{number:07}"
    )
    return decode_facts(bytes(stored.facts)).successions


def test_importer_like_a_closed_firm_under_watch_then_told_and_looked_at_afterwards(
    take_in,
) -> None:
    registered()
    watch_old()
    take_in([by(1, NEW), by(2, OTHER), by(3, "850340000008")])
    (one,) = told(1)
    old = LegalEntity.objects.get(number=OLD)
    assert (one.entity, one.days, one.points) == (old.pk, 30, 11.0)
    assert one.signs == ("head", "phone", "address", "person", "person")
    assert told(2) == ()
    assert told(3) is None
    rows = IndicatorRow.objects.filter(code="closed_offender_succeeded")
    assert [row.assessment.declaration.registration_number[-1] for row in rows] == ["1"]
    # A first declaration beside it: audit after release, no check at the border.
    assert rows.get().assessment.lane_decision.criteria_lane == "blue"


@pytest.mark.parametrize(
    ("closed_on", "founded_on", "is_told"),
    [
        (DAY, FOUNDED, True),
        # Nobody knew on the day that it would be closed.
        (DAY + timedelta(days=1), FOUNDED, False),
        (CLOSED, DAY, True),
        (CLOSED, DAY + timedelta(days=1), False),
        (date(2022, 11, 1), DAY - timedelta(days=1_095), True),
        # Its own record tells of it by now.
        (date(2022, 11, 1), DAY - timedelta(days=1_096), False),
    ],
)
def test_closing_and_founding_count_up_to_the_day(take_in, closed_on, founded_on, is_told) -> None:
    registered(closed_on, founded_on)
    watch_old()
    take_in([by(1, NEW)])
    assert bool(told(1)) is is_told


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "is_told"),
    [
        (DAY, DAY, True),
        (DAY + timedelta(days=1), None, False),
        (date(2025, 1, 1), DAY - timedelta(days=1), False),
    ],
)
def test_watch_counts_on_its_days_alone(take_in, valid_from, valid_until, is_told) -> None:
    registered()
    watch_old(valid_from=valid_from, valid_until=valid_until)
    take_in([by(1, NEW)])
    assert bool(told(1)) is is_told


@pytest.mark.parametrize(("days", "is_told"), [(-1, True), (1, False)])
def test_act_counts_once_it_was_known_and_until_it_was_corrected(take_in, days, is_told) -> None:
    registered()
    take_in([by(1, NEW), by(2, OLD)])
    accepted = Declaration.objects.get(registration_number__endswith="1").accepted_at
    offended = RiskAssessment.objects.get(declaration__registration_number__endswith="2")
    act = InspectionOutcomeFactory(
        assessment=offended,
        result="offence",
        found_substance=SubstanceFactory(),
        known_at=accepted + timedelta(days=days),
    )
    assert bool(asked(1)) is is_told
    if is_told:
        InspectionOutcomeFactory(
            assessment=offended, result="clean", supersedes=act, known_at=accepted
        )
        assert asked(1) == ()
    assert InspectionOutcome.objects.exists()


def asked(number: int):
    pk = Declaration.objects.get(registration_number=f"55301/121125/{number:07}").pk
    ((_, facts),) = facts_of(declaration_ids=[pk])
    return facts.successions


def test_predecessor_in_the_same_chunk_then_told_all_the_same(take_in) -> None:
    """Facts do not depend on what else is asked with it."""
    registered(founded_on=FOUNDED)
    LegalEntity.objects.filter(number=OLD).update(registered_on=date(2025, 1, 1))
    watch_old()
    take_in([by(1, NEW), by(2, OLD)])
    assert [one.days for one in told(1)] == [30]
    assert told(2) == ()


def test_register_without_closed_firms_then_unknown_and_not_nothing(take_in) -> None:
    register(entity(NEW, registered_on=FOUNDED.isoformat()))
    take_in([by(1, NEW)])
    assert told(1) is None
    assert "closed_offender_succeeded" in RiskAssessment.objects.get().missing_codes


def test_chunk_costs_the_same_number_of_queries(take_in, django_assert_max_num_queries) -> None:
    registered()
    watch_old()
    take_in([by(number, NEW) for number in range(1, 20)])
    party = Declaration.objects.first().party_roles.get(role="importer").party_id
    moment = datetime(2025, 11, 12, tzinfo=UTC)
    rows = [{"id": n, "importer_id": party, "accepted_at": moment} for n in range(1_000)]
    with django_assert_max_num_queries(10):
        assert len(successions_met(rows)) == 1_000
