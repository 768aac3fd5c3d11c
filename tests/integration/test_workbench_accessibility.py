"""Every page of cases through a real browser: what axe-core finds, in light and dark."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright
from rest_framework.test import APIClient

from risk.models import Channel, ChannelConsignment, ChannelMember
from tests.api.conftest import sign_in
from tests.factories.risk import SubstanceFactory
from tests.factories.shipments import PartyFactory
from tests.factories.targeting import CustomsOfficeFactory, UserFactory, flagged_shipment
from tests.integration.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "axe" / "axe.min.js"
WIDTHS = (768, 1280, 1920)
GRAVE = {"serious", "critical"}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


def channel_of(declaration, party):
    """A channel whose office stands on the map."""
    CustomsOfficeFactory(code=declaration.customs_office, latitude="43.25", longitude="76.9")
    made = Channel.objects.create(
        substance=SubstanceFactory(), score=5.5, first_seen_at=declaration.accepted_at,
        last_seen_at=declaration.accepted_at, declaration_count=1, mass_kg=10,
        proposed_at=declaration.accepted_at, changed_at=declaration.accepted_at,
        signs=[{"code": "recurs", "points": 3.0, "value": "6 in 50 days"}],
    )  # fmt: skip
    ChannelConsignment.objects.create(
        channel=made, declaration=declaration, is_suspect=True, mass_kg=10
    )
    ChannelMember.objects.create(channel=made, party=party, role="importer", declaration_count=1)
    return made


@pytest.fixture
def site(from_nothing, worker_environment):
    """A server, a session, and the addresses of the pages."""
    alert = flagged_shipment(lane="red", registration_number="A-1")
    party = PartyFactory(name="Importer One")
    alert.declaration.party_roles.update(party=party)
    channel = channel_of(alert.declaration, party)
    place = f"/workbench/declarations/{alert.declaration_id}"
    addresses = [
        *("/workbench/alerts", f"/workbench/alerts/{alert.pk}?state=open&done=take"),
        *(f"{place}/check", f"{place}/importer"),
        *("/workbench/parties", "/workbench/parties?q=one"),
        f"/workbench/parties/{party.pk}/network",
        *("/workbench/channels", f"/workbench/channels/{channel.pk}"),
    ]
    caller = sign_in(APIClient(), UserFactory(roles=["analyst"]))
    name = settings.SESSION_COOKIE_NAME
    with serving(worker_environment) as address:
        cookie = {"name": name, "value": caller.cookies[name].value, "url": address}
        yield address, cookie, addresses


def test_pages_when_read_by_axe_then_nothing_serious_is_found(site) -> None:
    address, cookie, addresses = site
    axe = AXE.read_text(encoding="utf-8")
    found, said = [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=address, locale="en-GB")
        context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: said.append((message.type, message.text)))
        page.on("pageerror", lambda error: said.append(("error", str(error))))
        for number, place in enumerate(addresses):
            page.set_viewport_size({"width": WIDTHS[number % len(WIDTHS)], "height": 900})
            page.goto(place)
            page.wait_for_selector("main")
            page.wait_for_timeout(1500)  # the parts of a dossier come by themselves
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                # The policy refuses scripts of strangers; the driver's own are no page's.
                page.evaluate(f"{axe}; undefined")
                result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
                assert result["passes"], "axe has read nothing"
                found += [
                    (place, scheme, one["id"], [node["target"] for node in one["nodes"]][:3])
                    for one in result["violations"]
                    if one["impact"] in GRAVE
                ]
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{place} is {wide} px wider than its window"
        browser.close()
    assert found == []
    assert said == []
