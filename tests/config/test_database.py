"""The database as the settings promise it: comparing Cyrillic, and closed to the app role's DDL."""

import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection
from django.test.utils import override_settings
from psycopg import errors, sql

from config import env
from config.checks import check_database
from config.management.commands.migrate import Command

pytestmark = pytest.mark.django_db


def login(role_url, database):
    parts = env.database(role_url)
    return psycopg.connect(
        host=parts["HOST"],
        port=parts["PORT"],
        user=parts["USER"],
        password=parts["PASSWORD"],
        dbname=database,
        autocommit=True,
    )


def run_on(database, *words):
    """Start a program of ours on another database of the same server, as the owner."""
    parts = settings.DATABASE_OWNER
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**parts) + database
    return subprocess.run(
        [sys.executable, *words],
        cwd=env.PROJECT,
        env=env.for_child(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="config.settings.dev"),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def other_database():
    """Create a database of the given options, beside the test's own; drop it after."""
    name = f"{connection.settings_dict['NAME']}_other"
    with login("DATABASE_OWNER_URL", settings.DATABASE_OWNER["NAME"]) as owner:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))

        def create(options):
            owner.execute(drop)
            owner.execute(sql.SQL("CREATE DATABASE {} ").format(sql.Identifier(name)) + options)
            return name

        yield create
        owner.execute(drop)


def test_check_when_the_database_is_right_then_nothing_to_say():
    assert check_database(databases=["default"]) == []


def test_start_when_the_locale_is_c_then_every_process_stops_with_a_sentence(other_database):
    name = other_database(
        sql.SQL("TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'")
    )
    with login("DATABASE_OWNER_URL", name) as owner:
        owner.execute("CREATE EXTENSION pg_trgm")

    check = run_on(name, "manage.py", "check", "--database", "default")
    web = run_on(name, "-c", "import config.asgi")
    worker = run_on(name, "-m", "celery", "--app=config.celery", "worker", "--pool=solo")

    for done in (check, web, worker):
        assert done.returncode != 0
        assert "does not compare Cyrillic text: lower, ILIKE, similarity" in done.stderr
        assert "Traceback" not in done.stderr


def test_check_when_trigrams_are_missing_then_an_error_says_how_to_get_them(other_database):
    name = other_database(sql.SQL("TEMPLATE template0"))
    done = run_on(name, "manage.py", "check", "--database", "default")
    assert done.returncode != 0
    assert "CREATE EXTENSION pg_trgm" in done.stderr


def test_check_when_the_database_does_not_exist_then_a_sentence():
    done = run_on("no_such_database", "-c", "import config.asgi")
    assert done.returncode != 0
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE planted (id integer)",
        "CREATE SCHEMA planted",
        "ALTER TABLE probe ADD COLUMN planted integer",
        "DROP TABLE probe",
        "TRUNCATE probe",
    ],
)
def test_app_role_when_it_tries_ddl_then_refused(probe, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        probe.execute(statement)


def test_app_role_when_it_works_with_rows_then_allowed(probe):
    probe.execute("INSERT INTO probe (name) VALUES ('a'), ('b')")
    probe.execute("UPDATE probe SET name = 'c' WHERE name = 'a'")
    probe.execute("DELETE FROM probe WHERE name = 'b'")
    assert probe.execute("SELECT id, name FROM probe").fetchall() == [(1, "c")]


@pytest.fixture
def probe(django_db_setup):
    """The app role's connection to the test database, in which the owner has made a table."""
    name = connection.settings_dict["NAME"]
    with login("DATABASE_OWNER_URL", name) as owner, login("DATABASE_URL", name) as app:
        owner.execute("CREATE TABLE probe (id serial, name text)")
        yield app
        owner.execute("DROP TABLE probe")


@pytest.mark.django_db(transaction=True)
def test_migrate_when_run_then_as_the_owner_and_only_meanwhile(monkeypatch):
    def role():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_database()")
            return cursor.fetchone()

    seen = []
    monkeypatch.setattr(DjangoMigrate, "execute", lambda *_, **__: seen.append(role()))
    usual, database = role()
    other = env.database("DATABASE_URL")
    with override_settings(DATABASE_OWNER=other):
        Command().execute(database="default")
    assert seen == [(other["USER"], database)]
    assert role() == (usual, database)
