"""Where this installation keeps what is backed up."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import CommandError
from django.db import connection


def owner_login() -> dict[str, Any]:
    """The login of the tables' owner in the database that is in use. Raises CommandError."""
    owner = settings.DATABASE_OWNER
    if owner is None:
        raise CommandError("DATABASE_OWNER_URL is not set: only the owner role sees every table.")
    return owner | {"NAME": connection.settings_dict["NAME"]}


def storage_folder() -> Path:
    """The folder of the stored files. Raises CommandError where they are elsewhere."""
    if not isinstance(default_storage, FileSystemStorage):
        raise CommandError("The stored files are in no folder: back them up where they are.")
    return Path(default_storage.location)
