"""Where the shared large data set of this machine lies, and which of its parts are finished."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from django.conf import settings

SHARED = "million"
DIGESTS = "digests.json"


class PartDigest(msgspec.Struct, frozen=True, kw_only=True):
    """One finished part: its file with what it holds, and the SHA-256 of its bytes."""

    file: str
    declarations: int
    items: int
    sha256: str


class DatasetDigests(msgspec.Struct, frozen=True, kw_only=True):
    """What the digest file of a data set says: how it is made, and the finished parts."""

    seed: int
    planned_items: int
    parts: tuple[PartDigest, ...] = ()

    @property
    def items(self) -> int:
        return sum(part.items for part in self.parts)

    @property
    def is_complete(self) -> bool:
        return self.items >= self.planned_items


class _Items(msgspec.Struct):
    items: list[msgspec.Raw] = []


_decode = msgspec.json.Decoder(_Items).decode


def count_items(lines: Iterable[bytes]) -> tuple[int, int]:
    """Declarations and goods items of NDJSON lines; a declaration without items counts as one."""
    declarations = items = 0
    for line in lines:
        declarations += 1
        items += max(1, len(_decode(line).items))
    return declarations, items


def shared_folder() -> Path:
    return Path(settings.DATA_DIR) / "datasets" / SHARED


def read_digests(folder: Path) -> DatasetDigests | None:
    """What is finished in the folder; None before the first part."""
    try:
        return msgspec.json.decode((folder / DIGESTS).read_bytes(), type=DatasetDigests)
    except FileNotFoundError:
        return None


def write_digests(folder: Path, digests: DatasetDigests) -> None:
    """Replace the digest file in one step."""
    draft = folder / f"{DIGESTS}.new"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(digests), indent=1))
    draft.replace(folder / DIGESTS)


def shared_parts() -> list[Path]:
    """The files of the shared data set in their order; empty while it is not complete."""
    folder = shared_folder()
    digests = read_digests(folder)
    if digests is None or not digests.is_complete:
        return []
    return [folder / part.file for part in digests.parts]
