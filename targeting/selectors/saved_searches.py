"""The searches that somebody keeps."""

from django.db.models import QuerySet

from targeting.domain.saved_searches import SearchResource
from targeting.models import SavedSearch, User


def own_searches(owner: User, resource: SearchResource) -> QuerySet[SavedSearch]:
    """Those of the account over the list, by name."""
    rows = SavedSearch.objects.filter(owner=owner, resource=resource.value)
    return rows.order_by("name", "id")
