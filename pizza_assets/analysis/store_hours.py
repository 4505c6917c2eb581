"""Effects as orders and money per selling store and hour. Significance does not belong here.

A selling store is one that sold in the window. An effect in orders is the uplift times the usual orders per store and
hour; in money, these orders times the average order value (docs/decisions/0015).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pizza_assets.analysis.order_values import order_values
from pizza_assets.analysis.outcomes import part_values
from pizza_assets.analysis.windows import WINDOWS
from pizza_assets.analysis.wording import METHODS
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import OWN_TEAM_MATCH, SHARED_MATCH, ResultStatus, Scope, Span

WINDOW_KEY = [*SOURCES, "match_id", "market", "window"]
_PART = [*SOURCES, "scope", "scope_value", "time_window"]
_MATCH_SCOPES = (Scope.OVERALL, Scope.COMPETITION, Scope.TEAM, Scope.MARKET, Scope.RESULT, Scope.KICKOFF)


def store_hours(match_windows: pd.DataFrame, *, by_chain: bool = False) -> pd.DataFrame:
    """The hours of selling stores in every window (MatchWindows).

    One row per WINDOW_KEY (and chain): store_count, window_minutes, store_hours. A store belongs to one chain, so
    counts of several chains add up.
    """
    minutes = (match_windows["window_end_at"] - match_windows["window_start_at"]).dt.total_seconds() / 60
    # a chain with two currencies uses both in the same stores
    rows = (
        match_windows.assign(window_minutes=minutes)
        .groupby([*WINDOW_KEY, "chain"], as_index=False)
        .agg(store_count=("store_count", "max"), window_minutes=("window_minutes", "first"))
    )
    if not by_chain:
        rows = rows.groupby(WINDOW_KEY, as_index=False).agg(
            store_count=("store_count", "sum"), window_minutes=("window_minutes", "first")
        )
    return rows.assign(store_hours=rows["store_count"] * rows["window_minutes"] / 60)


def usual_rates(
    impact: pd.DataFrame, match_windows: pd.DataFrame, scopes: Sequence[Scope] = _MATCH_SCOPES
) -> pd.DataFrame:
    """Usual orders per store and hour in the usable windows of every part of the business except chains.

    impact, match_windows: MatchImpact and MatchWindows of current kick-offs. One row per pair of sources, scope,
    scope_value ("" for the whole business) and time_window: usual_orders_per_store_hour (expected orders divided by
    hours of selling stores), average_order_cents and its currency (see `order_values`), window_minutes (empty if
    windows differ in length).
    """
    used = impact[impact["status"] == ResultStatus.OK]
    parts = [_part(used, part_values(used, scope), scope) for scope in scopes]
    return _rates(
        pd.concat([*parts, *(_whole(part) for part in parts)], ignore_index=True),
        store_hours(match_windows),
        match_windows,
    )


def effects_in_shops(results: pd.DataFrame, impact: pd.DataFrame, match_windows: pd.DataFrame) -> pd.DataFrame:
    """CorrelationResults as orders and money per selling store and hour; rows and index as in `results`.

    usual_orders_per_store_hour, window_minutes: where the part has usable windows. extra_orders_per_store_hour,
    extra_orders_low, extra_orders_high (ends of the interval), extra_revenue_per_store_hour_cents, currency: for
    answered hypotheses. For an outcome, they are the difference that it makes to the usual orders: per goal, or if the
    team won rather than not. impact, match_windows: as in `usual_rates`.

    A chain's usual orders are the expected orders of its own rows in `results`, spread evenly over its windows in
    usable windows of its markets, because `impact` does not distinguish chains. Matches without a control market have
    no expected orders: their usual orders are the observed ones divided by the effect.
    """
    is_shared = results["method"] == METHODS["same_day"]["method"]
    parts = results[_PART].assign(
        scope=results["scope"].mask(is_shared, SHARED_MATCH), scope_value=results["scope_value"].fillna("")
    )
    scopes = set(parts["scope"])
    rates = usual_rates(impact, match_windows, [scope for scope in _MATCH_SCOPES if scope in {*scopes, Scope.OVERALL}])
    if Scope.CHAIN in scopes:
        rates = pd.concat([rates, _chain_rates(results, impact, match_windows)], ignore_index=True)
    if SHARED_MATCH in scopes:
        rates = pd.concat([rates, _observed_rates(impact, match_windows)], ignore_index=True)
    found = parts.merge(rates, on=_PART, how="left", validate="many_to_one").set_axis(results.index)
    usual = found["usual_orders_per_store_hour"]
    usual = usual.mask(is_shared, usual / (1 + results["uplift_pct"] / 100))
    is_answered = results["status"] == ResultStatus.OK
    return in_money(usual, results["uplift_pct"].where(is_answered), found).assign(
        extra_orders_low=usual * results["ci_low_pct"].where(is_answered) / 100,
        extra_orders_high=usual * results["ci_high_pct"].where(is_answered) / 100,
        window_minutes=found["window_minutes"],
    )


def in_money(usual: pd.Series, uplift_pct: pd.Series, value: pd.DataFrame) -> pd.DataFrame:
    """An uplift of the `usual` orders per store and hour as orders and money.

    value: average_order_cents and currency of each row. Columns: usual_orders_per_store_hour,
    extra_orders_per_store_hour, extra_revenue_per_store_hour_cents, currency (empty where the revenue is).
    """
    extra = usual * uplift_pct / 100
    revenue = extra * value["average_order_cents"]
    return pd.DataFrame(
        {
            "usual_orders_per_store_hour": usual,
            "extra_orders_per_store_hour": extra,
            "extra_revenue_per_store_hour_cents": revenue,
            "currency": value["currency"].where(revenue.notna()),
        }
    )


def _part(windows: pd.DataFrame, scope_value: pd.Series | str, scope: str) -> pd.DataFrame:
    """`windows` with the part of one scope that they belong to; windows of no part are left out."""
    named = windows[[*WINDOW_KEY, "expected"]].assign(
        scope=str(scope), scope_value=scope_value, time_window=windows["window"]
    )
    return named.dropna(subset="scope_value")


def _whole(parts: pd.DataFrame) -> pd.DataFrame:
    """The windows of `parts` again, as parts of whole matches, where all windows of a match are usable."""
    count = parts.groupby([name for name in WINDOW_KEY if name != "window"])["window"].transform("nunique")
    return parts[count == len(WINDOWS)].assign(time_window=Span.MATCH.value)


def _chain_rates(results: pd.DataFrame, impact: pd.DataFrame, match_windows: pd.DataFrame) -> pd.DataFrame:
    """`usual_rates` for chains: each window has the chain's mean expectation."""
    used = impact[impact["status"] == ResultStatus.OK]
    is_own = (results["scope"] == Scope.CHAIN) & (results["subject"] == OWN_TEAM_MATCH)
    chains = results.loc[is_own, [*_PART, "expected", "n_market_matches"]]
    mean = chains["expected"] / chains["n_market_matches"].where(chains["n_market_matches"] > 0)
    known = chains.assign(expected=mean, chain=chains["scope_value"], window=chains["time_window"]).dropna(
        subset="expected"
    )
    windows = match_windows[[*WINDOW_KEY, "chain"]].drop_duplicates().merge(used[WINDOW_KEY], on=WINDOW_KEY)
    parts = windows.merge(known.drop(columns="n_market_matches"), on=[*SOURCES, "chain", "window"])
    return _rates(parts, store_hours(match_windows, by_chain=True), match_windows)


def _observed_rates(impact: pd.DataFrame, match_windows: pd.DataFrame) -> pd.DataFrame:
    """`usual_rates` from observed orders, for matches that every market with matches follows."""
    markets = impact.groupby(SOURCES)["market"].transform("nunique")
    followers = impact.groupby([*SOURCES, "match_id"])["market"].transform("nunique")
    shared = impact[(followers == markets) & impact["orders_per_hour"].notna()]
    parts = _part(shared.assign(expected=shared["observed"]), "", SHARED_MATCH)
    return _rates(pd.concat([parts, _whole(parts)], ignore_index=True), store_hours(match_windows), match_windows)


def _rates(parts: pd.DataFrame, hours: pd.DataFrame, match_windows: pd.DataFrame) -> pd.DataFrame:
    """`usual_rates` of windows with their part. hours: `store_hours`, by chain if the parts are chains."""
    key = [name for name in [*WINDOW_KEY, "chain"] if name in parts]
    windows = parts.merge(hours, on=key)
    # without a selling store there is no rate: leave its expected orders out of the sum
    windows["expected"] = windows["expected"].where(windows["store_hours"] > 0)
    sums = windows.groupby(_PART, sort=False).agg(
        expected=("expected", "sum"),
        store_hours=("store_hours", "sum"),
        shortest=("window_minutes", "min"),
        longest=("window_minutes", "max"),
    )
    sums = sums.assign(
        usual_orders_per_store_hour=sums["expected"] / sums["store_hours"].where(sums["store_hours"] > 0),
        window_minutes=sums["longest"].where(sums["longest"] == sums["shortest"]),
    )
    values = order_values(match_windows.merge(parts[[*key, *_PART[2:]]], on=key), _PART)
    # a whole match is longer than any of its windows
    sums.loc[sums.index.get_level_values("time_window") == Span.MATCH, "window_minutes"] = np.nan
    return sums[["usual_orders_per_store_hour", "window_minutes"]].reset_index().merge(values, on=_PART)
