"""Registry of table models by name, for all code that stores, documents or shows a table."""

from pizza_assets.models.anomalies import OrderAnomalies
from pizza_assets.models.demand import DemandBacktest, DemandForecast, DemandScores, KeptDemand
from pizza_assets.models.event_study import EventStudy, SummaryStatistics
from pizza_assets.models.extracts import EXTRACTS
from pizza_assets.models.forecasts import (
    ComingMatches,
    ForecastAccuracy,
    ForecastBacktest,
    ForecastScores,
    KeptForecasts,
    MatchForecast,
)
from pizza_assets.models.match_events import RawMatchEvents
from pizza_assets.models.matches import RawMatches
from pizza_assets.models.merged import MatchWindows, MergedOrders, OrderBins, QuarterHours
from pizza_assets.models.orders import RawOrders, RejectedRows
from pizza_assets.models.results import CorrelationResults, ExpectedOrders, Insights, MatchImpact
from pizza_assets.models.table import Table

TABLES: dict[str, type[Table]] = {
    model.table_name(): model
    for model in (
        RawOrders,
        RawMatches,
        RawMatchEvents,
        RejectedRows,
        MergedOrders,
        OrderBins,
        QuarterHours,
        MatchWindows,
        ExpectedOrders,
        MatchImpact,
        CorrelationResults,
        EventStudy,
        OrderAnomalies,
        SummaryStatistics,
        Insights,
        ComingMatches,
        MatchForecast,
        ForecastBacktest,
        KeptForecasts,
        ForecastScores,
        ForecastAccuracy,
        DemandForecast,
        DemandBacktest,
        KeptDemand,
        DemandScores,
        *EXTRACTS,
    )
}
