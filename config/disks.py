"""How much room there is where files are written."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage


def free_bytes_by_folder() -> Mapping[str, int]:
    """Free bytes on the disks of ``data`` and, where they are files, of ``uploads``."""
    free = {"data": _free(settings.DATA_DIR)}
    if isinstance(default_storage, FileSystemStorage):
        free["uploads"] = _free(Path(default_storage.location))
    return free


def free_bytes() -> int:
    """The least of them."""
    return min(free_bytes_by_folder().values())


def _free(folder: Path) -> int:
    """Of the disk under the folder, which may not have been made yet."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free
