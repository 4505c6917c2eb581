"""A realistic page's worth of data, made fast and the same every time; the estimates are invented, not computed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.dashboards.dashboard_page import PageData
from pizza_assets.models.extracts import (
    CorrelationsExtract,
    DataQualityExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.merged import MatchWindows
from pizza_assets.models.vocabulary import combined_source

FIRST_WEEK = pd.Timestamp("2025-08-05T05:00Z")
HOSTILE = "</script><img src=x onerror=alert(1)>"
PLANTED = "Built into the mock orders: +2 % before, +6 % during and +9 % after a match of the market's own team."
_WINDOWS = {"pre": (-120, 0), "during": (0, 115), "post": (115, 235)}
_SHAPE = np.array([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 5, 9, 8, 5, 4, 6, 10, 15, 17, 15, 11, 7, 3], dtype=float)


@dataclass(frozen=True)
class Sample:
    """Which sample to make. `order_sources` and `match_sources` are the labels that occur."""

    weeks: int = 52
    markets: int = 20
    chains: int = 2
    matches_per_week: int = 7
    order_sources: tuple[str, ...] = ("mock",)
    match_sources: tuple[str, ...] = ("mock",)
    hostile_team: bool = False


def sample_page_data(sample: Sample = Sample()) -> PageData:
    rng = np.random.default_rng(20251122)
    matches = _matches(sample, rng)
    impact = _impact(sample, matches, rng)
    correlations = _correlations(sample, len(matches))
    return PageData(
        title="Pizza and football",
        data_as_of="4 Aug 2026, 05:00 UTC",
        planted_effects=PLANTED if "mock" in sample.order_sources else "",
        orders_timeline=_timeline(sample, rng),
        matches=matches,
        match_impact=impact,
        match_windows=_windows(impact),
        correlations=correlations,
        insights=_insights(correlations),
        data_quality=_quality(sample),
    )


def _market_names(sample: Sample) -> list[str]:
    return [market.name for market in DEFAULT_MARKETS[: sample.markets]]


def _timeline(sample: Sample, rng: np.random.Generator) -> pd.DataFrame:
    hours = pd.date_range(FIRST_WEEK, periods=sample.weeks * 168, freq="h", unit="us")
    weekday_lift = np.where(np.isin(hours.day_of_week, [4, 5, 6]), 1.35, 1.0)
    chains = ["Domino's", "Pizza Hut"][: sample.chains]
    frames = []
    for source in sample.order_sources:
        for position, market in enumerate(_market_names(sample)):
            for chain in chains:
                level = (0.5 + position % 5 * 0.2) * _SHAPE[hours.hour] * weekday_lift
                orders = rng.negative_binomial(12, 12 / (12 + level))
                frames.append(
                    pd.DataFrame(
                        {
                            "hour_at": hours,
                            "market": market,
                            "chain": chain,
                            "currency": "GBP",
                            "order_count": orders,
                            "revenue_cents": orders * 1890,
                            "pizza_count": orders * 2,
                            "covered_minutes": 60,
                            "order_source": source,
                        }
                    )
                )
    return OrdersTimelineExtract.conform(pd.concat(frames, ignore_index=True))


def _matches(sample: Sample, rng: np.random.Generator) -> pd.DataFrame:
    teams = [market.teams[0] for market in DEFAULT_MARKETS[: sample.markets]]
    if sample.hostile_team:
        teams[0] = HOSTILE
    rows = []
    for number in range(sample.weeks * sample.matches_per_week):
        week, slot = divmod(number, sample.matches_per_week)
        days, hour = [(4, 15), (4, 12), (5, 14), (3, 19), (4, 17), (0, 19), (5, 16)][slot % 7]
        home, away = rng.choice(len(teams), 2, replace=False)
        goals = rng.poisson([1.6, 1.2])
        rows.append(
            {
                "match_id": f"m-{number:04d}",
                "competition": "Premier League",
                "competition_type": "league",
                "kickoff_at": FIRST_WEEK.normalize() + pd.Timedelta(days=week * 7 + days, hours=hour),
                "home_team": teams[home],
                "away_team": teams[away],
                "home_goals": int(goals[0]),
                "away_goals": int(goals[1]),
                "result": ["away_win", "draw", "home_win"][int(np.sign(goals[0] - goals[1])) + 1],
                "status": "FINISHED",
                "exposed_markets": 2,
                "match_source": sample.match_sources[week % len(sample.match_sources)],
            }
        )
    return MatchesExtract.checked(rows)


def _impact(sample: Sample, matches: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    team_markets = dict(zip((m.teams[0] for m in DEFAULT_MARKETS), (m.name for m in DEFAULT_MARKETS), strict=True))
    rows = []
    for match in matches.to_dict("records"):
        for source in sample.order_sources:
            for side in ("home", "away"):
                team = match[f"{side}_team"]
                for window, lift in {"pre": 1.02, "during": 1.06, "post": 1.09}.items():
                    rows.append(
                        _impact_row(match, source, side, team, team_markets.get(team, "Birmingham"), window, lift, rng)
                    )
    return MatchImpactExtract.checked(rows) if rows else MatchImpactExtract.empty()


def _impact_row(match, source, side, team, market, window, lift, rng) -> dict:
    expected = float(rng.uniform(15, 70))
    observed = int(rng.poisson(expected * lift))
    uplift = 100 * (observed / expected - 1)
    half = 196 / expected**0.5
    is_known = rng.random() > 0.02
    return {
        **{
            k: match[k]
            for k in (
                "match_id",
                "competition",
                "kickoff_at",
                "home_team",
                "away_team",
                "home_goals",
                "away_goals",
                "result",
                "match_source",
            )
        },
        "sport": "football",
        "season": "2025-26",
        "kickoff_date": match["kickoff_at"].date().isoformat(),
        "kickoff_time": match["kickoff_at"].strftime("%H:%M"),
        **{
            f"window_{edge}_at": match["kickoff_at"] + pd.Timedelta(minutes=minutes)
            for edge, minutes in zip(("start", "end"), _WINDOWS[window], strict=True)
        },
        "is_tournament": False,
        "is_final": False,
        "market": market,
        "team": team,
        "side": side,
        "window": window,
        "observed": observed,
        "expected": expected if is_known else None,
        "uplift_pct": uplift if is_known else None,
        "ci_low_pct": uplift - half if is_known else None,
        "ci_high_pct": uplift + half if is_known else None,
        "extra_orders": observed - expected if is_known else None,
        "orders_per_hour": observed / 2,
        "currency": "GBP",
        "revenue_cents": observed * 1890,
        "control_market_count": 14,
        "status": "ok" if is_known else "insufficient_data",
        "reasons": None if is_known else "no_control_market",
        "order_source": source,
        "data_source": str(combined_source(source, match["match_source"])),
    }


def _windows(impact: pd.DataFrame) -> pd.DataFrame:
    rows = impact[
        [
            "match_id",
            "sport",
            "competition",
            "kickoff_at",
            "market",
            "team",
            "side",
            "window",
            "order_source",
            "match_source",
        ]
    ].copy()
    bounds = rows["window"].map(_WINDOWS)
    rows["window_start_at"] = rows["kickoff_at"] + pd.to_timedelta(bounds.str[0], unit="min")
    rows["window_end_at"] = rows["kickoff_at"] + pd.to_timedelta(bounds.str[1], unit="min")
    return MatchWindows.conform(
        rows.assign(
            chain="Domino's",
            currency="GBP",
            covered_minutes=120,
            is_complete=True,
            order_count=impact["observed"],
            revenue_cents=0,
            average_order_cents=1890.0,
            pizza_count=0,
            store_count=2,
            orders_per_hour=impact["orders_per_hour"],
        )
    )


def _correlations(sample: Sample, n_matches: int) -> pd.DataFrame:
    estimates = {"pre": (1.6, -0.9, 4.1, 0.21), "during": (5.8, 3.2, 8.5, 0.0004), "post": (9.1, 6.3, 11.9, 0.00002)}
    rows = []
    for order_source in sample.order_sources:
        for match_source in sample.match_sources:
            is_known = n_matches >= 30 and not (order_source == "real" and match_source == "mock")
            for window, (uplift, low, high, q_value) in estimates.items():
                rows.append(
                    _correlation(order_source, match_source, window, is_known, uplift, low, high, q_value, n_matches)
                )
    return CorrelationsExtract.checked(rows) if rows else CorrelationsExtract.empty()


def _correlation(order_source, match_source, window, is_known, uplift, low, high, q_value, n_matches) -> dict:
    words = {"pre": "before", "during": "during", "post": "after"}[window]
    numbers = {
        "estimate_log": uplift / 100,
        "uplift_pct": uplift,
        "ci_low_pct": low,
        "ci_high_pct": high,
        "se": 0.012,
        "p_value": q_value,
        "p_permutation": q_value,
        "statistical_significance": q_value,
        "q_value": q_value,
        "df": 140.0,
        "observed": 30000.0,
        "expected": 28000.0,
        "dispersion": 1.2,
        "mde_80_pct": 3.4,
        "leave_one_out_low_pct": uplift - 0.4,
        "leave_one_out_high_pct": uplift + 0.4,
        "placebo_uplift_pct": 0.1,
        "placebo_ci_low_pct": -1.9,
        "placebo_ci_high_pct": 2.1,
        "placebo_window_count": 300,
        "pre_trend_p_value": 0.4,
        "few_control_share": 0.0,
    }
    nothing = dict.fromkeys(("correlation_coefficient", "spearman_coefficient", "scope_value"))
    return {
        "analysis_id": f"main-{window}",
        "hypothesis": f"Orders differ {words} the own team's match.",
        "role": "primary" if window == "post" else "exploratory",
        "estimand": "ratio",
        **nothing,
        "subject": "own_team_match",
        "scope": "overall",
        "time_window": window,
        "pattern_description": f"Orders were {uplift} % above usual.",
        "data_quality": "complete",
        **({k: v if is_known else None for k, v in numbers.items()}),
        "family_id": "main",
        "family_size": 3,
        "n_matches": n_matches,
        "n_market_matches": 2 * n_matches,
        "n_clusters": 141,
        "cluster_by": "date",
        "direction": "up" if is_known and q_value < 0.05 else "none" if is_known else "unknown",
        "method": "Poisson",
        "controls": "market, hour, week",
        "control_market_min": 6,
        "converged": is_known,
        "status": "ok" if is_known else "insufficient_data",
        "reasons": None if is_known else "fewer_than_10_dates",
        "real_share": (float(order_source == "real") + float(match_source == "real")) / 2,
        "order_source": order_source,
        "match_source": match_source,
        "data_source": str(combined_source(order_source, match_source)),
        "computed_from_weeks": "2025-08-05 to 2026-07-28, 52 weeks",
        "random_seed": 7,
    }


def _insights(correlations: pd.DataFrame) -> pd.DataFrame:
    rows = []
    ranked = correlations.sort_values(
        "time_window", key=lambda w: w.map({"post": 0, "during": 1, "pre": 2}), kind="stable"
    )
    for rank, row in enumerate(ranked.to_dict("records"), start=1):
        is_known = row["status"] == "ok"
        kind = "insufficient_data" if not is_known else "finding" if row["direction"] == "up" else "nothing_found"
        prefix = "" if row["data_source"] == "real" else f"In {row['data_source']} data: "
        words = {"pre": "before", "during": "during", "post": "after"}[row["time_window"]]
        sentence = {
            "finding": f"orders rose {row['uplift_pct']} % {words} the own team's match",
            "nothing_found": f"no change of orders was found {words} the own team's match",
            "insufficient_data": f"there is not enough to say what happens {words} the own team's match",
        }[kind]
        rows.append(
            {
                "rank": rank,
                "kind": kind,
                "headline": f"{prefix}{sentence}."[:1].upper() + f"{prefix}{sentence}."[1:],
                "caveat": "Changes smaller than 3.4 % would have been missed.",
                "analysis_id": row["analysis_id"],
                **{
                    k: row[k]
                    for k in (
                        "uplift_pct",
                        "ci_low_pct",
                        "ci_high_pct",
                        "q_value",
                        "n_matches",
                        "order_source",
                        "match_source",
                        "data_source",
                    )
                },
                "extra_orders_per_store_hour": 0.41 if is_known else None,
                "extra_revenue_per_store_hour_cents": 775.0 if is_known else None,
                "currency": "GBP" if is_known else None,
            }
        )
    return InsightsExtract.checked(rows) if rows else InsightsExtract.empty()


def _quality(sample: Sample) -> pd.DataFrame:
    rows = []
    for week in range(sample.weeks):
        key = (FIRST_WEEK + pd.Timedelta(weeks=week)).date().isoformat()
        for dataset, sources in (("orders", sample.order_sources), ("matches", sample.match_sources)):
            source = "none" if week == 20 else sources[week % len(sources)]
            rows.append(
                {
                    "week": key,
                    "dataset": dataset,
                    "data_source": source,
                    "source_name": None if week == 20 else {"mock": "mock", "real": "files"}[source],
                    "row_count": 0 if week == 20 else 18000 if dataset == "orders" else sample.matches_per_week,
                    "rejected_count": 3 if week == 8 and dataset == "orders" else 0,
                    "reason": "The source was unreachable."
                    if week == 20
                    else "No orders were configured, so they are made up."
                    if source == "mock"
                    else None,
                }
            )
    return DataQualityExtract.checked(rows) if rows else DataQualityExtract.empty()
