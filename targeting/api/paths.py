"""One address per resource, whoever writes a slash behind it."""

from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

API_ROOT = "/api/v1/"


class IgnoreTrailingSlash(MiddlewareMixin):
    """``/api/v1/alerts/`` is ``/api/v1/alerts``: a redirect would lose the body of a POST."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(API_ROOT) and request.path_info != API_ROOT:
            request.path_info = request.path_info.rstrip("/")
