"""The rule for special days, in one place: which moments lie on one of their market, and what it is called.

How owners list them belongs to models/special_days.py, what an analysis does with them to that analysis.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from pizza_assets.analysis.local_week import date_of, day_number
from pizza_assets.models.holiday_calendar import ONE_DAY
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialDay, special_days_of


def special_days_by_row(
    names: Sequence[str], day: np.ndarray, markets: Sequence[Market]
) -> tuple[Mapping[int, SpecialDay], ...]:
    """The special days of each row, by day number. names: the market of each row; one that is not in `markets` has
    none. day: `local_days` or business days [row, column]."""
    listed = {market.name: market.special_days for market in markets}
    return tuple(
        {
            day_number(on): special
            for on, special in special_days_of(
                listed.get(str(name), ()), date_of(int(days.min())), date_of(int(days.max()))
            ).items()
        }
        for name, days in zip(names, day, strict=True)
    )


def special_cells(names: Sequence[str], day: np.ndarray, markets: Sequence[Market]) -> np.ndarray:
    """Whether a cell lies on a special day of its row's market [row, column]. Arguments as above."""
    rows = special_days_by_row(names, day, markets)
    return np.array([np.isin(days, list(row)) for row, days in zip(rows, day, strict=True)], dtype=bool).reshape(
        day.shape
    )


def special_day_names(market: pd.Series, local_date: pd.Series, markets: Sequence[Market]) -> pd.Series:
    """What the special day of each row is called; None on other days. local_date: as "2026-08-04"."""
    names = pd.Series(None, index=market.index, dtype="object")
    for one in markets:
        dates = local_date[market == one.name]
        if one.special_days and len(dates):
            first, last = date.fromisoformat(dates.min()), date.fromisoformat(dates.max())
            found = special_days_of(one.special_days, first, last)
            names[dates.index] = dates.map({day.isoformat(): special.name for day, special in found.items()})
    return names.where(names.notna(), None)


def special_spans(markets: Sequence[Market]) -> pd.DataFrame:
    """The special days of every market, from local midnight to local midnight.

    Columns: market, first_minute, end_minute (epoch minutes).
    """
    rows = [
        (market.name, *(_local_midnight(day, market.timezone) for day in (special.first, special.last + ONE_DAY)))
        for market in markets
        for special in market.special_days
    ]
    columns = ["market", "first_minute", "end_minute"]
    return pd.DataFrame(rows, columns=columns).astype({"market": "str", "first_minute": "int64", "end_minute": "int64"})


def _local_midnight(day: date, timezone: str) -> int:
    """In epoch minutes."""
    return int(datetime.combine(day, time(), ZoneInfo(timezone)).timestamp()) // 60
