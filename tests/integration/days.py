"""What the days in a browser share: people who sign in with two factors, and work done beside."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from targeting.management.one_time_codes import new_key, one_time_code
from targeting.models import User
from targeting.services.users import enrol_authenticator_app
from tests.factories.targeting import UserFactory
from tests.integration.browser import CHROMIUM

PASSWORD = "many words of one's own"
_KEYS: dict[str, str] = {}


def person(name: str, **more: Any) -> User:
    """An account with a password and an authenticator app."""
    # As the server hashes them; tests have a hasher of their own.
    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "salt of a test", 1_000)
    user: User = UserFactory(username=name, password=hashed, **more)
    _KEYS[name] = new_key()
    enrol_authenticator_app(user=user, secret=_KEYS[name])
    return user


@contextmanager
def browser_of(address: str) -> Iterator[Callable[[str], Page]]:
    """Opens a page for each person, who signs in by it. At the end nothing may have been said in a
    console, nor asked of another origin."""
    said: list[tuple[str, str]] = []
    asked: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield lambda name: _signed_in(browser, address, name, said, asked)
        browser.close()
    strange = [url for url in asked if not url.startswith((address, "blob:", "data:"))]
    assert not said, said
    assert not strange, strange


def beside(act: Callable[[], Any]) -> Any:
    """Do it in a thread of its own: beside the browser's loop Django asks nothing."""

    def done() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(done).result()


def _signed_in(
    browser: Browser, address: str, name: str, said: list[tuple[str, str]], asked: list[str]
) -> Page:
    context = browser.new_context(
        base_url=address, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda told: said.append((told.type, f"{told.text} {told.location['url']}")))
    page.on("pageerror", lambda error: said.append(("error", str(error))))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.fill("[name=code]", one_time_code(_KEYS[name], at=time.time()))
    page.click("main [type=submit]")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    return page
