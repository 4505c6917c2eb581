"""Hypothesis strategies for frames of the dashboards' tables."""

import pandas as pd
from hypothesis import strategies as st

from pizza_assets.models.table import Column, Table

# Text that CSV, spreadsheets and HTML trip over, mixed with any other; lone surrogates are no text.
AWKWARD = st.one_of(
    st.sampled_from(
        [
            "=1+1",
            "+44",
            "-3",
            "@x",
            "\tx",
            "\rx",
            "'=x",
            "''-",
            "'",
            '"',
            'a"b',
            "a,b",
            "a\nb",
            "a\r\nb",
            "",
            "null",
            "Å–é",
            "</script>",
        ]
    ),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=12),
)
_TIMES = st.datetimes(pd.Timestamp("1990-01-01"), pd.Timestamp("2090-01-01")).map(lambda t: pd.Timestamp(t, tz="UTC"))


def _values(column: Column) -> st.SearchStrategy:
    if column.dtype.startswith("datetime64"):
        values = _TIMES
    elif column.dtype.startswith("str"):
        values = AWKWARD
    elif column.dtype.lower() == "int64":
        values = st.integers(-(2**62), 2**62)
    elif column.dtype == "float64":
        values = st.floats(allow_nan=False, allow_infinity=False)
    else:
        values = st.booleans()
    return st.one_of(st.none(), values) if column.nullable else values


def frames(model: type[Table], max_rows: int = 6) -> st.SearchStrategy[pd.DataFrame]:
    """Frames with `model`'s columns and types and any values: not its keys or checks."""
    row = st.fixed_dictionaries({column.name: _values(column) for column in model.columns()})
    return st.lists(row, max_size=max_rows).map(model.conform)
