"""CSV extracts of the forecast: coming fixtures, their forecasts, and forecast accuracy."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dagster as dg
import pandas as pd

from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.forecast.coming_matches import forecast_fixtures
from pizza_assets.analysis.forecast.sentences import fixture_sentence, span_label
from pizza_assets.analysis.reasons import split
from pizza_assets.assets.common import described
from pizza_assets.assets.metadata import whole
from pizza_assets.assets.panels import clocks
from pizza_assets.dashboards import extracts
from pizza_assets.dashboards.extracts.forecasts import KICKOFF_STYLE
from pizza_assets.models.market import Market, Markets
from pizza_assets.settings import Settings
from pizza_assets.storage.io_manager import WholeOutput


def forecast_extract_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """One asset per extract."""
    return [_coming_matches(settings), _match_forecast(), _forecast_accuracy()]


def _coming_matches(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_coming_matches"),
        description="Fixtures of the next 14 days, each with a sentence, and notices about the list.",
    )
    def dashboard_coming_matches(
        coming_matches: pd.DataFrame, match_forecast: pd.DataFrame, markets: dg.ResourceParam[Markets]
    ) -> WholeOutput:
        fixed = zip(coming_matches["kickoff_at"], coming_matches["kickoff_is_fixed"], strict=True)
        kickoffs = [_local(kickoff_at, is_fixed, settings.timezone) for kickoff_at, is_fixed in fixed]
        texts = fixture_texts(coming_matches.assign(kickoff_local=kickoffs), match_forecast, markets)
        rows = extracts.coming_matches_extract(coming_matches, kickoffs, texts)
        return whole(rows, coming_matches, shown=("kickoff_local", "home_team", "away_team", "sentence"))

    return dashboard_coming_matches


def _match_forecast() -> dg.AssetsDefinition:
    @dg.asset(
        **described("dashboards", "dashboard_match_forecast"),
        description="match_forecast with the busiest hour on every row, and a sentence about it.",
    )
    def dashboard_match_forecast(
        match_forecast: pd.DataFrame, coming_matches: pd.DataFrame, markets: dg.ResourceParam[Markets]
    ) -> WholeOutput:
        rows = extracts.match_forecast_extract(match_forecast, coming_matches, span_label, clocks(markets))
        shown = ("kickoff_local", "market", "span_label", "orders", "quantile_90", "status", "data_source")
        return whole(rows, match_forecast, coming_matches, shown=shown)

    return dashboard_match_forecast


def _forecast_accuracy() -> dg.AssetsDefinition:
    @dg.asset(**described("dashboards", "dashboard_forecast_accuracy"), description="forecast_accuracy for dashboards.")
    def dashboard_forecast_accuracy(forecast_accuracy: pd.DataFrame) -> WholeOutput:
        rows = extracts.forecast_accuracy_extract(forecast_accuracy)
        return whole(rows, forecast_accuracy, shown=("evidence", "span", "until_date", "sentence"))

    return dashboard_forecast_accuracy


def fixture_texts(coming: pd.DataFrame, forecast: pd.DataFrame, markets: Sequence[Market]) -> pd.DataFrame:
    """market_count, forecast_count and sentence for every row of ComingMatches with a kickoff_local."""
    followers = exposures(forecast_fixtures(coming), markets).groupby("match_id")["market"].agg(list).to_dict()
    answered = forecast[forecast["status"] == "ok"].groupby("match_id")["market"].agg(set).to_dict()
    refused = forecast.groupby("match_id")["reasons"].agg(lambda texts: set(texts.dropna())).to_dict()
    rows = []
    for row in coming.to_dict("records"):
        names = followers.get(row["match_id"], [])
        given = answered.get(row["match_id"], set())
        reasons = sorted({reason for text in refused.get(row["match_id"], ()) for reason in split(text)})
        missing = reasons if len(given) < len(names) else []
        rows.append((len(names), len(given), fixture_sentence(row, names, len(given), missing)))
    return pd.DataFrame(rows, columns=["market_count", "forecast_count", "sentence"], index=coming.index)


def _local(kickoff_at: pd.Timestamp, is_fixed: bool, timezone: str) -> str | None:
    if pd.isna(kickoff_at):
        return None
    local = kickoff_at.tz_convert(ZoneInfo(timezone))
    return local.strftime(KICKOFF_STYLE) if is_fixed else f"{local:%a %d %b %Y}, time not fixed"
