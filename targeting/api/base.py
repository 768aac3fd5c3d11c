"""What every resource of the API has."""

from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.viewsets import GenericViewSet

from targeting.api.permissions import DeclaredPolicy, Policy
from targeting.api.schema import ProblemSchema
from targeting.api.throttling import CallerThrottle


class Resource(GenericViewSet):
    """A resource declares its ``policy``: a line of :data:`~targeting.api.permissions.POLICIES`."""

    policy: Policy
    permission_classes = [DeclaredPolicy]
    throttle_classes = [CallerThrottle]
    filter_backends = [DjangoFilterBackend]
    schema = ProblemSchema()
