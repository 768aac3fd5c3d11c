"""Letting go of the database."""

from typing import cast

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper


def disconnect(alias: str) -> None:
    """Close the connection and its pool; the next query opens both again."""
    connection = cast(DatabaseWrapper, connections[alias])
    connection.close()
    connection.close_pool()
