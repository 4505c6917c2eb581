"""Days on which a market's orders say nothing about usual days: those that its owner lists, and around bank holidays.

Holidays change the shape of a day (a busy afternoon, a quiet evening), which the rest of the day can't correct. Where
other markets are the control, holidays that all of them share need no such rule: the baseline has a factor for every
moment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.local_week import date_of, day_number
from pizza_assets.analysis.special_dates import special_days_by_row
from pizza_assets.models.holiday_calendar import holiday_periods
from pizza_assets.models.market import Market


@dataclass(frozen=True)
class DaysLeftOut:
    """holidays, special_days: per market of the grid, their names by day (days since 1970-01-01). is_cell: whether a
    quarter-hour lies on such a day [market, bin]. A day that is both counts as special."""

    holidays: tuple[Mapping[int, str], ...]
    special_days: tuple[Mapping[int, str], ...]
    is_cell: np.ndarray

    @classmethod
    def of(cls, markets: Sequence[Market], grid: ExpectedGrid) -> "DaysLeftOut":
        """Those of the grid's markets and days. A market that is not in `markets` has the holidays of its zone."""
        holidays = tuple(
            {day_number(day): name for day, name in holiday_periods(market, *span).items()}
            for market, span in _markets_of(markets, grid)
        )
        special_days = tuple(
            {day: special.name for day, special in listed.items()}
            for listed in special_days_by_row(grid.markets, grid.day, markets)
        )
        is_cell = np.zeros(grid.observed.shape, dtype=bool)
        for row, day in enumerate(grid.day):
            is_cell[row] = np.isin(day, [*holidays[row], *special_days[row]])
        return cls(holidays, special_days, is_cell)

    def has_all(self, columns: np.ndarray) -> np.ndarray:
        """Whether a column lies on such a day in every market."""
        return np.all(self.is_cell[:, columns], axis=0)

    def in_words(self, columns: np.ndarray, grid: ExpectedGrid) -> dict[str, int]:
        """The number of matches that are left out if they kick off in `columns`, each of which lies on such a day, by
        the days in words."""
        if not len(columns):
            return {}
        days = [int(day) for day in grid.day[0, columns]]
        special = [self.special_days[0][day] for day in days if day in self.special_days[0]]
        holidays = [self.holidays[0][day] for day in days if day not in self.special_days[0]]
        texts = (("on or next to a holiday", holidays), ("on a special day", special))
        return {f"{where} ({', '.join(dict.fromkeys(names))})": len(names) for where, names in texts if names}


def _markets_of(markets: Sequence[Market], grid: ExpectedGrid) -> Iterator[tuple[Market, tuple[date, date]]]:
    """Each market of the grid, with its first and last day."""
    known = {market.name: market for market in markets}
    for name, zone, day in zip(grid.markets, grid.zones, grid.day, strict=True):
        span = date_of(int(day.min())), date_of(int(day.max()))
        yield known.get(str(name), Market(str(name), zone)), span
