"""Who the caller is and what it may do."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, client_of, grants_of, own_submitter


class MeSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="`person` or `client`.")
    name = serializers.CharField()
    submitter = serializers.CharField(
        allow_null=True, help_text="Key of the submitter whose receipts a client reads."
    )
    grants = serializers.ListField(
        child=serializers.CharField(), help_text="Roles of a person, scopes of a client."
    )


class MeViewSet(Resource):
    """The caller: a person with roles, or a client with scopes."""

    policy = POLICIES["me"]
    audit_reads = False
    serializer_class = MeSerializer
    filter_backends = []

    @extend_schema(summary="Who am I")
    def retrieve(self, request: Request) -> Response:
        grants = sorted(grants_of(request))
        client = client_of(request)
        if client:
            key = own_submitter(request).key
            who = {"kind": "client", "name": client.name, "submitter": key}
        else:
            who = {"kind": "person", "name": request.user.get_username(), "submitter": None}
        return Response(self.get_serializer({**who, "grants": grants}).data)
