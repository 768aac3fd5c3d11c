"""Answers of the API leave compressed for who asks so."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

JSON = ("application/json", "application/problem+json")


class GzipOfTheApi(GZipMiddleware):
    """JSON below ``/api/``, and nothing else.

    Pages hold a token of their form beside what an address brings, from which the length of a
    compressed answer could be guessed at (BREACH); the API's answers hold none but in answers to
    POST, and the framework adds random bytes besides. Streams are told as they come, and files of
    exports and sheets are compressed in themselves or read once.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        is_told = request.method in ("GET", "HEAD") and request.path.startswith("/api/")
        if response.streaming or not is_told or kind not in JSON:
            return response
        return super().process_response(request, response)
