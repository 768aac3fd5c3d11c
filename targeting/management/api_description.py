"""The description of the API as it was declared last, and how what the code says differs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.translation import override
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

DECLARED = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
PROBLEM = "application/problem+json"
_EXAMPLES = frozenset({"example", "examples"})
_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
_ABSENT = object()
_HEAD = "# Written by `make schema renew=1`; examples are in targeting/api/examples.json.\n"


class DescriptionFault(ValueError):
    """The code does not describe itself without warnings, or not as OpenAPI."""


def described() -> dict[str, Any]:
    """What the code says of the API, without examples. Raises DescriptionFault; about 10 s."""
    GENERATOR_STATS.reset()
    with override(settings.LANGUAGE_CODE):
        description = SchemaGenerator().get_schema(request=None, public=True)
    if GENERATOR_STATS:
        GENERATOR_STATS.emit_summary()
        raise DescriptionFault("the generator warns of what the code does not say")
    try:
        validate_schema(description)
    except Exception as fault:  # the library does not say which
        raise DescriptionFault(str(fault)) from fault
    plain: dict[str, Any] = _without_examples(description)
    _say_problems_once(plain)
    return plain


def _say_problems_once(description: dict[str, Any]) -> None:
    """Three thousand refusals of one shape become references to it."""
    for operation in (one for path in description["paths"].values() for one in path.values()):
        for status, answer in operation["responses"].items():
            if list(answer.get("content", ())) == [PROBLEM] and len(answer) == 2:
                description["components"].setdefault("responses", {})["Problem"] = answer
                operation["responses"][status] = {"$ref": "#/components/responses/Problem"}


def as_text(description: Mapping[str, Any]) -> str:
    """Equal for equal descriptions: keys are sorted and nothing is told of day or machine."""
    return _HEAD + yaml.dump(
        description, Dumper=_Writer, sort_keys=True, allow_unicode=True, width=100
    )


def declared() -> Any:
    """What was declared last; empty before anything was."""
    if not DECLARED.exists():
        return {}
    return yaml.load(DECLARED.read_bytes(), Loader=yaml.CSafeLoader)


def differences(before: Any, now: Any) -> list[str]:
    """A line for each place at which the two differ: an operation or a shape, and what in it."""
    return [f"{_place(where)}: {how}" for where, how in _differences(before, now, ())]


def _differences(
    before: Any, now: Any, where: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    if before == now:
        return
    if where[:1] == ("paths",) and len(where) == 2:
        # An address that is new or gone is told by its methods.
        before, now = ({} if side is _ABSENT else side for side in (before, now))
    one, other = _named(before), _named(now)
    if before is _ABSENT or now is _ABSENT or one is None or other is None:
        yield where, _how(before, now)
        return
    for key in sorted(one.keys() | other.keys()):
        yield from _differences(one.get(key, _ABSENT), other.get(key, _ABSENT), (*where, key))


def _how(before: Any, now: Any) -> str:
    if before is _ABSENT:
        return "new"
    if now is _ABSENT:
        return "gone"
    return f"{before!r} became {now!r}"


def _named(node: Any) -> dict[str, Any] | None:
    """Parts of the node by name: of parameters by where they are sent, of other lists by place."""
    if isinstance(node, Mapping):
        return {str(key): value for key, value in node.items()}
    if not isinstance(node, list):
        return None
    if node and all(isinstance(part, Mapping) and {"in", "name"} <= part.keys() for part in node):
        return {f"{part['name']} in {part['in']}": part for part in node}
    if any(isinstance(part, Mapping | list) for part in node):
        return {str(place): part for place, part in enumerate(node)}
    return {str(part): part for part in node}


def _place(where: tuple[str, ...]) -> str:
    if where[:1] == ("paths",) and len(where) > 2 and where[2] in _METHODS:
        where = (f"{where[2].upper()} {where[1]}", *where[3:])
    elif where[:1] in (("paths",), ("components",)):
        where = where[1:]
    return " › ".join(where)


def _without_examples(node: Any, *, in_properties: bool = False) -> Any:
    """A field may be called ``example``: what stands below ``properties`` stays."""
    if isinstance(node, Mapping):
        return {
            key: _without_examples(value, in_properties=key == "properties")
            for key, value in node.items()
            if in_properties or key not in _EXAMPLES
        }
    if isinstance(node, list | tuple):
        return [_without_examples(part) for part in node]
    # Lazily translated words and enumerations become what the file holds.
    return str(node) if isinstance(node, str) else node


class _Writer(yaml.CSafeDumper):
    """Writes what stands twice twice: whoever reads a difference need not look elsewhere."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
