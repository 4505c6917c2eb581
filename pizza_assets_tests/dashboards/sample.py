"""A realistic page's worth of data, made fast and the same every time; the estimates are invented, not computed."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from pizza_assets.analysis.special_dates import special_spans
from pizza_assets.assets.dashboards import titles_of
from pizza_assets.dashboards.dashboard_page import PageData
from pizza_assets.models.extracts import (
    AnomaliesExtract,
    ChecksExtract,
    CorrelationsExtract,
    DataQualityExtract,
    EventStudyExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    MatchTimelineExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.market import DEFAULT_MARKETS, Market
from pizza_assets.models.vocabulary import combined_source
from pizza_assets_tests.dashboards.sample_forecasts import (
    coming_matches,
    demand_forecast,
    forecast_accuracy,
    match_forecast,
)

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
    quarters = sample_quarters(sample, rng)
    coming = coming_matches(sample.match_sources, sample.markets)
    event_study = _event_study(sample, len(matches))
    accuracy = forecast_accuracy(sample.order_sources, sample.match_sources, is_known=sample.weeks >= 4)
    extracts = {
        "dashboard_orders_timeline": _timeline(quarters),
        "dashboard_matches": matches,
        "dashboard_match_timeline": _match_timeline(impact, rng),
        "dashboard_match_impact": impact,
        "dashboard_correlations": correlations,
        "dashboard_event_study": event_study,
        "dashboard_anomalies": _anomalies(sample, matches),
        "dashboard_insights": _insights(sample, correlations),
        "dashboard_data_quality": _quality(sample),
        "dashboard_checks": _checks(sample),
        "dashboard_coming_matches": coming,
        "dashboard_match_forecast": match_forecast(sample.order_sources, coming, is_known=sample.weeks >= 4),
        "dashboard_demand_forecast": demand_forecast(
            sample.order_sources, sample.match_sources, is_known=sample.weeks >= 4
        ),
        "dashboard_forecast_accuracy": accuracy,
    }
    return PageData(
        title="Pizza and football",
        titles=titles_of(extracts, special_spans(_markets(sample))),
        data_as_of="4 Aug 2026, 05:00 UTC",
        collected_at=datetime(2026, 8, 4, 5, tzinfo=UTC),
        planted_effects=PLANTED if "mock" in sample.order_sources else "",
        quarter_hours=quarters,
        extracts=extracts,
    )


def _markets(sample: Sample) -> list[Market]:
    """The default markets, then invented ones, each with a team of its own."""
    invented = (Market(f"Town {n}", "Europe/London", (f"Town {n} FC",)) for n in range(1, sample.markets + 1))
    return [*DEFAULT_MARKETS, *invented][: sample.markets]


def _market_names(sample: Sample) -> list[str]:
    return [market.name for market in _markets(sample)]


def sample_quarters(sample: Sample, rng: np.random.Generator) -> pd.DataFrame:
    """Orders per source, market, chain and quarter-hour, as `quarter_hours` with its stores summed."""
    bins = pd.date_range(FIRST_WEEK, periods=sample.weeks * 672, freq="15min", unit="us")
    weekday_lift = np.where(np.isin(bins.day_of_week, [4, 5, 6]), 1.35, 1.0)
    chains = ["Domino's", "Pizza Hut"][: sample.chains]
    frames = []
    for source in sample.order_sources:
        for position, market in enumerate(_market_names(sample)):
            for chain in chains:
                level = (0.5 + position % 5 * 0.2) / 4 * _SHAPE[bins.hour] * weekday_lift
                orders = rng.negative_binomial(12, 12 / (12 + level))
                frames.append(
                    pd.DataFrame(
                        {
                            "order_source": source,
                            "market": market,
                            "chain": chain,
                            "bin_at": bins,
                            "order_count": orders,
                        }
                    )
                )
    return pd.concat(frames, ignore_index=True)


def _timeline(quarters: pd.DataFrame) -> pd.DataFrame:
    hours = quarters.assign(hour_at=quarters["bin_at"].dt.floor("h"))
    sums = hours.groupby(["order_source", "market", "chain", "hour_at"], as_index=False)["order_count"].sum()
    return OrdersTimelineExtract.conform(
        sums.assign(
            currency="GBP",
            revenue_cents=sums["order_count"] * 1890,
            pizza_count=sums["order_count"] * 2,
            covered_minutes=60,
        )
    )


def _matches(sample: Sample, rng: np.random.Generator) -> pd.DataFrame:
    teams = [market.teams[0] for market in _markets(sample)]
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
                "kickoff_is_fixed": True,
                **_competition(number),
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


def _competition(number: int) -> dict:
    """Every eighth match is a cup match, the last of them the final."""
    if number % 8 != 5:
        league = {"competition": "Premier League", "competition_type": "league", "match_type": "league"}
        return {**league, "season": "2025-26", "round_name": f"Matchday {number // 7 + 1}"}
    kind = "final" if number == 13 else "cup"
    cup = {"competition": "FA Cup", "competition_type": "cup", "match_type": kind}
    return {**cup, "season": "2025-26", "round_name": None}


def _impact(sample: Sample, matches: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    team_markets = {market.teams[0]: market.name for market in (*_markets(sample), *DEFAULT_MARKETS)}
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
                "match_type",
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
        **_own(match, side),
        "store_hours": 4.0,
        "extra_orders_per_store_hour": (observed - expected) / 4 if is_known else None,
        "extra_revenue_cents": (observed - expected) * 1890 if is_known else None,
        "extra_revenue_per_store_hour_cents": (observed - expected) * 1890 / 4 if is_known else None,
        "control_market_count": 14,
        "status": "ok" if is_known else "insufficient_data",
        "reasons": None if is_known else "no_control_market",
        "order_source": source,
        "data_source": str(combined_source(source, match["match_source"])),
    }


def _own(match: dict, side: str) -> dict:
    """The match as the team on `side` sees it."""
    difference = (match["home_goals"] - match["away_goals"]) * (1 if side == "home" else -1)
    return {
        "own_result": ["loss", "draw", "win"][int(np.sign(difference)) + 1],
        "own_goal_difference": difference,
        "total_goals": match["home_goals"] + match["away_goals"],
    }


def _match_timeline(impact: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Quarter-hours around every match, with a usual level where the windows have one."""
    copied = (
        "match_id", "kickoff_at", "competition", "match_type", "home_team", "away_team", "market", "team", "side",
        "order_source", "match_source", "data_source",
    )  # fmt: skip
    groups = impact[impact["window"] == "post"]
    minutes = np.arange(-180, 300, 15)
    rows = pd.DataFrame({name: groups[name].repeat(len(minutes)) for name in copied}).reset_index(drop=True)
    rows["minutes_from_kickoff"] = np.tile(minutes, len(groups))
    rows["bin_at"] = rows["kickoff_at"] + pd.to_timedelta(rows["minutes_from_kickoff"], unit="min")
    edges = [-181, -121, -1, 114, 234, 301]
    rows["period"] = pd.cut(rows["minutes_from_kickoff"], edges, labels=["earlier", "pre", "during", "post", "later"])
    known = groups["expected"].notna().to_numpy().repeat(len(minutes))
    expected = np.where(known, 3 + rng.random(len(rows)), np.nan)
    rows = rows.assign(
        period=rows["period"].astype(str),
        order_count=rng.poisson(3, len(rows)),
        expected_orders=expected,
        store_count=2,
    )
    return MatchTimelineExtract.conform(rows)


def _event_study(sample: Sample, n_matches: int) -> pd.DataFrame:
    rows = []
    for order_source in sample.order_sources:
        for match_source in sample.match_sources:
            is_known = n_matches >= 30 and not (order_source == "real" and match_source == "mock")
            for start in range(-180, 300, 30):
                uplift = 9.0 if 120 <= start < 240 else 6.0 if 0 <= start < 120 else 1.0
                row = _event(order_source, match_source, "kick_off", "own_match", start, start + 30, uplift, is_known)
                rows.append({**row, "n_matches": n_matches})
            for series, start, uplift in (("own_goal_before", -15, 0.4), ("own_goal_0_15", 0, 2.1)):
                row = _event(order_source, match_source, "goal", series, start, start + 15, uplift, is_known)
                rows.append({**row, "n_matches": n_matches, "n_goals": 3 * n_matches, "p_value": 0.2})
    return EventStudyExtract.checked(rows) if rows else EventStudyExtract.empty()


def _event(order_source, match_source, event, series, start, end, uplift, is_known) -> dict:
    numbers = {
        "estimate_log": uplift / 100,
        "uplift_pct": uplift,
        "ci_low_pct": uplift - 4,
        "ci_high_pct": uplift + 4,
        "se": 0.02,
        "usual_orders_per_store_hour": 11.0,
        "extra_orders_per_store_hour": 0.11 * uplift,
        "extra_revenue_per_store_hour_cents": 208 * uplift,
    }
    return {
        "event": event,
        "series": series,
        "minutes_from": start,
        "minutes_to": end,
        "minutes_middle": (start + end) / 2,
        **{name: value if is_known else None for name, value in numbers.items()},
        "p_value": None,
        "band": "simultaneous" if event == "kick_off" else "pointwise",
        "is_calibrated": True,
        "n_market_matches": 40,
        "n_goals": None,
        "n_clusters": 141,
        "status": "ok" if is_known else "insufficient_data",
        "reasons": None if is_known else "fewer_than_10_dates",
        "currency": "GBP" if is_known else None,
        "order_source": order_source,
        "match_source": match_source,
        "data_source": str(combined_source(order_source, match_source)),
    }


def _anomalies(sample: Sample, matches: pd.DataFrame) -> pd.DataFrame:
    """An outage and a surge beside a match, and a silent day without one, in every source of orders."""
    if sample.weeks < 4:
        return AnomaliesExtract.empty()
    rows = []
    for source in sample.order_sources:
        for kind, match, hours in (
            ("high", matches.iloc[3], 3),
            ("low", matches.iloc[9], 2),
            ("missing_day", None, 24),
        ):
            rows.append(_anomaly(source, kind, match, hours, _market_names(sample)[len(rows) % sample.markets]))
    return AnomaliesExtract.checked(rows)


def _anomaly(source, kind, match, hours, market) -> dict:
    near = {} if match is None else match.to_dict()
    starts_at = near.get("kickoff_at", FIRST_WEEK + pd.Timedelta(days=9))
    observed, expected = (60, 31.0) if kind == "high" else (0, 31.0)
    of_match = (
        "match_id",
        "home_team",
        "away_team",
        "kickoff_at",
        "result",
        "match_source",
        "competition",
        "match_type",
    )
    return {
        "market": market,
        "chain": "Domino's",
        "store_id": f"store-{market.lower().replace(' ', '-')}-1",
        "kind": kind,
        "starts_at": starts_at,
        "ends_at": starts_at + pd.Timedelta(hours=hours),
        "observed": observed,
        "expected": expected,
        "p_value": None if kind == "missing_day" else 1e-6,
        "q_value": None if kind == "missing_day" else 0.004,
        "expected_false_share": 0.1,
        **{name: near.get(name) for name in of_match},
        "minutes_from_kickoff": None if match is None else 0,
        "order_source": source,
        "seen_in": source,
        "extra_orders": observed - expected,
        "extra_orders_per_store_hour": (observed - expected) / hours,
        "extra_revenue_cents": (observed - expected) * 1890,
        "currency": "GBP",
    }


def _correlations(sample: Sample, n_matches: int) -> pd.DataFrame:
    estimates = {"pre": (1.6, -0.9, 4.1, 0.21), "during": (5.8, 3.2, 8.5, 0.0004), "post": (9.1, 6.3, 11.9, 0.00002)}
    rows = []
    for order_source in sample.order_sources:
        for match_source in sample.match_sources:
            is_known = n_matches >= 30 and not (order_source == "real" and match_source == "mock")
            for window, (uplift, low, high, q_value) in estimates.items():
                row = _correlation(order_source, match_source, window, is_known, uplift, low, high, q_value, n_matches)
                rows += [row, *_parts(sample, row)]
            rows += _outcomes(order_source, match_source, is_known, n_matches)
    return CorrelationsExtract.checked(rows) if rows else CorrelationsExtract.empty()


def _parts(sample: Sample, row: dict) -> list[dict]:
    """The same for parts of the business."""
    parts = {
        "result": ["win", "draw", "loss"],
        "market": _market_names(sample),
        "competition": ["Premier League", "FA Cup"],
        "chain": ["Domino's", "Pizza Hut"][: sample.chains],
    }
    return [
        {
            **row,
            "scope": scope,
            "scope_value": value,
            "role": "exploratory",
            "analysis_id": f"{row['analysis_id']}.{scope}={value}",
            "family_id": f"windows_by_{scope}",
        }
        for scope, names in parts.items()
        for value in names
        if len(names) > 1
    ]


def _outcomes(order_source, match_source, is_known, n_matches) -> list[dict]:
    rows = []
    for subject in ("own_win", "goal_difference", "total_goals", "final"):
        row = _correlation(
            order_source, match_source, "post", is_known and subject != "final", 0.8, -1.1, 2.7, 0.4, n_matches
        )
        coefficient = {"correlation_coefficient": 0.04, "spearman_coefficient": 0.05} if row["status"] == "ok" else {}
        rows.append(
            {**row, **coefficient, "subject": subject, "role": "exploratory", "analysis_id": f"{subject}-post",
             "family_id": "outcomes", "hypothesis": f"Orders after the match differ by {subject}."}
        )  # fmt: skip
    return rows


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
        "usual_orders_per_store_hour": 11.0,
        "extra_orders_per_store_hour": 0.11 * uplift,
        "extra_orders_low": 0.11 * low,
        "extra_orders_high": 0.11 * high,
        "extra_revenue_per_store_hour_cents": 208 * uplift,
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
        "currency": "GBP" if is_known else None,
        "status": "ok" if is_known else "insufficient_data",
        "reasons": None if is_known else "fewer_than_10_dates",
        "left_out": None,
        "real_share": (float(order_source == "real") + float(match_source == "real")) / 2,
        "order_source": order_source,
        "match_source": match_source,
        "data_source": str(combined_source(order_source, match_source)),
        "computed_from_weeks": "2025-08-05 to 2026-07-28, 52 weeks",
        "random_seed": 7,
    }


def _insights(sample: Sample, correlations: pd.DataFrame) -> pd.DataFrame:
    rows = []
    of_match = correlations[(correlations["scope"] == "overall") & (correlations["subject"] == "own_team_match")]
    ranked = of_match.sort_values("time_window", key=lambda w: w.map({"post": 0, "during": 1, "pre": 2}), kind="stable")
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
    rows += [_alarm(source, rank) for rank, source in enumerate(sample.order_sources, start=len(rows) + 1)]
    return InsightsExtract.checked(rows) if rows else InsightsExtract.empty()


def _alarm(source: str, rank: int) -> dict:
    """Insights about alarms, which depend on orders alone."""
    nothing = dict.fromkeys(column.name for column in InsightsExtract.columns() if column.nullable)
    prefix = "MOCK ORDERS: one" if source == "mock" else "One"
    sentence = {"rank": rank, "kind": "alarm", "headline": f"{prefix} surge and one outage.", "n_matches": 0}
    return {**nothing, **sentence, "order_source": source, "data_source": source}


def _quality(sample: Sample) -> pd.DataFrame:
    rows = []
    for week in range(sample.weeks):
        key = (FIRST_WEEK + pd.Timedelta(weeks=week)).date().isoformat()
        for dataset, sources in (("orders", sample.order_sources), ("matches", sample.match_sources)):
            source = "none" if week == 20 else sources[week % len(sources)]
            rows.append(
                {
                    "week": key,
                    "week_starts_at": FIRST_WEEK + pd.Timedelta(weeks=week),
                    "dataset": dataset,
                    "data_source": source,
                    "source_name": None if week == 20 else {"mock": "mock", "real": "files"}[source],
                    "row_count": 0 if week == 20 else 18000 if dataset == "orders" else sample.matches_per_week,
                    "rejected_count": 3 if week == 8 and dataset == "orders" else 0,
                    "is_partial": source == "real" and week == 3,
                    "failed_check_count": 1 if week == 8 and dataset == "orders" else 0,
                    "reason": "The source was unreachable."
                    if week == 20
                    else "No orders were configured, so they are made up."
                    if source == "mock"
                    else "One store did not answer."
                    if week == 3
                    else None,
                }
            )
    return DataQualityExtract.checked(rows) if rows else DataQualityExtract.empty()


def _checks(sample: Sample) -> pd.DataFrame:
    last = (FIRST_WEEK + pd.Timedelta(weeks=sample.weeks - 1)).date().isoformat()
    counts = {("rows_are_valid", "passed"): sample.weeks, ("every_order_is_binned", "passed"): sample.weeks}
    if sample.weeks > 8:
        counts |= {("rows_are_valid", "warning"): 1}
    return ChecksExtract.checked(
        [
            {
                "asset": "raw_orders",
                "check": check,
                "outcome": outcome,
                "week_count": count,
                "first_week": FIRST_WEEK.date().isoformat(),
                "last_week": last,
                "description": "3 rows refused" if outcome == "warning" else "nothing refused",
            }
            for (check, outcome), count in counts.items()
        ]
    )
