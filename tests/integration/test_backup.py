"""A backup of a database with rows and of files, restored into another one: nothing differs."""

import json
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql

from config import backups
from config.backups import BackupError
from config.installation import owner_login
from shipments.services import intake
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.selectors import table_digests
from tests.integration.conftest import DEMO, RECEIVED_AT, load_reference_data, work_off


@contextmanager
def new_database():
    """The login of a database as ``deploy/roles.sql`` leaves one behind: without a table."""
    login = owner_login()
    name = sql.Identifier(f"{login['NAME']}_restored")
    with connected(login) as owner:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template1").format(name))
        try:
            yield login | {"NAME": f"{login['NAME']}_restored"}
        finally:
            owner.execute(sql.SQL("DROP DATABASE {}").format(name))


def connected(login):
    return psycopg.connect(
        host=login["HOST"],
        port=login["PORT"],
        user=login["USER"],
        password=login["PASSWORD"],
        dbname=login["NAME"],
        autocommit=True,
    )


@contextmanager
def reading(login, monkeypatch):
    other = connection.copy()
    other.settings_dict["NAME"] = login["NAME"]
    with monkeypatch.context() as patch:
        patch.setattr(table_digests, "connection", other)
        try:
            yield
        finally:
            other.close()


@pytest.fixture
def backed_up(transactional_db, storage, tmp_path, monkeypatch):
    """The folder of a backup of the demonstration, worked off, with its file in the storage."""
    load_reference_data()
    monkeypatch.setattr(intake, "INLINE_BYTES", 1024)
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: None)
    pipeline.receive(
        submitter=register_submitter(key="broker"),
        content=(DEMO / "declarations.ndjson").read_bytes(),
        format_key="ndjson",
        received_at=RECEIVED_AT,
    )
    work_off()
    folder = tmp_path.parent / f"{tmp_path.name}-backup"
    backups.back_up(folder, database=owner_login(), storage=storage, now=timezone.now())
    return folder


def test_backup_when_restored_then_every_table_and_file_is_as_it_was(
    backed_up, storage, tmp_path, monkeypatch
):
    before = table_digests.digest_tables()
    assert before["alert"][0] > 5
    restored = tmp_path.parent / f"{tmp_path.name}-restored"
    with new_database() as login:
        told = backups.restore(backed_up, database=login, storage=restored)
        with reading(login, monkeypatch):
            assert table_digests.digest_tables() == before
        with pytest.raises(BackupError, match="is not empty"):
            backups.restore(backed_up, database=login, storage=restored / "other")
    assert len(told.files) == 1
    assert (restored / told.files[0].name).read_bytes() == (
        DEMO / "declarations.ndjson"
    ).read_bytes()
    assert told.tables["shipments_declaration"].rows == before["declaration"][0]


def test_restore_when_the_application_comes_back_then_its_role_may_do_what_it_might(backed_up):
    """Rights are part of a backup: append-only tables are still that."""
    with new_database() as login, connected(owner_login()) as old:
        backups.restore(backed_up, database=login, storage=backed_up / "nowhere")
        rights = (
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'targeting_app' ORDER BY 1, 2"
        )
        expected = old.execute(rights).fetchall()
        with connected(login) as new:
            # Also on what later migrations will make.
            assert sorted(new.execute(backups._DEFAULT_RIGHTS)) == sorted(
                old.execute(backups._DEFAULT_RIGHTS)
            )
            assert new.execute(rights).fetchall() == expected
    assert ("targeting_auditevent", "INSERT") in expected
    assert ("targeting_auditevent", "DELETE") not in expected


def test_restore_when_the_installation_holds_something_then_refused(backed_up, storage, tmp_path):
    """By the command, into the very database and folder that it came from."""
    before = table_digests.digest_tables()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", backed_up)
    assert table_digests.digest_tables() == before
    with new_database() as login, pytest.raises(BackupError, match="holds files"):
        backups.restore(backed_up, database=login, storage=storage)


@pytest.mark.parametrize("part", ["database.dump", "file", "manifest.json", "newer release"])
def test_restore_when_the_backup_is_damaged_then_refused_before_anything(backed_up, part):
    manifest = backed_up / backups.MANIFEST
    told = json.loads(manifest.read_text())
    if part == "manifest.json":
        manifest.unlink()
    elif part == "newer release":
        told["migrations"].append("targeting.9999_to_come")
        manifest.write_text(json.dumps(told))
    else:
        name = part if part == backups.DUMP else Path(backups.FILES, told["files"][0]["name"])
        path = backed_up / name
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    with new_database() as login:
        with pytest.raises(BackupError):
            backups.restore(backed_up, database=login, storage=backed_up / "nowhere")
        with connected(login) as target:
            defaults = target.execute(backups._DEFAULT_RIGHTS).fetchall()
            assert ("r", "targeting_app", "DELETE") in defaults
            assert backups._table_names(target) == []
    assert not (backed_up / "nowhere").exists()


def test_commands_when_used_then_they_say_what_there_is(backed_up, tmp_path, capsys):
    call_command("restore", backed_up, "--check")
    assert capsys.readouterr().out.startswith("intact: ")
    folder = tmp_path.parent / f"{tmp_path.name}-second"
    call_command("backup", folder)
    assert f"1 files in {folder}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not empty"):
        call_command("backup", folder)
    told = json.loads((folder / backups.MANIFEST).read_text())
    assert default_storage.exists(told["files"][0]["name"])
