"""Coming matches, their forecasts, and the accuracy of past forecasts. Docs: docs/forecast.md."""

import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import FORECAST
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import (
    CompetitionType,
    DataSource,
    MatchStatus,
    ResultStatus,
    Side,
    Span,
    Stage,
    values,
)

ENTRIES = ["fixture", "notice", "failure"]
HORIZON_NAMES = ["1-3", "4-7", "8-14"]
_SOURCES = ("order_source", "match_source")


class ComingMatches(
    Table,
    name="coming_matches",
    place=FORECAST,
    key=("entry", "match_source", "kickoff_at", "match_id"),
    code_version=3,
):
    """One row per fixture of the next 14 days, and one per notice or failure about the whole list."""

    entry: str = pa.Field(
        isin=ENTRIES, description="fixture; notice or failure (of the source) fill only `note` and the labels."
    )
    match_id: str = pa.Field(description="The match, as in raw_matches; numbered for notices.")
    kickoff_at: UtcTimestamp = pa.Field(
        nullable=True, description="Kick-off, UTC; the day's local midnight if not yet fixed."
    )
    kickoff_is_fixed: bool = pa.Field(description="False while only the date is known: listed, not forecast.")
    announced_kickoff_at: UtcTimestamp = pa.Field(
        nullable=True, description="The kick-off when the fixture was first listed; it moved if kickoff_at differs."
    )
    status: str = pa.Field(nullable=True, isin=values(MatchStatus), description="TIMED, or why the time is in doubt.")
    competition: str = pa.Field(nullable=True, description="Name of the competition.")
    competition_type: str = pa.Field(
        nullable=True, isin=values(CompetitionType), description="league, cup or international."
    )
    season: str = pa.Field(nullable=True, description="The season.")
    stage: str = pa.Field(nullable=True, isin=values(Stage), description="Stage of the competition.")
    home_team: str = pa.Field(nullable=True, description="Home side.")
    away_team: str = pa.Field(nullable=True, description="Away side.")
    note: str = pa.Field(nullable=True, description="Why the fixture has no forecast; else the text of the notice.")
    asked_on: str = pa.Field(description="The business date on which the match source was queried.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock: whether this match will be played.")
    source_name: str = pa.Field(description="The source that delivered the row.")


class MatchForecast(
    Table,
    name="match_forecast",
    place=FORECAST,
    code_version=6,
    key=(*_SOURCES, "kickoff_at", "match_id", "market", "span", "starts_at"),
):
    """One row per coming fixture, exposed market and time span. Where a forecast is refused, its numbers are empty and
    `reasons` say why; no number comes without an interval."""

    match_id: str = pa.Field(description="The fixture, as in coming_matches.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    competition: str = pa.Field(description="Name of the competition.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    market: str = pa.Field(description="A market that follows one of the teams.")
    team: str = pa.Field(description="The team that the market follows.")
    side: str = pa.Field(isin=values(Side), description="The side of that team.")
    span: str = pa.Field(
        isin=values(Span),
        description="pre, during or post: a window of the match, to the nearest quarter-hour; match: all three; hour: "
        "a clock hour of the match day; day: from 06:00 to 06:00.",
    )
    starts_at: UtcTimestamp = pa.Field(
        description="Start of the span, UTC; of one that has begun, the origin of the forecast."
    )
    ends_at: UtcTimestamp = pa.Field(description="End of the span (exclusive), UTC.")
    local_date: str = pa.Field(description="Calendar date of the start in the market's local time.")
    local_start: str = pa.Field(description="Local time of the start, HH:MM.")
    local_end: str = pa.Field(description="Local time of the end, HH:MM.")
    days_ahead: int = pa.Field(
        ge=0, description="Days from the last known order to the start; 1 is the next 24 hours, 0: it has begun."
    )
    without_football: float = pa.Field(nullable=True, ge=0, description="Expected orders if there were no match.")
    with_football: float = pa.Field(
        nullable=True, ge=0, description="Expected orders with the match; empty where the football part is refused."
    )
    difference: float = pa.Field(nullable=True, description="Orders that the match adds: with minus without it.")
    difference_low: float = pa.Field(
        nullable=True, description="Lower end of the 95 % interval of the orders that this one match adds."
    )
    difference_high: float = pa.Field(nullable=True, description="Upper end of that interval.")
    average_difference_low: float = pa.Field(
        nullable=True, description="Lower end of the 95 % interval of the orders that such matches add on average."
    )
    average_difference_high: float = pa.Field(nullable=True, description="Upper end of that interval.")
    effect_pct: float = pa.Field(nullable=True, description="The difference in per cent of without_football.")
    orders: float = pa.Field(nullable=True, ge=0, description="The forecast: the median.")
    low_80: float = pa.Field(nullable=True, ge=0, description="Lower end of the 80 % prediction interval.")
    high_80: float = pa.Field(nullable=True, ge=0, description="Upper end of that interval.")
    low_95: float = pa.Field(nullable=True, ge=0, description="Lower end of the 95 % prediction interval.")
    high_95: float = pa.Field(nullable=True, ge=0, description="Upper end of that interval.")
    quantile_90: float = pa.Field(
        nullable=True, ge=0, description="Orders to staff for: nine out of ten such spans stay at or below this number."
    )
    usual_orders: float = pa.Field(
        nullable=True, ge=0, description="Mean of the last 8 weeks at this time of the week, with or without matches."
    )
    is_peak_hour: bool = pa.Field(
        description="True for the busiest hour of the match day that is forecast (rows of span hour only)."
    )
    skill_against_mean_pct: float = pa.Field(
        nullable=True,
        description="By how many per cent the absolute errors of past forecasts of this span were below those of the "
        "8-week mean; below 0: worse.",
    )
    skill_against_no_football_pct: float = pa.Field(
        nullable=True, description="The same against the model that ignores matches; 0 where that model is used."
    )
    scored_forecasts: int = pa.Field(ge=0, description="Past forecasts behind both numbers.")
    history_weeks: int = pa.Field(ge=0, description="Weeks of orders used; 26 or more are a full history.")
    status: str = pa.Field(isin=values(ResultStatus), description="ok, or insufficient_data where it is refused.")
    reasons: str = pa.Field(nullable=True, description="Why the forecast is refused, separated by semicolons.")
    football_reasons: str = pa.Field(
        nullable=True,
        description="Why the football part is refused: the forecast then ignores the match and is too low if the match "
        "raises orders.",
    )
    sentence: str = pa.Field(description="The row in words; says mock wherever mock data is touched.")
    origin_at: UtcTimestamp = pa.Field(
        nullable=True, description="First instant after the last known order: where the forecast starts."
    )
    made_on: str = pa.Field(description="The business date on which the forecast was made.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real if both are real, mock if the orders are mock, else mixed."
    )


class ForecastBacktest(
    Table,
    name="forecast_backtest",
    place=FORECAST,
    key=(*_SOURCES, "origin_at", "span", "market", "starts_at", "is_own_match"),
    code_version=4,
):
    """One row per past origin, market and time span: what would have been forecast then, and the actual orders."""

    origin_at: UtcTimestamp = pa.Field(description="Origin of the forecast: only orders before it were used.")
    market: str = pa.Field(description="The market.")
    span: str = pa.Field(isin=values(Span), description="As in match_forecast.")
    starts_at: UtcTimestamp = pa.Field(description="Start of the span, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="End of the span (exclusive), UTC.")
    days_ahead: int = pa.Field(ge=1, description="Days from the origin to the start.")
    horizon: str = pa.Field(isin=HORIZON_NAMES, description="Class of days ahead; intervals are estimated within it.")
    is_own_match: bool = pa.Field(
        description="Whether the span belongs to an own team's match; else it is the same time of the week without one."
    )
    match_id: str = pa.Field(nullable=True, description="The own team's match.")
    observed: int = pa.Field(ge=0, description="Actual orders.")
    with_football: float = pa.Field(ge=0, description="Expected orders of the model that includes matches.")
    without_football_model: float = pa.Field(ge=0, description="Expected orders of the same model without matches.")
    seasonal_mean: float = pa.Field(ge=0, description="Mean of the preceding 8 weeks at this time of the week.")
    orders: float = pa.Field(
        nullable=True, ge=0, description="Median forecast; empty, like the intervals, until 30 earlier ones are scored."
    )
    low_80: float = pa.Field(nullable=True, ge=0, description="Lower end of the 80 % prediction interval.")
    high_80: float = pa.Field(nullable=True, ge=0, description="Upper end of that interval.")
    low_95: float = pa.Field(nullable=True, ge=0, description="Lower end of the 95 % prediction interval.")
    high_95: float = pa.Field(nullable=True, ge=0, description="Upper end of that interval.")
    pit: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Randomised probability integral transform: uniform if the forecast distribution is right.",
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")


class KeptForecasts(
    MatchForecast,
    name="kept_forecasts",
    place=FORECAST,
    key=("made_on", *_SOURCES, "kickoff_at", "match_id", "market", "span", "starts_at"),
):
    """Forecasts as they were given, to be scored later: one set per day, from its last run. Of the hours, only the
    busiest one is kept."""


class ForecastScores(
    Table,
    name="forecast_scores",
    place=FORECAST,
    code_version=2,
    key=("made_on", *_SOURCES, "starts_at", "match_id", "market", "span"),
):
    """One row per kept forecast whose orders have arrived, except hours that a store lost."""

    made_on: str = pa.Field(description="The business date on which the forecast was made.")
    match_id: str = pa.Field(description="The match.")
    market: str = pa.Field(description="The market.")
    span: str = pa.Field(isin=values(Span), description="As in match_forecast.")
    starts_at: UtcTimestamp = pa.Field(description="Start of the span, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="End of the span (exclusive), UTC.")
    days_ahead: int = pa.Field(ge=0, description="Days ahead at that time.")
    orders: float = pa.Field(ge=0, description="The median forecast.")
    observed: int = pa.Field(ge=0, description="Actual orders.")
    usual_orders: float = pa.Field(nullable=True, ge=0, description="The 8-week mean when the forecast was made.")
    is_inside_80: bool = pa.Field(description="Whether the actual orders fell in the 80 % interval.")
    is_inside_95: bool = pa.Field(description="Whether the actual orders fell in the 95 % interval.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")


class ForecastAccuracy(
    Table, name="forecast_accuracy", place=FORECAST, key=("evidence", *_SOURCES, "span", "until_date")
):
    """One row per kind of evidence, span and date: the accuracy of all forecasts up to that date."""

    evidence: str = pa.Field(
        isin=["backtest", "kept"], description="backtest: made in retrospect for past origins; kept: given at the time."
    )
    span: str = pa.Field(isin=values(Span), description="As in match_forecast; own matches only.")
    until_date: str = pa.Field(description="Forecasts of orders up to this date (UTC) are included.")
    scored_forecasts: int = pa.Field(ge=0, description="Number of forecasts scored.")
    scored_matches: int = pa.Field(ge=0, description="Number of their market-matches.")
    error_pct: float = pa.Field(nullable=True, ge=0, description="Sum of absolute errors, per cent of all orders.")
    error_of_mean_pct: float = pa.Field(nullable=True, ge=0, description="error_pct of the 8-week mean.")
    bias_pct: float = pa.Field(nullable=True, description="Forecast minus observed orders, per cent of all orders.")
    inside_80_pct: float = pa.Field(ge=0, le=100, description="Share of actual orders inside the 80 % interval.")
    inside_95_pct: float = pa.Field(ge=0, le=100, description="Share of actual orders inside the 95 % interval.")
    sentence: str = pa.Field(description="The row in words.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")
