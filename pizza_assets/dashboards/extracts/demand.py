"""The forecast of orders by shop and hour as dashboards read it."""

from datetime import datetime, timedelta

from pandera.typing.pandas import DataFrame

from pizza_assets.models import DemandForecast
from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets.models.vocabulary import DemandLevel

DAYS = 8
"""A week from now, and the rest of today."""


def demand_forecast_extract(forecast: DataFrame[DemandForecast], now: datetime) -> DataFrame[DemandForecastExtract]:
    """Shops, for the days that people plan: a week from now. Sums of markets and chains stay in `demand_forecast`."""
    is_soon = (forecast["ends_at"] > now) & (forecast["starts_at"] < now + timedelta(days=DAYS))
    rows = forecast[is_soon & (forecast["level"] == DemandLevel.SHOP)]
    usual = rows["usual_orders"].where(rows["usual_orders"] > 0)
    return DemandForecastExtract.conform(rows.assign(unusual_pct=100 * (rows["expected"] / usual - 1)))
