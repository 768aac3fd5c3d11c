"""Splink on the same records: a usual set of comparisons, trained on the records themselves.

Splink is no dependency of the product; ``requirements/bench.txt`` has it.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from risk.domain.resolution.names import fold_name
from risk.domain.resolution.records import PartyRecord
from shipments.domain.values import IdentifierKind

_KINDS = {
    "phone": IdentifierKind.PHONE,
    "email": IdentifierKind.EMAIL,
    "account": IdentifierKind.BANK_ACCOUNT,
    "address": IdentifierKind.ADDRESS,
    "bin": IdentifierKind.BIN,
}
_WORDS = 2
_SAME = 0.95
_SAMPLED_PAIRS = 1e6


def is_installed() -> bool:
    """Whether Splink can be measured here."""
    return find_spec("splink") is not None


def splink_groups(records: Sequence[PartyRecord], seed: int) -> list[list[int]]:
    """Groups of places that Splink joins at a match probability of 0.95.

    It is given our folded names, without legal forms and in Latin letters: with the raw ones
    it could not meet two scripts at all.
    """
    from splink import Linker, SettingsCreator, block_on
    from splink import comparison_library as compare
    from splink.backends.duckdb import DuckDBAPI

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            compare.JaroWinklerAtThresholds("name", [0.97, 0.93, 0.88]).configure(
                term_frequency_adjustments=True
            ),
            compare.ExactMatch("country"),
            compare.ExactMatch("phone").configure(term_frequency_adjustments=True),
            compare.ExactMatch("email"),
            compare.ExactMatch("account"),
            compare.ExactMatch("bin"),
            compare.LevenshteinAtThresholds("address", [1, 6]),
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(column) for column in ("name", "email", "account", "first", "last")),
            *(block_on(column, "country") for column in ("phone", "beginning", "address")),
        ],
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    linker = Linker(api.register(_frame(records)), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("name", "country"), block_on("email"), block_on("account")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=seed)
    for rule in (block_on("name"), block_on("email"), block_on("account")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=_SAME)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, _SAME)
    return _groups(found.as_record_list())


def _frame(records: Sequence[PartyRecord]) -> Any:
    import pyarrow

    return pyarrow.Table.from_pylist([_row(place, record) for place, record in enumerate(records)])


def _row(place: int, record: PartyRecord) -> dict[str, Any]:
    name = fold_name(record.names[0])
    words = [word for word in name.words if len(word) > _WORDS] or [name.compact]
    numbers = "".join(sorted(name.numbers))
    return {
        "unique_id": place,
        "name": f"{' '.join(name.words)} {numbers}".strip(),
        "first": f"{words[0]} {numbers}",
        "last": f"{words[-1]} {numbers}",
        "beginning": name.compact[:6] + numbers,
        "country": record.country or None,
        **{
            column: min(record.identifiers.get(kind, ()), default=None)
            for column, kind in _KINDS.items()
        },
    }


def _groups(rows: Sequence[dict[str, Any]]) -> list[list[int]]:
    found: dict[Any, list[int]] = {}
    for row in rows:
        found.setdefault(row["cluster_id"], []).append(row["unique_id"])
    return [group for group in found.values() if len(group) > 1]
