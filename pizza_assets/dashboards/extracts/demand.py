"""The forecast of orders by shop and hour as dashboards read it."""

from datetime import datetime

from pandera.typing.pandas import DataFrame

from pizza_assets.models import DemandForecast
from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets.models.vocabulary import DemandLevel

DAYS = 8
"""Business days: the rest of today, and a week."""


def demand_forecast_extract(forecast: DataFrame[DemandForecast], now: datetime) -> DataFrame[DemandForecastExtract]:
    """Shops, for the days that people plan: the rest of today and a week. Sums stay in demand_forecast."""
    rows = forecast[(forecast["ends_at"] > now) & (forecast["level"] == DemandLevel.SHOP)]
    rows = rows[rows["business_date"].isin(sorted(rows["business_date"].unique())[:DAYS])]
    usual = rows["usual_orders"].where(rows["usual_orders"] > 0)
    return DemandForecastExtract.conform(rows.assign(unusual_pct=100 * (rows["expected"] / usual - 1)))
