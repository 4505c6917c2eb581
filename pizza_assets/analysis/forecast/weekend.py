"""What to staff for on the days that people plan, from the stored forecast. Nothing is computed here.

The page shows the same numbers (dashboards/views/weekend.js).
"""

import re
import unicodedata
from datetime import date

import numpy as np
import pandas as pd

from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.wording import source_prefix
from pizza_assets.models import DemandForecast
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import DemandLevel, ResultStatus, Span

SHOP = [*SOURCES, "chain", "market", "store_id"]
LEAST_FOR_SEVERAL = 10
"""Orders an hour that more than one person can make: with fewer, the number of people would be 1 everywhere."""
_PLANNED_WEEKDAYS = (4, 5, 6)


def days_of_shops(forecast: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """One row per shop and business day that has not ended by `now`: DemandForecast rows of its busiest hour still
    ahead, or of the day where no such hour has a range.

    Also `unusual`: how far the day is above the 8-week mean, as a share; `match_of_day`; and `is_over`: the shop's last
    hour on this day has passed. forecast: with the hours that have passed, by which such days are known.
    """
    of_shops = forecast[forecast["level"] == DemandLevel.SHOP]
    rows = of_shops[of_shops["ends_at"] > now]
    if rows.empty:
        return rows.assign(unusual=pd.Series(dtype=float), match_of_day=None, is_over=pd.Series(dtype=bool))
    key = [*SHOP, "business_date"]
    days = rows[rows["span"] == Span.DAY]
    hours = rows[(rows["span"] == Span.HOUR) & (rows["status"] == ResultStatus.OK)]
    peaks = hours.loc[hours.groupby(key)["expected"].idxmax()]
    has_peak = pd.MultiIndex.from_frame(days[key]).isin(pd.MultiIndex.from_frame(peaks[key]))
    usual = days["usual_orders"].where(days["usual_orders"] > 0)
    unusual = days[key].assign(unusual=days["expected"] / usual - 1)
    named = hours.dropna(subset="match").drop_duplicates(key)[[*key, "match"]].rename(columns={"match": "match_of_day"})
    others = days[~has_peak]
    found = pd.concat([peaks.assign(is_over=False), others.assign(is_over=_is_over(others, of_shops, now, key))])
    return found.merge(unusual, on=key, how="left").merge(named, on=key, how="left")


def _is_over(days: pd.DataFrame, of_shops: pd.DataFrame, now: pd.Timestamp, key: list[str]) -> np.ndarray:
    """Whether all hours of the day have passed, or the forecast was made after the last of them."""
    hours = of_shops[of_shops["span"] == Span.HOUR]
    wanted = pd.MultiIndex.from_frame(days[key])
    had_hours, has_hours = (
        wanted.isin(pd.MultiIndex.from_frame(some[key])) for some in (hours, hours[hours["ends_at"] > now])
    )
    has_no_rest = days["reasons"].str.startswith(Reason.SHOP_DONE.code, na=False)
    return (had_hours & ~has_hours) | has_no_rest.to_numpy()


def weekend_dates(dates: pd.Series) -> list[str]:
    """Friday to Sunday of the running or the next weekend, of these business dates; the next seven if there is none."""
    week = sorted(dates.unique())[:7]
    return _first_weekend(week) or week


def next_weekend_dates(dates: pd.Series) -> list[str]:
    """The weekend after that of `weekend_dates`, as far as it is among these business dates."""
    return _first_weekend([text for text in sorted(dates.unique()) if text > weekend_dates(dates)[-1]])


def _first_weekend(dates: list[str]) -> list[str]:
    weekdays = [date.fromisoformat(text).weekday() for text in dates]
    planned = [text for text, weekday in zip(dates, weekdays, strict=True) if weekday in _PLANNED_WEEKDAYS]
    until = next((text for text in planned if date.fromisoformat(text).weekday() == _PLANNED_WEEKDAYS[-1]), None)
    return [text for text in planned if until is None or text <= until]


def shop_words(market: str, store_id: str) -> str:
    """The shop as the page names it (page/demand.js): its id only as far as it does not repeat the market's name."""
    known, own = _plain(market), _plain(store_id)
    if own == known:
        return market
    number = re.fullmatch(r"-(\d+)", own.removeprefix(known))
    return f"{market}, shop {number[1]}" if number and own.startswith(known) else f"{market}, {store_id}"


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", name).lower())


def summary_lines(forecast: pd.DataFrame | None, most: int = 3) -> list[str]:
    """What to staff for on the first planned day that has a range: the shops with the most unusual days."""
    if forecast is None or forecast.empty:
        return []
    rows = days_of_shops(DemandForecast.conform(forecast), forecast["starts_at"].min())
    planned = rows["business_date"].isin(weekend_dates(rows["business_date"]))
    given = rows[planned & (rows["span"] == Span.HOUR) & (rows["status"] == ResultStatus.OK)]
    first = given[given["business_date"] == given["business_date"].min()]
    ordered = first.loc[first["unusual"].abs().sort_values(ascending=False, kind="stable").index].head(most)
    return [f"Staff    {_sentence(row)}" for row in ordered.to_dict("records")]


def _sentence(row: dict) -> str:
    prefix = source_prefix(row["order_source"], row["match_source"])
    day = f"{date.fromisoformat(row['business_date']):%a %d %b}"
    people = "" if pd.isna(row["people"]) else f", {row['people']:.0f} people"
    match = "" if pd.isna(row["match_of_day"]) else f"; {row['match_of_day']}"
    shop = f"{shop_words(row['market'], row['store_id'])} ({row['chain']})"
    hour = f"{row['local_start']} to {row['local_end']}"
    return f"{prefix}{day}, {shop}: {row['quantile_90']:.0f} orders{people} from {hour}{match}"
