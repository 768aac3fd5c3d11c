"""A small client of the project's own API, as a submitter's and an analyst's program has one."""

import json
import os
import time
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, BinaryIO
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from shipments.domain.errors import TargetingError
from targeting.management.one_time_codes import PERIOD_SECONDS, one_time_code

TIMEOUT_SECONDS = 90
"""Longer than the server takes to say that it has no time."""
LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"
CSRF_COOKIES = ("csrftoken", "__Host-csrf")


class ApiRefused(TargetingError):
    """The API answered with an error. Params: ``url``, ``status``, ``answer``."""

    code = "api_refused"


class ApiConnection:
    """A connection to one server; keeps cookies and an access token."""

    def __init__(self, base_url: str) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ApiRefused("web_address_unknown", url=base_url)
        self.base_url = base_url.rstrip("/")
        self._cookies = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self._cookies))
        self._headers: dict[str, str] = {"Accept": "application/json"}
        self._last_path = ""

    def take_token(self, *, client_id: str, client_secret: str) -> None:
        """OAuth 2 client credentials: what follows is sent as this client."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        answer = self._send("/oauth/token/", data=urlencode(form).encode())
        self._headers["Authorization"] = f"Bearer {json.loads(answer)['access_token']}"

    def sign_in(self, *, username: str, password: str, key: str) -> None:
        """A session, opened on the sign-in pages as a person with an authenticator app does it.

        ``key`` is that of the app. Each code is good once, so after a sign-in in the same
        half minute a neighbouring one is taken.
        """
        self._send(LOGIN, accept="text/html")
        self._submit(LOGIN, login=username, password=password)
        for shift in (0, PERIOD_SECONDS, -PERIOD_SECONDS):
            code = one_time_code(key, at=time.time() + shift)
            if self._submit(CODE, code=code) not in {LOGIN, CODE}:
                return
        raise ApiRefused("sign_in_failed", url=self.base_url, user=username)

    def state_purpose(self, purpose: str) -> None:
        """What follows says what for, which the API asks where people are looked up."""
        self._headers["X-Purpose"] = purpose

    def get(self, path: str, **query: str) -> Any:
        """The decoded answer; ``path`` may also be a whole address that the API gave."""
        suffix = f"?{urlencode(query)}" if query else ""
        return json.loads(self._send(f"{path}{suffix}"))

    def read(self, path: str, **query: str) -> bytes:
        """The answer as it came."""
        suffix = f"?{urlencode(query)}" if query else ""
        return self._send(quote(path, safe="/:?=&%") + suffix)

    def post_file(self, path: str, file: Path, *, content_type: str, **query: str) -> Any:
        """Send a file of any size as the body of the request; the decoded answer."""
        target = f"{path}?{urlencode(query)}"
        with file.open("rb") as stream:
            return json.loads(self._send(target, data=stream, content_type=content_type))

    def post(self, path: str, content: bytes, *, content_type: str) -> Any:
        """Send bytes as the body of the request; the decoded answer."""
        return json.loads(self._send(path, data=content, content_type=content_type))

    def _submit(self, page: str, **form: str) -> str:
        """Send a form; the path of the page that this leads to."""
        token = next((c.value or "" for c in self._cookies if c.name in CSRF_COOKIES), "")
        data = urlencode({**form, "csrfmiddlewaretoken": token}).encode()
        self._send(page, data=data, accept="text/html")
        return self._last_path

    def _send(
        self,
        path: str,
        *,
        data: bytes | BinaryIO | None = None,
        content_type: str = "application/x-www-form-urlencoded",
        accept: str = "application/json",
    ) -> bytes:
        url = path if path.startswith(self.base_url) else f"{self.base_url}{path}"
        headers = self._headers | {"Accept": accept, "Referer": url}
        if data is not None:
            headers["Content-Type"] = content_type
        if data is not None and not isinstance(data, bytes):
            headers["Content-Length"] = str(os.fstat(data.fileno()).st_size)
        request = Request(url, data=data, headers=headers)  # noqa: S310 - http(s), see __init__
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                self._last_path = urlsplit(response.geturl()).path
                return bytes(response.read())
        except HTTPError as error:
            answer = error.read(2000).decode(errors="replace")
            raise ApiRefused(url=url, status=error.code, answer=answer) from error
        except OSError as error:
            raise ApiRefused("server_unreachable", url=url, reason=str(error)) from error
