"""The forecast of orders by shop and hour as dashboards read it."""

from datetime import datetime

from pandera.typing.pandas import DataFrame

from pizza_assets.models import DemandForecast
from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets.models.vocabulary import DemandLevel, Span


def demand_forecast_extract(forecast: DataFrame[DemandForecast], now: datetime) -> DataFrame[DemandForecastExtract]:
    """Shops, for the rest of today and two weeks, in whole business days: the horizon may end within one, and its
    busiest hour would be that of a part. Sums stay in demand_forecast."""
    rows = forecast[(forecast["ends_at"] > now) & (forecast["level"] == DemandLevel.SHOP)]
    rows = rows[rows["business_date"].isin(rows.loc[rows["span"] == Span.DAY, "business_date"])]
    usual = rows["usual_orders"].where(rows["usual_orders"] > 0)
    return DemandForecastExtract.conform(rows.assign(unusual_pct=100 * (rows["expected"] / usual - 1)))
