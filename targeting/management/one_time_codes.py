"""The codes of an authenticator app (TOTP, RFC 6238), for programs that sign in as a person."""

import base64
import hmac
import secrets
import struct

PERIOD_SECONDS = 30
DIGITS = 6


def new_key() -> str:
    """A key of 160 bits in base 32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def one_time_code(key: str, *, at: float) -> str:
    """The code of the half minute that ``at`` (seconds since 1970) is in.

    >>> one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at=59)  # RFC 6238, appendix B
    '287082'
    """
    counter = struct.pack(">Q", int(at) // PERIOD_SECONDS)
    digest = hmac.digest(base64.b32decode(key), counter, "sha1")
    start = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"
