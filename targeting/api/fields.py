"""The one mechanism that shows or hides fields of an answer (``targeting.domain.visibility``)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from targeting.domain.visibility import (
    FieldClass,
    is_natural_person,
    mask,
    mask_identifier,
    may_see,
)

GRANTS = "grants"
"""Key of the caller's grants in a serializer's context; without it everything guarded hides."""


class Guarded(serializers.Serializer):
    """A serializer whose ``guards`` say of which class its fields are.

    What the caller may not see is null.
    """

    guards: ClassVar[Mapping[str, FieldClass]] = {}

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name in self.guards:
            fields[name].allow_null = True
        return fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        for name, wanted in self.guards.items():
            if not self.shows(wanted):
                shown[name] = None
        return shown

    def shows(self, wanted: FieldClass) -> bool:
        """Whether the caller sees fields of the class."""
        return may_see(self.context.get(GRANTS, ()), wanted)


class GuardedParty(Guarded):
    """Somebody declared, whose ``personal`` texts and identifiers are masked where they are a
    natural person's and the caller has no need of them. ``kinds_of`` are the kinds of
    identifiers by which a firm is told from a person."""

    personal: ClassVar[tuple[str, ...]] = ("name",)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if self.shows(FieldClass.PERSONAL):
            return shown
        if not is_natural_person(instance.name, self.kinds_of(instance)):
            return shown
        for name in self.personal:
            shown[name] = _masked(shown[name])
        return shown

    def kinds_of(self, instance: Any) -> list[str]:
        return [identifier["kind"] for identifier in instance.identifiers]


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if isinstance(value, dict):
        return {**value, "value": mask_identifier(value["kind"], value["value"])}
    return value
