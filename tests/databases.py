"""The migrated database that the processes of a test run copy, built once per set of migrations.

Migrating an empty database takes most of a minute; PostgreSQL copies a migrated one in a second.
"""

import sys
from hashlib import sha256
from inspect import getfile
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from shipments.models import append_only, partitioning

PREFIX = "migrated_"
# Functions that migrations call: what they do is part of what a migration does.
CALLED = [append_only, partitioning]
KEPT = 2
LOCK = int.from_bytes(b"migrated")


def migrated_template() -> str:
    """The name of the database of today's migrations; it is made if it is not there."""
    name = PREFIX + _digest()
    with psycopg.connect(**_login(), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if name not in _templates(server):
            _build(server, name)
            for old in _templates(server)[KEPT:]:
                _drop(server, old)
    return name


def _digest() -> str:
    """Of every migration of every app, of what those of the project call, and of this file."""
    migrations = MigrationLoader(None).disk_migrations.values()
    names = {one.__module__ for one in migrations} | {one.__name__ for one in CALLED}
    digest = sha256(Path(__file__).read_bytes())
    for name in sorted(names):
        digest.update(Path(getfile(sys.modules[name])).read_bytes())
    return digest.hexdigest()[:16]


def _login() -> dict[str, str]:
    owner = settings.DATABASE_OWNER
    return {
        "host": owner["HOST"],
        "port": owner["PORT"],
        "user": owner["USER"],
        "password": owner["PASSWORD"],
        "dbname": owner["NAME"],
    }


def _templates(server: psycopg.Connection) -> list[str]:
    """Those that are there, the newest first."""
    found = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [PREFIX]
    )
    return [name for (name,) in found]


def _build(server: psycopg.Connection, name: str) -> None:
    """Under another name until it is whole, so that nobody copies half of one."""
    building = f"building_{name}"
    test = connection.settings_dict["TEST"]
    before = connection.settings_dict["NAME"], test["NAME"]
    test["NAME"] = building
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        _leave_statistics_alone()
    finally:
        connection.close()
        connection.settings_dict["NAME"], test["NAME"] = before
        settings.DATABASES["default"]["NAME"] = before[0]
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(building), sql.Identifier(name)
        )
    )


def _leave_statistics_alone() -> None:
    """Vacuumed while a test's rows are not committed, a large table counts as empty, and plans
    for one row then read thousands. Never vacuumed, it is planned for as one of unknown size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %s SET (autovacuum_enabled = off)', oid::regclass)"
            " FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
