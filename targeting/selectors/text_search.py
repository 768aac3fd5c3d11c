"""Words looked for in goods texts, names and numbers, by indexes alone.

Goods texts are read by PostgreSQL's Russian configuration, which stems Latin words by the English
dictionary; Kazakh has none, so each word is looked for as a part of the text, too, by trigrams.
Names are found by trigrams with slips of the pen in them. A text is found once ``index_texts`` gave
it keys, a minute or so after it came: reading it must not wait for that.
"""

import re
from typing import Any

from django.db.models.expressions import RawSQL

MOST_WORDS = 8
LEAST_LETTERS = 3
"""A trigram index finds nothing shorter."""
# What leaves words out or keeps them together is for the dictionaries alone.
_OPERATORS = re.compile(r'(^|\s)-\w|"')

# hashtextextended as the index of goods items has it (shipments/models/declarations.py).
_DECLARATIONS = """
    SELECT item.declaration_id
    FROM risk_goodstext AS told
    JOIN shipments_goodsitem AS item
      ON hashtextextended(item.description, 0) = hashtextextended(told.description, 0)
      AND item.description = told.description
    WHERE told.keys_version > 0
      AND (to_tsvector('russian', coalesce(told.description, ''))
           @@ websearch_to_tsquery('russian', %s){parts})
    UNION
    SELECT role.declaration_id
    FROM shipments_partyname AS called
    JOIN shipments_partyrole AS role ON role.party_id = called.party_id
    WHERE called.name %%> %s
    UNION
    SELECT id FROM shipments_declaration WHERE registration_number = %s
"""
_NAMED = """
    SELECT id FROM shipments_party WHERE name ILIKE %s
    UNION
    SELECT party_id FROM shipments_partyname WHERE name ILIKE %s
"""
_PARTIES = """
    SELECT id FROM shipments_party WHERE name %%> %s OR name ILIKE %s
    UNION
    SELECT party_id FROM shipments_partyname WHERE name %%> %s OR name ILIKE %s
    UNION
    SELECT party_id FROM shipments_partyidentifier
    WHERE value = %s AND kind = ANY(%s)
"""


def declarations_with(text: str) -> RawSQL:
    """Ids of the declarations of which an item, a party or the number is found by the text."""
    words = [word for word in re.findall(r"\w+", text) if len(word) >= LEAST_LETTERS]
    if _OPERATORS.search(text):
        words = []
    like = [f"%{_escaped(word)}%" for word in words[:MOST_WORDS]]
    parts = " AND ".join("told.description ILIKE %s" for _ in like)
    query = _DECLARATIONS.format(parts=f" OR ({parts})" if parts else "")
    return RawSQL(query, (text, *like, text, text))  # noqa: S611 - values go as parameters


def _escaped(word: str) -> str:
    """As it is in a LIKE pattern; of the characters that mean something there a word has one."""
    return word.replace("_", r"\_")


def _part(text: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return f"%{escaped}%"


def parties_named(text: str) -> RawSQL:
    """Ids of the parties of which a name, as any declaration spelt it, holds the text."""
    return RawSQL(_NAMED, (_part(text), _part(text)))  # noqa: S611 - values go as parameters


def parties_with(text: str, kinds: list[str]) -> RawSQL:
    """Ids of the parties of which a name holds or resembles the text, or an identifier of one of
    the kinds is it."""
    part = _part(text)
    parameters: tuple[Any, ...] = (text, part, text, part, text, kinds)
    return RawSQL(_PARTIES, parameters)  # noqa: S611 - values go as parameters
