"""Conditional requests: an ETag over what is shown, ``If-None-Match`` and ``Last-Modified``."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response


def etag_of(shown: Any) -> str:
    """A mark that changes with everything that is shown."""
    return f'"{blake2b(JSONRenderer().render(shown), digest_size=16).hexdigest()}"'


def conditional(
    request: Request, shown: Any, *, modified: datetime | None = None
) -> HttpResponseBase:
    """The answer with its ETag, or 304 without a body for who has it already."""
    response = Response(shown)
    response["ETag"] = etag = etag_of(shown)
    stamp = int(modified.timestamp()) if modified else None
    if stamp is not None:
        response["Last-Modified"] = http_date(stamp)
    found = get_conditional_response(
        request._request, etag=etag, last_modified=stamp, response=response
    )
    return found if found is not None else response
