"""The data of the local page: extract frames as compact JSON values. How they are drawn does not belong here.

Tables travel as columns; a column of repeated texts as its distinct values and codes; times as whole seconds since
1970. Hourly counts travel packed, because there are hundreds of thousands of them.
"""

import json

import numpy as np
import pandas as pd

from pizza_assets.dashboards.packed_counts import packed

_SERIES = ["order_source", "market", "chain", "currency"]
_HOURS_PER_DAY = 24


def timeline(hourly: pd.DataFrame) -> dict[str, object]:
    """The orders timeline as dense arrays: series x hours, and revenue as series x days (UTC).

    `series` lists the labels of each row; `first_day` counts days since 1970; `covered_minutes` is 0 where orders
    are unknown, which is not the same as no orders.
    """
    if hourly.empty:
        return {"series": {}, "first_day": 0, "days": 0}
    hours = hourly["hour_at"].to_numpy("datetime64[h]").astype("int64")
    first_day = int(hours.min()) // _HOURS_PER_DAY
    days = int(hours.max()) // _HOURS_PER_DAY - first_day + 1
    codes, series = _series_codes(hourly)
    hour = hours - first_day * _HOURS_PER_DAY
    by_hour, by_day = (len(series), days * _HOURS_PER_DAY), (len(series), days)
    covered = _sums(codes, hour, hourly["covered_minutes"], by_hour)
    return {
        "series": columns(series, _SERIES),
        "first_day": first_day,
        "days": days,
        "order_count": packed(_sums(codes, hour, hourly["order_count"], by_hour)),
        "covered_minutes": packed(np.minimum(covered, 60)),
        "revenue_cents": packed(_sums(codes, hour // _HOURS_PER_DAY, hourly["revenue_cents"], by_day)),
    }


def columns(frame: pd.DataFrame, names: list[str]) -> dict[str, object]:
    """`names` of `frame` as `{name: values}`, or `{name: {"of": distinct, "at": codes}}` where texts repeat."""
    return {name: _column(frame[name]) for name in names}


def embedded_json(value: object) -> str:
    """JSON text that may stand inside an HTML script element: no `<`, `>`, `&` and nothing beyond ASCII."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _series_codes(hourly: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    groups = hourly.groupby(_SERIES, sort=True, observed=True)
    return groups.ngroup().to_numpy(), groups.size().reset_index()[_SERIES]


def _sums(row: np.ndarray, column: np.ndarray, values: pd.Series, shape: tuple[int, int]) -> np.ndarray:
    """Whole numbers added up per cell; exact, unlike weighted `bincount`, which sums floats."""
    sums = np.zeros(shape, dtype="int64")
    np.add.at(sums, (row, column), values.to_numpy("int64"))
    return sums


def _column(series: pd.Series) -> object:
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        return series.to_numpy("datetime64[s]").astype("int64").tolist()
    if pd.api.types.is_string_dtype(series.dtype):
        return _text_column(series)
    if pd.api.types.is_float_dtype(series.dtype):
        return [None if not np.isfinite(value) else round(value, 4) for value in series.to_numpy("float64").tolist()]
    return series.astype(object).where(series.notna(), None).tolist()


def _text_column(series: pd.Series) -> object:
    codes, distinct = pd.factorize(series)
    if len(distinct) * 2 > len(series):
        return series.astype(object).where(series.notna(), None).tolist()
    return {"of": distinct.tolist(), "at": codes.tolist()}
