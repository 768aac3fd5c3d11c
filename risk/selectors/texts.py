"""How a distinct goods text is named."""

import hashlib


def text_digest(text: str, commodity_code: str) -> bytes:
    """16 bytes that name one distinct (description, code)."""
    return hashlib.blake2b(f"{text}\0{commodity_code}".encode(), digest_size=16).digest()
