"""Rows with what stands behind them in the same answer: ``?include=declaration,referrals``.

What is included is what its own resource shows to the same caller, under the same policy, in the
same offices and for a purpose where that resource asks for one.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from targeting.api.permissions import check_purpose, grants_of
from targeting.domain.policy import Grants, allows
from targeting.selectors.scope import Scope

PARAMETER = "include"
FIELD = "included"


class Include(NamedTuple):
    """One thing that rows can bring along.

    ``needs`` and ``route`` are the policy and the route by which it is read on its own, ``shape``
    makes the field that declares it. ``read`` takes the rows of a page, the caller's scope and a
    serializer's context, and gives by the row's id what is shown, in a number of queries that does
    not depend on how many rows there are; a row without an entry has null, or an empty list.
    """

    needs: Grants
    route: str
    shape: Callable[..., serializers.Field]
    read: Callable[[Sequence[Any], Scope, Mapping[str, Any]], Mapping[int, Any]]
    is_many: bool = False


Includes = Mapping[str, Include]


def wanted_includes(request: Request, offered: Includes) -> list[str]:
    """What the request asks for, of what the caller may read. Raises ValidationError with the
    names that are allowed, and PurposeRequired where one asks what for."""
    told = request.query_params.get(PARAMETER)
    if told is None:
        return []
    grants = grants_of(request)
    allowed = sorted(name for name, one in offered.items() if allows(grants, one.needs))
    wanted = sorted({name.strip() for name in told.split(",")})
    if unknown := [name for name in wanted if name not in allowed]:
        known = ", ".join(allowed) or "none"
        sentence = f"Cannot be included here: {', '.join(unknown)}; allowed are {known}."
        raise ValidationError({PARAMETER: sentence})
    for name in wanted:
        check_purpose(request, offered[name].route)
    return wanted


def with_included(
    data: Sequence[Mapping[str, Any]],
    rows: Sequence[Any],
    *,
    wanted: Collection[str],
    offered: Includes,
    scope: Scope,
    context: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """``data``, which shows the ``rows`` in their order, with what is wanted behind each."""
    found = {name: offered[name].read(rows, scope, context) for name in wanted}
    return [
        {
            **shown,
            FIELD: {
                name: found[name].get(row.pk, [] if offered[name].is_many else None)
                for name in wanted
            },
        }
        for shown, row in zip(data, rows, strict=True)
    ]


def in_schema(offered: Includes) -> OpenApiParameter:
    """The parameter as the description of the API declares it."""
    return OpenApiParameter(
        PARAMETER,
        str,
        enum=sorted(offered),
        many=True,
        explode=False,
        description="Names with commas: each row has them in `included`, as their own resources"
        " show them to you.",
    )


def including(shown: type[serializers.Serializer], offered: Includes) -> type[Any]:
    """The serializer that declares the rows with what they can bring along; rows themselves are
    shown by ``shown``."""
    name = shown.__name__.removesuffix("Serializer")
    parts = {
        part: one.shape(required=False, **({} if one.is_many else {"allow_null": True}))
        for part, one in offered.items()
    }
    included = type(f"{name}IncludedSerializer", (serializers.Serializer,), parts)
    field = included(required=False, help_text="What was asked for by `include`.")
    return type(f"{name}WithIncludedSerializer", (shown,), {FIELD: field, "Meta": _meta(shown)})


def _meta(shown: type[serializers.Serializer]) -> type:
    own = getattr(shown, "Meta", None)
    fields = getattr(own, "fields", None)
    return type("Meta", (own,) if own else (), {"fields": [*fields, FIELD]} if fields else {})
