"""The data embedded in the local page: extract frames as compact values. Drawing them does not belong here.

Tables are encoded by column, repeated texts as distinct values and codes, times as whole seconds since 1970. Counts are
packed as dense arrays, because there are hundreds of thousands of them.
"""

import base64
import gzip
import json
import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from pizza_assets.dashboards.packed_counts import packed
from pizza_assets.models.extracts import OrdersTimelineExtract

_DAY_SERIES = ["order_source", "market", "chain", "currency"]
_QUARTER_SERIES = ["order_source", "market", "chain"]
_GROUP = ["order_source", "match_source", "match_id", "market"]
_QUARTER_SECONDS = 900
_EXPECTED_SCALE = 10
_WEEK = 7 * 24 * 4
MOST_QUARTER_HOURS = 1_000_000
"""Quarter-hours of all series on one page: those of 20 markets in a year and five months. A page of more has the newest
weeks, and of earlier ones what is around matches; days are complete."""

_DIGITS = 4


def daily(hourly: pd.DataFrame) -> dict[str, object]:
    """Sums of the orders timeline as dense arrays, series x days (UTC), each under its column's name.

    `series` has the labels of each row; `first_day` counts days since 1970; `covered_minutes` is 0 where orders are
    unknown, which is not the same as no orders.
    """
    if hourly.empty:
        return {"series": {}, "first_day": 0, "days": 0}
    date = hourly["hour_at"].to_numpy("datetime64[D]").astype("int64")
    first_day, days = int(date.min()), int(date.max() - date.min()) + 1
    codes, series = _series_codes(hourly, _DAY_SERIES)
    sums = {
        name: packed(_sums(codes, date - first_day, hourly[name], (len(series), days)))
        for name in hourly.columns.difference(OrdersTimelineExtract.key(), sort=False)
    }
    return {"series": columns(series, _DAY_SERIES), "first_day": first_day, "days": days, **sums}


def quarter_hourly(quarters: pd.DataFrame, most: int = MOST_QUARTER_HOURS) -> dict[str, object]:
    """Orders as one dense array, series x quarter-hours: each count plus one, and 0 where unknown.

    quarters: order_source, market, chain, bin_at, order_count, one row per known quarter-hour of a series.
    `first_bin` counts quarter-hours since 1970. `before`: whether there are earlier ones, left out week by week because
    all would be more than `most`.
    """
    if quarters.empty:
        return {"series": {}, "first_bin": 0, "bins": 0, "before": False}
    bins = _bins(quarters["bin_at"])
    first_bin, length = int(bins.min()), int(bins.max() - bins.min()) + 1
    codes, series = _series_codes(quarters, _QUARTER_SERIES)
    left_out = -(-max(0, length - most // len(series)) // _WEEK) * _WEEK
    left_out = min(left_out, (length - 1) // _WEEK * _WEEK)  # the newest week is always there
    first_bin, length, is_kept = first_bin + left_out, length - left_out, bins >= first_bin + left_out
    counts = np.zeros((len(series), length), dtype="int64")
    counts[codes[is_kept], bins[is_kept] - first_bin] = quarters["order_count"].to_numpy("int64")[is_kept] + 1
    return {
        "series": columns(series, _QUARTER_SERIES),
        "first_bin": first_bin,
        "bins": length,
        "before": bool(left_out),
        "counts": packed(counts),
    }


def expected(match_timeline: pd.DataFrame, match_ids: pd.Series, *, has_counts: bool = False) -> dict[str, object]:
    """Expected orders around matches by quarter-hour: one group per match and market, their values concatenated.

    match_ids: of all matches on the page; a group has the position of its match among them. A value is ten times the
    expected orders, rounded, plus one, and 0 where unknown. `first_bin` of a group counts quarter-hours since 1970;
    `bins` is its number of quarter-hours. `groups` are compressed. has_counts: with the orders as `observed`, plus one.
    """
    if match_timeline.empty:
        return {"groups": compressed_json({})}
    codes, groups = _series_codes(match_timeline, _GROUP)
    bins = pd.Series(_bins(match_timeline["bin_at"])).groupby(codes)
    first, lengths = bins.min().astype("int64").to_numpy(), (bins.max() - bins.min()).to_numpy() + 1
    starts = np.concatenate([[0], np.cumsum(lengths)])
    values = np.zeros(int(starts[-1]), dtype="int64")
    known = match_timeline["expected_orders"].notna().to_numpy()
    place = starts[codes] + _bins(match_timeline["bin_at"]) - first[codes]
    values[place[known]] = np.rint(match_timeline["expected_orders"].to_numpy()[known] * _EXPECTED_SCALE) + 1
    groups = groups.assign(match=positions(groups.pop("match_id"), match_ids), first_bin=first, bins=lengths)
    answer = {"groups": compressed_json(columns(groups, list(groups))), "values": packed(values)}
    if not has_counts:
        return answer
    observed = np.zeros_like(values)
    is_counted = match_timeline["order_count"].notna().to_numpy()
    observed[place[is_counted]] = match_timeline["order_count"].to_numpy("float64")[is_counted].astype("int64") + 1
    return {**answer, "observed": packed(observed)}


def positions(match_id: pd.Series, match_ids: pd.Series) -> np.ndarray:
    """The position of each id in `match_ids`, which must hold it: shorter than the id where there are thousands."""
    found = pd.Index(match_ids).get_indexer(pd.Index(match_id))
    if (found < 0).any():
        raise ValueError(f"no match on the page has the id {match_id.iloc[int(np.argmin(found))]!r}")
    return found


def columns(
    frame: pd.DataFrame, names: list[str], digits: Mapping[str, int] = MappingProxyType({})
) -> dict[str, object]:
    """`names` of `frame` as `{name: values}`, or `{name: {"of": distinct, "at": codes}}` where texts repeat.

    digits: decimals of columns that have fewer than others.
    """
    return {name: _column(frame[name], digits.get(name, _DIGITS)) for name in names}


def embedded_json(value: object) -> str:
    """JSON text that is safe inside an HTML script element: ASCII without `<`, `>` and `&`."""
    return _json(value).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def compressed_json(value: object) -> str:
    """JSON as gzip and base64; equal values give equal text."""
    return base64.b64encode(gzip.compress(_json(value).encode("ascii"), mtime=0)).decode("ascii")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _bins(times: pd.Series) -> np.ndarray:
    return times.to_numpy("datetime64[s]").astype("int64") // _QUARTER_SECONDS


def _series_codes(rows: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of each row's series, and the series in order. There are millions of rows, and a groupby by several
    texts would need 70 bytes for each."""
    number, texts = np.zeros(len(rows), dtype="int64"), []
    for name in names:
        codes, distinct = pd.factorize(rows[name], sort=True)
        number = number * len(distinct) + codes
        texts.append(distinct)
    shape = tuple(map(len, texts))
    is_there = np.zeros(math.prod(shape), dtype=bool)
    is_there[number] = True
    places = np.unravel_index(np.flatnonzero(is_there), shape)
    series = pd.DataFrame({name: text[at] for name, text, at in zip(names, texts, places, strict=True)})
    return (np.cumsum(is_there) - 1)[number], series


def _sums(row: np.ndarray, column: np.ndarray, values: pd.Series, shape: tuple[int, int]) -> np.ndarray:
    """Sums of integers per cell; exact, unlike weighted `bincount`, which sums floats."""
    sums = np.zeros(shape, dtype="int64")
    np.add.at(sums, (row, column), values.to_numpy("int64"))
    return sums


def _column(series: pd.Series, digits: int) -> object:
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        if series.isna().any():
            return [None if pd.isna(at) else int(at.timestamp()) for at in series]
        return series.to_numpy("datetime64[s]").astype("int64").tolist()
    if pd.api.types.is_string_dtype(series.dtype):
        return _text_column(series)
    if pd.api.types.is_float_dtype(series.dtype):
        return [_rounded(value, digits) for value in series.to_numpy("float64").tolist()]
    return series.astype(object).where(series.notna(), None).tolist()


def _rounded(value: float, digits: int) -> float | int | None:
    """Never to zero, because the page shows on which side of it a change is; whole numbers have no decimals."""
    if not np.isfinite(value):
        return None
    found = round(value, digits) or (0.0 if value == 0 else math.copysign(10**-digits, value))
    return int(found) if found == int(found) else found


def _text_column(series: pd.Series) -> object:
    codes, distinct = pd.factorize(series)
    if len(distinct) * 2 > len(series):
        return series.astype(object).where(series.notna(), None).tolist()
    return {"of": distinct.tolist(), "at": codes.tolist()}
