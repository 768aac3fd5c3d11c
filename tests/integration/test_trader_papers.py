"""Who is one trader decides what is drawn on permits and comes under notices; undone with it."""

from datetime import UTC, datetime

import pytest

from risk.domain.four_eyes import Actor
from risk.models import NotificationMatch, RegisterChange
from risk.models.choices import TraderVerdict
from risk.selectors.authorisations import list_lines
from risk.selectors.notice_facts import Consignment, notice_facts
from risk.services.party_decisions import approve_decision, propose_decision, withdraw_decision
from shipments.models import Drawdown, Party
from tests.factories.authorisations import HOLDER, entry, register
from tests.factories.notifications import arrive, notice, notify
from tests.integration.conftest import declaration
from tests.integration.test_register_changes import (
    OTHER,
    YEAR,
    acetone,
    again,
    chosen,
    findings,
    reassess,
)

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 3, 1, tzinfo=UTC)
AIGUL, BOLAT = Actor("user:1", "person:1"), Actor("user:2", "person:2")


def decided(one: str, other: str, verdict: TraderVerdict = TraderVerdict.SAME) -> int:
    parties = [Party.objects.get(key=f"bin:{number}").pk for number in (one, other)]
    row = propose_decision(
        one_id=parties[0], other_id=parties[1], verdict=verdict, reason="seen", by=AIGUL, now=EARLY
    )
    approve_decision(decision_id=row.pk, by=BOLAT, now=EARLY)
    return row.pk


def undone(pk: int) -> None:
    withdraw_decision(decision_id=pk, reason="mistaken", by=BOLAT, now=EARLY)


def balance() -> float:
    (line,) = list_lines()
    return float(line.balance_kg)


def test_permit_of_the_same_trader_is_drawn_on_and_given_back_when_it_is_another_again(take_in):
    register(entry(amount=1000, **YEAR))
    take_in([acetone(1, importer=OTHER, permit="KZ1"), acetone(2), declaration(3)])
    RegisterChange.objects.all().delete()
    assert balance() == 1000
    pk = decided(HOLDER, OTHER)
    assert balance() == 900
    assert {one.register for one in RegisterChange.objects.all()} == {"trader"}
    found = reassess()
    assert found is not None
    assert chosen(found) == {1, 2, 3}
    assert {key: findings(row) for key, row in again().items()} == {1: []}
    undone(pk)
    assert balance() == 1000
    assert sum(row.mass_kg for row in Drawdown.objects.all()) == 0
    reassess()
    assert findings(again()[1]) == ["wrong_holder"]


def test_decision_that_merges_nobody_is_no_change(take_in):
    register(entry(**YEAR))
    take_in([acetone(1, importer=OTHER, permit="KZ1")])
    RegisterChange.objects.all().delete()
    undone(decided(HOLDER, OTHER, TraderVerdict.DIFFERENT))
    parties = [Party.objects.get(key=f"bin:{number}").pk for number in (HOLDER, OTHER)]
    row = propose_decision(
        one_id=parties[0], other_id=parties[1], verdict=TraderVerdict.SAME, reason="seen",
        by=AIGUL, now=EARLY,
    )  # fmt: skip
    undone(row.pk)
    assert not RegisterChange.objects.exists()


def states() -> list[tuple[str, str, bool]]:
    rows = NotificationMatch.objects.order_by("registration_number")
    return [(row.registration_number, row.state, row.is_counted) for row in rows]


def test_notice_finds_its_importer_under_each_of_its_spellings(db):
    notify(notice())
    arrive("D1", importer=OTHER)
    arrive("D2", importer=OTHER, notices=("PEN1",), kg=30)
    pk = decided(HOLDER, OTHER)
    assert states() == [("D1", "matched", True), ("D2", "matched", True)]
    assert [row.differences for row in NotificationMatch.objects.filter(score=1)] == []
    undone(pk)
    assert states() == [("D2", "matched", False)]
    assert NotificationMatch.objects.get().differences == ["importer", "mass"]
    # What comes after the decision, from either side.
    decided(OTHER, HOLDER)
    notify(notice("PEN2", kg=55))
    late = arrive("D3", importer=OTHER, kg=55)
    notify(notice("PEN2", kg=55, notes="again"))
    found = NotificationMatch.objects.get(registration_number="D3")
    assert (found.notification.number, found.is_counted) == ("PEN2", True)
    assert late.notification_matches.count() == 1


def test_goods_of_the_trader_are_beside_a_notice_that_awaits_another_spelling(db):
    notify(notice())
    goods = arrive("D1", importer=OTHER, substance="")
    (item,) = goods.items.all()
    ids = frozenset(Party.objects.filter(key__startswith="bin:").values_list("pk", flat=True))
    own = frozenset({goods.party_roles.get(role="importer").party_id})

    def awaited(importers: frozenset[int]) -> int:
        one = Consignment(
            goods.pk, goods.accepted_at.date(), "import", "import", importers,
            frozenset({"CN"}), ((item.pk, item.item_number),),
        )  # fmt: skip
        return len(notice_facts([one], set())[1].get(goods.pk, ()))

    assert awaited(own) == 0
    decided(HOLDER, OTHER)
    assert awaited(ids) == 1
