"""Files that no row names are swept away, once they are old enough."""

import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from targeting import tasks
from targeting.services.attachments import Brought, attach
from targeting.services.orphaned_files import LEAST_AGE, NAMED_BY, remove_orphaned_files
from tests.api import conftest as callers
from tests.factories.targeting import UserFactory, flagged_shipment

pytestmark = pytest.mark.django_db
_no_reference_data = callers._no_reference_data

LATER = LEAST_AGE + timedelta(minutes=1)


@pytest.fixture
def orphans(storage):
    """One in each folder that is swept."""
    return sorted(default_storage.save(f"{folder}/left", ContentFile(b"x")) for folder in NAMED_BY)


@pytest.fixture
def attached(storage):
    row, _ = attach(
        alert=flagged_shipment(),
        brought=Brought(b"%PDF-1.4 seen", "seen.pdf"),
        by=UserFactory(),
        now=timezone.now(),
        hold=timedelta(minutes=30),
    )
    return row


def test_sweep_when_old_then_what_no_row_names_is_gone_and_the_rest_stays(orphans, attached):
    other = default_storage.save("elsewhere/kept", ContentFile(b"x"))
    assert sorted(remove_orphaned_files(now=timezone.now() + LATER)) == orphans
    assert [place for place in orphans if default_storage.exists(place)] == []
    assert attached.file.read() == b"%PDF-1.4 seen"
    assert default_storage.exists(other)
    assert remove_orphaned_files(now=timezone.now() + LATER) == []


def test_sweep_when_young_then_left_for_who_is_still_writing(orphans):
    assert remove_orphaned_files(now=timezone.now()) == []
    assert all(map(default_storage.exists, orphans))


def test_sweep_when_tried_then_told_and_nothing_deleted(orphans, monkeypatch):
    later = timezone.now() + LATER
    monkeypatch.setattr(timezone, "now", lambda: later)
    told = io.StringIO()
    call_command("remove_orphaned_files", "--dry-run", stdout=told)
    assert sorted(told.getvalue().split()) == orphans
    assert all(map(default_storage.exists, orphans))
    assert tasks.remove_orphans() == len(orphans)
    assert not any(map(default_storage.exists, orphans))


def test_sweep_when_beat_runs_then_it_is_scheduled():
    told = {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.remove_orphans.name in told
