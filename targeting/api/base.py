"""What every resource of the API has."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from targeting.api import includes as including
from targeting.api import narrowing
from targeting.api.conditional import mark_when_rendered
from targeting.api.fields import GRANTS
from targeting.api.permissions import DeclaredPolicy, Policy, client_of, grants_of, scope_of_caller
from targeting.api.schema import ProblemSchema
from targeting.api.throttling import CallerThrottle
from targeting.domain.policy import NOBODY
from targeting.filters.narrowed import filters_of
from targeting.selectors.scope import Scope
from targeting.services.history import set_history_context

PAGE_PARAMETERS = ("cursor", "page_size", narrowing.PARAMETER)
# What the methods of a plain list and of a plain row are answered by.
LIST: dict[str, Any] = {"get": "list"}
DETAIL: dict[str, Any] = {"get": "retrieve"}


def refuse_unknown(given: Iterable[str], allowed: set[str]) -> None:
    """A parameter that nobody knows is an error, not a silent no. Raises ValidationError with
    a sentence for each."""
    unknown = sorted(set(given) - allowed)
    if unknown:
        sentence = f"Not a parameter here; allowed are {', '.join(sorted(allowed))}."
        raise ValidationError(dict.fromkeys(unknown, sentence))


def _may_be_known(request: Request, answer: Any) -> bool:
    """Whether what is read has no mark of its own yet, by which a reader could say that it is
    known."""
    is_read = request.method in ("GET", "HEAD") and answer.status_code == HTTPStatus.OK
    return is_read and isinstance(answer, Response) and "ETag" not in answer


class QueryParameters(serializers.Serializer):
    """The parameters of a question that no filters answer; the context's ``beside`` are read
    elsewhere."""

    def to_internal_value(self, data: Any) -> Any:
        refuse_unknown(data, {*self.fields, *self.context.get("beside", ())})
        return super().to_internal_value(data)


class AskedFilters(DjangoFilterBackend):
    """The view's filters as far as the request asks for them."""

    def get_filterset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        filters = self.get_filterset_class(view, queryset)
        if filters is None:
            return None
        asked = filters_of(filters, request.query_params)
        return asked(**self.get_filterset_kwargs(request, queryset, view))


class Resource(GenericViewSet):
    """A resource declares its ``policy``: a line of :data:`~targeting.api.permissions.POLICIES`.

    Every request is audited by :class:`~targeting.api.audit.AuditMiddleware`.
    """

    policy: Policy
    # Actions that answer with a list as it is, without pages.
    bare_lists: ClassVar[frozenset[str]] = frozenset()
    # Whether reading here is an audit event; off only where nothing personal or of a case is read.
    audit_reads = True
    # Whether a request here shows that somebody is at work, so that their session goes on.
    is_activity = True
    # By action what its rows can bring along, see `with_included`.
    includes: ClassVar[Mapping[str, including.Includes]] = {}
    # Statuses of refusals of an action beside those that its method and parameters bring.
    problems: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    permission_classes = [DeclaredPolicy]
    throttle_classes = [CallerThrottle]
    filter_backends = [AskedFilters]
    schema = ProblemSchema()

    @property
    def scope(self) -> Scope:
        """Whose rows the caller may see; the base of every ``get_queryset``."""
        return scope_of_caller(getattr(self, "request", None))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As the framework's; what a client's request changes is the client's in the history."""
        super().initial(request, *args, **kwargs)
        client = client_of(request)
        if client and request.method not in SAFE_METHODS:
            set_history_context(actor=client.actor)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """As the framework's; a list or a row holds only the fields that were asked for, and what
        is read has an ETag."""
        is_read = getattr(self, "action", None) in ("list", "retrieve")
        if is_read and response.status_code == HTTPStatus.OK and hasattr(response, "data"):
            try:
                included = bool(including.wanted_includes(request, self._offered))
                if wanted := narrowing.wanted_fields(request):
                    also = {including.FIELD} if included else set()
                    response.data = narrowing.narrowed(response.data, wanted | also)
            except ValidationError as refusal:
                response = self.handle_exception(refusal)
        answer = super().finalize_response(request, response, *args, **kwargs)
        if _may_be_known(request, answer):
            mark_when_rendered(request, answer)
        return answer

    def get_serializer_context(self) -> dict[str, Any]:
        """With the caller's grants, by which serializers show or hide fields."""
        context = super().get_serializer_context()
        request = context.get("request")
        return {**context, GRANTS: grants_of(request) if request else NOBODY}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filtered rows; a parameter of a list that nobody knows is refused."""
        if self.action == "list":
            also = [including.PARAMETER] if self._offered else []
            self.refuse_unknown_filters(*PAGE_PARAMETERS, *also)
        return super().filter_queryset(queryset)

    def refuse_unknown_filters(self, *beside: str) -> None:
        """Raises ValidationError for a parameter that is neither a filter nor ``beside`` them;
        where there are no filters the view reads its parameters itself."""
        filterset = getattr(self, "filterset_class", None)
        if filterset:
            refuse_unknown(self.request.query_params, {*filterset.base_filters, *beside})

    @property
    def _offered(self) -> including.Includes:
        return self.includes.get(self.action or "", {})

    def with_included(
        self, data: list[dict[str, Any]], rows: Sequence[Any]
    ) -> list[dict[str, Any]]:
        """What shows the rows, with what the request wants included behind each of them. Raises as
        :func:`targeting.api.includes.wanted_includes`."""
        wanted = including.wanted_includes(self.request, self._offered)
        if not wanted:
            return data
        return including.with_included(
            data,
            rows,
            wanted=wanted,
            offered=self._offered,
            scope=self.scope,
            context=self.get_serializer_context(),
        )

    def page_of(self, queryset: QuerySet[Any]) -> list[Any]:
        """The page that the request asks for, of the filtered rows."""
        return self.paginate_queryset(self.filter_queryset(queryset)) or []
