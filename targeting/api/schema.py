"""How the generated OpenAPI description shows tokens and problems."""

from typing import Any, Literal

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from oauth2_provider.settings import oauth2_settings
from rest_framework import serializers

from shipments.domain.records import DeclarationRecord
from targeting.api.authentication import ClientAuthentication
from targeting.api.errors import CONTENT_TYPE
from targeting.api.examples import show_examples
from targeting.api.includes import in_schema
from targeting.api.narrowing import IN_SCHEMA

# A sheet in JSON: rows by column, what is blank left out.
_JSON_ROWS = {"type": "array", "items": {"type": "object", "additionalProperties": {}}}


def files(*media_types: str) -> dict[tuple[int, str], Any]:
    """What is declared of an answer that is a file of one of the types."""
    names = [one.partition(";")[0] for one in media_types]
    return {
        (200, name): _JSON_ROWS if name == "application/json" else OpenApiTypes.BINARY
        for name in names
    }


class FieldError(serializers.Serializer):
    field = serializers.CharField(help_text="Dotted path; empty for the request as a whole.")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """An RFC 9457 problem."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; programs decide by it.")
    detail = serializers.CharField(required=False)
    errors = FieldError(many=True, required=False)  # type: ignore[assignment]
    params = serializers.DictField(required=False)


class ProblemSchema(AutoSchema):
    """Adds the problems that any operation may answer with to what the operation declares."""

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            if status not in bodies:
                bodies[status] = self._get_response_for_code(Problem, status, [CONTENT_TYPE])
        if self.method == "GET" and "application/json" in bodies.get("200", {}).get("content", {}):
            # As `targeting.api.conditional` answers who sends `If-None-Match`.
            bodies.setdefault("304", {"description": "No response body"})
        return dict(sorted(bodies.items()))

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """As the library's, with its examples."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        return show_examples(operation, f"{self.method} {self.path}")

    def get_override_parameters(self) -> list[Any]:
        action = getattr(self.view, "action", None)
        parameters = super().get_override_parameters()
        if action in ("list", "retrieve"):
            parameters = [*parameters, IN_SCHEMA]
        if offered := getattr(self.view, "includes", {}).get(action):
            parameters = [*parameters, in_schema(offered)]
        return parameters

    def get_tags(self) -> list[str]:
        """The resource: the first word below ``/api/v1/``."""
        return [self.path.split("/")[3]]

    def _get_paginator(self) -> Any:
        """None for what is answered as a list without pages."""
        if getattr(self.view, "action", None) in getattr(self.view, "bare_lists", ()):
            return None
        return super()._get_paginator()

    def _problem_statuses(self) -> list[str]:
        """Of every operation those of the caller and the load; the others by what it takes."""
        statuses = ["400", "401", "403", "406", "429", "503"]
        if "{" in self.path:
            statuses.append("404")
        if self.method != "GET":
            statuses += ["409", "422"]
        if self.get_request_serializer() is not None:
            statuses += ["404", "413", "415"]
        if any(one["name"] == "If-Match" for one in self._get_parameters()):
            statuses += ["412", "428"]
        own = getattr(self.view, "problems", {}).get(getattr(self.view, "action", None), ())
        return [*statuses, *map(str, own)]


class ClientAuthenticationScheme(OpenApiAuthenticationExtension):
    target_class = ClientAuthentication
    name = "clientCredentials"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, object]:
        flow = {"tokenUrl": "/oauth/token/", "scopes": oauth2_settings.SCOPES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


def declaration_body() -> dict[str, Any]:
    """The JSON of a declaration as OpenAPI 3.0, from the record that intake reads it into."""
    roots, parts = msgspec.json.schema_components([DeclarationRecord], ref_template="{name}")
    return dict(_in_openapi(roots[0], parts))


def _in_openapi(node: Any, parts: dict[str, Any]) -> Any:
    """References written out; "or null" and constants in the words of OpenAPI 3.0."""
    if isinstance(node, list):
        return [_in_openapi(one, parts) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _in_openapi(parts[node["$ref"]], parts)
    choices = [one for one in node.get("anyOf", []) if one != {"type": "null"}]
    if len(choices) == 1:
        return {**_in_openapi(choices[0], parts), "nullable": True}
    return {key: _in_openapi(value, parts) for key, value in node.items()}
