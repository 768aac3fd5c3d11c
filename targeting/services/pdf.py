"""A page printed to PDF by Chromium, where it is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from threading import BoundedSemaphore

from shipments.domain.errors import TargetingError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable")
MOST_SECONDS = 60
MOST_AT_ONCE = 2
"""Of one process: each takes a processor for some seconds and some hundred megabytes."""

_room = BoundedSemaphore(MOST_AT_ONCE)


class NotPrinted(TargetingError):
    """No Chromium, none free, or it failed."""

    code = "not_printed"


def printer() -> str | None:
    """The program that prints; None where none is installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def print_pdf(html: str) -> bytes:
    """The page as PDF. What it says comes from declarations: the page itself must refuse scripts,
    and whatever it would load, by a policy in its head; here no name of a host is found. Raises
    NotPrinted."""
    program = printer()
    if program is None or not _room.acquire(blocking=False):
        raise NotPrinted
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _printed(program, Path(folder), html)
    finally:
        _room.release()


def _printed(program: str, folder: Path, html: str) -> bytes:
    page, made = folder / "page.html", folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    words = [
        *(program, "--headless", "--disable-gpu", "--disable-extensions", "--no-first-run"),
        "--host-resolver-rules=MAP * ~NOTFOUND",
        *("--disable-background-networking", "--no-pdf-header-footer"),
        *(f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={made}"),
        # Chromium's own sandbox refuses to run for the superuser of a container.
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        page.as_uri(),
    ]
    try:
        subprocess.run(words, check=True, timeout=MOST_SECONDS, capture_output=True)
        return made.read_bytes()
    except (subprocess.SubprocessError, OSError) as error:
        raise NotPrinted from error
