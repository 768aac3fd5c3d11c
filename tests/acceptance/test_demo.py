"""`make demo` as a new user runs it: everything started, the main job, twice, and stopped."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import env

TIMEOUT_SECONDS = 240


@pytest.fixture
def installation(tmp_path):
    """Runs a command against an installation of its own; it is purged afterwards."""
    environment = env.for_child(TARGETING_DATA_DIR=str(tmp_path / "установка"), LANG="C")
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "TARGETING_WEB_URL"):
        environment.pop(name, None)
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=env.PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    yield run
    run("-m", "config.embedded", "purge")


def _stored(installation) -> str:
    code = (
        "from shipments.models import Declaration, IntakeBatch;"
        "from targeting.models import Alert;"
        "print([m.objects.count() for m in (Declaration, IntakeBatch, Alert)])"
    )
    return installation("manage.py", "shell", "--verbosity=0", "-c", code).strip()


@pytest.mark.own_installation
def test_demo_flags_the_cases_through_the_api_and_duplicates_nothing(installation) -> None:
    installation("-m", "config.embedded", "up")
    first = installation("manage.py", "run_demo")
    assert re.search(r"\b30 flagged", first)
    assert "Acetic anhydride" in first
    assert "No licence (document 01011)" in first
    for address in ("/api/v1/alerts", "/api/docs/", "/admin/"):
        assert address in first
    stored = _stored(installation)
    assert json.loads(stored)[:2] == [5300, 2]
    again = installation("manage.py", "run_demo")
    assert re.search(r"\b30 flagged", again)
    assert _stored(installation) == stored
    assert Path(re.search(r"kept in (.+)", again).group(1)).stat().st_mode & 0o077 == 0
