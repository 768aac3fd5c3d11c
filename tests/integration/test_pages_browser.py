"""The pages under their Content-Security-Policy, as a real browser judges them."""

import shutil
import subprocess

import pytest

from tests.integration.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BUDGET_MS = 8000
# Asked for by the script of Redoc, and rightly refused.
FOREIGN_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture
def server(worker_environment):
    with serving(worker_environment) as address:
        yield address


def opened(url, folder):
    """The page after its scripts have run, and what the browser said about it."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}"]
    # Swagger draws what is in sight.
    flags += ["--window-size=1280,20000"]
    flags += ["--enable-logging=stderr", "--v=0", f"--virtual-time-budget={BUDGET_MS}"]
    done = subprocess.run(
        [CHROMIUM, *flags, "--dump-dom", url],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, [line for line in said if FOREIGN_LOGO not in line]


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_description_of_the_api_when_opened_then_drawn_without_a_complaint(server, path, tmp_path):
    page, said = opened(server + path, tmp_path)
    assert "Submit one declaration" in page
    assert said == []


def test_sign_in_page_when_opened_then_without_a_complaint(server, tmp_path):
    page, said = opened(f"{server}/accounts/login/", tmp_path)
    assert "password" in page
    assert said == []
