"""How a distinct goods text is named, and whether any waits for its blocking keys."""

import hashlib

from risk.domain.matching.blocking import KEYS_VERSION
from risk.models import GoodsText


def text_digest(text: str, commodity_code: str) -> bytes:
    """16 bytes that name one distinct (description, code)."""
    return hashlib.blake2b(f"{text}\0{commodity_code}".encode(), digest_size=16).digest()


def are_texts_pending() -> bool:
    """Whether any stored text has no blocking keys of this version yet."""
    return GoodsText.objects.filter(keys_version__lt=KEYS_VERSION).exists()
