"""Orders in each window of each match: sums of minute bins by two look-ups in prefix sums.

Single orders and the baseline do not belong here.
"""

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.ratios import ratio
from pizza_assets.analysis.windows import WINDOWS, WindowLengths, edges_by_match, epoch_minutes, times_of
from pizza_assets.models import MatchWindows, OrderBins, RawMatches
from pizza_assets.models.market import Market

_SERIES_COLUMNS = ["order_source", "market", "chain", "currency"]
_SUMMED_COLUMNS = ["order_count", "revenue_cents", "pizza_count"]
BINS_COLUMNS = [*_SERIES_COLUMNS, "minute_at", *_SUMMED_COLUMNS, "store_ids"]
"""The columns of order_bins that are read."""
BINS_TEXTS = [*_SERIES_COLUMNS, "store_ids"]
"""Those of them that may be categories, which is faster."""


def sum_windows(
    matches: DataFrame[RawMatches], bins: DataFrame[OrderBins], markets: Sequence[Market], lengths: WindowLengths
) -> DataFrame[MatchWindows]:
    """One row per exposed match, market, series (order_source, chain, currency) of that market in `bins`, and window.

    `bins` holds the week and its stored neighbours: where minutes are missing, covered_minutes is less than the window
    and is_complete is False. A window without orders is a row. There is no row for a market without any bin, as nothing
    is known about it, nor for a match in real (mock) orders of a market if only mock (real) orders cover the match.
    Raises ValueError for a duplicate match or a duplicate minute of a series, or if a kick-off is not a whole minute.
    """
    exposed = exposures(matches, markets)
    edges = edges_by_match(exposed, matches, lengths)
    series_of_bin, series = _series(bins)
    cells = exposed.assign(exposure=np.arange(len(exposed))).merge(series, on="market")
    if cells.empty:
        return MatchWindows.empty()
    cells = cells.loc[cells.index.repeat(len(WINDOWS))].reset_index(drop=True)
    position = np.tile(np.arange(len(WINDOWS)), len(cells) // len(WINDOWS))
    start, end = (edges[cells["exposure"], position + shift] for shift in (0, 1))
    sums = _sums(bins, series_of_bin, cells["series"].to_numpy(), start, end)
    windows = cells.assign(
        **sums,
        window=pd.array([window.value for window in WINDOWS], dtype="str").take(position),
        window_start_at=times_of(start),
        window_end_at=times_of(end),
        is_complete=sums["covered_minutes"] == end - start,
        average_order_cents=ratio(sums["revenue_cents"], sums["order_count"]),
        orders_per_hour=ratio(60 * sums["order_count"], sums["covered_minutes"]),
    )
    match_columns = matches[["match_source", "match_id", "sport", "competition"]]
    known = windows[_is_known(windows)]
    return MatchWindows.conform(known.merge(match_columns, on=["match_source", "match_id"]))


def _series(bins: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The series number of each bin; and the series, with their numbers in column `series`.

    Bins of a series are adjacent, so names are read only where a run of equal names starts.
    """
    names = [bins[column].array for column in _SERIES_COLUMNS]
    is_head = np.ones(len(bins), dtype=bool)
    is_head[1:] = np.any([np.asarray(name[1:] != name[:-1], dtype=bool) for name in names], axis=0)
    heads = bins.loc[is_head, _SERIES_COLUMNS].astype(dict.fromkeys(_SERIES_COLUMNS, "str"))
    heads = heads.assign(series=heads.groupby(_SERIES_COLUMNS).ngroup())
    return heads["series"].to_numpy()[np.cumsum(is_head) - 1], heads.drop_duplicates("series")


def _sums(
    bins: pd.DataFrame, series_of_bin: np.ndarray, series: np.ndarray, start: np.ndarray, end: np.ndarray
) -> dict[str, np.ndarray]:
    """Sums of the bins of `series[i]` in [start[i], end[i]), for all i."""
    minute = epoch_minutes(bins["minute_at"])
    # a window's keys must not reach into the next series, so the stride spans windows and bins alike
    origin = min(minute.min(), start.min())
    stride = max(minute.max() + 1, end.max()) - origin + 1
    key = series_of_bin * stride + (minute - origin)
    order = np.arange(len(key))
    if (np.diff(key) < 0).any():  # a stored week is sorted already
        order = np.argsort(key, kind="stable")
        key = key[order]
    if (np.diff(key) == 0).any():
        twice = bins.iloc[order[int(np.argmin(np.diff(key)))]]
        raise ValueError(
            f"the bins hold {twice['minute_at'].isoformat()} of {twice['chain']} in {twice['market']} more than once; "
            "give each week's bins once"
        )
    start_key, end_key = (series * stride + (edge - origin) for edge in (start, end))
    first, last = np.searchsorted(key, start_key), np.searchsorted(key, end_key)
    sums = {"covered_minutes": last - first}
    for column in _SUMMED_COLUMNS:
        running = np.concatenate([[0], np.cumsum(bins[column].to_numpy()[order])])
        sums[column] = running[last] - running[first]
    has_orders = bins["store_ids"].notna().to_numpy()[order]
    texts = bins["store_ids"].take(order[has_orders])
    sums["store_count"] = _distinct_stores(key[has_orders], texts, start_key, end_key)
    return sums


def _distinct_stores(key: np.ndarray, texts: pd.Series, start_key: np.ndarray, end_key: np.ndarray) -> np.ndarray:
    """Distinct stores among the lists `texts` (at sorted `key`) in each [start_key, end_key).

    Time is cut at window edges only, and a store counts once per segment, so a window has few (segment, store) pairs.
    """
    codes, lists = pd.factorize(texts)
    parsed = [json.loads(text) for text in lists]
    sizes = np.asarray([len(stores) for stores in parsed], dtype="int64")
    store_codes, names = pd.factorize(np.asarray([store for stores in parsed for store in stores], dtype=object))
    store = store_codes[_ranges((np.cumsum(sizes) - sizes)[codes], sizes[codes])]
    cuts = np.unique(np.concatenate([start_key, end_key]))
    segment = np.repeat(np.searchsorted(cuts, key, side="right"), sizes[codes])
    store_count = max(len(names), 1)
    segment, store = np.divmod(np.unique(segment * store_count + store), store_count)
    first = np.searchsorted(segment, np.searchsorted(cuts, start_key, side="right"))
    last = np.searchsorted(segment, np.searchsorted(cuts, end_key, side="right"))
    window = np.repeat(np.arange(len(start_key)), last - first)
    seen = np.unique(window * store_count + store[_ranges(first, last - first)])
    return np.bincount(seen // store_count, minlength=len(start_key))


def _ranges(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """starts[0], starts[0] + 1, ... (sizes[0] of them), then starts[1], ..."""
    return np.arange(sizes.sum()) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)


def _is_known(windows: pd.DataFrame) -> pd.Series:
    """False for a match in orders of one label if only orders of the other label cover it."""
    place = ["exposure", "market"]
    by_label = windows.groupby([*place, "order_source"])["covered_minutes"].transform("sum")
    by_any_label = windows.groupby(place)["covered_minutes"].transform("sum")
    return (by_label > 0) | (by_any_label == 0)
