"""Tables to which the application only adds (ADR 1)."""

from typing import Any

from django.conf import settings
from django.db import migrations


def append_only(*tables: str) -> migrations.RunPython:
    """A step of a migration: the application's role may insert into the tables and read them.

    What the owner's default privileges gave it beyond that is taken back.
    """

    def take_back_change(apps: Any, schema_editor: Any) -> None:
        quote = schema_editor.connection.ops.quote_name
        role = settings.TARGETING["APP_ROLE"]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role]
            )
            if cursor.fetchone():
                names = ", ".join(map(quote, tables))
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {names} FROM {quote(role)}")

    return migrations.RunPython(take_back_change, migrations.RunPython.noop)
