"""What every resource of the API has."""

from typing import Any

from django.db.models import QuerySet
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

    def page_of(self, queryset: QuerySet[Any]) -> list[Any]:
        """The page that the request asks for, of the filtered rows."""
        return self.paginate_queryset(self.filter_queryset(queryset)) or []
