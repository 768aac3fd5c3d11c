"""The workbench in a real browser: keys, decisions, nothing that the page's policy refuses."""

import shutil

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright
from rest_framework.test import APIClient

from tests.api.conftest import sign_in
from tests.factories.targeting import UserFactory, flagged_shipment
from tests.integration.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture
def site(from_nothing, worker_environment):
    """A server with two alerts, made before the browser's loop: beside it Django asks nothing."""
    for number, score in ((1, "90.00"), (2, "80.00")):
        flagged_shipment(registration_number=f"A-{number}", score=score, lane="yellow")
    caller = sign_in(APIClient(), UserFactory(roles=["analyst"]))
    name = settings.SESSION_COOKIE_NAME
    with serving(worker_environment) as address:
        yield address, {"name": name, "value": caller.cookies[name].value, "url": address}


@pytest.fixture
def page(site):
    address, cookie = site
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=address, locale="en-GB")
        context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.said = []
        page.on("console", lambda message: page.said.append((message.type, message.text)))
        page.on("pageerror", lambda error: page.said.append(("error", str(error))))
        yield page
        browser.close()


def test_alert_when_opened_by_keys_and_dismissed_then_closed_and_the_next_is_there(page) -> None:
    page.goto("/workbench/alerts")
    assert page.locator("[data-row]").count() == 2
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/workbench/alerts/*")
    assert "A-1" in page.title()
    page.click("summary:has-text('Dismiss')")
    page.select_option("[name=dismiss-reason]", "below_limit")
    page.fill("[name=dismiss-comment]", "12 %, see the certificate")
    page.click("button:has-text('Dismiss')")
    page.wait_for_selector(".messages li")
    assert page.locator(".badge", has_text="closed").count() == 1
    page.keyboard.press("j")
    page.wait_for_function("document.title.includes('A-2')")
    page.keyboard.press("u")
    page.wait_for_url("**/workbench/alerts?*")
    assert page.locator("[data-row]").count() == 1
    assert page.said == []


def test_queue_when_an_alert_is_taken_elsewhere_then_its_row_says_so_where_it_stands(
    site, page
) -> None:
    address, cookie = site
    page.goto("/workbench/alerts")
    page.keyboard.press("j")
    page.wait_for_timeout(1500)  # the stream is open
    other = page.context.browser.new_context(base_url=address, java_script_enabled=False)
    other.add_cookies([cookie])
    plain = other.new_page()
    plain.goto("/workbench/alerts")
    plain.locator("[name=alert]").first.check()
    plain.click("button[value=take]")
    plain.wait_for_selector(".messages li")
    page.wait_for_selector("tr.changed:has-text('person-')")
    rows = page.locator("[data-row]")
    assert [row.inner_text().count("A-1") for row in rows.all()] == [1, 0]
    assert page.evaluate("document.activeElement.textContent") == "A-1"
    assert page.said == []


def test_queue_when_in_another_language_then_it_stays(page) -> None:
    page.goto("/workbench/alerts")
    page.click("button[value=ru]")
    page.wait_for_selector("h1:has-text('Отмеченные поставки')")
    page.goto("/workbench/screen")
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.said == []


def test_queue_when_scripts_are_off_then_it_is_read_and_decided(site, page) -> None:
    address, cookie = site
    context = page.context.browser.new_context(base_url=address, java_script_enabled=False)
    context.add_cookies([cookie])
    plain = context.new_page()
    plain.goto("/workbench/alerts")
    plain.locator("[name=alert]").first.check()
    plain.click("button[value=take]")
    plain.wait_for_selector(".messages li")
    assert plain.locator("tr", has_text="person-").count() == 1
    plain.click("[data-open] >> nth=0")
    assert "A-1" in plain.title()
    assert plain.locator(".bars li").count() == 2
    plain.click("#importer a:text-is('Open')")
    assert plain.locator("#importer").count() == 1
    plain.go_back()
    plain.click("summary:has-text('Dismiss')")
    plain.select_option("[name=dismiss-reason]", "below_limit")
    plain.click("section.steps button:has-text('Dismiss')")
    plain.wait_for_selector(".messages li")
    assert plain.locator(".badge", has_text="closed").count() == 1
    plain.click(".undo button")
    plain.wait_for_selector(".messages li")
    assert plain.locator(".badge", has_text="closed").count() == 0
    plain.click("summary:has-text('Add a note')")
    plain.fill("[name=note-comment]", "seen before")
    plain.click("section.steps button:has-text('Add a note')")
    plain.wait_for_selector(".timeline li:has-text('seen before')")
    plain.click("a:has-text('Refer to inspection')")
    plain.select_option("[name=kind]", "inspection")
    plain.check("[name=parts][value=goods]")
    plain.fill("[name=note]", "please look")
    plain.click("button:has-text('Show what would be sent')")
    plain.click("button:has-text('Send this')")
    plain.wait_for_selector("#referrals")
    assert plain.locator("section:has(#referrals)").inner_text().count("sent") == 1
