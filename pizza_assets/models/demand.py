"""The forecast of orders by shop and hour, with and without a match, and how it did. Docs: docs/forecast.md."""

import pandera.pandas as pa

from pizza_assets.models.forecasts import HORIZON_NAMES
from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import EXTRACT, FORECAST
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import DataSource, DemandLevel, ResultStatus, Span, Window, values

_SOURCES = ("order_source", "match_source")
_UNIT = ("level", "chain", "market", "store_id")
GRAINS = [Span.HOUR.value, Span.DAY.value]


class DemandForecast(
    Table,
    name="demand_forecast",
    place=FORECAST,
    code_version=3,
    key=(*_SOURCES, *_UNIT, "span", "starts_at"),
    schema_version=1,
):
    """One row per shop and open hour of the next 14 days, and per business day; the same for the sums of each market
    and each chain. Chains are never added together. Days that are refused have a row with the reason."""

    level: str = pa.Field(
        isin=values(DemandLevel), description="shop; market: the chain's shops in the market; chain: all its shops."
    )
    chain: str = pa.Field(description="The restaurant chain.")
    market: str = pa.Field(nullable=True, description="The market; empty for a chain.")
    store_id: str = pa.Field(nullable=True, description="The shop; empty for a market or a chain.")
    span: str = pa.Field(
        isin=GRAINS, description="hour: a clock hour; day: from 06:00 to 06:00, or what is left of it."
    )
    starts_at: UtcTimestamp = pa.Field(description="Start of the span, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="End of the span (exclusive), UTC.")
    business_date: str = pa.Field(description="Local date of the business day: a night belongs to the evening before.")
    local_start: str = pa.Field(description="Local time of the start, HH:MM.")
    local_end: str = pa.Field(description="Local time of the end, HH:MM.")
    days_ahead: int = pa.Field(
        ge=0, description="Days from the last known order to the start; 0: what is left of a day that has begun."
    )
    without_football: float = pa.Field(nullable=True, ge=0, description="Expected orders if there were no match.")
    with_football: float = pa.Field(
        nullable=True, ge=0, description="Expected orders with the matches; empty where their effect is not included."
    )
    expected: float = pa.Field(
        nullable=True, ge=0, description="The mean that is forecast: with_football if given, else without_football."
    )
    orders: float = pa.Field(nullable=True, ge=0, description="The forecast: the median.")
    low_80: float = pa.Field(nullable=True, ge=0, description="Lower end of the 80 % prediction interval.")
    high_80: float = pa.Field(nullable=True, ge=0, description="Upper end of that interval.")
    low_95: float = pa.Field(nullable=True, ge=0, description="Lower end of the 95 % prediction interval.")
    high_95: float = pa.Field(nullable=True, ge=0, description="Upper end of that interval.")
    quantile_90: float = pa.Field(
        nullable=True, ge=0, description="Orders to staff for: nine out of ten such spans stay at or below this number."
    )
    people: float = pa.Field(
        nullable=True,
        ge=0,
        description="People for these orders; empty if it is not set how many one person makes.",
    )
    pizzas: float = pa.Field(
        nullable=True,
        ge=0,
        description="expected times the chain's pizzas per order in the market in the last 8 weeks; empty if unknown.",
    )
    pizzas_90: float = pa.Field(
        nullable=True, ge=0, description="Pizzas to prepare for: quantile_90 times pizzas per order, rounded up."
    )
    usual_orders: float = pa.Field(
        nullable=True, ge=0, description="Mean of the last 8 weeks at this time of the week, with or without matches."
    )
    is_peak_hour: bool = pa.Field(description="True for the busiest hour of the business day, of those still ahead.")
    match_id: str = pa.Field(nullable=True, description="A match of the market's own team around this hour.")
    match: str = pa.Field(nullable=True, description="That match and its local kick-off, in words.")
    match_window: str = pa.Field(
        nullable=True, isin=values(Window), description="pre, during or post: where the hour lies for the most part."
    )
    holiday: str = pa.Field(nullable=True, description="The bank holiday on this business day.")
    shops: int = pa.Field(ge=0, description="Shops in the sum.")
    status: str = pa.Field(isin=values(ResultStatus), description="ok, or insufficient_data where it is refused.")
    reasons: str = pa.Field(nullable=True, description="Why the forecast is refused, separated by semicolons.")
    football_reasons: str = pa.Field(
        nullable=True, description="Why the effect of matches is not included: too low if matches raise orders."
    )
    skill_against_mean_pct: float = pa.Field(
        nullable=True,
        description="By how many per cent the absolute errors of past forecasts of this kind were below those of the "
        "8-week mean.",
    )
    origin_at: UtcTimestamp = pa.Field(description="First instant after the last known order.")
    made_on: str = pa.Field(description="The business date on which the forecast was made.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")


class DemandBacktest(
    Table, name="demand_backtest", place=FORECAST, code_version=3, key=(*_SOURCES, "level", "span", "horizon")
):
    """One row per level, span and days ahead: how past forecasts did, each made from what was known then."""

    level: str = pa.Field(isin=values(DemandLevel), description="As in demand_forecast.")
    span: str = pa.Field(isin=GRAINS, description="As in demand_forecast.")
    horizon: str = pa.Field(isin=HORIZON_NAMES, description="Class of days ahead.")
    scored_forecasts: int = pa.Field(ge=0, description="Forecasts on usual days that were compared with actual orders.")
    error_pct: float = pa.Field(nullable=True, ge=0, description="Sum of absolute errors of means, per cent of orders.")
    error_of_mean_pct: float = pa.Field(nullable=True, ge=0, description="error_pct of the 8-week mean.")
    skill_against_mean_pct: float = pa.Field(
        nullable=True,
        description="By how many per cent their absolute errors were below those of the 8-week mean; over all days "
        "ahead.",
    )
    inside_80_pct: float = pa.Field(nullable=True, ge=0, le=100, description="Share inside the 80 % interval.")
    inside_95_pct: float = pa.Field(nullable=True, ge=0, le=100, description="Share inside the 95 % interval.")
    dispersion: float = pa.Field(
        nullable=True, ge=0, description="k of the intervals, var = F + k F^2; empty if too few were scored."
    )
    reasons: str = pa.Field(nullable=True, description="Why forecasts of this level and span are refused.")
    football_reasons: str = pa.Field(nullable=True, description="Why the effect of matches is not included.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")


class KeptDemand(Table, name="kept_demand", place=FORECAST, key=(*_SOURCES, *_UNIT, "span", "starts_at")):
    """Forecasts as they were given, to be scored later: of every whole hour and day the last one before it began."""

    level: str = pa.Field(isin=values(DemandLevel), description="As in demand_forecast.")
    chain: str = pa.Field(description="The restaurant chain.")
    market: str = pa.Field(nullable=True, description="The market; empty for a chain.")
    store_id: str = pa.Field(nullable=True, description="The shop; empty for a market or a chain.")
    span: str = pa.Field(isin=GRAINS, description="hour or day.")
    starts_at: UtcTimestamp = pa.Field(description="Start of the span, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="End of the span (exclusive), UTC.")
    business_date: str = pa.Field(description="Local date of the business day.")
    days_ahead: int = pa.Field(ge=1, description="Days ahead at that time.")
    orders: float = pa.Field(ge=0, description="The median forecast.")
    low_80: float = pa.Field(ge=0, description="Lower end of the 80 % prediction interval.")
    high_80: float = pa.Field(ge=0, description="Upper end of that interval.")
    low_95: float = pa.Field(ge=0, description="Lower end of the 95 % prediction interval.")
    high_95: float = pa.Field(ge=0, description="Upper end of that interval.")
    quantile_90: float = pa.Field(ge=0, description="Orders to staff for.")
    usual_orders: float = pa.Field(nullable=True, ge=0, description="The 8-week mean when the forecast was made.")
    made_on: str = pa.Field(description="The business date on which the forecast was made.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")


class DemandScores(
    Table, name="demand_scores", place=FORECAST, code_version=2, key=(*_SOURCES, "level", "span", "business_date")
):
    """One row per level, span and business day: kept forecasts beside the orders that came."""

    level: str = pa.Field(isin=values(DemandLevel), description="As in demand_forecast.")
    span: str = pa.Field(isin=GRAINS, description="hour or day.")
    business_date: str = pa.Field(description="Local date of the business day.")
    scored_forecasts: int = pa.Field(
        ge=1, description="Forecasts whose orders are all known; those of hours that a store lost are not."
    )
    observed: int = pa.Field(ge=0, description="Actual orders.")
    orders: float = pa.Field(ge=0, description="Sum of the median forecasts.")
    absolute_error: float = pa.Field(ge=0, description="Sum of absolute errors, in orders.")
    absolute_error_of_mean: float = pa.Field(ge=0, description="The same of the 8-week mean, where it was known.")
    inside_80_pct: float = pa.Field(ge=0, le=100, description="Share inside the 80 % interval.")
    inside_95_pct: float = pa.Field(ge=0, le=100, description="Share inside the 95 % interval.")
    enough_staff_pct: float = pa.Field(ge=0, le=100, description="Share at or below the orders to staff for.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")


class DemandForecastExtract(DemandForecast, name="dashboard_demand_forecast", place=EXTRACT, code_version=2):
    """demand_forecast of shops for the rest of today and two weeks, for dashboards."""

    unusual_pct: float = pa.Field(
        nullable=True, description="expected against usual_orders, in per cent: how unusual the hour or day is."
    )
