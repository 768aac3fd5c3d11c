"""A lookup for long lists of values: one array instead of a placeholder for each."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):
    """``field__among=values``: as ```__in```, for thousands of values.

    ```__in``` writes a placeholder for every value, which Django compiles, the driver splits and
    PostgreSQL parses one by one; here they travel as one array. Takes any iterable of values of
    the column's type, no model instances and no querysets; an empty one finds nothing.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[Any]:
        values: Iterable[Any] = self.rhs
        return list(values)

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        target = field.target_field if isinstance(field, models.ForeignKey) else field
        return f"{column} = ANY(%s::{target.cast_db_type(connection)}[])", (*params, self.rhs)
