"""A real browser for tests: the system's Chromium, which `make browser` installs where it can."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, sync_playwright
from rest_framework.test import APIClient

from tests.api.conftest import sign_in

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = (768, 1280, 1920)

needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="*** no Chromium on this machine: make browser ***"
)


def cookie_of(user: Any, address: str) -> dict[str, str]:
    """The session of somebody who has signed in with a second factor."""
    caller = sign_in(APIClient(), user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": caller.cookies[name].value, "url": address}


@contextmanager
def browsing(address: str, cookie: dict[str, str], **context: Any) -> Iterator[Page]:
    """A page of a fresh browser; ``page.said`` are the console's lines and failures, ``page.asked``
    the addresses that were loaded. Nothing is asked of the database while it is open."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_context(base_url=address, locale="en-GB", **context)
        opened.add_cookies([cookie])
        page: Any = opened.new_page()
        page.set_default_timeout(30_000)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append((message.type, message.text)))
        page.on("pageerror", lambda error: page.said.append(("error", str(error))))
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        browser.close()
