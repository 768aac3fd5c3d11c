"""What a web process has done before its first request."""

import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection

from config import env

TELL = """
import gc, sys
import config.asgi
print("targeting.api.alerts" in sys.modules, gc.get_freeze_count() > 100_000)
"""


@pytest.mark.django_db
def test_web_process_when_started_then_addresses_are_loaded_and_never_collected():
    login = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    told = subprocess.run(
        [sys.executable, "-c", TELL],
        cwd=env.PROJECT,
        env=env.for_child(
            DATABASE_URL="postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**login),
            DJANGO_SETTINGS_MODULE="config.settings.dev",
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.split() == ["True", "True"], told.stderr
