"""Security keys (WebAuthn) as people meet them: a real browser, a key that the browser plays."""

import re
import shutil

import pytest
from playwright.sync_api import sync_playwright

from targeting.models.choices import Role
from targeting.services.users import invitation_link, register_user
from tests.integration.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "a long pass phrase of Astana"
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture
def site(worker_environment):
    with serving(worker_environment | {"TARGETING_SECURITY_KEYS": "true"}) as address:
        # A key is bound to a name; browsers take this one for safe without TLS.
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def link(site):
    """Made before the browser starts: beside its driver's loop Django takes no queries."""
    user = register_user(username="aigul", password=PASSWORD, roles=[Role.ADMINISTRATOR])
    return invitation_link(user=user, site=site)


@pytest.fixture
def page(link):
    """A page with a key plugged in; what the browser complained about is in ``page.said``."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(30_000)
        page.said = []
        page.on("console", lambda message: _keep(page.said, message))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        yield page
        browser.close()


def _keep(said, message):
    """Refusals by the policy are errors; hints on how to write forms are neither.

    Nobody drew an icon for the site yet, which browsers ask for unasked.
    """
    is_icon = message.location["url"].endswith("/favicon.ico")
    if message.type in {"error", "warning"} and not is_icon:
        said.append(message.text)


def test_security_key_when_it_is_the_second_factor_then_set_up_and_given_in_a_browser(
    site, link, page
):
    page.goto(link)
    for field in ("password1", "password2"):
        page.fill(f"input[name={field}]", PASSWORD)
    page.click("[type=submit]")
    page.goto(f"{site}/admin/")
    assert page.url == f"{site}/accounts/2fa/"
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_selector("#mfa_webauthn_add")
    page.wait_for_load_state()  # Before its script is there, the button does nothing.
    page.click("#mfa_webauthn_add")
    page.wait_for_url(re.compile("recovery-codes"))
    # What was just set up is given once, to show that it works.
    page.goto(f"{site}/admin/")
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url(f"{site}/admin/")

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", "aigul")
    page.fill("input[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(re.compile("2fa/authenticate"))
    assert page.request.get(f"{site}/api/v1/me").status == 401
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(re.compile("api/docs"))
    assert page.request.get(f"{site}/api/v1/me").json()["name"] == "aigul"
    page.goto(f"{site}/accounts/2fa/webauthn/")
    assert "Last used" in page.content()
    assert page.said == []
