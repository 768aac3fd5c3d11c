"""What came from elsewhere is what it says it is, with its licence beside it."""

import hashlib
import tomllib
from pathlib import Path

from django.conf import settings

WORKBENCH = Path(settings.BASE_DIR) / "targeting" / "workbench"
VENDOR = WORKBENCH / "static" / "vendor"
FILES = tomllib.loads((WORKBENCH / "vendored.toml").read_text(encoding="utf-8"))["file"]


def test_vendored_files_are_as_they_came() -> None:
    for one in FILES:
        assert hashlib.sha256((VENDOR / one["name"]).read_bytes()).hexdigest() == one["sha256"]
        assert len((VENDOR / one["licence_file"]).read_text(encoding="utf-8")) > 300


def test_nothing_is_there_that_is_not_written_down() -> None:
    known = {one[key] for one in FILES for key in ("name", "licence_file")}
    assert {path.name for path in VENDOR.iterdir()} == known


def test_licences_let_us_ship_it() -> None:
    allowed = {"MIT", "ISC", "BSD-3-Clause", "Apache-2.0", "CC0-1.0"}
    assert {one["licence"] for one in FILES} <= allowed
