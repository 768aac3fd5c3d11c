"""The environment: the only module of the project that reads ``os.environ``.

A variable is looked up in three places, the first that has it wins: the process environment, the
file ``.env`` in the project folder, and what the embedded parts wrote into the data folder
(``embedded.json``: their addresses and generated secrets). An empty value counts as not set, as
Compose passes an unset variable on as an empty one.

Every function raises ``ImproperlyConfigured`` with one sentence that names the variable, what is
wrong and what is allowed. No sentence repeats a value that may be a secret.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PROJECT = Path(__file__).resolve().parent.parent
EMBEDDED_STATE = "embedded.json"

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_BROKER_SCHEMES = ("redis", "rediss", "amqp", "amqps")
_CACHE_SCHEMES = ("redis", "rediss")
_MAIL_PORTS = {"smtp": 587, "smtps": 465}


def text(name: str, *, default: str | None = None, allowed: str = "any text") -> str:
    value = _explicit(name) or _embedded().get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: {allowed}.")
    return value


def secret(name: str, *, shortest: int) -> str:
    """A secret of at least ``shortest`` characters that is not a placeholder."""
    allowed = f"a random text of at least {shortest} characters, or run `make up`"
    value = text(name, allowed=allowed)
    if len(value) < shortest or len(set(value)) < 8 or "insecure" in value.lower():
        raise ImproperlyConfigured(f"{name} is too short or a placeholder: {allowed}.")
    return value


def optional_secret(name: str, *, shortest: int) -> str:
    """The same; empty where nobody gave one."""
    return secret(name, shortest=shortest) if is_explicit(name) else ""


def integer(name: str, *, default: int, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    value = text(name, default=str(default))
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: a whole number from {low} to {high} is allowed."
        )
    return int(value)


def boolean(name: str, *, default: bool) -> bool:
    value = text(name, default=str(default)).lower()
    if value not in _YES | _NO:
        raise ImproperlyConfigured(f"{name} is {value!r}: true or false is allowed.")
    return value in _YES


def words(name: str, *, default: tuple[str, ...] = ()) -> list[str]:
    """A list written with commas."""
    value = text(name, default=",".join(default) or ",")
    return [word.strip() for word in value.split(",") if word.strip()]


def directory(name: str, *, default: Path) -> Path:
    """A folder; a relative one is meant from the project folder."""
    value = _explicit(name)
    return PROJECT / Path(value).expanduser() if value else default


def data_dir() -> Path:
    """The folder of everything the installation writes; not created here."""
    return directory("TARGETING_DATA_DIR", default=PROJECT / ".targeting")


def database(name: str) -> dict[str, Any]:
    """A Django database setting from a ``postgresql://`` URL; its query goes to libpq."""
    allowed = "postgresql://user:password@host:port/name is allowed"
    value = text(name, allowed=f"run `make up` or set {name}")
    try:
        parts = urlsplit(value)
        port = parts.port or 5432
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a database URL: {allowed}.") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} is not a PostgreSQL URL: {allowed}.")
    database_name = unquote(parts.path.removeprefix("/"))
    if not (parts.username and parts.hostname and database_name):
        raise ImproperlyConfigured(f"{name} lacks a user, a host or a database name: {allowed}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": unquote(parts.hostname),
        "PORT": port,
        "NAME": database_name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options,
    }


def broker(name: str) -> str:
    """The URL of the message broker."""
    value = text(name, allowed=f"run `make up` or set {name}")
    if urlsplit(value).scheme not in _BROKER_SCHEMES:
        schemes = ", ".join(f"{scheme}://" for scheme in _BROKER_SCHEMES)
        raise ImproperlyConfigured(f"{name} is not a broker URL: {schemes} are allowed.")
    return value


def cache(name: str, *, broker: str) -> str:
    """The Redis that all processes count in: by default another database of the broker's."""
    parts = urlsplit(broker)
    beside = parts._replace(path="/1").geturl() if parts.scheme in _CACHE_SCHEMES else None
    value = text(name, default=beside, allowed="redis://:password@host:6379/1 is allowed")
    if urlsplit(value).scheme not in _CACHE_SCHEMES:
        raise ImproperlyConfigured(f"{name} is not a Redis URL: redis:// or rediss:// is allowed.")
    return value


def mail(name: str) -> dict[str, Any]:
    """The mail server as scheme, host, port, user and password; empty without one."""
    value = text(name, default="file")
    if value == "file":
        return {}
    try:
        parts = urlsplit(value)
        port = parts.port or _MAIL_PORTS[parts.scheme]
    except (ValueError, KeyError):
        allowed = "smtp://user:password@host:587 (STARTTLS), smtps:// or file"
        raise ImproperlyConfigured(f"{name} is not a mail URL: {allowed} is allowed.") from None
    return {
        "scheme": parts.scheme,
        "host": parts.hostname or "",
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }


def openid_connect() -> dict[str, Any]:
    """The organisation's identity provider for allauth; without an application if none is set."""
    issuer = _explicit("TARGETING_OIDC_ISSUER")
    if issuer is None:
        return {"APPS": []}
    if not issuer.startswith("https://"):
        raise ImproperlyConfigured("TARGETING_OIDC_ISSUER is not an address: https:// is allowed.")
    application = {
        "provider_id": "organisation",
        "name": text("TARGETING_OIDC_NAME", default="organisation"),
        "client_id": text("TARGETING_OIDC_CLIENT_ID", allowed="the id that the provider gave"),
        "secret": secret("TARGETING_OIDC_CLIENT_SECRET", shortest=16),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    # An account is found by the address that the provider says it verified.
    return {"APPS": [application], "EMAIL_AUTHENTICATION": True}


def is_explicit(name: str) -> bool:
    """Whether a person set the variable, rather than the embedded parts."""
    return _explicit(name) is not None


def require_explicit(*names: str) -> None:
    """Refuse values that the embedded parts generated, or that nobody gave."""
    for name in names:
        if not is_explicit(name):
            raise ImproperlyConfigured(
                f"{name} is not set: in production every address and secret is given explicitly."
            )


def for_child(**extra: str) -> dict[str, str]:
    """The environment of a process that we start.

    Without ``PG…`` variables: they would silently change what PostgreSQL's programs do.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return inherited | extra


def default_settings(module: str) -> None:
    """Use this settings module unless the environment or ``.env`` names another."""
    os.environ["DJANGO_SETTINGS_MODULE"] = text("DJANGO_SETTINGS_MODULE", default=module)


def share_metrics(folder: Path) -> None:
    """Let ``prometheus_client`` of this process and its children count in files of the folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _explicit(name: str) -> str | None:
    return os.environ.get(name) or _dotenv().get(name) or None


def _dotenv() -> Mapping[str, str]:
    """The file ``.env``: NAME=value a line, nothing expanded; quotes around a value are dropped."""
    try:
        lines = (PROJECT / ".env").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _embedded() -> Mapping[str, str]:
    path = data_dir() / EMBEDDED_STATE
    try:
        variables: Mapping[str, str] = json.loads(path.read_text(encoding="utf-8"))["variables"]
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"{path} is damaged: stop what runs and delete it.") from error
    return variables
