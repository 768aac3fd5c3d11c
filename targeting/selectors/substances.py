"""What substances are called in sentences."""

from collections.abc import Iterable

from risk.models import Substance, SubstanceName

# As printed in a list, then the everyday name, then the systematic one.
_KINDS = ("list", "common", "iupac")


def substance_names(keys: Iterable[str], *, lang: str) -> dict[str, str]:
    """The name to show for each key: in the language if it has one. Two queries."""
    wanted = set(keys)
    shown = dict(Substance.objects.filter(key__in=wanted).values_list("key", "preferred_name"))
    names = SubstanceName.objects.filter(substance__key__in=wanted, lang=lang, kind__in=_KINDS)
    ranked = sorted(
        names.exclude(lang="en").values_list("kind", "substance__key", "name"),
        key=lambda row: (-_KINDS.index(row[0]), row[2]),
    )
    return shown | {key: name for _, key, name in ranked}
