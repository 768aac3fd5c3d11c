"""What a standing dismissal covers, and what brings a repeat back."""

from decimal import Decimal

import msgspec
import pytest

from targeting.domain.dismissals import AlertCase, DismissalScope, Return, why_it_returns

SEEN = AlertCase(
    importer=1,
    lane="yellow",
    substances={"acetone": "law", "toluene": "law"},
    wordings=("a", "b"),
    mass_kg=Decimal(100),
    shared_identifiers=1,
)


@pytest.mark.parametrize("scope", DismissalScope)
def test_the_same_again_is_covered_in_every_scope(scope) -> None:
    assert why_it_returns(SEEN, scope, SEEN) is None


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"is_random_arm": True}, [Return.RANDOM] * 3),
        ({"lane": "red"}, [Return.RED] * 3),
        ({"importer": 2}, [Return.OTHER_IMPORTER, Return.OTHER_IMPORTER, None]),
        ({"importer": None}, [Return.OTHER_IMPORTER, Return.OTHER_IMPORTER, None]),
        (
            {"substances": {"acetone": "law", "ether": "law"}},
            [None, Return.OTHER_SUBSTANCE, Return.OTHER_SUBSTANCE],
        ),
        ({"substances": {"acetone": "law"}}, [None] * 3),
        ({"wordings": ("a", "c")}, [None, None, Return.OTHER_WORDING]),
        ({"wordings": ()}, [None, None, Return.OTHER_WORDING]),
        ({"substances": {"acetone": "a new limit"}}, [Return.LIST_CHANGED] * 3),
        ({"lane": "blue"}, [None] * 3),
        ({"mass_kg": Decimal(200)}, [None] * 3),
        ({"mass_kg": Decimal("200.1")}, [Return.MORE_GOODS] * 3),
        ({"shared_identifiers": 2}, [Return.NETWORK_CHANGED] * 3),
        ({"importer": 2, "shared_identifiers": 2}, [Return.OTHER_IMPORTER] * 2 + [None]),
    ],
    ids=str,
)
def test_what_differs_comes_back(changes, reasons) -> None:
    case = msgspec.structs.replace(SEEN, **changes)
    assert [why_it_returns(SEEN, scope, case) for scope in DismissalScope] == reasons


def test_heavier_lane_comes_back() -> None:
    seen = msgspec.structs.replace(SEEN, lane="blue")
    reason = why_it_returns(seen, DismissalScope.IMPORTER, SEEN)
    assert reason is Return.HEAVIER_LANE


def test_case_survives_storage_as_json() -> None:
    stored = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(SEEN)))
    assert msgspec.convert(stored, AlertCase) == SEEN
