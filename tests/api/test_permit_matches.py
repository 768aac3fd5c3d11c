"""Permits that fit an item which names none: proposed, approved by another, taken back."""

from decimal import Decimal

import pytest

from risk.models import PermitMatch, Substance
from risk.selectors.authorisations import list_lines
from risk.selectors.facts import facts_of
from risk.selectors.four_way import four_way_checks
from risk.services.drawdowns import settle_numbers
from shipments.models import Drawdown
from tests.api.conftest import signed_in
from tests.factories.authorisations import declare, entry, register
from tests.factories.risk import LawEntryFactory, SubstanceMatchFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/permit-matches"


@pytest.fixture
def declared(db):
    """A licence for acetone, and a declaration of its holder's that names none."""
    register(entry(amount=1000))
    LawEntryFactory(substance=Substance.objects.get(key="acetone"))
    return acetone("D1")


def acetone(number, **more):
    declaration = declare(number, permits=(), **more)
    acetone_ = Substance.objects.get(key="acetone")
    for item in declaration.items.all():
        SubstanceMatchFactory(goods_item=item, substance=acetone_, is_flagged=True)
    return declaration


def proposals(caller, declaration):
    return caller.get(f"/api/v1/declarations/{declaration.pk}/permit-proposals").json()


def proposed(caller, declaration, **changes):
    (fitting,) = proposals(caller, declaration)
    body = {"declaration": declaration.pk, "item_number": 1, "line": fitting["line"],
            "reason": "the number was forgotten"}  # fmt: skip
    return caller.post(PLACE, body | changes)


def balance():
    (line,) = list_lines()
    return line.balance_kg


def permits(declaration):
    ((_, facts),) = facts_of(declaration_ids=[declaration.pk])
    return [(one.method, [finding.code for finding in one.findings])
            for one in facts.items[0].permits]  # fmt: skip


def test_match_when_two_people_agree_then_drawn_and_no_finding_is_left(declared, analyst):
    second = signed_in(roles=["analyst"])
    assert permits(declared) == [("", ["none"]), ("proposal", [])]
    made = proposed(analyst, declared).json()
    assert (made["state"], made["number"], balance()) == ("proposed", "KZ1", 1000)
    assert proposed(analyst, declared).json()["code"] == "wrong_state"
    assert analyst.post(f"{PLACE}/{made['id']}/approve").json()["code"] == "same_person"
    held = second.post(f"{PLACE}/{made['id']}/approve").json()
    assert (held["state"], held["approved_by"]) == ("active", second.user.actor)
    assert balance() == 900
    assert permits(declared) == [("confirmed", [])]
    assert proposals(analyst, declared) == []
    row = four_way_checks([declared.pk])[declared.pk][0]
    assert next(c.verdict for c in row.cells if c.side == "authorisation") == "agrees"


def test_match_when_it_brings_privileged_fields_then_none_is_set(declared, analyst):
    brought = {"state": "active", "approved_by": "user:1", "proposed_by": "user:1", "number": "D9"}
    made = proposed(analyst, declared, **brought)
    gone = analyst.post(
        f"{PLACE}/{made.json()['id']}/withdraw", {"reason": "a slip", "withdrawn_by": "user:1"}
    )
    match = PermitMatch.objects.get()
    assert (made.status_code, gone.status_code) == (201, 200)
    assert (match.registration_number, match.approved_by, balance()) == ("D1", "", 1000)
    assert {match.proposed_by, match.withdrawn_by} == {analyst.user.actor}


def test_match_when_withdrawn_then_given_back_to_the_gram(declared, analyst):
    made = proposed(analyst, declared).json()
    signed_in(roles=["analyst"]).post(f"{PLACE}/{made['id']}/approve")
    assert analyst.post(f"{PLACE}/{made['id']}/withdraw", {"reason": ""}).status_code == 400
    gone = analyst.post(f"{PLACE}/{made['id']}/withdraw", {"reason": "another consignment"})
    assert (gone.json()["state"], balance()) == ("withdrawn", 1000)
    masses = Drawdown.objects.order_by("pk").values_list("mass_kg", flat=True)
    assert list(masses) == [Decimal(100), Decimal(-100)]
    assert permits(declared)[0] == ("", ["none"])
    again = proposed(analyst, declared)
    assert again.status_code == 201
    row = PermitMatch.objects.get(pk=made["id"])
    labels = [event.pgh_label for event in row.events.order_by("pgh_id")]
    assert labels == ["insert", "update", "update"]


def test_match_when_amended_or_cancelled_then_the_latest_version_draws(declared, analyst):
    made = proposed(analyst, declared).json()
    signed_in(roles=["analyst"]).post(f"{PLACE}/{made['id']}/approve")
    acetone("D1", version=2, kg=250, supersedes=declared)
    settle_numbers(numbers=["D1"])
    assert balance() == 750
    assert settle_numbers(numbers=["D1"]) == {"drawn": 0, "given_back": 0}
    declare("D1", version=3, is_cancelled=True)
    settle_numbers(numbers=["D1"])
    assert balance() == 1000


def test_match_when_the_permit_does_not_fit_then_refused(declared, analyst):
    line = list_lines().get()
    stranger = acetone("D2", importer="850340000008")
    assert proposals(analyst, stranger) == []
    body = {"declaration": stranger.pk, "item_number": 1, "line": line.pk, "reason": "x"}
    assert analyst.post(PLACE, body).status_code == 422
    other_item = body | {"declaration": declared.pk, "item_number": 2}
    assert analyst.post(PLACE, other_item).status_code == 422
    assert analyst.post(PLACE, body | {"declaration": 0}).status_code == 400
    assert not PermitMatch.objects.exists()


def test_match_when_of_another_office_then_it_does_not_exist(declared, analyst):
    made = proposed(analyst, declared).json()
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert far.get(PLACE).json()["results"] == []
    for answer in (
        far.get(f"{PLACE}/{made['id']}"),
        far.post(f"{PLACE}/{made['id']}/approve"),
        far.get(f"/api/v1/declarations/{declared.pk}/permit-proposals"),
    ):
        assert answer.status_code == 404


def test_matches_when_filtered_or_exported_then_what_fits(declared, analyst):
    proposed(analyst, declared)
    for query, count in (
        ({"state": "proposed", "number": "kz 1", "substance": "acetone"}, 1),
        ({"registration_number": "D1", "item_number": 1, "office": "55301"}, 1),
        ({"state": "active"}, 0),
        ({"authorisation": 0}, 0),
    ):
        assert len(analyst.get(PLACE, query).json()["results"]) == count, query
    sheet = analyst.get(f"{PLACE}/sheet").content.decode("utf-8-sig").splitlines()
    assert (len(sheet), "the number was forgotten" in sheet[1]) == (2, True)
