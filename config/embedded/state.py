"""What the embedded parts remember between two commands, in one file that only its owner reads."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config import env

ACCOUNTS = ("postgres", "targeting_owner", "targeting_app", "redis")


class EmbeddedError(Exception):
    """Something that a person must put right; the message is the sentence to show."""


@dataclass(frozen=True)
class Running:
    """A process that we started: its id alone could since have gone to another process."""

    pid: int
    birth: str
    address: str
    ready: bool = False


@dataclass
class State:
    """``variables`` are what ``config.env`` reads; ``home`` is where the cluster lives;
    ``migrated_by`` is the digest of the code that last brought its tables up to date."""

    folder: str
    home: str
    passwords: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    migrated_by: str = ""


@dataclass(frozen=True)
class Folder:
    """The data folder (``TARGETING_DATA_DIR``) and what lies in it."""

    path: Path

    @classmethod
    def current(cls) -> "Folder":
        return cls(env.data_dir().resolve())

    @property
    def digest(self) -> str:
        """A short name of this folder, the same as long as it is not moved."""
        return hashlib.sha256(bytes(self.path)).hexdigest()[:16]

    def log(self, part: str) -> Path:
        return self.path / "log" / f"{part}.log"

    @property
    def _file(self) -> Path:
        return self.path / env.EMBEDDED_STATE

    def load(self) -> State | None:
        """None before the first start."""
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
            content["running"] = {k: Running(**v) for k, v in content["running"].items()}
            state = State(**content)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise EmbeddedError(f"{self._file} is damaged: restore or delete it.") from error
        self._claim(state)
        return state

    def _claim(self, state: State) -> None:
        """Tell a folder that was moved, which is fine, from a copy of one that still exists."""
        if state.folder == str(self.path):
            return
        if Path(state.folder, env.EMBEDDED_STATE).exists():
            raise EmbeddedError(
                f"{self.path} is a copy of {state.folder} and would share its database: "
                "delete the copied folder, then start again."
            )
        if Path(state.home).is_relative_to(state.folder):
            state.home = str(self.path / Path(state.home).relative_to(state.folder))
        state.folder = str(self.path)

    def save(self, state: State) -> None:
        """Replace the file in one step; mode 0600 from its first byte."""
        draft = self._file.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file, indent=1)
        draft.replace(self._file)

    def create(self) -> None:
        """Make the folders; the data folder itself readable by its owner only."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.stat().st_uid != os.geteuid():
            raise EmbeddedError(
                f"{self.path} belongs to another account: work as that account, "
                "or set TARGETING_DATA_DIR to another folder."
            )
        self.log("any").parent.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one command at a time start or stop things; others wait here."""
        self.create()
        with open(self.path / "lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def new_state(folder: Folder, home: Path) -> State:
    """A state with fresh secrets and no address yet."""
    return State(
        folder=str(folder.path),
        home=str(home),
        passwords={account: secrets.token_urlsafe(32) for account in ACCOUNTS},
        variables={
            "SECRET_KEY": secrets.token_urlsafe(64),
            "TARGETING_DRAW_SECRET": secrets.token_urlsafe(48),
        },
    )
