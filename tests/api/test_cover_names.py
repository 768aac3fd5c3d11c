"""Cover names over the API: added, matched with, withdrawn, proposed by an outcome."""

from datetime import UTC, datetime

import pytest

from risk.domain.four_eyes import Actor
from risk.models import CoverName, Substance
from risk.selectors.facts import facts_for_chunk
from risk.services.cover_names import propose_cover_name
from risk.services.matches import match_chunk
from targeting.models import AuditEvent
from tests.factories.shipments import GoodsItemFactory
from tests.integration.test_law import START, make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/cover-names"
NEW = {
    "substance_key": "acetone",
    "name": "Industrial surfactant",
    "lang": "en",
    "commodity_code": "3402 90",
    "source": "bulletin 7 of 2026",
}
TEXT = {"texts": [{"text": "industrial surfactant, drums", "commodity_code": "3402900000"}]}


@pytest.fixture(autouse=True)
def law(only_own_lists):
    make_edition(1, None, ["acetone"])


def kinds_of(client):
    shown = client.post("/api/v1/screen", TEXT | {"date": str(START)}).json()
    return [(one["substance_key"], one["kind"], one["method"]) for one in shown["texts"][0]]


def test_a_cover_name_when_added_then_it_matches_from_then_on(list_editor, analyst):
    assert kinds_of(analyst) == []
    answer = list_editor.post(PLACE, NEW)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["state"], shown["commodity_code"]) == ("active", "340290")
    assert shown["proposed_by"] == shown["activated_by"] == list_editor.user.actor
    assert kinds_of(analyst) == [("acetone", "cover_name", "exact")]
    event = AuditEvent.objects.get(resource="cover-name-list")
    assert (event.actor, event.verb) == (list_editor.user.actor, "create")


def test_a_cover_name_when_withdrawn_then_it_matches_no_longer(list_editor, analyst):
    pk = list_editor.post(PLACE, NEW).json()["id"]
    assert list_editor.post(f"{PLACE}/{pk}/withdraw", {"reason": ""}).status_code == 400
    answer = list_editor.post(f"{PLACE}/{pk}/withdraw", {"reason": "too common"})
    assert (answer.json()["state"], answer.json()["withdrawal_reason"]) == (
        "withdrawn",
        "too common",
    )
    assert kinds_of(analyst) == []
    assert list_editor.post(f"{PLACE}/{pk}/withdraw", {"reason": "again"}).status_code == 409
    assert list_editor.post(PLACE, NEW).status_code == 201  # may be added anew
    history = CoverName.objects.get(pk=pk).events.order_by("pgh_id")
    labels = [(one.pgh_label, one.state) for one in history]
    assert labels == [("insert", "proposed"), ("update", "active"), ("update", "withdrawn")]
    assert {one.pgh_context["actor"] for one in history} == {list_editor.user.actor}


def test_a_proposal_when_an_editor_takes_it_up_then_it_matches(list_editor, analyst):
    row = propose_cover_name(
        substance=Substance.objects.get(key="acetone"),
        name="industrial surfactant",
        lang="en",
        commodity_code="3402",
        source="outcome 12",
        actor=Actor("service:outcomes", ""),
        now=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert kinds_of(analyst) == []
    assert [one["id"] for one in list_editor.get(f"{PLACE}?state=proposed").json()["results"]] == [
        row.pk
    ]
    assert analyst.post(f"{PLACE}/{row.pk}/activate").status_code == 403
    answer = list_editor.post(f"{PLACE}/{row.pk}/activate")
    assert answer.json()["activated_by"] == list_editor.user.actor
    assert kinds_of(analyst) == [("acetone", "cover_name", "exact")]
    assert list_editor.post(f"{PLACE}/{row.pk}/activate").status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("substance_key", "nobody", 422),
        ("name", "!!!", 422),
        ("commodity_code", "34", 422),
        ("commodity_code", "34ab", 422),
        ("source", " ", 400),
        ("lang", "", 400),
    ],
)
def test_a_cover_name_when_a_value_is_wrong_then_refused(list_editor, field, value, status):
    answer = list_editor.post(PLACE, NEW | {field: value})
    assert answer.status_code == status
    assert not CoverName.objects.exists()


def test_a_cover_name_when_there_already_then_refused(list_editor):
    assert list_editor.post(PLACE, NEW).status_code == 201
    answer = list_editor.post(PLACE, NEW | {"name": "industrial SURFACTANT"})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


def test_cover_names_when_searched_by_the_declared_code_then_its_beginnings(list_editor, auditor):
    list_editor.post(PLACE, NEW)
    found = auditor.get(f"{PLACE}?commodity_code=3402900000").json()["results"]
    assert [one["name"] for one in found] == ["Industrial surfactant"]
    assert auditor.get(f"{PLACE}?commodity_code=3403900000").json()["results"] == []


def test_a_cover_name_in_a_declaration_is_stored_as_such(list_editor):
    list_editor.post(PLACE, NEW)
    item = GoodsItemFactory(
        description="industrial surfactant, drums", commodity_code="3402900000", hs6="340290"
    )
    declaration = item.declaration
    match_chunk(batch_id=declaration.batch_id, chunk=declaration.chunk)
    (match,) = item.matches.all()
    assert (match.substance.key, match.kind, match.is_flagged) == ("acetone", "cover_name", False)
    facts = facts_for_chunk(batch_id=declaration.batch_id, chunk=declaration.chunk)
    ((_, found),) = facts
    assert [one.is_cover_name for one in found.items[0].matches] == [True]
