"""A backup: a folder with the database, the stored files, and a manifest that proves both.

The dump and the counts are of one snapshot, taken while everything runs. Files are copied after it:
whatever the dump names was stored before, so only what retention removed meanwhile is missing.
The manifest is written last, so a folder without one is no backup.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from config import env
from config.embedded import postgres, processes

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
_BLOCK = 1024 * 1024

Login = Mapping[str, Any]
"""HOST, PORT, USER, PASSWORD and NAME, as Django's settings of a database have them."""


class BackupError(Exception):
    """A backup cannot be made, is damaged, or may not be restored here; the message says why."""


class Table(msgspec.Struct, frozen=True):
    """Rows of a table, and the sum of the digests of all of them, in any order."""

    rows: int
    digest: str


class StoredFile(msgspec.Struct, frozen=True):
    name: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. ``migrations`` are those that had been applied, as ``app.name``."""

    format: int
    taken_at: datetime
    server_version: str
    migrations: list[str]
    tables: dict[str, Table]
    database: StoredFile
    files: list[StoredFile]


def back_up(folder: Path, *, database: Login, storage: Path, now: datetime) -> Manifest:
    """Write a backup into the folder, which must be new or empty.

    ``database`` is the login of the tables' owner, ``storage`` the folder of the stored files.
    Raises BackupError, and EmbeddedError with what ``pg_dump`` said.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty: a backup needs a folder of its own.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _connected(database) as snapshot:
        dump = _dump(folder, database, _exported(snapshot))
        tables = _tables(snapshot)
        migrations = _migrations(snapshot)
        version = str(snapshot.info.server_version)
    files = [_copy(storage, name, folder / FILES / name) for name in sorted(_names_below(storage))]
    manifest = Manifest(
        format=FORMAT,
        taken_at=now,
        server_version=version,
        migrations=migrations,
        tables=tables,
        database=dump,
        files=files,
    )
    draft = folder / f"{MANIFEST}.new"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    draft.rename(folder / MANIFEST)
    return manifest


def check(folder: Path) -> Manifest:
    """The manifest of a backup of which every byte is as it was written; BackupError otherwise."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BackupError(f"{folder} has no {MANIFEST}: it is no backup, or half of one.") from None
    except msgspec.DecodeError as error:
        raise BackupError(f"{folder / MANIFEST} cannot be read: {error}") from None
    if manifest.format != FORMAT:
        raise BackupError(f"The backup has format {manifest.format}: {FORMAT} is allowed.")
    places = [(folder / DUMP, manifest.database)]
    places += [(folder / FILES / one.name, one) for one in manifest.files]
    for path, told in places:
        if not path.is_file() or _digest(path) != told.sha256:
            raise BackupError(f"{told.name} of the backup is missing or changed.")
    return manifest


def restore(folder: Path, *, database: Login, storage: Path) -> Manifest:
    """Bring a backup back into a database without tables and a storage without files.

    Checks the whole backup first, and afterwards that every table has the rows it had. Raises
    BackupError: before anything is changed for a damaged backup, one of a newer release, or an
    installation that holds something; and EmbeddedError with what ``pg_restore`` said.
    """
    manifest = check(folder)
    if unknown := _unknown_migrations(manifest):
        raise BackupError(f"The backup is of a newer release: it has {unknown[0]}.")
    with _connected(database) as target:
        if held := _table_names(target):
            raise BackupError(
                f"The database {database['NAME']} is not empty (it has {held[0]} and"
                f" {len(held) - 1} more tables): restore into a new one."
            )
    if any(_names_below(storage)):
        raise BackupError(f"{storage} holds files: restore into an empty folder.")
    with _rights_by_the_dump_alone(database):
        _run(
            database,
            *("pg_restore", "--single-transaction", "--exit-on-error", "--no-password"),
            *(f"--dbname={database['NAME']}", folder / DUMP),
        )
    for one in manifest.files:
        _copy(folder / FILES, one.name, storage / one.name)
    with _connected(database) as target:
        found = _tables(target)
    if wrong := sorted(
        name for name in manifest.tables if found.get(name) != manifest.tables[name]
    ):
        raise BackupError(f"Restored, but these tables differ from the backup: {', '.join(wrong)}")
    return manifest


_DEFAULT_RIGHTS = """
    SELECT a.defaclobjtype::text, g.grantee::regrole::text, g.privilege_type
    FROM pg_default_acl AS a, aclexplode(a.defaclacl) AS g
    WHERE a.defaclrole = current_user::regrole AND a.defaclnamespace = 0
      AND g.grantee NOT IN (0, a.defaclrole)
"""
_KINDS = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES", "n": "SCHEMAS"}


@contextmanager
def _rights_by_the_dump_alone(database: Login) -> Iterator[None]:
    """Without the rights that a new database gives on every table: a dump says what is granted
    and not what is not, so append-only tables would come back changeable. The dump brings those
    rights itself, at its end; where that fails they are as before."""
    with _connected(database, read_only=False) as target:
        rights = target.execute(_DEFAULT_RIGHTS).fetchall()
        for kind, role, right in rights:
            target.execute(_change_of_default("REVOKE", kind, role, right, "FROM"))
    try:
        yield
    except BaseException:
        with _connected(database, read_only=False) as target:
            for kind, role, right in rights:
                target.execute(_change_of_default("GRANT", kind, role, right, "TO"))
        raise


def _change_of_default(verb: str, kind: str, role: str, right: str, way: str) -> sql.Composed:
    """Every word but the role is PostgreSQL's own."""
    return sql.SQL("ALTER DEFAULT PRIVILEGES {} {} ON {} {} {}").format(
        sql.SQL(verb),
        sql.SQL(right),
        sql.SQL(_KINDS[kind]),
        sql.SQL(way),
        sql.Identifier(role.strip('"')),
    )


@contextmanager
def _connected(login: Login, *, read_only: bool = True) -> Iterator["psycopg.Connection[Any]"]:
    """One transaction that sees one moment; times and numbers are written alike everywhere."""
    with psycopg.connect(
        host=login["HOST"],
        port=login["PORT"],
        user=login["USER"],
        password=login["PASSWORD"],
        dbname=login["NAME"],
        options="-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1 -c statement_timeout=0",
    ) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = read_only
        yield connection


def _exported(snapshot: "psycopg.Connection[Any]") -> str:
    row = snapshot.execute("SELECT pg_export_snapshot()").fetchone()
    return str(row[0]) if row else ""


def _dump(folder: Path, database: Login, snapshot: str) -> StoredFile:
    path = folder / DUMP
    _run(
        database,
        # The new database brings its extensions: making them takes a superuser.
        *("pg_dump", "--format=custom", "--exclude-extension=*", "--no-password"),
        *(f"--snapshot={snapshot}", f"--file={path}", f"--dbname={database['NAME']}"),
    )
    path.chmod(0o600)
    return StoredFile(DUMP, path.stat().st_size, _digest(path))


def _run(database: Login, program: str, *words: str | Path) -> None:
    processes.finish(
        [postgres.program(program), *words],
        folder=Path.cwd(),
        environment=env.for_child(
            PGHOST=str(database["HOST"]),
            PGPORT=str(database["PORT"]),
            PGUSER=str(database["USER"]),
            PGPASSWORD=str(database["PASSWORD"]),
        ),
    )


def _table_names(connection: "psycopg.Connection[Any]") -> list[str]:
    """Ours, partitions under their parent; none of an extension's."""
    found = connection.execute(
        """
        SELECT c.relname FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition AND NOT EXISTS (
            SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1
        """
    )
    return [name for (name,) in found]


def _tables(connection: "psycopg.Connection[Any]") -> dict[str, Table]:
    tables = {}
    for name in _table_names(connection):
        query = sql.SQL(
            "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text"
            " FROM {} AS t"
        ).format(sql.Identifier(name))
        row = connection.execute(query).fetchone()
        tables[name] = Table(*row) if row else Table(0, "0")
    return tables


def _migrations(connection: "psycopg.Connection[Any]") -> list[str]:
    found = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [name for (name,) in found]


def _unknown_migrations(manifest: Manifest) -> list[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    known |= {
        f"{app}.{name}" for one in loader.disk_migrations.values() for app, name in one.replaces
    }
    return [name for name in manifest.migrations if name not in known]


def _names_below(folder: Path) -> Iterator[str]:
    return (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _copy(source: Path, name: str, target: Path) -> StoredFile:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(source / name, "rb") as old, open(opened, "wb") as new:
        while block := old.read(_BLOCK):
            digest.update(block)
            size += len(block)
            new.write(block)
    shutil.copystat(source / name, target)
    return StoredFile(name, size, digest.hexdigest())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
