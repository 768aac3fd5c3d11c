"""No index is kept that another one answers for: each is written with every row."""

import pytest
from django.db import connection

# An index of one column beside a whole one (no condition) that begins with the same column.
_COVERED = """
    SELECT small.indrelid::regclass::text, small.indexrelid::regclass::text
    FROM pg_index AS small
    JOIN pg_class AS index_class ON index_class.oid = small.indexrelid
    JOIN pg_am AS method ON method.oid = index_class.relam AND method.amname = 'btree'
    JOIN pg_index AS large ON large.indrelid = small.indrelid
      AND large.indexrelid <> small.indexrelid
      AND large.indkey[0] = small.indkey[0] AND large.indclass[0] = small.indclass[0]
      AND large.indpred IS NULL
    WHERE NOT small.indisunique AND small.indnatts = 1 AND small.indexprs IS NULL
      AND small.indrelid = ANY(%s::regclass[])
    ORDER BY 1, 2
"""
# Of few rows among very many: the whole index would read all of the same days.
OF_FEW = [("shipments_declaration", "declaration_preliminary")]
WRITTEN_PER_DECLARATION = [
    "shipments_declaration",
    "shipments_goodsitem",
    "shipments_goodsitemdocument",
    "shipments_container",
    "shipments_partyrole",
    "shipments_partyname",
    "shipments_partyidentifier",
    "risk_substancematch",
    "risk_traderecord",
    "risk_partylink",
    "risk_partytie",
    "risk_linksubstance",
    "risk_tiesubstance",
    "risk_weighedsubstance",
    "risk_riskassessment",
    "risk_indicatorrow",
    "risk_lanedecision",
    "risk_modelscore",
]


@pytest.mark.django_db
def test_no_index_that_another_begins_with() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, [WRITTEN_PER_DECLARATION])
        assert cursor.fetchall() == OF_FEW
