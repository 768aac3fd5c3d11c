"""Errors as the caller sees them: RFC 9457 problem+json with a stable ``code``."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from psycopg.errors import QueryCanceled, TransactionTimeout
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from shipments.domain.errors import TargetingError

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:targeting-centre:problem:"

# Code of a domain error → status and title. An error whose own code is not listed takes
# the line of the nearest family that is.
DOMAIN_ERRORS: dict[str, tuple[int, str]] = {
    "unreadable_file": (422, "Nothing in the file can be read."),
    "declaration_rejected": (422, "The declaration was rejected; nothing was stored."),
    "format_unknown": (415, "No intake format reads this content."),
    "mapping_unknown": (422, "There is no mapping of this name."),
    "mapping_required": (422, "This format needs a mapping."),
    "not_a_table": (422, "Rows to correct are given of tables only."),
    "sheet_too_long": (422, "This does not fit into a workbook; take it as CSV."),
    "picture_too_large": (422, "Too many nodes for a picture: ask for fewer."),
    "habit_invalid": (422, "This habit of a table cannot be."),
    "mapping_refused": (422, "This format takes no mapping."),
    "upload_too_large": (413, "The upload is larger than allowed."),
    "idempotency_key_reused": (422, "This key was used for another request: take a new one."),
    "idempotency_key_invalid": (400, "This is not an idempotency key."),
    "invalid_value": (422, "A value breaks the rule of its type."),
    "invalid_list": (422, "What was given cannot stand on a list."),
    "four_eyes": (409, "A second person must do this."),
    "message_removed": (410, "The message is not kept any more."),
    "batch_read": (409, "The whole file has been read already."),
    "wrong_state": (409, "This step does not follow from the present state."),
    "invalid_outcome": (422, "The act of inspection breaks its contract."),
    "outcome_conflict": (409, "The act cannot be added beside what is recorded."),
    "lane_changed": (409, "Another lane holds now: read it again."),
    "alert_changed": (412, "The alert changed since you read it: read it again."),
    "alert_held": (409, "Somebody else is at it."),
    "purpose_required": (400, "Say what for: the policy asks it here."),
    "file_too_large": (413, "The file is larger than allowed."),
    "export_needed": (409, "This is too long to wait for: ask for it under /api/v1/exports."),
    "export_not_done": (409, "The file is not written yet, or never will be: look at its state."),
    "export_refused": (422, "This cannot be exported as asked."),
    "exports_running": (409, "So many of your exports run already: wait for one, or end it."),
    "import_needed": (409, "This is too long to wait for: bring it in under …/imports."),
    "import_not_previewed": (409, "There is no preview to confirm: look at its state."),
    "imports_running": (409, "So many of your imports run already: wait for one, or end it."),
    "edition_changed": (412, "Somebody changed the edition since you read it: read it again."),
    "substance_changed": (412, "Somebody changed the substance since you read it: read it again."),
    "contradictions_unacknowledged": (422, "Identifiers contradict a reference: give a reason."),
    "authorisations_refused": (422, "Nothing was entered: these values are wrong."),
    "notifications_refused": (422, "Nothing was entered: these values are wrong."),
    "requirements_refused": (422, "Nothing was entered: these values are wrong."),
    "legal_entities_refused": (422, "Nothing was entered: these values are wrong."),
    "returns_refused": (422, "Nothing was entered: these values are wrong."),
    "register_changed": (412, "The register or the sheet changed since the preview."),
    "invalid_profile": (422, "The risk profile breaks its contract."),
    "profile_refused": (422, "Nothing was changed: these fields of the profile are wrong."),
    "limit_refused": (422, "What a lane is to hold cannot be said so."),
    "profile_changed": (412, "Somebody changed the profile since you read it."),
    "error": (422, "The request cannot be carried out."),
}

# Status of a framework error → code and title.
FRAMEWORK_ERRORS: dict[int, tuple[str, str]] = {
    400: ("invalid_request", "The request is not valid."),
    401: ("not_authenticated", "Sign in or send a valid token."),
    403: ("permission_denied", "You may not do this."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This resource does not know this method."),
    406: ("not_acceptable", "Answers are JSON only."),
    408: ("request_timeout", "The body took too long to arrive."),
    411: ("length_required", "Say how long the body is: Content-Length."),
    413: ("upload_too_large", "The upload is larger than allowed."),
    415: ("unsupported_media_type", "This resource does not read this content type."),
    428: ("precondition_required", "Send If-Match with the ETag that you read."),
    429: ("throttled", "Too many requests; wait as long as Retry-After says."),
    503: ("query_too_slow", "The answer takes too long to find; narrow the query."),
    500: ("server_error", "The server failed; the fault was recorded."),
}

# Ended by the database: one statement, or all that a request wrote (config/startup.py).
TOO_SLOW = (QueryCanceled, TransactionTimeout)

# Errors of ours whose code says more than their status.
OWN_CODES = frozenset({"address_refused", "backlog_full"})


class LengthRequired(exceptions.APIException):
    """A chunked body without a length; the framework would read it as empty."""

    status_code = HTTPStatus.LENGTH_REQUIRED
    default_detail = "Chunked bodies are not read."


class PreconditionRequired(exceptions.APIException):
    """A change without ``If-Match``: it might overwrite what somebody else wrote."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = "Read what you change and send its ETag as If-Match."


class UploadTooLarge(exceptions.APIException):
    """More bytes than ``TARGETING["MAX_UPLOAD_BYTES"]`` or the limit of one declaration."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self, allowed_bytes: int) -> None:
        super().__init__(f"At most {allowed_bytes} bytes are allowed.")


class BacklogFull(exceptions.Throttled):
    """What waits of large files leaves no room for another one; small messages still pass."""

    default_code = "backlog_full"

    def __init__(self, *, waiting_bytes: int, wait: int) -> None:
        megabytes = waiting_bytes // 1024**2
        super().__init__(wait=wait, detail=f"{megabytes} MiB of large files still wait.")


def problem(*, status: int, code: str, title: str, **more: Any) -> dict[str, Any]:
    """The body of every error answer."""
    return {"type": TYPE_PREFIX + code, "title": title, "status": status, "code": code, **more}


def problem_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every expected error as a problem; None (the 500 handler answers) for a fault of ours."""
    if isinstance(error, TargetingError):
        return _response(domain_problem(error), {})
    if isinstance(error, DatabaseError) and isinstance(error.__cause__, TOO_SLOW):
        set_rollback()
        code, title = FRAMEWORK_ERRORS[503]
        return _response(problem(status=503, code=code, title=title), {})
    response = exception_handler(error, context)
    if response is None:
        return None
    detail = _framework_error(error)
    code, title = FRAMEWORK_ERRORS.get(response.status_code, FRAMEWORK_ERRORS[400])
    if getattr(error, "default_code", "") in OWN_CODES:
        code = error.default_code  # type: ignore[attr-defined]
    body = problem(status=response.status_code, code=code, title=title)
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = list(_field_errors(error.get_full_details()))
    elif detail:
        body["detail"] = detail
    return _response(body, _headers(response))


def _response(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _headers(response: Response) -> dict[str, str]:
    kept = ("WWW-Authenticate", "Retry-After")
    return {name: response[name] for name in kept if response.has_header(name)}


def domain_problem(error: TargetingError) -> dict[str, Any]:
    """The problem that the error is answered with."""
    families = [family.code for family in type(error).__mro__ if hasattr(family, "code")]
    listed = next(code for code in (error.code, *families) if code in DOMAIN_ERRORS)
    status, title = DOMAIN_ERRORS[listed]
    more = {"params": {key: _plain(v) for key, v in error.params.items()}} if error.params else {}
    return problem(status=status, code=error.code, title=title, **more)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)


def _framework_error(error: Exception) -> str:
    if isinstance(error, exceptions.APIException) and isinstance(error.detail, str):
        return str(error.detail)
    return ""


def _field_errors(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Nested details of the framework as flat {field, code, detail} lines."""
    if isinstance(details, dict) and "message" in details and "code" in details:
        yield {"field": path, "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, dict):
        for key, value in details.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _field_errors(value, ".".join(part for part in (path, name) if part))
    else:
        for value in details:
            yield from _field_errors(value, path)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404 handler: JSON below /api/, the usual page elsewhere."""
    if request.path.startswith("/api/"):
        return _json(404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500 handler: JSON below /api/, the usual page elsewhere; never a trace."""
    if request.path.startswith("/api/"):
        return _json(500)
    return defaults.server_error(request)


def problem_response(*, status: int, code: str, title: str) -> JsonResponse:
    """A problem from outside the framework's views: handlers and middleware."""
    body = problem(status=status, code=code, title=title)
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def framework_problem(status: int) -> dict[str, Any]:
    """The problem that the framework's error of this status is answered with."""
    code, title = FRAMEWORK_ERRORS[status]
    return problem(status=status, code=code, title=title)


def _json(status: int) -> JsonResponse:
    return JsonResponse(framework_problem(status), status=status, content_type=CONTENT_TYPE)
