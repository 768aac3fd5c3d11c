"""Links between preliminary information and declarations, in the scope of whoever looks."""

from django.db.models import Q, QuerySet

from risk.models import PreliminaryLink
from targeting.selectors.scope import Scope, in_scope


def list_preliminary_links(scope: Scope) -> QuerySet[PreliminaryLink]:
    """The newest first; both documents are in the scope, since a link shows what both say."""
    links = PreliminaryLink.objects.order_by("-id")
    return links.filter(
        in_scope(scope, "declaration__customs_office"),
        in_scope(scope, "preliminary__customs_office"),
    )


def links_of(registration_number: str, scope: Scope) -> QuerySet[PreliminaryLink]:
    """Those of one document, on whichever side, the surest first."""
    of_it = Q(declaration_number=registration_number) | Q(preliminary_number=registration_number)
    return list_preliminary_links(scope).filter(of_it).order_by("-score", "id")
