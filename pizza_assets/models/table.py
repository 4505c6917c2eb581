"""The base of every table model: pandera checks, an Arrow schema and a sort key from one declaration.

A model declares everything about a table once: columns, units, allowed values, the key that makes a row unique, where
it is stored, and its versions of schema and code. Validation, Parquet schemas, keys of stored objects, the column
descriptions in the Dagster UI and the data dictionary are all derived from it. Reading and writing files does not
belong here.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, ClassVar, Self, cast

import pandas as pd
import pandera.pandas as pa
import pyarrow
from pandera.errors import SchemaErrors
from pandera.typing.pandas import DataFrame
from pyarrow import compute

from pizza_assets.models.place import BESIDE, Place
from pizza_assets.models.quick_check import surely_valid

UtcTimestamp = Annotated[pd.DatetimeTZDtype, "us", "UTC"]
"""A column type: microseconds, always UTC."""

_ARROW_TYPES: dict[str, pyarrow.DataType] = {
    "str": pyarrow.string(),
    "string": pyarrow.string(),
    "string[pyarrow]": pyarrow.string(),
    "int64": pyarrow.int64(),
    "Int64": pyarrow.int64(),
    "int32": pyarrow.int32(),
    "float64": pyarrow.float64(),
    "bool": pyarrow.bool_(),
    "boolean": pyarrow.bool_(),
    "datetime64[us, UTC]": pyarrow.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Column:
    """The documentation of one column: name, type, whether it may be empty, and what it means."""

    name: str
    dtype: str
    nullable: bool
    description: str


@dataclass(frozen=True)
class Violation:
    """One failed check on one row. `row` is the position in the checked frame, or None for the whole column."""

    row: int | None
    column: str
    check: str
    value: str


def in_order(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows in a stable sort by these columns: text by bytes, missing values last; with a new index from 0."""
    keys = pyarrow.Table.from_pandas(frame[list(columns)], preserve_index=False)
    positions = compute.sort_indices(keys, [(name, "ascending") for name in columns]).to_numpy()
    if (positions[1:] > positions[:-1]).all():
        return frame.reset_index(drop=True)
    return frame.take(positions).reset_index(drop=True)


class Table(pa.DataFrameModel):
    """A table whose rows are checked before they are stored."""

    _table_name: ClassVar[str] = ""
    _place: ClassVar[Place | None] = None
    _key: ClassVar[tuple[str, ...]] = ()
    _schema_version: ClassVar[int] = 1
    _code_version: ClassVar[int] = 1

    def __init_subclass__(
        cls,
        *,
        name: str = "",
        place: Place | None = None,
        key: tuple[str, ...] = (),
        schema_version: int = 1,
        code_version: int = 1,
        **kwargs: object,
    ) -> None:
        """A named table must have a place; place=BESIDE if it is always stored beside another table.

        Raises TypeError for a table without a place, so that the declaration itself fails.
        """
        if name and place is None:
            raise TypeError(f"{cls.__name__}: table {name} has no place; give it place=..., see models/place.py")
        cls._table_name, cls._key, cls._schema_version = name, key or cls._key, schema_version
        cls._place = None if place is None or place == BESIDE else replace(place, table=name)
        cls._code_version = code_version
        super().__init_subclass__(**kwargs)

    class Config:  # pyright: ignore[reportIncompatibleVariableOverride]
        strict = True
        coerce = False

    @classmethod
    def table_name(cls) -> str:
        return cls._table_name

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """The columns that make a row unique; rows are stored in this order."""
        return cls._key

    @classmethod
    def place(cls) -> Place | None:
        """Where it is stored; None if it is always stored beside another table."""
        return cls._place

    @classmethod
    def code_version(cls) -> str:
        """Incremented when equal inputs give other rows; what is stored with another version is stale."""
        return str(cls._code_version)

    @classmethod
    def unique_columns(cls) -> tuple[str, ...]:
        """The columns whose values must be unique."""
        return tuple(name for name, column in cls.to_schema().columns.items() if column.unique)

    @classmethod
    def schema_version(cls) -> int:
        """Incremented when the meaning or the columns of stored files change."""
        return cls._schema_version

    @classmethod
    @cache
    def columns(cls) -> tuple[Column, ...]:
        """Every column in storage order, with its description."""
        return tuple(
            Column(name, str(column.dtype), bool(column.nullable), column.description or "")
            for name, column in cls.to_schema().columns.items()
        )

    @classmethod
    def column_names(cls) -> list[str]:
        return list(cls.to_schema().columns)

    @classmethod
    @cache
    def arrow_schema(cls) -> pyarrow.Schema:
        """The Parquet schema: the same columns, nullability as declared, `schema_version` in its metadata."""
        fields = [pyarrow.field(c.name, _ARROW_TYPES[c.dtype], nullable=c.nullable) for c in cls.columns()]
        return pyarrow.schema(
            fields, metadata={"pizza.table": cls.table_name(), "pizza.schema_version": str(cls.schema_version())}
        )

    @classmethod
    def empty(cls) -> DataFrame[Self]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A frame with every column in its exact type and no rows."""
        return cast("DataFrame[Self]", cls._empty().copy())

    @classmethod
    @cache
    def _empty(cls) -> pd.DataFrame:
        schema = cls.to_schema()
        return pd.DataFrame({n: pd.Series([], dtype=c.dtype.type) for n, c in schema.columns.items()})  # type: ignore[union-attr]

    @classmethod
    def conform(cls, rows: pd.DataFrame | Sequence[dict]) -> DataFrame[Self]:
        """Give `rows` the model's column order, types and row order. Raises KeyError naming a missing column.

        Only lossless changes of type are made (object to str, int to nullable int, time resolution); a naive
        time raises TypeError, because a guess about its zone would move orders between windows.
        """
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, columns=cls.column_names())
        schema = cls.to_schema()
        missing = [name for name in schema.columns if name not in frame.columns]
        if missing:
            raise KeyError(f"{cls.table_name()}: missing columns {missing}")
        if len(frame) == 0:
            return cls.empty()
        conformed = {}
        for name, column in schema.columns.items():
            series = frame[name]
            if str(column.dtype).startswith("datetime64"):
                if not isinstance(series.dtype, pd.DatetimeTZDtype) and not bool(series.isna().all()):
                    raise TypeError(f"{cls.table_name()}.{name}: naive times; give them a time zone first")
                series = pd.to_datetime(series, utc=True)
            conformed[name] = series.astype(column.dtype.type)  # type: ignore[union-attr]
        return cast("DataFrame[Self]", in_order(pd.DataFrame(conformed), cls.key()))

    @classmethod
    def violations(cls, frame: pd.DataFrame) -> list[Violation]:
        """Every failed check; an empty list for a valid frame. Row positions refer to `frame`'s order."""
        positional = frame.reset_index(drop=True)
        try:
            cls.check_rows(positional)
        except SchemaErrors as error:
            return [
                Violation(
                    row=None if pd.isna(case["index"]) else int(case["index"]),
                    column=str(case["column"] if pd.notna(case["column"]) else case["failure_case"]),
                    check=str(case["check"]),
                    value=str(case["failure_case"]),
                )
                for case in error.failure_cases.to_dict("records")
            ]
        return []

    @classmethod
    def checked(cls, rows: pd.DataFrame | Sequence[dict]) -> DataFrame[Self]:
        """Conform, then validate; raises pandera SchemaErrors listing every failing row. For derived tables."""
        conformed = cls.conform(rows)
        cls.check_rows(conformed)
        return conformed

    @classmethod
    def check_rows(cls, frame: pd.DataFrame, *, whole_table: bool = True) -> None:
        """Validate; raises pandera SchemaErrors listing every failing row.

        whole_table: False for a part of a table; `unique_columns` are then not checked for duplicates.
        """
        has_types = list(frame.dtypes.items()) == cls._names_and_types()
        if has_types and surely_valid(cls.to_schema(), frame, unique_columns=whole_table):
            return
        cls._schema_to_check(whole_table, has_types).validate(frame, lazy=True)

    @classmethod
    @cache
    def _names_and_types(cls) -> list[tuple[Hashable, object]]:
        return list(cls._empty().dtypes.items())

    @classmethod
    @cache
    def _schema_to_check(cls, whole_table: bool, has_types: bool) -> pa.DataFrameSchema:
        """has_types: names and types are known to be right, so pandera's check of types, the slowest one for small
        tables, is skipped.
        """
        no_types = {name: {"dtype": None} for name in cls.column_names()} if has_types else {}
        no_uniqueness = {} if whole_table else {name: {"unique": False} for name in cls.unique_columns()}
        return cls.to_schema().update_columns(no_types).update_columns(no_uniqueness)
