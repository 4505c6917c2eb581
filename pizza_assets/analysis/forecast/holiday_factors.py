"""Bank holidays in a forecast: which columns they are, and by what factor orders differ on each.

The calendar is models/holiday_calendar.py; leaving holidays out of the shape belongs to shape.py.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from pizza_assets.analysis.local_week import date_of, day_number
from pizza_assets.models.holiday_calendar import holidays_of
from pizza_assets.models.market import Market

_EVES = {(12, 24): "Christmas Eve", (12, 31): "New Year's Eve"}


def holiday_columns(
    names: Sequence[str], day: np.ndarray, markets: Sequence[Market]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The holiday of each column, as OrderHistory has it: codes [row, column], and the names of codes 1, 2, ...

    names: the market of each row. day: business day [row, column]. The evenings before Christmas and New Year count as
    holidays where a market has a calendar: shops sell otherwise on them.
    """
    known = {market.name: market for market in markets}
    codes = np.zeros(day.shape, dtype=np.int16)
    numbers: dict[str, int] = {}
    calendars: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for row, name in enumerate(names):
        if name not in known:
            continue
        if name not in calendars:
            named = _named_days(known[name], *days_between(day[row]))
            of_day = [numbers.setdefault(text, len(numbers) + 1) for text in named.values()]
            calendars[name] = np.array(list(named), dtype=np.int64), np.array(of_day, dtype=np.int16)
        days, of_day = calendars[name]
        if len(days):
            at = np.minimum(np.searchsorted(days, day[row]), len(days) - 1)
            codes[row] = np.where(days[at] == day[row], of_day[at], 0)
    return codes, tuple(numbers)


def holiday_factors(
    observed: np.ndarray,
    expected: np.ndarray,
    holiday: np.ndarray,
    day: np.ndarray,
    names: Sequence[str],
    usual_day: np.ndarray,
) -> np.ndarray:
    """The factor of each holiday code [code]; that of 0 is 1.

    The arrays describe known past quarter-hours on holidays: actual orders, those expected of a usual day, code, day.
    usual_day: orders of a usual day [code] where the holiday is kept. A holiday leans on all holidays by as many orders
    as one of its days is expected to have, at least by those of a usual day, and all holidays on 1 likewise; eves lean
    on 1. Where nothing is expected, as a shop opened only because of the holiday, no factor can be known.
    """
    codes = len(names) + 1
    is_open = expected > 0
    observed, expected, holiday, day = observed[is_open], expected[is_open], holiday[is_open], day[is_open]
    came, usual = (np.bincount(holiday, values, codes) for values in (observed, expected))
    one_day = np.maximum(usual / np.maximum(_days_of_codes(holiday, day, codes), 1), usual_day)
    is_eve = np.array([False, *(name in _EVES.values() for name in names)])
    is_pooled = ~is_eve & (np.arange(codes) > 0)
    lean = one_day[is_pooled].max(initial=0.0)
    total = came[is_pooled].sum() + lean, usual[is_pooled].sum() + lean
    common = np.where(is_eve, 1.0, total[0] / total[1] if total[1] > 0 else 1.0)
    weight = np.where(one_day > 0, one_day, 1.0)
    factors = (came + weight * common) / (usual + weight)
    factors[0] = 1.0
    return factors


def _days_of_codes(holiday: np.ndarray, day: np.ndarray, codes: int) -> np.ndarray:
    """Number of days on which each holiday fell [code]."""
    pairs = np.unique(np.stack([holiday, day]).astype(np.int64), axis=1)
    return np.bincount(pairs[0], minlength=codes)


def days_between(day: np.ndarray) -> tuple[date, date]:
    """The first and the last of days since 1970."""
    return date_of(int(day.min())), date_of(int(day.max()))


def _named_days(market: Market, since: date, until: date) -> dict[int, str]:
    """Holidays and eves by day since 1970, in order of time; empty without a calendar."""
    # a year has holidays wherever there is a calendar: without one, eves are usual days, too
    found = holidays_of(market, since.replace(month=1, day=1), until.replace(month=12, day=31))
    if not found:
        return {}
    for year in range(since.year, until.year + 1):
        for (month, number), name in _EVES.items():
            found.setdefault(date(year, month, number), name)
    return {day_number(day): found[day] for day in sorted(found) if since <= day <= until}
