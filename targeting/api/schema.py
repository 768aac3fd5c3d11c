"""How the generated OpenAPI description shows tokens and problems."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from oauth2_provider.settings import oauth2_settings
from rest_framework import serializers

from targeting.api.authentication import ClientAuthentication
from targeting.api.errors import CONTENT_TYPE


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
        return dict(sorted(bodies.items()))

    def _problem_statuses(self) -> list[str]:
        statuses = ["401", "403", "406", "429"]
        if "{" in self.path:
            statuses.append("404")
        if self.get_filter_backends() or self.method != "GET" or self._is_list_view():
            statuses.append("400")
        return statuses


class ClientAuthenticationScheme(OpenApiAuthenticationExtension):
    target_class = ClientAuthentication
    name = "clientCredentials"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, object]:
        flow = {"tokenUrl": "/oauth/token/", "scopes": oauth2_settings.SCOPES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
