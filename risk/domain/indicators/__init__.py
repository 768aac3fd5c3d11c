"""The registered indicators. An indicator counts once it stands in ``INDICATORS``."""

from risk.domain.indicators.authorisation import (
    EXPORT_PERMISSION_MISSING,
    LICENCE_MISSING,
    PERMIT_FOR_OTHER_GOODS,
    PERMIT_NOT_VALID,
    PERMIT_OF_ANOTHER,
    PERMIT_OVERDRAWN,
)
from risk.domain.indicators.base import DeclarationIndicator, Indicator, ItemIndicator
from risk.domain.indicators.document import DESCRIPTION_TERSE
from risk.domain.indicators.exemption import EXEMPTION_CONTRADICTED, EXEMPTIONS_CLAIMED_OFTEN
from risk.domain.indicators.network import (
    CLOSED_OFFENDER_SUCCEEDED,
    IDENTIFIERS_SHARED,
    LINKED_WITHOUT_PERMIT,
    WATCHLIST_MET,
)
from risk.domain.indicators.notice import (
    NOTICE_AWAITED,
    NOTICE_CONTRADICTED,
    NOTICE_EXCEEDED,
    NOTICE_MISSING,
    NOTICE_OFF_ROUTE,
)
from risk.domain.indicators.party import (
    COMMODITY_NEW_FOR_IMPORTER,
    IMPORTER_IDENTITY_DOUBTFUL,
    IMPORTER_NEW,
)
from risk.domain.indicators.preliminary import DIFFERS_FROM_PRELIMINARY
from risk.domain.indicators.price import UNIT_PRICE_FAR_FROM_PEERS
from risk.domain.indicators.quantity import (
    CONSIGNMENTS_SPLIT,
    NET_GROSS_RATIO_ODD,
    QUANTITY_ABOVE_OWN_HISTORY,
    REQUIREMENT_EXCEEDED,
)
from risk.domain.indicators.route import DISPATCH_COUNTRY_UNRELATED
from risk.domain.indicators.substance import (
    CODE_CONTRADICTION,
    CONCENTRATION_ABOVE_LIMIT,
    CONTROLLED_CODE_ONLY,
    DRUG_RECOGNISED,
    EQUIPMENT_RECOGNISED,
    NUMBER_CONTRADICTION,
    PRECURSOR_RECOGNISED,
)

INDICATORS: tuple[Indicator, ...] = (
    PRECURSOR_RECOGNISED,
    DRUG_RECOGNISED,
    EQUIPMENT_RECOGNISED,
    CONCENTRATION_ABOVE_LIMIT,
    CODE_CONTRADICTION,
    NUMBER_CONTRADICTION,
    CONTROLLED_CODE_ONLY,
    LICENCE_MISSING,
    EXPORT_PERMISSION_MISSING,
    PERMIT_NOT_VALID,
    PERMIT_OF_ANOTHER,
    PERMIT_OVERDRAWN,
    PERMIT_FOR_OTHER_GOODS,
    NOTICE_MISSING,
    NOTICE_CONTRADICTED,
    NOTICE_EXCEEDED,
    NOTICE_OFF_ROUTE,
    NOTICE_AWAITED,
    CONSIGNMENTS_SPLIT,
    EXEMPTION_CONTRADICTED,
    EXEMPTIONS_CLAIMED_OFTEN,
    REQUIREMENT_EXCEEDED,
    QUANTITY_ABOVE_OWN_HISTORY,
    NET_GROSS_RATIO_ODD,
    UNIT_PRICE_FAR_FROM_PEERS,
    DISPATCH_COUNTRY_UNRELATED,
    IMPORTER_NEW,
    IMPORTER_IDENTITY_DOUBTFUL,
    COMMODITY_NEW_FOR_IMPORTER,
    IDENTIFIERS_SHARED,
    LINKED_WITHOUT_PERMIT,
    WATCHLIST_MET,
    CLOSED_OFFENDER_SUCCEEDED,
    DESCRIPTION_TERSE,
    DIFFERS_FROM_PRELIMINARY,
)

ITEM_INDICATORS: tuple[ItemIndicator, ...] = tuple(
    indicator for indicator in INDICATORS if isinstance(indicator, ItemIndicator)
)
DECLARATION_INDICATORS: tuple[DeclarationIndicator, ...] = tuple(
    indicator for indicator in INDICATORS if isinstance(indicator, DeclarationIndicator)
)
INDICATOR_VERSIONS: dict[str, int] = {indicator.code: indicator.version for indicator in INDICATORS}
