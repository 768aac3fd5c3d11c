"""Webhooks: who is told of what, how a message is signed, and where it may be sent.

Signatures are those of Standard Webhooks (standardwebhooks.com, v1, symmetric).
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

import msgspec

from shipments.domain.errors import InvalidValue
from targeting.domain.addresses import is_inside
from targeting.domain.client_scopes import READ_LANES, READ_LEADS, READ_RECEIPTS, ClientKind
from targeting.domain.outbox import EventKind, office_topic, submitter_topic, wait_after

# What each kind of machine may be told, and the scope that it needs for that.
KINDS_OF: Mapping[ClientKind, tuple[EventKind, ...]] = {
    ClientKind.API_CLIENT: (
        EventKind.RECEIPT_FINISHED,
        EventKind.QUESTION_ASKED,
        EventKind.QUESTION_REMINDED,
    ),
    ClientKind.CUSTOMS_SYSTEM: (EventKind.LANE_GIVEN,),
    ClientKind.LEAD_SYSTEM: (),
}
SCOPE_OF: Mapping[ClientKind, str] = {
    ClientKind.API_CLIENT: READ_RECEIPTS,
    ClientKind.CUSTOMS_SYSTEM: READ_LANES,
    ClientKind.LEAD_SYSTEM: READ_LEADS,
}
SECRET_PREFIX = "whsec_"  # noqa: S105 - what Standard Webhooks puts before every secret
SECRET_BYTES = 32
LONGEST_URL = 500
# After a rotation the former secret signs along for so long.
SECRET_OVERLAP = timedelta(days=1)
# An endpoint that fails is left alone for so long, doubled with each further failure.
SHORTEST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
_PORTS = {"https": 443, "http": 80}


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as the rule of who is told what sees it. ``offices`` None is every one."""

    client_kind: ClientKind
    scopes: frozenset[str]
    submitter_key: str
    offices: frozenset[str] | None
    kinds: frozenset[str]
    since: datetime


def concerns(listener: Listener, *, kind: str, topic: str, at: datetime) -> bool:
    """Whether the endpoint is told of the event: lanes of its offices go to a customs system,
    what is about receipts to clients of that submitter. Nothing else leaves, and nothing that
    happened before the endpoint was there."""
    client_kind = listener.client_kind
    if kind not in KINDS_OF[client_kind] or kind not in listener.kinds or at < listener.since:
        return False
    if SCOPE_OF[client_kind] not in listener.scopes:
        return False
    if client_kind is ClientKind.API_CLIENT:
        return topic == submitter_topic(listener.submitter_key)
    return listener.offices is None or topic in map(office_topic, listener.offices)


def subject_of(payload: Mapping[str, object]) -> str:
    """Whose events are counted together: the declaration's, else the receipt's.

    >>> subject_of({"registration_number": "55301/1", "lane": "red"}), subject_of({"receipt": "7"})
    ('55301/1', '7')
    """
    return str(payload.get("registration_number") or payload.get("receipt") or "")


def body_of(*, kind: str, at: datetime, sequence: int, data: Mapping[str, object]) -> bytes:
    """The message, the same bytes however often it is sent. ``sequence`` counts what this
    endpoint was told of the same declaration, from 1."""
    message = {"type": kind, "timestamp": at.isoformat(), "sequence": sequence, "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def spell_secret(key: bytes) -> str:
    """The key as it is given to people.

    >>> spell_secret(bytes(6))
    'whsec_AAAAAAAA'
    """
    return SECRET_PREFIX + base64.b64encode(key).decode()


def sign(secrets: Sequence[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: one signature a secret, with blanks between.

    >>> sign(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
    ...      timestamp=1614265330, body=b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = [base64.b64decode(secret.removeprefix(SECRET_PREFIX)) for secret in secrets]
    digests = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def checked_url(url: str, *, networks: Sequence[str]) -> str:
    """The address if it may be one: https, or http within ``networks``, of a host by name or by
    an address that :func:`may_be_sent_to` lets pass. Raises InvalidValue ``url``."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", place_of(parts)[1]
    except ValueError:
        host, port = "", 0
    is_plain = all(33 <= ord(sign) <= 126 for sign in url)
    if not (host and port and is_plain and parts.scheme in _PORTS and len(url) <= LONGEST_URL):
        raise _refused(url)
    if parts.username is not None or parts.password is not None or "#" in url:
        raise _refused(url)
    if parts.scheme == "http" and not networks:
        raise _refused(url)
    if _is_address(host) and not may_be_sent_to(host, networks=networks, scheme=parts.scheme):
        raise _refused(url)
    return url


def place_of(parts: SplitResult) -> tuple[str, int]:
    """Host and port. Raises ValueError for a port that is none."""
    port = parts.port if parts.port is not None else _PORTS.get(parts.scheme, 0)
    return parts.hostname or "", port


def may_be_sent_to(address: str, *, networks: Iterable[str], scheme: str) -> bool:
    """Whether a message may go to the IP address: to a public one, or into ``networks``, which
    the installation allows; without encryption into these only.

    An address that carries another one (IPv4 in IPv6, 6to4, NAT64, Teredo) is what it carries.

    >>> [may_be_sent_to(a, networks=[], scheme="https") for a in ("8.8.8.8", "127.0.0.1",
    ...  "10.1.2.3", "169.254.169.254", "::ffff:10.1.2.3", "64:ff9b::a01:203", "fe80::1")]
    [True, False, False, False, False, False, False]
    """
    found = _carried(ipaddress.ip_address(address.partition("%")[0]))
    if is_inside(str(found), networks):
        return True
    is_public = found.is_global and not (found.is_multicast or found.is_reserved)
    return scheme == "https" and is_public


def rest_after(failures: int, *, spread_by: str) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row, at least one."""
    rest = min(SHORTEST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
    return _spread(rest, spread_by)


def wait_spread(attempts: int, *, spread_by: str) -> timedelta | None:
    """:func:`targeting.domain.outbox.wait_after`, between half of it and all of it, so that what
    failed together is not tried together again; ``spread_by`` decides, the same always.

    >>> wait_spread(2, spread_by="a") == wait_spread(2, spread_by="a")
    True
    >>> {timedelta(minutes=1) <= wait_spread(2, spread_by=str(n)) <= timedelta(minutes=2)
    ...  for n in range(50)}
    {True}
    """
    wait = wait_after(attempts)
    return None if wait is None else _spread(wait, f"{spread_by}:{attempts}")


def _spread(wait: timedelta, spread_by: str) -> timedelta:
    part = zlib.crc32(spread_by.encode()) / 2**32
    return wait * (0.5 + part / 2)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _carried(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def _refused(url: str) -> InvalidValue:
    allowed = f"an https address of a public host, at most {LONGEST_URL} characters, without user"
    return InvalidValue(field="url", value=url[:LONGEST_URL], allowed=allowed)
