"""Validation before every write: a frame as a whole, a stream part by part. The rules are declared in the models."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pyarrow
from pandera.errors import SchemaErrors

from pizza_assets.errors import StorageError
from pizza_assets.models.spilling import SeenValues
from pizza_assets.models.table import Table

_A_BUG = "not stored. This is a bug: report it"


def check_rows(model: type[Table], frame: pd.DataFrame, key: str) -> None:
    """Check a whole table. Raises StorageError naming `key`, where it was to be stored."""
    _check(model, frame, key, whole_table=True)


class PartChecks:
    """Checks a table that arrives in parts. Memory does not grow with the table.

    seen: the values of unique columns so far; None for a model without any.
    """

    def __init__(self, model: type[Table], key: str, seen: SeenValues | None) -> None:
        self._model, self._key, self._seen = model, key, seen

    def check_part(self, frame: pd.DataFrame) -> None:
        """Check the rows of one part. Raises StorageError."""
        _check(self._model, frame, self._key, whole_table=False)

    def keep_values(self, part: pyarrow.Table) -> None:
        """Record the values of unique columns."""
        if self._seen is not None:
            self._seen.add(part)

    def check_whole(self) -> None:
        """Check, after the last part, that values of unique columns do not repeat. Raises StorageError."""
        repeated = None if self._seen is None else self._seen.first_repeated()
        if repeated is not None:
            name, value = repeated
            raise StorageError(
                f"{self._key}: rows break the rules of {self._model.table_name()}: {name} = {value} occurs more "
                f"than once, but {name} must be unique; {_A_BUG}"
            )


@contextmanager
def checks_by_part(model: type[Table], key: str) -> Iterator[PartChecks]:
    """Checks of a table to be stored at `key`; their temporary files are deleted at the end of the block."""
    names = model.unique_columns()
    if not names:
        yield PartChecks(model, key, None)
        return
    with SeenValues(pyarrow.schema([model.arrow_schema().field(name) for name in names])) as seen:
        yield PartChecks(model, key, seen)


def _check(model: type[Table], frame: pd.DataFrame, key: str, *, whole_table: bool) -> None:
    try:
        model.check_rows(frame, whole_table=whole_table)
    except SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        raise StorageError(
            f"{key}: {len(error.failure_cases)} values break the rules of {model.table_name()}, for example "
            f"{case['column']} = {case['failure_case']} ({case['check']}); {_A_BUG}"
        ) from error
