"""Conditional requests: an ETag over what is shown, or ``Last-Modified``, and 304."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.http import HttpResponseBase, HttpResponseNotModified
from django.utils.http import http_date, parse_etags, parse_http_date_safe
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.errors import PreconditionRequired


def etag_of(shown: Any) -> str:
    """A mark that changes with everything that is shown."""
    return f'"{blake2b(JSONRenderer().render(shown), digest_size=16).hexdigest()}"'


def conditional(request: Request, shown: Any, *, modified: datetime | None) -> HttpResponseBase:
    """The answer with its ETag, or 304 without a body for who has it already."""
    etag = etag_of(shown)
    return unless_known(request, lambda: Response(shown), etag=etag, modified=modified)


def unless_known(
    request: Request,
    build: Callable[[], HttpResponseBase],
    *,
    etag: str,
    modified: datetime | None,
) -> HttpResponseBase:
    """What ``build`` gives, marked; 304, and nothing is built, for who has it already."""
    answer = HttpResponseNotModified() if _is_known(request, etag, modified) else build()
    return marked(answer, etag=etag, modified=modified)


def mark_when_rendered(request: Request, response: Response) -> None:
    """An ETag over what leaves, for an answer in JSON that has none; what is known already leaves
    as 304. Only the sending is spared: who may read it, and what, is found out all the same."""

    def mark(rendered: Response) -> HttpResponseBase | None:
        if not rendered.headers["Content-Type"].startswith("application/json"):
            return None
        etag = f'"{blake2b(rendered.content, digest_size=16).hexdigest()}"'
        if not _is_known(request, etag, None):
            rendered["ETag"] = etag
            return None
        kept = {"ETag": etag} | {
            name: rendered[name] for name in ("Vary", "Cache-Control") if name in rendered
        }
        return HttpResponseNotModified(headers=kept)

    response.add_post_render_callback(mark)


def mark_given(request: Request) -> str:
    """The ETag that a change sends as ``If-Match``, as the answer had it that was read: one that
    left compressed called it weak. Raises PreconditionRequired when there is none."""
    given: str = request.headers.get("If-Match", "").removeprefix("W/")
    if not given:
        raise PreconditionRequired
    return given


def _is_known(request: Request, etag: str, modified: datetime | None) -> bool:
    """``If-Match`` is for changes: a reader who sends it all the same is not refused."""
    given = request.headers.get("If-None-Match")
    if given is not None:
        known = parse_etags(given)
        return known == ["*"] or etag in {one.removeprefix("W/") for one in known}
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return modified is not None and since is not None and int(modified.timestamp()) <= since


def marked(response: HttpResponseBase, *, etag: str, modified: datetime | None) -> HttpResponseBase:
    """The answer with what a conditional request needs."""
    response["ETag"] = etag
    if modified:
        response["Last-Modified"] = http_date(int(modified.timestamp()))
    return response
