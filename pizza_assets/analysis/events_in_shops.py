"""Event-study points around kick-off and goals as orders and money per store and hour (see store_hours.py)."""

import pandas as pd

from pizza_assets.analysis.order_values import order_values
from pizza_assets.analysis.store_hours import WINDOW_KEY, in_money, usual_rates
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import ResultStatus, Scope, Window

_SPAN = ["minutes_from", "minutes_to"]


def events_in_shops(
    points: pd.DataFrame, timeline: pd.DataFrame, impact: pd.DataFrame, match_windows: pd.DataFrame
) -> pd.DataFrame:
    """The columns of `store_hours.in_money` for every row of EventStudy; rows and index as in `points`.

    timeline: MatchTimelineExtract. Usual orders around kick-off are those of the quarter-hours beginning in the point's
    span, over all matches; around goals, those during matches, since a goal may fall in any minute. impact,
    match_windows: as in `store_hours.usual_rates`, for average order values, around kick-off those of all windows.
    """
    used = impact[impact["status"] == ResultStatus.OK]
    values = order_values(match_windows.merge(used[WINDOW_KEY], on=WINDOW_KEY), SOURCES)
    spans = _span_rates(points, timeline).merge(values, on=SOURCES, how="left")
    is_kick_off = points["event"] == "kick_off"
    found = pd.concat(
        [
            points.loc[is_kick_off, [*SOURCES, *_SPAN]].merge(spans, on=[*SOURCES, *_SPAN], how="left"),
            _during_rates(points[~is_kick_off], impact, match_windows),
        ]
    ).set_axis([*points.index[is_kick_off], *points.index[~is_kick_off]])
    return _in_money(points, found.reindex(points.index))


def goals_in_shops(points: pd.DataFrame, impact: pd.DataFrame, match_windows: pd.DataFrame) -> pd.DataFrame:
    """`events_in_shops` for points around goals only, which need no timeline."""
    return _in_money(points, _during_rates(points, impact, match_windows).set_axis(points.index))


def _in_money(points: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    uplift = points["uplift_pct"].where(points["status"] == ResultStatus.OK)
    return in_money(rates["usual_orders_per_store_hour"], uplift, rates)


def _during_rates(points: pd.DataFrame, impact: pd.DataFrame, match_windows: pd.DataFrame) -> pd.DataFrame:
    """The usual rates during matches, one row per point in the same order."""
    rates = usual_rates(impact, match_windows, (Scope.OVERALL,))
    return points[SOURCES].merge(rates[rates["time_window"] == Window.DURING], on=SOURCES, how="left")


def _span_rates(points: pd.DataFrame, timeline: pd.DataFrame) -> pd.DataFrame:
    """usual_orders_per_store_hour for every pair of sources and span of minutes from kick-off."""
    known = timeline[timeline["expected_orders"].notna() & (timeline["store_count"] > 0)]
    by_minute = (
        known.assign(store_hours=known["store_count"] * (BIN_MINUTES / 60))
        .groupby([*SOURCES, "minutes_from_kickoff"], as_index=False)
        .agg(expected=("expected_orders", "sum"), store_hours=("store_hours", "sum"))
    )
    spans = points.loc[points["event"] == "kick_off", [*SOURCES, *_SPAN]].drop_duplicates()
    timed = spans.merge(by_minute, on=SOURCES)
    inside = timed[timed["minutes_from_kickoff"].between(timed["minutes_from"], timed["minutes_to"], inclusive="left")]
    sums = inside.groupby([*SOURCES, *_SPAN], as_index=False)[["expected", "store_hours"]].sum()
    return sums[[*SOURCES, *_SPAN]].assign(usual_orders_per_store_hour=sums["expected"] / sums["store_hours"])
