"""Extracts as CSV bytes for QuickSight and spreadsheets. Where the bytes are stored does not belong here.

UTF-8 without a byte order mark, a header, ISO 8601 times in UTC, `true`/`false`, an empty cell for null, quoted text.
A text cell that a spreadsheet would run as a formula gets a leading apostrophe, even if blanks precede its sign or the
sign is full-width; numbers are never touched.
Equal frames give equal bytes.
"""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from pizza_assets.models.table import Table

# Cells that already begin with such an apostrophe get another one, so that reading back restores them.
_BLANK = r"\s\x0b\x1c-\x1f\x{85}\p{Z}\x{feff}\x{200b}"
_STARTS_FORMULA = rf"(?:[\t\r\n]|[{_BLANK}]*[=+@＝＋－＠-])"
_RUNS_AS_FORMULA = f"^'*{_STARTS_FORMULA}"
_NEUTRALISED = f"^'+{_STARTS_FORMULA}"


def to_csv(frame: pd.DataFrame, model: type[Table]) -> bytes:
    """`frame` (the columns of `model`, without any others) as CSV bytes, in the frame's row order.

    Raises ValueError for an infinite number, because CSV readers disagree on how to write one.
    """
    columns = {column.name: _cells(frame[column.name], column.dtype) for column in model.columns()}
    sink = io.BytesIO()
    csv.write_csv(pa.table(columns), sink, csv.WriteOptions(quoting_header="none"))
    return sink.getvalue()


def read_csv(content: bytes, model: type[Table]) -> pd.DataFrame:
    """The inverse of `to_csv`: the model's columns and types, in the file's row order."""
    types = {column.name: _csv_type(column.dtype) for column in model.columns()}
    table = csv.read_csv(
        io.BytesIO(content),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    columns = {column.name: _series(table[column.name].combine_chunks(), column.dtype) for column in model.columns()}
    return pd.DataFrame(columns).astype(model.empty().dtypes.to_dict())


def _cells(series: pd.Series, dtype: str) -> pa.Array:
    if dtype.startswith("datetime64"):
        return _iso_times(series)
    cells = pa.array(series, from_pandas=True)
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    if _is_text(dtype):
        text = cells.cast(pa.string())
        return pc.if_else(
            pc.match_substring_regex(text, _RUNS_AS_FORMULA), pc.binary_join_element_wise("'", text, ""), text
        )
    if pa.types.is_floating(cells.type) and pc.any(pc.is_inf(cells)).as_py():
        raise ValueError(f"{series.name}: an infinite number cannot be written as CSV; store it as empty with a reason")
    return cells


def _iso_times(series: pd.Series) -> pa.Array:
    """`2026-08-04T05:00:00Z`, with microseconds only if the column needs them. Each distinct time is formatted once."""
    codes, distinct = pd.factorize(series.to_numpy("datetime64[us]"))
    is_whole = not (distinct.astype("int64") % 1_000_000).any()
    written = np.char.add(np.datetime_as_string(distinct, unit="s" if is_whole else "us"), "Z")
    return pa.array(written.tolist(), pa.string()).take(pa.array(codes, mask=codes < 0))


def _csv_type(dtype: str) -> pa.DataType:
    if dtype.startswith("datetime64") or _is_text(dtype):
        return pa.string()
    return {"float64": pa.float64(), "bool": pa.bool_(), "boolean": pa.bool_()}.get(dtype, pa.int64())


def _series(cells: pa.Array, dtype: str) -> pd.Series:
    if dtype.startswith("datetime64"):
        return pd.Series(pd.to_datetime(cells.to_pandas(), utc=True, format="ISO8601"))
    if _is_text(dtype):
        is_marked = pc.match_substring_regex(cells, _NEUTRALISED)
        cells = pc.if_else(is_marked, pc.utf8_slice_codeunits(cells, 1), cells)
    return pd.Series(cells.to_pandas(types_mapper=_nullable_type))


def _nullable_type(arrow_type: pa.DataType) -> object:
    """Keep integers and booleans exact in columns with nulls: as a float, 2**53 + 1 would change."""
    return {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}.get(arrow_type)


def _is_text(dtype: str) -> bool:
    return dtype.startswith("str")
