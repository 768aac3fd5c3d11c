"""``Idempotency-Key``: a POST that is sent again gets the answer of the first time."""

import hashlib
import json
import re
from collections.abc import Callable

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import is_success

from shipments.domain.errors import InvalidValue
from shipments.services.intake import measure
from targeting.api.permissions import client_of
from targeting.models import ApiClient, User
from targeting.services.idempotency import keep_answer, reserve_key

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
ALLOWED = "1 to 255 visible ASCII characters, new for each request"
KEY = OpenApiParameter(
    HEADER,
    location=OpenApiParameter.HEADER,
    description=f"{ALLOWED}. The same request under the same key is answered as the first time.",
)
# Of people's moves: kept with the move for ever, and the answer tells how it is now.
ONCE = OpenApiParameter(
    HEADER,
    location=OpenApiParameter.HEADER,
    description=f"{ALLOWED}. The same move of the same person under the same key is made once.",
)
_SHAPE = re.compile(r"[\x21-\x7e]{1,255}")


def answered_once(
    request: Request,
    *,
    content: bytes | File,
    parameters: dict[str, str],
    answer: Callable[[], Response],
) -> Response:
    """What ``answer`` gives, or gave when the caller's key came first.

    Without the header, always what it gives. Only a success is kept: whatever was refused
    may be put right under the same key. Raises InvalidValue ``idempotency_key_invalid`` and
    KeyReused ``idempotency_key_reused``.
    """
    key, holder = request.headers.get(HEADER), client_of(request) or request.user
    if key is None or not isinstance(holder, ApiClient | User):
        return answer()
    _check(key)
    digest = _digest(request, content, parameters)
    with transaction.atomic():
        kept, is_new = reserve_key(
            holder=holder, key=key, request_digest=digest, now=timezone.now()
        )
        if not is_new:
            headers = {"Location": kept.location, REPLAYED: "true"}
            return Response(json.loads(kept.body), status=kept.status, headers=headers)
        response = answer()
        if is_success(response.status_code):
            body = JSONRenderer().render(response.data).decode()
            location = response.headers.get("Location", "")
            keep_answer(kept=kept, status=response.status_code, body=body, location=location)
        else:
            transaction.set_rollback(True)
        return response


def key_of(request: Request) -> str:
    """The key of the request; empty without one. Raises InvalidValue
    ``idempotency_key_invalid``."""
    key: str | None = request.headers.get(HEADER)
    if key is None:
        return ""
    _check(key)
    return key


def _check(key: str) -> None:
    if not _SHAPE.fullmatch(key):
        raise InvalidValue("idempotency_key_invalid", value=key[:255], allowed=ALLOWED)


def _digest(request: Request, content: bytes | File, parameters: dict[str, str]) -> bytes:
    sha256, _ = measure(content)
    said = [request.path, sha256.hex(), sorted(parameters.items())]
    return hashlib.sha256(json.dumps(said).encode()).digest()
