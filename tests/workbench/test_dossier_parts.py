"""What a dossier tells besides the reasons: importer, check, differences, evidence, paper."""

import ast
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.domain import indicators
from risk.domain.permits import four_way
from risk.domain.permits.checks import FindingCode
from risk.domain.permits.notices import NoticeFindingCode
from risk.models import SubstanceMatch, TradeRecord
from risk.selectors.four_way import four_way_checks
from shipments.domain.changes import Difference, differences
from targeting.models import Alert
from targeting.selectors.alerts import mark_of
from targeting.selectors.dossiers import get_case
from targeting.selectors.outcomes import list_outcomes_of
from targeting.selectors.scope import scope_of
from targeting.services import pdf
from targeting.services.pdf import printer
from targeting.workbench.labels import LABELS
from targeting.workbench.views.declarations import checks_by, shown_checks
from tests.api.conftest import signed_in
from tests.factories.authorisations import AuthorisationFactory, AuthorisationLineFactory
from tests.factories.risk import InspectionOutcomeFactory, LawEntryFactory, SubstanceMatchFactory
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemDocumentFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyRoleFactory,
)
from tests.factories.targeting import flagged_shipment, with_facts

pytestmark = pytest.mark.django_db

MOST_QUERIES = 25


@pytest.fixture
def alert():
    """An alert whose importer is resolved."""
    made = flagged_shipment(lane="yellow")
    importer = made.declaration.party_roles.get()
    importer.party = PartyFactory(name="Importer One")
    importer.save()
    SubstanceMatch.objects.update(is_flagged=True)
    return made


def read(reader, address):
    answer = reader.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def importer_of(alert):
    return alert.declaration.party_roles.get().party


def earlier(alert, days, mass, office="55301"):
    """A declaration of the same importer with the same substance, some days before."""
    item = alert.declaration.items.get()
    at = alert.declaration.accepted_at - timedelta(days=days)
    made = DeclarationFactory(
        registration_number=f"E-{days}", accepted_at=at, customs_office=office
    )
    PartyRoleFactory(declaration=made, party=importer_of(alert))
    own = GoodsItemFactory(declaration=made, hs6=item.hs6)
    match = item.matches.get()
    SubstanceMatchFactory(goods_item=own, substance=match.substance, is_flagged=True)
    recorded(own, made, importer_of(alert), mass)
    return made


def recorded(item, declaration, importer, mass):
    TradeRecord.objects.create(
        goods_item=item, registration_number=declaration.registration_number,
        item_number=item.item_number, version=1, accepted_at=declaration.accepted_at,
        importer=importer, hs6=item.hs6, net_mass_kg=Decimal(mass), unit_price=Decimal("2.5"),
    )  # fmt: skip


def parts(alert):
    place = f"/workbench/declarations/{alert.declaration_id}"
    return [f"{place}/check", f"{place}/importer", f"{place}/near.svg"]


def test_page_when_opened_then_its_parts_are_links_and_what_it_stands_on_is_told(
    analyst, alert
) -> None:
    text = read(analyst, f"/workbench/alerts/{alert.pk}")
    for address in parts(alert)[:2]:
        assert f'data-part="{address}"' in text
        assert f'href="{address}"' in text
    assert str(alert.assessment.basis) in text
    assert alert.assessment.basis.profile.code in text
    assert "<dt>Days</dt><dd>3</dd>" in text


@pytest.mark.parametrize("part", ["", "/check", "/importer", "/near.svg"])
def test_page_when_opened_then_at_most_25_queries(analyst, alert, part) -> None:
    for days in (10, 20, 30):
        earlier(alert, days, "10")
    holder = AuthorisationFactory(holder=importer_of(alert))
    AuthorisationLineFactory(authorisation=holder, substance_key="acetic-anhydride")
    address = f"/workbench/declarations/{alert.declaration_id}{part}"
    address = address if part else f"/workbench/alerts/{alert.pk}"
    read(analyst, address)
    with CaptureQueriesContext(connection) as asked:
        read(analyst, address)
    assert len(asked) <= MOST_QUERIES, "\n".join(one["sql"][:80] for one in asked)


def test_case_file_when_everything_is_known_then_what_its_parts_share_is_read_once(
    analyst, alert, monkeypatch
) -> None:
    monkeypatch.setattr(pdf, "PROGRAMS", ())  # it is made, and nothing prints it
    for days in (10, 20, 30):
        earlier(alert, days, "10")
    holder = AuthorisationFactory(holder=importer_of(alert))
    AuthorisationLineFactory(authorisation=holder, substance_key="acetic-anhydride")
    LawEntryFactory(substance=SubstanceMatch.objects.earliest("pk").substance)
    InspectionOutcomeFactory(declaration=with_facts(alert).declaration, assessment=None)
    address = f"/workbench/alerts/{alert.pk}/case-file.pdf"
    analyst.get(address)
    with CaptureQueriesContext(connection) as asked:
        analyst.get(address)
    told = [one["sql"] for one in asked]
    assert [sql for sql in set(told) if told.count(sql) > 1] == []
    assert len(told) <= MOST_QUERIES, "\n".join(sql[:80] for sql in told)


def test_check_when_registers_stand_as_assessed_then_it_is_theirs_of_now(alert) -> None:
    LawEntryFactory(substance=SubstanceMatch.objects.get().substance)
    InspectionOutcomeFactory(declaration=alert.declaration, assessment=None)
    scope = scope_of(signed_in(roles=["analyst"]).user)
    declaration = with_facts(alert).declaration
    case = get_case(declaration, scope)
    acts = list(list_outcomes_of(scope, alert.registration_number))
    (rows,) = four_way_checks([declaration.pk]).values()
    now = checks_by(declaration, case.facts, acts, {})
    assert [row for row, _ in now] == list(rows)
    assert {cell.verdict for cell in now[0][0].cells} > {"agrees"}
    assert shown_checks(declaration, scope) == {"checks": now, "is_known": True}
    without = checks_by(declaration, case.facts, [], {})
    assert without[0][0].cells != now[0][0].cells


def test_check_when_a_register_changed_then_as_assessed_until_assessed_again(
    analyst, alert
) -> None:
    address = parts(alert)[0]
    before = read(analyst, address)
    assert "This version was not assessed." in before
    assert "when this version was assessed" not in before
    LawEntryFactory(substance=SubstanceMatch.objects.get().substance)
    assert "when this version was assessed" in read(analyst, parts(with_facts(alert))[0])
    known = read(analyst, address)
    licence = AuthorisationFactory(holder=importer_of(alert))
    AuthorisationLineFactory(authorisation=licence, substance_key="acetic-anhydride")
    item = alert.declaration.items.get()
    GoodsItemDocumentFactory(goods_item=item, number=licence.number, position=77)
    assert shown_of(read(analyst, address)) == shown_of(known)
    with_facts(alert)
    assert licence.number in read(analyst, address)


def shown_of(text):
    """The part of a page that is not of its visit."""
    return re.search(r'<section id="check".*?</section>', text, re.DOTALL)[0]


def test_importer_when_with_history_then_this_consignment_is_marked(analyst, alert) -> None:
    item = alert.declaration.items.get()
    recorded(item, alert.declaration, importer_of(alert), "75.5")
    earlier(alert, 10, "10")
    text = read(analyst, parts(alert)[1])
    assert text.count('<path class="here"') == 2  # of masses and of prices
    assert text.count("<circle") == 2
    assert "Importer One" in text
    assert "75.5" in text


def test_importer_when_a_mass_is_not_known_then_the_known_ones_lead(analyst, alert) -> None:
    item = alert.declaration.items.get()
    unweighed = GoodsItemFactory(
        declaration=alert.declaration, item_number=2, hs6="290319", net_mass_kg=None
    )
    SubstanceMatchFactory(goods_item=unweighed, is_flagged=True)
    text = read(analyst, parts(alert)[1])
    assert f"Goods of code {item.hs6}" in text


def test_importer_when_of_another_office_then_its_history_there_is_not_told(alert) -> None:
    earlier(alert, 10, "10", office="50000")
    near = signed_in(roles=["analyst"], reach="offices", offices=[alert.customs_office])
    text = read(near, parts(alert)[1])
    assert "E-10" not in text
    assert "<circle" not in text
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    for address in [*parts(alert), f"/workbench/alerts/{alert.pk}/case-file.pdf"]:
        assert far.get(address).status_code == 404


def test_importer_when_authorised_then_with_what_is_left(analyst, alert) -> None:
    held = AuthorisationFactory(holder=importer_of(alert))
    AuthorisationLineFactory(
        authorisation=held, line_number=7, substance_key="acetic-anhydride", granted_kg="1234"
    )
    other = AuthorisationFactory(holder=importer_of(alert), number="OTHER", number_key="OTHER")
    AuthorisationLineFactory(authorisation=other, substance_key="toluene", granted_kg="1")
    text = read(analyst, parts(alert)[1])
    assert held.number in text
    assert "OTHER" not in text
    assert text.count("1,234") == 2  # granted and left


def test_similar_when_inspected_then_with_what_was_found(analyst, alert) -> None:
    before = earlier(alert, 10, "10")
    InspectionOutcomeFactory(declaration=before, assessment=None, result="offence")
    text = read(analyst, parts(alert)[1])
    assert f"/workbench/declarations/{before.pk}" in text
    assert "offence" in text


def test_amendment_when_shown_then_what_was_said_before_and_after(analyst, alert) -> None:
    first = alert.declaration
    DeclarationFactory(
        registration_number=first.registration_number, version=0, border_office="before-it",
        accepted_at=first.accepted_at - timedelta(days=1),
    )  # fmt: skip
    text = read(analyst, f"/workbench/alerts/{alert.pk}")
    assert "<del>before-it</del>" in text


def test_differences_when_a_part_came_then_it_is_named_as_a_whole() -> None:
    before, after = {"a": 1, "items[1].x": 1}, {"a": 2, "items[1].x": 1, "items[2].x": 3}
    assert differences(before, after) == [Difference("a", 1, 2), Difference("items[2]", None, None)]


def test_step_when_taken_then_it_can_be_taken_back(analyst, alert) -> None:
    body = {"mark": mark_of(Alert.objects.get(pk=alert.pk))}
    answer = analyst.post(f"/workbench/alerts/{alert.pk}/take", body, format="multipart")
    assert answer["Location"].endswith("done=take")
    text = read(analyst, answer["Location"])
    assert f'class="undo" action="/workbench/alerts/{alert.pk}/release?' in text
    assert 'class="undo"' not in read(analyst, f"/workbench/alerts/{alert.pk}?done=note")
    assert 'class="undo"' not in read(analyst, f"/workbench/alerts/{alert.pk}?done=x")


def test_dismissal_when_undone_then_the_alert_is_open_again(analyst, alert) -> None:
    body = {
        "mark": mark_of(Alert.objects.get(pk=alert.pk)),
        "dismiss-reason": "below_limit",
    }
    answer = analyst.post(f"/workbench/alerts/{alert.pk}/dismiss", body, format="multipart")
    text = read(analyst, answer["Location"])
    assert f'class="undo" action="/workbench/alerts/{alert.pk}/reopen?' in text
    body = {
        "mark": mark_of(Alert.objects.get(pk=alert.pk)),
        "reopen-comment": "Taken back at once.",
    }
    analyst.post(f"/workbench/alerts/{alert.pk}/reopen", body, format="multipart")
    assert Alert.objects.get(pk=alert.pk).state == "open"


@pytest.mark.skipif(printer() is None, reason="no chromium on this machine")
def test_case_file_when_asked_then_a_pdf_of_everything(analyst, alert) -> None:
    earlier(alert, 10, "10")
    answer = analyst.get(f"/workbench/alerts/{alert.pk}/case-file.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert len(answer.content) > 20_000


def test_case_file_when_nothing_prints_then_the_page_says_so(analyst, alert, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    answer = analyst.get(f"/workbench/alerts/{alert.pk}/case-file.pdf")
    assert answer.status_code == 302
    text = read(analyst, answer["Location"])
    assert "No file could be made now" in text
    assert "case-file.pdf" not in text


def test_check_when_a_side_says_why_then_every_reason_has_words() -> None:
    told = LABELS["check"].keys()
    assert {*FindingCode, *NoticeFindingCode} <= told
    source = Path(four_way.__file__).read_text(encoding="utf-8")
    given = re.findall(r'reasons(?:=\(|\.append\()"([a-z_]+)"', source)
    assert len(given) > 9
    assert {*given, four_way._UNSURE} <= told


def test_evidence_when_an_indicator_saw_it_then_its_name_has_words() -> None:
    folder = Path(indicators.__file__).parent
    calls = [
        node
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fired"
    ]
    named = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    assert LABELS["evidence"].keys() == named
