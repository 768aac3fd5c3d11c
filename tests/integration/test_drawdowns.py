"""The ledger: whatever comes in whatever order, what is left is what was granted less what
the latest versions draw."""

import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from risk.selectors.authorisations import list_lines
from risk.selectors.permit_facts import Declared, Item, permit_facts
from risk.services.drawdowns import draw_chunk, settle_numbers
from shipments.models import Drawdown, GoodsItem
from tests.factories.authorisations import declare, entry, register
from tests.factories.risk import SubstanceFactory, SubstanceMatchFactory
from tests.factories.shipments import IntakeBatchFactory

pytestmark = pytest.mark.django_db


def balance() -> Decimal:
    (line,) = list_lines()
    assert line.balance_kg == line.granted_kg - line.drawn_kg
    return line.balance_kg


def settle(*numbers: str) -> dict[str, int]:
    return dict(settle_numbers(numbers=numbers))


def findings_of(declaration) -> list[str]:
    (item,) = declaration.items.all()
    around = Declared(
        declaration.pk, declaration.accepted_at.date(), "import", "import", ("55301",)
    )
    asked = Item(item.pk, declaration.pk, ("acetone",), ("acetone",))
    found = permit_facts([asked], {declaration.pk: around})[item.pk]
    return [one.code for permit in found for one in permit.findings]


def test_declaration_when_it_names_a_licence_then_it_draws_once():
    register(entry())
    declare("D1", kg=100)
    assert settle("D1") == {"drawn": 1, "given_back": 0}
    assert settle("D1") == {"drawn": 0, "given_back": 0}
    assert balance() == 900


def test_declaration_when_amended_then_the_old_draw_is_given_back_to_the_gram():
    register(entry())
    declare("D1", kg="100.000001")
    settle("D1")
    declare("D1", version=2, kg="7")
    assert settle("D1") == {"drawn": 1, "given_back": 1}
    assert balance() == 993
    assert [row.mass_kg for row in Drawdown.objects.order_by("pk")] == [
        Decimal("100.000001"),
        Decimal("-100.000001"),
        Decimal(7),
    ]
    declare("D1", version=3, is_cancelled=True)
    assert settle("D1") == {"drawn": 0, "given_back": 1}
    assert balance() == 1000


def test_version_when_an_earlier_one_comes_late_then_it_draws_nothing():
    register(entry())
    declare("D1", version=2, kg=50)
    settle("D1")
    declare("D1", version=1, kg=400)
    assert settle("D1") == {"drawn": 0, "given_back": 0}
    assert balance() == 950


# Masses to the gram's thousandth by declaration and version; None cancels. And what is granted.
MASSES = st.dictionaries(
    st.tuples(st.sampled_from(["D1", "D2", "D3"]), st.integers(1, 4)),
    st.none() | st.decimals("0.000001", "2000", places=6),
    min_size=1,
    max_size=7,
)
GRANTS = st.lists(st.decimals("0.001", "3000", places=3), min_size=1, max_size=2, unique=True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.tuples(MASSES, GRANTS).flatmap(lambda told: st.permutations([*told[0].items(), *told[1]])),
    st.lists(st.sampled_from(["D1", "D2", "D3"]), max_size=3),
)
@example([(("D1", 2), Decimal(350)), (("D1", 3), None), Decimal(1000), (("D1", 1), Decimal(300)),
          (("D2", 2), Decimal(900)), (("D2", 1), Decimal(200)), Decimal(1200)], ["D2"])  # fmt: skip
def test_balance_in_any_order_is_what_was_granted_less_what_is_drawn(events, again):
    """Arrivals, amendments and cancellations in any order, the licence and its amendment among
    them: after each the balance is what is granted less what the latest versions draw."""
    with transaction.atomic():
        granted = None
        latest: dict[str, tuple[int, Decimal]] = {}
        for event in events:
            if isinstance(event, Decimal):
                granted = event
                register(entry(amount=granted))
            else:
                (number, version), kg = event
                declare(number, version, kg or 0, is_cancelled=kg is None)
                settle(number)
                drawn = version, kg or Decimal(0)
                latest[number] = max(latest.get(number, drawn), drawn)
            if granted is not None:
                assert balance() == granted - sum(kg for _, kg in latest.values())
        settle(*again)
        assert balance() == granted - sum(kg for _, kg in latest.values())
        transaction.set_rollback(True)


def test_licence_when_entered_after_the_declaration_then_it_draws_all_the_same():
    declare("D1", kg=100, permits=("kz 1",))
    settle("D1")
    register(entry())
    assert balance() == 900


def test_stranger_when_naming_a_licence_then_the_holder_loses_nothing():
    register(entry(amount=100))
    stranger = declare("D1", kg=100, importer="850340000008")
    own = declare("D2", kg=100)
    settle("D1", "D2")
    assert balance() == 0
    assert findings_of(stranger) == ["wrong_holder"]
    assert findings_of(own) == []


def test_substance_that_the_licence_does_not_cover_draws_nothing():
    register(entry())
    declaration = declare("D1")
    other = SubstanceFactory(key="toluene", preferred_name="Toluene")
    SubstanceMatchFactory(goods_item=declaration.items.get(), substance=other)
    assert settle("D1") == {"drawn": 0, "given_back": 0}


def test_pure_licence_when_a_percent_is_stated_then_that_is_drawn_and_told():
    register(entry(line={"basis": "pure"}))
    declaration = declare("D1", kg=100)
    acetone = SubstanceFactory(key="acetone", preferred_name="Acetone")
    SubstanceMatchFactory(
        goods_item=declaration.items.get(), substance=acetone, concentration_pct="60"
    )
    settle("D1")
    (row,) = Drawdown.objects.all()
    assert (row.mass_kg, row.grounds) == (60, ["concentration_pct=60"])


def test_too_much_is_told_of_the_declaration_that_makes_it_too_much():
    register(entry(amount=250))
    batch = IntakeBatchFactory()
    first, second, third = (declare(f"D{n}", kg=100, batch=batch) for n in (1, 2, 3))
    settle("D3", "D2", "D1")
    assert [findings_of(one) for one in (first, second, third)] == [[], [], ["over_drawn"]]


def test_too_much_when_the_earlier_one_comes_in_a_later_batch_then_not_silent():
    register(entry(amount=150))
    first = declare("D1", kg=100)
    second = declare("D2", kg=100)
    settle("D2")
    assert findings_of(second) == []
    settle("D1")
    assert findings_of(first) == ["over_drawn"]


def test_permit_for_one_consignment_when_used_again_then_told():
    register(entry(kind="import_permit", is_single_consignment=True))
    batch = IntakeBatchFactory()
    first, second = (declare(f"D{n}", kg=1, batch=batch) for n in (1, 2))
    settle("D1", "D2")
    assert findings_of(first) == []
    assert findings_of(second) == ["on_two_declarations"]


def test_preliminary_information_names_the_permit_and_draws_nothing():
    register(entry())
    declare("D1", document_kind="preliminary")
    assert settle("D1") == {"drawn": 0, "given_back": 0}


@pytest.mark.parametrize("count", [1, 20])
def test_chunk_costs_the_same_number_of_queries(count, django_assert_num_queries):
    register(entry())
    batch = IntakeBatchFactory()
    for number in range(count):
        declare(f"D{number}", batch=batch, kg=1)
    with django_assert_num_queries(9):  # one of them COPY's own
        assert draw_chunk(batch_id=batch.pk, chunk=0)["drawn"] == count


def test_chunk_without_permits_costs_three_queries(django_assert_num_queries):
    register(entry())
    declaration = declare("D1", permits=())
    with django_assert_num_queries(3):
        draw_chunk(batch_id=declaration.batch_id, chunk=0)


@pytest.mark.parametrize("count", [1, 20])
def test_facts_of_permits_cost_the_same_number_of_queries(count, django_assert_num_queries):
    register(entry())
    batch = IntakeBatchFactory()
    rows = [declare(f"D{number}", batch=batch, kg=1) for number in range(count)]
    settle(*(row.registration_number for row in rows))
    declared = {
        row.pk: Declared(row.pk, row.accepted_at.date(), "import", "import", ()) for row in rows
    }
    items = [
        Item(pk, of, ("acetone",), ("acetone",))
        for pk, of in GoodsItem.objects.values_list("pk", "declaration_id")
    ]
    with django_assert_num_queries(7):
        assert len(permit_facts(items, declared)) == count
    with django_assert_num_queries(0):
        permit_facts([], declared)


def test_ledger_when_a_draw_is_given_back_twice_then_the_database_refuses():
    register(entry())
    declare("D1")
    settle("D1")
    drawn = Drawdown.objects.get()
    values = {
        name: getattr(drawn, name)
        for name in ("line_id", "declaration_id", "goods_item_id", "registration_number")
    } | {"item_number": 1, "accepted_at": drawn.accepted_at, "mass_kg": -drawn.mass_kg}
    Drawdown.objects.create(**values, reverses=drawn)
    with pytest.raises(DatabaseError), transaction.atomic():
        Drawdown.objects.create(**values, reverses=drawn)
    with pytest.raises(DatabaseError), transaction.atomic():
        Drawdown.objects.create(**values)


@pytest.mark.django_db(transaction=True)
def test_too_much_when_two_transactions_draw_at_once_then_one_waits_and_sees_it():
    """The second draws while the first has not committed: it waits for the line, and the
    facts of at least one of them say that too much was drawn."""
    register(entry(amount=150))
    # The one accepted earlier draws second: its order alone would tell nobody.
    first, second = declare("D1", kg=100), declare("D2", kg=100)
    has_drawn, may_commit, waited = threading.Event(), threading.Event(), threading.Event()

    def draw_and_hold():
        with transaction.atomic():
            settle("D2")
            has_drawn.set()
            assert may_commit.wait(20)
        connection.close()

    def draw_meanwhile():
        assert has_drawn.wait(20)
        with transaction.atomic():
            settle("D1")
            waited.set()
        connection.close()

    workers = [threading.Thread(target=one) for one in (draw_and_hold, draw_meanwhile)]
    for worker in workers:
        worker.start()
    assert has_drawn.wait(20)
    assert not waited.wait(0.5), "the line was not locked"
    assert findings_of(second) == [], "nothing is committed yet"
    may_commit.set()
    for worker in workers:
        worker.join(30)
    assert waited.is_set()
    assert balance() == -50
    assert findings_of(first) == ["over_drawn"]
