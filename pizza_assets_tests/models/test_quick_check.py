"""The quick check of rows against pandera: it never passes what pandera refuses, and passes what it accepts."""

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaErrors

from pizza_assets.models import TABLES
from pizza_assets.models.quick_check import surely_valid
from pizza_assets.models.table import Table


class Sample(Table):
    """One column for each kind of rule."""

    name: str = pa.Field(unique=True, str_length={"min_value": 1, "max_value": 3})
    code: str = pa.Field(str_matches=r"^[A-Z]{3}\Z")
    kind: str = pa.Field(nullable=True, isin=["a", "b"])
    exact: str = pa.Field(nullable=True, str_length={"exact_value": 2})
    count: int = pa.Field(ge=0, le=9)
    maybe: pd.Int64Dtype = pa.Field(nullable=True, ge=0)
    share: float = pa.Field(nullable=True, ge=0, le=1)
    known: float
    is_set: bool
    at: pd.DatetimeTZDtype = pa.Field(dtype_kwargs={"unit": "us", "tz": "UTC"})


AT = pd.Timestamp("2026-08-04 18:00", tz="UTC")
FULL = {"kind": "a", "exact": "xy", "count": 9, "maybe": 0, "share": 1.0, "known": -1.0, "is_set": True, "at": AT}
BARE = {"kind": None, "exact": None, "count": 0, "maybe": None, "share": None, "known": 2.0, "is_set": False, "at": AT}
ROWS = [{"name": "é", "code": "GBP", **FULL}, {"name": "abc", "code": "EUR", **BARE}]


def sample(**changed: object) -> pd.DataFrame:
    """The two valid rows, with values of the second changed."""
    rows = pd.DataFrame([ROWS[0], {**ROWS[1], **changed}])
    return rows.astype({name: column.dtype.type for name, column in Sample.to_schema().columns.items()})


def is_surely_valid(frame: pd.DataFrame, *, unique_columns: bool = True) -> bool:
    return surely_valid(Sample.to_schema(), frame, unique_columns=unique_columns)


@pytest.mark.parametrize("frame", [sample(), sample().iloc[:0], sample().iloc[1:], sample().iloc[:1]])
def test_valid_rows_pass(frame: pd.DataFrame) -> None:
    Sample.to_schema().validate(frame, lazy=True)
    assert is_surely_valid(frame)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""}, {"name": "abcd"}, {"name": None}, {"name": "é"}, {"code": "GBPX"}, {"code": "GBP\n"},
        {"code": None}, {"kind": "c"}, {"kind": ""}, {"exact": "x"}, {"exact": "xyz"}, {"count": -1}, {"count": 10},
        {"maybe": -1}, {"share": 1.5}, {"share": -1e-9}, {"share": float("inf")}, {"known": None}, {"at": None},
    ],
    ids=str,
)  # fmt: skip
def test_each_broken_rule_is_left_to_pandera(changed: dict[str, object]) -> None:
    with pytest.raises(SchemaErrors):
        Sample.to_schema().validate(sample(**changed), lazy=True)
    assert not is_surely_valid(sample(**changed))


def test_values_may_repeat_in_a_part_of_a_table() -> None:
    assert is_surely_valid(sample(name="é"), unique_columns=False)


def test_a_rule_that_is_not_known_is_left_to_pandera() -> None:
    is_even = pa.Check(lambda values: values % 2 == 0)
    schema = Sample.to_schema().update_column("count", checks=[is_even])
    frame = sample().assign(count=[2, 4])
    schema.validate(frame)
    assert not surely_valid(schema, frame, unique_columns=True)
    assert not surely_valid(
        Sample.to_schema().update_column("name", parsers=pa.Parser(str)), frame, unique_columns=True
    )
    with_rule = pa.DataFrameSchema(Sample.to_schema().columns, checks=pa.Check(lambda rows: rows["count"] > 0))
    assert not surely_valid(with_rule, frame, unique_columns=True)


@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES.keys())
def test_every_rule_of_the_tables_is_known(model: type[Table]) -> None:
    assert surely_valid(model.to_schema(), model.empty(), unique_columns=True)
