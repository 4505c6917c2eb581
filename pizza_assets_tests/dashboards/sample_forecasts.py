"""Sample forecasts of coming matches, made fast and the same every time; the numbers are invented, not computed."""

from collections.abc import Sequence

import pandas as pd

from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, ForecastAccuracyExtract, MatchForecastExtract
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.vocabulary import combined_source

SATURDAY = pd.Timestamp("2026-08-08T00:00Z")
_SPANS = {"pre": (13, 15), "during": (15, 17), "post": (17, 19), "match": (13, 19), "day": (5, 29)}


def coming_matches(match_sources: Sequence[str], team_count: int) -> pd.DataFrame:
    """Three fixtures of each source: one moved, one without a fixed time, one that no market follows."""
    rows = [_fixture(source, number, team_count) for source in match_sources for number in range(3)]
    return ComingMatchesExtract.checked(rows) if rows else ComingMatchesExtract.empty()


def match_forecast(order_sources: Sequence[str], coming: pd.DataFrame, *, is_known: bool) -> pd.DataFrame:
    """Forecasts of the first fixture of each source, in two markets, or their refusal."""
    rows = []
    fixtures = coming[coming["match_id"].str.endswith("-0")]
    for fixture in fixtures.to_dict("records"):
        for source in order_sources:
            for side in ("home", "away"):
                rows += _forecasts(fixture, source, side, is_known=is_known)
    return MatchForecastExtract.checked(rows) if rows else MatchForecastExtract.empty()


def demand_forecast(order_sources: Sequence[str], match_sources: Sequence[str], *, is_known: bool) -> pd.DataFrame:
    """Saturday evening, Sunday and a closed Monday of two chains in two markets; with a match in the first market."""
    rows = [
        row
        for order_source in order_sources
        for match_source in match_sources
        for chain in ("Domino's", "Pizza Hut")
        for market in (DEFAULT_MARKETS[0].name, "Brentford")
        for row in _shop_rows(order_source, match_source, chain, market)
    ]
    return DemandForecastExtract.checked(rows) if rows and is_known else DemandForecastExtract.empty()


def _shop_rows(order_source: str, match_source: str, chain: str, market: str) -> list[dict]:
    rows = []
    for number, hours in ((0, range(17, 21)), (1, range(12, 21)), (2, ())):
        spans = [("hour", hour, hour + 1) for hour in hours] + [("day", 5, 29)]
        for span, first, last in spans:
            orders = 400.0 if span == "day" else 40.0 - abs(18 - first) * 4
            is_near = number == 0 and market != "Brentford" and span == "hour" and first < 19
            numbers = {"without_football": orders - 3 * is_near, "with_football": orders, "expected": orders,
                       "orders": orders, "low_80": orders - 9, "high_80": orders + 9, "low_95": orders - 14,
                       "high_95": orders + 14, "quantile_90": orders + 9, "pizzas": 1.5 * orders,
                       "pizzas_90": 1.5 * orders + 14, "usual_orders": orders - 2}  # fmt: skip
            rows.append(
                {
                    **(numbers if number < 2 else dict.fromkeys(numbers)),
                    "people": 7.0 if span == "hour" else None,
                    "level": "shop",
                    "chain": chain,
                    "market": market,
                    "store_id": f"{market} 1",
                    "span": span,
                    "starts_at": SATURDAY + pd.Timedelta(days=number, hours=first),
                    "ends_at": SATURDAY + pd.Timedelta(days=number, hours=last),
                    "business_date": (SATURDAY + pd.Timedelta(days=number)).date().isoformat(),
                    "local_start": f"{first % 24:02}:00",
                    "local_end": f"{last % 24:02}:00",
                    "days_ahead": number + 1,
                    "is_peak_hour": span == "hour" and first == 18,
                    "match_id": f"coming-{match_source}-0" if is_near else None,
                    "match": "Aston Villa – Everton, 15:00" if is_near else None,
                    "match_window": "post" if is_near else None,
                    "holiday": None,
                    "shops": 1,
                    "status": "ok" if number < 2 else "insufficient_data",
                    "reasons": None if number < 2 else "shop_closed: this shop sells nothing on this day of the week",
                    "football_reasons": None,
                    "skill_against_mean_pct": 9.0,
                    "unusual_pct": 5.0 if number < 2 else None,
                    "origin_at": SATURDAY - pd.Timedelta(days=4),
                    "made_on": "2026-08-04",
                    "order_source": order_source,
                    "match_source": match_source,
                    "data_source": str(combined_source(order_source, match_source)),
                }
            )
    return rows


def forecast_accuracy(order_sources: Sequence[str], match_sources: Sequence[str], *, is_known: bool) -> pd.DataFrame:
    """Errors of past forecasts at five dates, for every pair of sources."""
    if not is_known:
        return ForecastAccuracyExtract.empty()
    return ForecastAccuracyExtract.checked(
        [
            {
                "evidence": "backtest",
                "span": span,
                "until_date": f"2026-07-{5 * number + 1:02d}",
                "scored_forecasts": 40 * number,
                "scored_matches": 10 * number,
                "error_pct": 12.0 - number / 4,
                "error_of_mean_pct": 14.0 - number / 5,
                "bias_pct": -1.1,
                "inside_80_pct": 79.0,
                "inside_95_pct": 95.5,
                "sentence": f"Of {40 * number} forecasts: they missed by {12.0 - number / 4} % of orders.",
                "order_source": order_source,
                "match_source": match_source,
                "data_source": str(combined_source(order_source, match_source)),
            }
            for order_source in order_sources
            for match_source in match_sources
            for span in ("match", "day")
            for number in range(1, 6)
        ]
    )


def _fixture(source: str, number: int, team_count: int) -> dict:
    teams = [market.teams[0] for market in DEFAULT_MARKETS[:team_count]]
    kickoff_at = SATURDAY + pd.Timedelta(hours=15 + 24 * number)
    home, away = (teams[0], teams[1]) if number < 2 else ("Hull City", "Millwall")
    competition, kind = ("FA Cup", "cup") if number < 2 else ("Championship", "league")
    return {
        "entry": "fixture",
        "match_id": f"coming-{source}-{number}",
        "kickoff_at": kickoff_at,
        "kickoff_is_fixed": number != 1,
        "announced_kickoff_at": kickoff_at - pd.Timedelta(hours=2),
        "status": "SCHEDULED" if number == 1 else "TIMED",
        "competition": competition,
        "competition_type": kind,
        "season": "2026-27",
        "stage": "UNKNOWN",
        "home_team": home,
        "away_team": away,
        "note": "only the date is known; it is listed, not forecast" if number == 1 else None,
        "asked_on": "2026-08-04",
        "match_source": source,
        "source_name": "mock" if source == "mock" else "openfootball",
        "kickoff_local": f"{kickoff_at:%a %d %b %Y, %H:%M}",
        "match_type": kind,
        "is_moved": number == 0,
        "market_count": 0 if number == 2 else 2,
        "forecast_count": 2 if number == 0 else 0,
        "sentence": f"{'MOCK MATCH: ' if source == 'mock' else ''}{home} v {away} ({competition})",
    }


def _forecasts(fixture: dict, source: str, side: str, *, is_known: bool) -> list[dict]:
    spans = {**_SPANS, **{f"hour {hour}": (hour, hour + 1) for hour in range(11, 22)}}
    market = DEFAULT_MARKETS[0 if side == "home" else 1]
    copied = ("match_id", "kickoff_at", "competition", "home_team", "away_team", "kickoff_local", "match_type")
    label = str(combined_source(source, fixture["match_source"]))
    shared = {
        **{name: fixture[name] for name in (*copied, "match_source")},
        "market": market.name,
        "team": fixture[f"{side}_team"],
        "side": side,
        "days_ahead": 4,
        "effect_pct": 9.0 if is_known else None,
        "usual_orders": 30.0,
        "skill_against_mean_pct": 12.0 if is_known else None,
        "skill_against_no_football_pct": 4.0 if is_known else None,
        "scored_forecasts": 120 if is_known else 0,
        "history_weeks": 52 if is_known else 1,
        "status": "ok" if is_known else "insufficient_data",
        "reasons": None if is_known else "under_8_weeks",
        "football_reasons": None,
        "sentence": "MOCK DATA: so many orders." if label == "mock" else "So many orders.",
        "origin_at": SATURDAY - pd.Timedelta(days=4),
        "made_on": "2026-08-04",
        "is_football_used": is_known,
        "peak_hour_at": SATURDAY + pd.Timedelta(hours=18) if is_known else None,
        "peak_hour_local": "19:00 to 20:00" if is_known else None,
        "peak_hour_orders": 40.0 if is_known else None,
        "peak_hour_quantile_90": 52.0 if is_known else None,
        "order_source": source,
        "data_source": label,
    }
    return [{**shared, **_span(name, start, end, is_known=is_known)} for name, (start, end) in spans.items()]


def _span(name: str, start: int, end: int, *, is_known: bool) -> dict:
    level = 20.0 * (end - start)
    numbers = {
        "without_football": level,
        "with_football": level * 1.09,
        "difference": level * 0.09,
        "difference_low": level * 0.05,
        "difference_high": level * 0.13,
        "average_difference_low": level * 0.07,
        "average_difference_high": level * 0.11,
        "orders": level * 1.09,
        "low_80": level * 0.8,
        "high_80": level * 1.4,
        "low_95": level * 0.6,
        "high_95": level * 1.7,
        "quantile_90": level * 1.4,
    }
    starts_at = SATURDAY + pd.Timedelta(hours=start)
    return {
        **{column: value if is_known else None for column, value in numbers.items()},
        "span": name.partition(" ")[0],
        "span_label": f"{name} the match",
        "starts_at": starts_at,
        "ends_at": SATURDAY + pd.Timedelta(hours=end),
        "local_date": "2026-08-08",
        "local_start": f"{(start + 1) % 24:02d}:00",
        "local_end": f"{(end + 1) % 24:02d}:00",
        "is_peak_hour": name == "hour 18" and is_known,
    }
