"""Coming matches, what is forecast for them, and how forecasts turned out. Docs: docs/forecast.md."""

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
    Table, name="coming_matches", place=FORECAST, key=("entry", "match_source", "kickoff_at", "match_id")
):
    """One row per fixture of the next 14 days, and per notice or failure: what is to be known about the whole list."""

    entry: str = pa.Field(
        isin=ENTRIES,
        description="fixture; notice or failure (of the source): only `note` and the labels are filled then.",
    )
    match_id: str = pa.Field(description="The match, as in raw_matches; numbered for notices.")
    kickoff_at: UtcTimestamp = pa.Field(
        nullable=True, description="Kick-off, UTC; the day's local midnight if not yet fixed."
    )
    kickoff_is_fixed: bool = pa.Field(description="False while only the date is known: listed, not forecast.")
    announced_kickoff_at: UtcTimestamp = pa.Field(
        nullable=True, description="The kick-off when this fixture was first listed here; another one means it moved."
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
    note: str = pa.Field(nullable=True, description="Why the fixture is listed only; of a notice, its words.")
    asked_on: str = pa.Field(description="The business date on which the match source was asked.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock: whether this match will be played.")
    source_name: str = pa.Field(description="The source that delivered the row.")


class MatchForecast(
    Table,
    name="match_forecast",
    place=FORECAST,
    key=(*_SOURCES, "kickoff_at", "match_id", "market", "span", "starts_at"),
):
    """One row per coming fixture, exposed market and stretch of time. Where a forecast is refused its numbers are empty
    and `reasons` say why; never a number without an interval."""

    match_id: str = pa.Field(description="The fixture, as in coming_matches.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    competition: str = pa.Field(description="Name of the competition.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    market: str = pa.Field(description="A market that follows one of the teams.")
    team: str = pa.Field(description="The team it follows.")
    side: str = pa.Field(isin=values(Side), description="The side that team plays on.")
    span: str = pa.Field(
        isin=values(Span),
        description="pre, during or post the match, to the nearest quarter-hour; match: these together; hour: a clock "
        "hour of the match day; day: from 06:00 to 06:00.",
    )
    starts_at: UtcTimestamp = pa.Field(description="First instant of it, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="First instant after it, UTC.")
    local_date: str = pa.Field(description="Calendar date of the start in the market's clock.")
    local_start: str = pa.Field(description="Clock time of the start there, HH:MM.")
    local_end: str = pa.Field(description="Clock time of the end there.")
    days_ahead: int = pa.Field(ge=0, description="Days from the last known order to the start; 1 is the next 24 hours.")
    without_football: float = pa.Field(nullable=True, ge=0, description="Expected orders had there been no match.")
    with_football: float = pa.Field(
        nullable=True, ge=0, description="Expected orders with the match; empty where the football part is refused."
    )
    difference: float = pa.Field(nullable=True, description="Orders that the match adds: the difference of the two.")
    difference_low: float = pa.Field(
        nullable=True, description="Lower end of the 95 % interval of what this one match adds."
    )
    difference_high: float = pa.Field(nullable=True, description="Upper end of it.")
    average_difference_low: float = pa.Field(
        nullable=True, description="Lower end of the 95 % interval of what such matches add on average."
    )
    average_difference_high: float = pa.Field(nullable=True, description="Upper end of it.")
    effect_pct: float = pa.Field(nullable=True, description="The difference in per cent of the orders without it.")
    orders: float = pa.Field(nullable=True, ge=0, description="The forecast: as likely to be exceeded as not.")
    low_80: float = pa.Field(nullable=True, ge=0, description="Lower end of the 80 % prediction interval.")
    high_80: float = pa.Field(nullable=True, ge=0, description="Upper end of it.")
    low_95: float = pa.Field(nullable=True, ge=0, description="Lower end of the 95 % prediction interval.")
    high_95: float = pa.Field(nullable=True, ge=0, description="Upper end of it.")
    quantile_90: float = pa.Field(
        nullable=True, ge=0, description="What to staff for: nine out of ten such stretches stay at or below it."
    )
    usual_orders: float = pa.Field(
        nullable=True, ge=0, description="Mean of the last 8 weeks at this time of the week, matches or not."
    )
    is_peak_hour: bool = pa.Field(description="True for the busiest hour around the match (of span hour only).")
    skill_against_mean_pct: float = pa.Field(
        nullable=True,
        description="By how much (deviance, per cent) past forecasts of this span beat the 8-week mean; below 0: lost.",
    )
    skill_against_no_football_pct: float = pa.Field(
        nullable=True, description="The same against the model that does not know of matches; 0 where it is used."
    )
    scored_forecasts: int = pa.Field(ge=0, description="Past forecasts behind these two.")
    history_weeks: int = pa.Field(ge=0, description="Weeks of orders used; 26 and more are full history.")
    status: str = pa.Field(isin=values(ResultStatus), description="ok, or insufficient_data where it is refused.")
    reasons: str = pa.Field(nullable=True, description="Why the forecast is refused, separated by semicolons.")
    football_reasons: str = pa.Field(
        nullable=True,
        description="Why the football part is refused: the forecast then knows nothing of the match and stays too low "
        "if the match sells.",
    )
    sentence: str = pa.Field(description="The row in words; says mock wherever mock data is touched.")
    origin_at: UtcTimestamp = pa.Field(
        nullable=True, description="First instant after the last known order: where the forecast starts."
    )
    made_on: str = pa.Field(description="The business date on which it was made.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real only if both are; mock orders make it mock, else mixed."
    )


class ForecastBacktest(
    Table,
    name="forecast_backtest",
    place=FORECAST,
    key=(*_SOURCES, "origin_at", "span", "market", "starts_at", "is_own_match"),
):
    """One row per past moment, market and stretch of time: what would have been forecast then, and what came."""

    origin_at: UtcTimestamp = pa.Field(description="The moment: only orders before it were used.")
    market: str = pa.Field(description="The market.")
    span: str = pa.Field(isin=values(Span), description="As in match_forecast.")
    starts_at: UtcTimestamp = pa.Field(description="First instant of it, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="First instant after it, UTC.")
    days_ahead: int = pa.Field(ge=1, description="Days from the moment to the start.")
    horizon: str = pa.Field(isin=HORIZON_NAMES, description="Class of days ahead, within which intervals are learnt.")
    is_own_match: bool = pa.Field(
        description="Whether it belongs to an own team's match; else it is the same time of the week without one."
    )
    match_id: str = pa.Field(nullable=True, description="That match.")
    observed: int = pa.Field(ge=0, description="Orders that came.")
    with_football: float = pa.Field(ge=0, description="Expected orders of the model that knows of matches.")
    without_football_model: float = pa.Field(ge=0, description="Those of the same model that never heard of them.")
    seasonal_mean: float = pa.Field(ge=0, description="Mean of the 8 weeks before at this time of the week.")
    orders: float = pa.Field(
        nullable=True, ge=0, description="Median forecast; empty, as the intervals, while fewer than 30 had come true."
    )
    low_80: float = pa.Field(nullable=True, ge=0, description="Lower end of the 80 % prediction interval.")
    high_80: float = pa.Field(nullable=True, ge=0, description="Upper end of it.")
    low_95: float = pa.Field(nullable=True, ge=0, description="Lower end of the 95 % prediction interval.")
    high_95: float = pa.Field(nullable=True, ge=0, description="Upper end of it.")
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
    """Forecasts as they were given, one set per day (the day's last run counts): what scores are made of later. Hours
    are not kept, but for the busiest one."""


class ForecastScores(
    Table,
    name="forecast_scores",
    place=FORECAST,
    key=("made_on", *_SOURCES, "starts_at", "match_id", "market", "span"),
):
    """One row per kept forecast whose orders have arrived."""

    made_on: str = pa.Field(description="The business date on which it was made.")
    match_id: str = pa.Field(description="The match.")
    market: str = pa.Field(description="The market.")
    span: str = pa.Field(isin=values(Span), description="As in match_forecast.")
    starts_at: UtcTimestamp = pa.Field(description="First instant of it, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="First instant after it, UTC.")
    days_ahead: int = pa.Field(ge=0, description="Days ahead as they were then.")
    orders: float = pa.Field(ge=0, description="The median forecast.")
    observed: int = pa.Field(ge=0, description="Orders that came.")
    usual_orders: float = pa.Field(nullable=True, ge=0, description="The 8-week mean as it was then.")
    is_inside_80: bool = pa.Field(description="Whether they fell in the 80 % interval.")
    is_inside_95: bool = pa.Field(description="Whether they fell in the 95 % interval.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")


class ForecastAccuracy(
    Table, name="forecast_accuracy", place=FORECAST, key=("evidence", *_SOURCES, "span", "until_date")
):
    """One row per kind of evidence, span and date: how good all forecasts up to that date turned out to be."""

    evidence: str = pa.Field(
        isin=["backtest", "kept"], description="backtest: made afterwards for past moments; kept: given at the time."
    )
    span: str = pa.Field(isin=values(Span), description="As in match_forecast; own matches only.")
    until_date: str = pa.Field(description="All forecasts of orders up to this date (UTC) count.")
    scored_forecasts: int = pa.Field(ge=0, description="How many that are.")
    scored_matches: int = pa.Field(ge=0, description="Of how many matches and markets.")
    error_pct: float = pa.Field(nullable=True, ge=0, description="Sum of absolute errors in per cent of all orders.")
    error_of_mean_pct: float = pa.Field(nullable=True, ge=0, description="The same of the 8-week mean.")
    bias_pct: float = pa.Field(nullable=True, description="Forecast minus observed orders, per cent of all orders.")
    inside_80_pct: float = pa.Field(ge=0, le=100, description="Share that fell in the 80 % interval.")
    inside_95_pct: float = pa.Field(ge=0, le=100, description="Share that fell in the 95 % interval.")
    sentence: str = pa.Field(description="The row in words.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")
