"""Whole days of work in a real browser: an analyst's, a list administrator's, a broker's."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from risk.models import PartyLink
from risk.models.choices import PartyLinkKind
from shipments.services.intake import register_submitter
from targeting import pipeline, tasks
from tests.api.test_intake import DECLARATION
from tests.factories.risk import InspectionOutcomeFactory
from tests.factories.shipments import PartyFactory, SubmitterFactory
from tests.factories.targeting import AgencyFactory, flagged_shipment
from tests.integration.browser import needs_browser
from tests.integration.conftest import declaration, work_off
from tests.integration.days import beside, browser_of, person
from tests.integration.serving import serving
from tests.integration.test_law import make_edition
from tests.integration.workers import messages, worker

__all__ = ["messages"]  # a fixture

pytestmark = needs_browser

SCAN = b"%PDF-1.7\n" + b"0" * 3_000_000
DECREE = "kind,substance_key,form_name,cas\nprecursor,acetone,acetone,\n,ether,ether,\n"
TOLUENE = {"description": "TOLUENE 99 %, IN DRUMS OF 200 L", "commodity_code": "2902300000"}


def shipment(number, lane="red"):
    """A flagged shipment of lately, whose importer buys of somebody."""
    lately = timezone.now() - timedelta(days=3)
    alert = flagged_shipment(
        lane=lane, assessment__declaration__accepted_at=lately,
        assessment__declaration__registration_number=number,
    )  # fmt: skip
    one, other = PartyFactory(name=f"Importer {number}"), PartyFactory(name=f"Seller {number}")
    alert.declaration.party_roles.update(party=one)
    lower, higher = sorted((one, other), key=lambda party: party.pk)
    PartyLink.objects.create(
        source=lower, target=higher, kind=PartyLinkKind.TRADE, first_seen_at=lately,
        last_seen_at=lately, declaration_count=1, mass_kg=100,
    )  # fmt: skip
    return alert


def precision(page, indicator):
    """Inspected, with an offence, and the share, as the figures tell them."""
    page.click("nav a:has-text('Figures')")
    page.click(".views a:has-text('Findings')")
    row = page.locator("#precision tr", has_text=indicator)
    return [cell.inner_text() for cell in row.locator("td.number").all()][:3]


def test_an_analyst_s_day(from_nothing, worker_environment, tmp_path) -> None:
    other = shipment("A-1", lane="yellow")
    InspectionOutcomeFactory(declaration=other.declaration, assessment=other.assessment)
    shipment("A-2")
    AgencyFactory(code="police", name="Police")
    person("aigerim", roles=["analyst"])
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(SCAN)
    with serving(worker_environment) as address, browser_of(address) as opened:
        page = opened("aigerim")
        assert precision(page, "licence_missing") == ["1", "0", "0.0 %"]
        page.click("nav a:has-text('Queue')")
        page.click("summary:has-text('Narrow and order')")
        page.select_option("[name=lane]", "red")
        page.click("button:has-text('Show')")
        assert page.locator("[data-row]").count() == 1
        page.keyboard.press("j")
        page.keyboard.press("o")
        page.wait_for_selector("h1:has-text('A-2')")
        page.wait_for_selector("#importer:not([data-part])")
        page.wait_for_selector("#check:not([data-part])")
        page.click(".bars summary >> nth=0")
        assert page.locator(".bars .evidence").first.is_visible()
        page.click("header.case a:has-text('Network')")
        page.wait_for_selector("#explorer[data-ready]")
        page.click("#nodes button:text-is('Seller A-2')")
        page.keyboard.press("e")
        page.go_back()
        refer(page)
        page.click("summary:has-text('Attach a file')")
        page.set_input_files("[name=attach-file]", scan)
        page.click("button:text-is('Attach')")
        assert page.locator("a[download]:has-text('scan.pdf')").count() == 1
        page.click("a:has-text('Enter what an inspection found')")
        page.fill("[name=act_number]", "17")
        page.fill("[name=inspected_at]", f"{timezone.localtime():%Y-%m-%dT00:01}")
        page.select_option("[name=result]", "offence")
        page.select_option("[name=found_substance]", index=1)
        page.fill("[name=found_mass_kg]", "12.5")
        page.click("button:has-text('Enter the act')")
        page.wait_for_selector(".messages li:has-text('entered')")
        assert precision(page, "licence_missing") == ["2", "1", "50.0 %"]


def refer(page):
    """To the police, goods and importer alone; what goes out is read before."""
    page.click("a:has-text('Refer to inspection')")
    page.select_option("[name=kind]", "agency")
    page.select_option("[name=agency]", "police")
    page.check("[name=parts][value=goods]")
    page.check("[name=parts][value=importer]")
    page.fill("[name=note]", "please look")
    page.click("button:has-text('Show what would be sent')")
    outgoing = page.locator(".outgoing").inner_text()
    assert "please look" in outgoing
    assert "A-2" not in outgoing
    page.click("button:has-text('Send this')")
    page.wait_for_selector("#referrals")
    assert page.locator("section:has(#referrals)").inner_text().count("sent") == 1


@pytest.fixture
def law(from_nothing, messages):
    """Acetone and ether are law, and a consignment of toluene is stored."""
    call_command("load_risk_profile", verbosity=0)
    made = make_edition(1, None, ["acetone", "ether"])
    lately = (timezone.now() - timedelta(days=10)).isoformat()
    pipeline.receive(
        submitter=register_submitter(key="broker"),
        content=json.dumps(declaration(1, item=TOLUENE, accepted_at=lately)).encode(),
        format_key="ndjson",
        received_at=timezone.now(),
    )
    work_off()
    return made


def test_a_list_administrator_s_day(law, worker_environment, tmp_path) -> None:
    person("editor", roles=["list_editor"])
    person("approver", roles=["list_approver", "analyst"])
    sheet = tmp_path / "decree.csv"
    sheet.write_text(DECREE + "precursor,,Toluene,108-88-3\n")
    log = tmp_path / "worker.log"
    with (
        serving(worker_environment) as address,
        worker(worker_environment, log),
        browser_of(address) as opened,
    ):
        editor = opened("editor")
        editor.click("a:text-is('Draft')")
        editor.check("[name=_selected_action]")
        editor.select_option("[name=action]", "start_draft")
        editor.click("button:has-text('Run'), button:has-text('Go')")
        editor.goto("/admin/risk/listedition/")
        editor.click("tr:has-text('Draft') th a, tr:has-text('draft') th a")
        edition = editor.url.split("/change/")[0]
        editor.click("a:has-text('Import a sheet')")
        editor.set_input_files("[name=file]", sheet)
        editor.click("[type=submit][value='Show what it would change']")
        assert "Toluene" in editor.locator("#content").inner_text()
        editor.click("[type=submit][value^='Confirm']")
        editor.wait_for_selector(".messagelist li:has-text('in the draft')")
        editor.goto(f"{edition}/change/")
        editor.fill("[name=in_force_from]", f"{timezone.localdate() - timedelta(days=30)}")
        editor.fill("[name=change_note]", "decree 5")
        editor.click("[name=_save]")
        editor.goto(f"{edition}/difference/")
        editor.click("button[value=propose]")
        editor.wait_for_selector("th:has-text('Done'), th:has-text('done')")
        assert "TOLUENE 99 %" in editor.locator("#content").inner_text()
        assert editor.locator("button[value=approve]").count() == 0
        approver = opened("approver")
        approver.goto(f"{edition}/difference/")
        approver.click("button[value=approve]")
        approver.wait_for_selector(".messagelist li:has-text('approved')")
        beside(tasks.bring_lists_into_force)
        approver.goto("/workbench/alerts?retroactive=true")
        for _ in range(60):
            if approver.locator("[data-row]").count():
                break
            approver.wait_for_timeout(250)
            approver.reload()
        assert re.search("TOLUENE", approver.locator("[data-row]").inner_text())


def test_a_broker_s_day(from_nothing, worker_environment, tmp_path) -> None:
    call_command("load_risk_profile", verbosity=0)
    submitter = SubmitterFactory()
    person("broker", roles=[], reach="offices", person=None, submitter=submitter)
    good = {**DECLARATION, "registration_number": "55301/121125/0000001"}
    bad = {**DECLARATION, "registration_number": "55301/121125/0000002", "items": []}
    broken, right = tmp_path / "day.ndjson", tmp_path / "corrected.ndjson"
    broken.write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n")
    right.write_text(f"{json.dumps(bad | {'items': good['items']})}\n")
    log = tmp_path / "worker.log"
    with (
        serving(worker_environment) as address,
        worker(worker_environment, log),
        browser_of(address) as opened,
    ):
        page = opened("broker")
        page.goto("/workbench/submissions")
        page.set_input_files("[name=file]", broken)
        page.click("button[value=validate]")
        page.wait_for_selector("#validated")
        assert "0000002" in page.locator("main").inner_text()
        assert page.locator("#receipts ~ p.empty").count() == 1
        page.set_input_files("[name=file]", broken)
        page.click("button[value=send]")
        page.wait_for_selector("#receipt:not([data-refresh])")
        facts = page.locator("#receipt .facts").inner_text()
        assert re.search(r"Rejected\s+1", facts)
        page.click("a:has-text('Send a file of declarations')")
        page.set_input_files("[name=file]", right)
        page.click("button[value=send]")
        page.wait_for_selector("#receipt:not([data-refresh])")
        page.wait_for_selector("text=all of it was stored")
        page.click("nav a:has-text('Submissions')")
        assert page.locator("[data-row]").count() == 2
