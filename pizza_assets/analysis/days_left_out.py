"""Days on which a market's orders say nothing about usual days: bank holidays, with the day before and after.

They change the shape of a day (a busy afternoon, a quiet evening), which the rest of the day can't correct. Where other
markets are the control, holidays that all of them share need no such rule: the baseline has a factor for every moment.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.wording import counted_noun
from pizza_assets.models.holiday_calendar import ONE_DAY, holiday_periods
from pizza_assets.models.market import Market

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class DaysLeftOut:
    """names: per market of the grid, the holiday by its day (days since 1970-01-01). is_cell: whether a quarter-hour
    lies on such a day [market, bin]."""

    names: tuple[Mapping[int, str], ...]
    is_cell: np.ndarray

    @classmethod
    def of(cls, markets: Sequence[Market], grid: ExpectedGrid) -> "DaysLeftOut":
        """Those of the grid's markets and days. A market that is not in `markets` has the holidays of its zone."""
        known = {market.name: market for market in markets}
        names: list[dict[int, str]] = []
        is_cell = np.zeros(grid.observed.shape, dtype=bool)
        for row, (name, zone) in enumerate(zip(grid.markets, grid.zones, strict=True)):
            day = grid.day[row]
            first, last = (_EPOCH + int(edge) * ONE_DAY for edge in (day.min(), day.max()))
            found = holiday_periods(known.get(str(name), Market(str(name), zone)), first, last)
            names.append({(at - _EPOCH).days: holiday for at, holiday in found.items()})
            is_cell[row] = np.isin(day, list(names[-1]))
        return cls(tuple(names), is_cell)

    def has_all(self, columns: np.ndarray) -> np.ndarray:
        """Whether a column lies on such a day in every market."""
        return np.all(self.is_cell[:, columns], axis=0)

    def in_words(self, columns: np.ndarray, grid: ExpectedGrid) -> str | None:
        """What is left out if matches kick off in `columns`, each of which lies on such a day; None without any."""
        if not len(columns):
            return None
        holidays = Counter(self.names[0][int(day)] for day in grid.day[0, columns])
        return f"{counted_noun(len(columns), 'match', 'matches')} on or next to a holiday ({', '.join(holidays)})"
