"""Which parties may be the same trader: stored keys, reasons, scope."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from risk.domain.resolution.blocking import MOST_HOLDERS
from risk.models import FoldedParty, PartyKey
from risk.selectors.resolution import likenesses_of
from risk.services.resolution import fold_parties
from shipments.models import PartyIdentifier, PartyName
from tests.api.conftest import signed_in
from tests.factories.shipments import DeclarationFactory, PartyFactory, PartyRoleFactory

pytestmark = pytest.mark.django_db

PHONE = "+77272580000"
OURS, THEIRS = "55301", "50000"


def declared(name, country="KZ", office=OURS, **identifiers):
    """A party of one declaration, with its spelling and identifiers."""
    made = PartyFactory(key=f"name:{country}:{name}", name=name, country=country)
    PartyName.objects.create(party=made, name=name)
    hold(made, **identifiers)
    PartyRoleFactory(party=made, declaration=DeclarationFactory(customs_office=office))
    return made


def hold(party, **identifiers):
    for kind, value in identifiers.items():
        PartyIdentifier.objects.create(
            party=party, kind=kind, value=value, first_seen_at=timezone.now()
        )


def shown(caller, party):
    answer = caller.get(f"/api/v1/parties/{party.pk}/likenesses")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_a_spelling_in_another_script_is_shown_with_its_reasons(analyst):
    one = declared("ТОО «Химпром Севертас»", phone=PHONE)
    other = declared("KHIMPROM SEVERTAS LLP", phone=PHONE)
    declared("ТОО «Зерноторг»", phone=PHONE)
    assert shown(analyst, one) == []
    assert fold_parties() == 3
    (found,) = shown(analyst, one)
    assert found["party"]["id"] == other.pk
    assert {ground["code"] for ground in found["grounds"]} == {"name", "phone", "country"}
    assert found["bits"] == pytest.approx(sum(g["bits"] for g in found["grounds"]), abs=0.1)
    (back,) = shown(analyst, other)
    assert (back["party"]["id"], back["bits"]) == (one.pk, found["bits"])


def test_a_word_that_several_have_is_no_slip_of_another_that_several_have(analyst):
    """The same slip is hardly made twice; one slip in one name is."""
    for n in range(4):
        declared(f"ТОО «Холвантус {n}»", phone=f"+7701000000{n}")
        declared(f"ТОО «Полвантус {n}»", phone=f"+7702000000{n}")
    one, other = declared("Холвантус", phone=PHONE), declared("Полвантус", phone=PHONE)
    lone = declared("Колвантус", phone=PHONE)
    assert fold_parties() == 11
    found = {row["party"]["id"] for row in shown(analyst, one)}
    assert lone.pk in found
    assert other.pk not in found


def test_equal_numbers_decide_and_different_ones_hide(analyst):
    one = declared("Севертас", bin="190340000176")
    other = declared("Совсем иначе", bin="190340000176")
    declared("Severtas", bin="180240017325")
    fold_parties()
    (found,) = shown(analyst, one)
    assert (found["party"]["id"], found["outcome"], found["bits"]) == (other.pk, "same", None)


def test_keys_follow_new_names_and_are_made_once(analyst):
    one, other = declared("Севертас", phone=PHONE), declared("Зерноторг Плюс", phone=PHONE)
    assert (fold_parties(), fold_parties()) == (2, 0)
    assert shown(analyst, one) == []
    PartyName.objects.create(party=other, name="SEVERTAS LLP")
    assert fold_parties() == 1
    assert [row["party"]["id"] for row in shown(analyst, one)] == [other.pk]
    assert FoldedParty.objects.count() == 2
    assert PartyKey.objects.filter(party=other, key=f"phone:{PHONE}").count() == 1


def test_keys_of_an_older_version_are_made_again():
    declared("Севертас")
    fold_parties()
    FoldedParty.objects.update(keys_version=0)
    PartyKey.objects.all().delete()
    assert fold_parties() == 1
    assert PartyKey.objects.exists()


def test_parties_out_of_scope_are_not_hinted_at():
    caller = signed_in(reach="offices", offices=[OURS])
    one = declared("Химпром Севертас", phone=PHONE)
    declared("HIMPROM SEVERTAS", office=THEIRS, phone=PHONE)
    inside = declared("Khimprom Severtass", phone=PHONE)
    fold_parties()
    assert [row["party"]["id"] for row in shown(caller, one)] == [inside.pk]


def test_cost_does_not_grow_with_a_hub(analyst):
    one = declared("Химпром Севертас", phone=PHONE)
    declared("HIMPROM SEVERTAS", phone=PHONE)
    fold_parties()
    with CaptureQueriesContext(connection) as few:
        assert len(likenesses_of(party_id=one.pk)) == 1
    for number in range(MOST_HOLDERS + 5):
        declared(f"Иной {chr(0x430 + number % 30) * 4}{number}", phone=PHONE)
    fold_parties()
    with CaptureQueriesContext(connection) as many:
        (found,) = likenesses_of(party_id=one.pk)
    assert len(many) == len(few) <= 12
    assert "phone" not in {part.code for part in found.comparison.parts}


@pytest.mark.parametrize("roles", [["list_editor"], ["examiner"]])
def test_who_does_not_work_on_cases_is_refused(roles):
    one = declared("Севертас")
    assert signed_in(roles=roles).get(f"/api/v1/parties/{one.pk}/likenesses").status_code == 403
