"""Addresses of callers: whose word counts, and the networks a client may call from."""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from shipments.domain.errors import InvalidValue

ANYWHERE = ("0.0.0.0/0", "::/0")


def caller_address(meta: Mapping[str, Any], *, trusted_proxies: int) -> str:
    """The caller's address, as far as the proxies in front vouch for it; empty if unknown.

    ``meta`` are the CGI variables of the request. Each trusted proxy appends to
    X-Forwarded-For, so what stands before their entries is the caller's own invention.

    >>> forwarded = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 198.51.100.7"}
    >>> caller_address(forwarded, trusted_proxies=0), caller_address(forwarded, trusted_proxies=1)
    ('10.0.0.1', '198.51.100.7')
    """
    text = str(meta.get("REMOTE_ADDR") or "")
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR") or "").split(",")
    if trusted_proxies and len(forwarded) >= trusted_proxies:
        text = forwarded[-trusted_proxies].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    # What a server that listens on both families makes of an IPv4 caller.
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def networks_of(texts: Iterable[str]) -> list[str]:
    """The networks in CIDR notation, sorted, without doubles.

    Raises :class:`InvalidValue` ``network_invalid`` for what is none, or has host bits
    set: ``10.0.0.5/8`` is more than its author thinks.
    """
    return sorted({_network(text) for text in texts})


def is_inside(address: str, networks: Iterable[str]) -> bool:
    """Whether one of the networks holds the address; an unknown address is in none.

    >>> is_inside("10.1.2.3", ["10.0.0.0/8"]), is_inside("10.1.2.3", []), is_inside("", ANYWHERE)
    (True, False, False)
    """
    if not address:
        return False
    caller = ipaddress.ip_address(address)
    return any(caller in ipaddress.ip_network(network) for network in networks)


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError:
        allowed = "a network such as 198.51.100.0/24 or 2001:db8::/32"
        raise InvalidValue("network_invalid", value=text, allowed=allowed) from None
