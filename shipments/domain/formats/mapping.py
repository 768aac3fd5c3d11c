"""How the columns of a national CSV file become the fields of a declaration."""

import msgspec


class CsvMapping(msgspec.Struct, frozen=True, kw_only=True):
    """One mapping by its key."""

    key: str
