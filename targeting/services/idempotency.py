"""One answer per key of a client or a person, however often and at however many connections they
ask."""

from datetime import datetime

from targeting.domain.errors import KeyReused
from targeting.models import ApiClient, KeptAnswer, User


def reserve_key(
    *, holder: ApiClient | User, key: str, request_digest: bytes, now: datetime
) -> tuple[KeptAnswer, bool]:
    """The kept answer under the key, and whether it is still to be given: by the caller.

    The caller holds the transaction and ends it with the answer kept or with nothing at all.
    Meanwhile the same key waits here at every other connection, and then finds what was
    kept. Raises :class:`KeyReused` when the key was used for another request.
    """
    whose = {"user" if isinstance(holder, User) else "client": holder}
    kept, is_new = KeptAnswer.objects.get_or_create(
        **whose, key=key, defaults={"request_digest": request_digest, "created_at": now}
    )
    if bytes(kept.request_digest) != request_digest:
        raise KeyReused(key=key)
    return kept, is_new


def keep_answer(*, kept: KeptAnswer, status: int, body: str, location: str) -> None:
    """Keep what the request was answered with."""
    kept.status, kept.body, kept.location = status, body, location
    kept.save(update_fields=["status", "body", "location"])
