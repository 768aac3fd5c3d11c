"""Notices and declarations: matched from either side, whatever comes first."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from risk.models import NotificationMatch
from risk.selectors.notice_facts import Consignment, notice_facts
from risk.selectors.notices import notice_pairs
from risk.selectors.notifications import Gap, list_notifications, with_gap
from risk.services.notice_matching import match_notices
from shipments.models import Declaration, PreExportNotification
from tests.factories.notifications import arrive, notice, notify
from tests.factories.shipments import START, IntakeBatchFactory
from tests.integration.plans import nodes, plans_of, rows_looked_at

pytestmark = pytest.mark.django_db
DECLARATIONS, NOTICES = 120, 60


def matched(number: str = "D1") -> list[tuple[str, str, float]]:
    rows = NotificationMatch.objects.filter(registration_number=number)
    return [
        (row.notification.number, row.state, float(row.mass_kg or 0))
        for row in rows.order_by("notification__number").select_related("notification")
    ]


def findings_of(declaration) -> list[str]:
    (item,) = declaration.items.all()
    role = declaration.party_roles.get(role="importer")
    one = Consignment(
        declaration.pk, declaration.accepted_at.date(), "import", "import",
        frozenset({role.party_id}),
        frozenset({"CN"}), ((item.pk, item.item_number),),
    )  # fmt: skip
    found, _ = notice_facts([one], {item.pk})
    return [code.code for told in found.get(item.pk, ()) for code in told.findings]


def awaited_of(declaration) -> list[str]:
    (item,) = declaration.items.all()
    role = declaration.party_roles.get(role="importer")
    one = Consignment(
        declaration.pk, declaration.accepted_at.date(), "import", "import",
        frozenset({role.party_id}),
        frozenset({"CN"}), ((item.pk, item.item_number),),
    )  # fmt: skip
    return [told.number for told in notice_facts([one], set())[1].get(declaration.pk, ())]


@pytest.mark.parametrize("notices", [("pen 1",), ()])
@pytest.mark.parametrize("is_notice_first", [True, False])
def test_declaration_when_notified_then_matched_whichever_came_first(notices, is_notice_first):
    if is_notice_first:
        notify(notice())
        arrive("D1", notices=notices)
        match_notices(numbers=["D1"])
    else:
        arrive("D1", notices=notices)
        notify(notice())
    assert matched() == [("PEN1", "matched", 100.0)]
    assert match_notices(numbers=["D1"]) == {"notified": 1}
    assert matched() == [("PEN1", "matched", 100.0)]
    assert findings_of(Declaration.objects.get()) == []


def test_declaration_when_amended_or_cancelled_then_its_match_follows():
    notify(notice())
    arrive("D1", notices=("PEN1",))
    match_notices(numbers=["D1"])
    arrive("D1", version=2, kg=60, notices=("PEN1",))
    match_notices(numbers=["D1"])
    assert matched() == [("PEN1", "matched", 60.0)]
    assert [findings_of(one) for one in Declaration.objects.all()] == [[], []]
    arrive("D1", version=3, is_cancelled=True)
    match_notices(numbers=["D1"])
    assert matched() == []
    (row,) = list_notifications()
    assert (row.matched_kg, row.match_count) == (0, 0)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_simplified_notice_when_several_consignments_come_then_their_sum_counts(order):
    notify(notice(kg=250, dispatch_on="", valid_from="2026-01-01", period_months=6))
    batch = IntakeBatchFactory()
    declarations = [
        arrive(f"D{n}", notices=("PEN1",), batch=batch, accepted_at=START + timedelta(days=n))
        for n in range(3)
    ]
    for n in order:
        match_notices(numbers=[f"D{n}"])
    (row,) = list_notifications()
    assert row.matched_kg == 300
    assert [findings_of(one) for one in declarations] == [[], [], ["more_than_notified"]]
    day = START.date()
    assert list(with_gap(list_notifications(), Gap.MORE_THAN_NOTIFIED, day)) == [row]


def test_declarations_when_two_batches_use_one_notice_then_at_least_one_sees_it():
    notify(notice())
    early = arrive("D1", notices=("PEN1",), batch=IntakeBatchFactory())
    late = arrive(
        "D2", notices=("PEN1",), batch=IntakeBatchFactory(), accepted_at=START - timedelta(days=1)
    )
    match_notices(numbers=["D1"])
    assert findings_of(early) == []
    match_notices(numbers=["D2"])
    assert findings_of(late) == ["more_than_notified"]


def test_declaration_when_no_notice_tells_of_it_then_found_where_the_state_notifies():
    arrived = arrive("D1")
    assert findings_of(arrived) == []  # no notice of that state is held at all
    notify(notice("PEN9", importer={"name": "Другое", "bin": "850340000008"}))
    assert findings_of(arrived) == ["none"]
    assert findings_of(arrive("D2", notices=("PEN7",))) == ["unknown_number"]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"border_office": "55317"}, "diverted"),
        ({"importer": "850340000008"}, "wrong_importer"),
        ({"seller": "HAMBURG CHEMIE GMBH"}, "wrong_exporter"),
        ({"substance": "toluene"}, "wrong_substance"),
        ({"accepted_at": START + timedelta(days=90)}, "outside_window"),
    ],
)
def test_declaration_when_it_differs_from_the_notice_it_names_then_told(changes, finding):
    notify(notice())
    arrived = arrive("D1", notices=("PEN1",), **changes)
    match_notices(numbers=["D1"])
    assert findings_of(arrived) == [finding]


def test_notice_when_nothing_came_then_a_gap_after_its_window_until_closed():
    notify(notice(), notice("PEN2", state="objected"))
    row = PreExportNotification.objects.get(number="PEN1")

    def gaps(day):
        return [one.number for one in with_gap(list_notifications(), Gap.NEVER_ARRIVED, day)]

    assert gaps(row.closes_on) == []
    assert gaps(row.closes_on + timedelta(days=1)) == ["PEN1"]


def test_declaration_when_other_goods_of_the_notified_mass_come_then_the_notice_is_awaited():
    notify(notice())
    other = arrive("D1", substance="")
    match_notices(numbers=["D1"])
    assert awaited_of(other) == ["PEN1"]
    arrive("D2", notices=("PEN1",), accepted_at=START - timedelta(hours=1))
    match_notices(numbers=["D2"])
    assert awaited_of(other) == []


def test_match_when_one_person_alone_decides_then_the_database_refuses():
    notify(notice())
    arrive("D1", notices=("PEN1",))
    match_notices(numbers=["D1"])
    row = NotificationMatch.objects.get()
    row.state = "rejected"
    row.proposed_by = row.decided_by = "user:1"
    row.proposed_person = row.decided_person = "person:1"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_notice_when_amended_then_the_history_keeps_what_was_before():
    notify(notice())
    done = notify(notice(kg=70))
    assert len(done.amended) == 1
    row = PreExportNotification.objects.get()
    assert (row.version, row.notified_kg) == (2, Decimal(70))
    assert [event.notified_kg for event in row.events.order_by("pgh_id")] == [100, 70]
    assert notify(notice(kg="70.0")).unchanged == 1


def test_facts_when_a_version_was_cancelled_then_nobody_misses_its_notice():
    notify(notice())
    cancelled = arrive("D1", notices=("PEN1",))
    arrive("D1", version=2, is_cancelled=True)
    other = arrive("D2", importer="850340000008")
    match_notices(numbers=["D1", "D2"])
    assert findings_of(cancelled) == []
    assert findings_of(other) == ["none"]


def test_pairs_when_nothing_is_analysed_yet_then_work_grows_as_declarations_do():
    """As when a large file comes into an empty database."""
    notify(*(notice(f"PEN{n}") for n in range(NOTICES)))
    numbers = [f"D{n}" for n in range(DECLARATIONS)]
    batch = IntakeBatchFactory()
    for n, number in enumerate(numbers):
        arrive(number, notices=(f"PEN{n % NOTICES}",), importer=f"{n:012}", batch=batch)
    with plans_of("shipments_preexportnotification") as plans:
        pairs = notice_pairs(numbers)
    assert len(pairs) == DECLARATIONS
    (plan,) = plans
    assert sum(map(rows_looked_at, nodes(plan))) < 100 * DECLARATIONS
