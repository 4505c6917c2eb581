"""Coming matches and their forecasts as dashboards read them."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models import ComingMatches, ForecastAccuracy, MatchForecast
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, ForecastAccuracyExtract, MatchForecastExtract
from pizza_assets.models.matches import FINAL_MATCH
from pizza_assets.models.vocabulary import Stage

_FIXTURE = ["order_source", "match_source", "match_id", "market"]
KICKOFF_STYLE = "%a %d %b %Y, %H:%M"


def coming_matches_extract(
    coming: DataFrame[ComingMatches], kickoff_local: Sequence[str | None], forecasts: pd.DataFrame
) -> DataFrame[ComingMatchesExtract]:
    """`coming_matches` with local kick-off times and the columns market_count, forecast_count and sentence of
    `forecasts` (same index)."""
    is_moved = coming["kickoff_is_fixed"] & coming["announced_kickoff_at"].notna()
    is_moved &= coming["announced_kickoff_at"] != coming["kickoff_at"]
    return ComingMatchesExtract.checked(
        coming.assign(
            kickoff_local=pd.array(kickoff_local, dtype="str"),
            match_type=_match_type(coming),
            is_moved=is_moved,
            **{name: forecasts[name] for name in ("market_count", "forecast_count", "sentence")},
        )
    )


def match_forecast_extract(
    forecast: DataFrame[MatchForecast],
    coming: DataFrame[ComingMatches],
    span_label: Callable[[Mapping], str],
    zones: Mapping[str, str],
) -> DataFrame[MatchForecastExtract]:
    """`match_forecast` with the match's type and busiest hour.

    span_label: the span of a row, in words. zones: time zones by market.
    """
    types = coming.assign(match_type=_match_type(coming))[["match_source", "match_id", "match_type"]]
    peaks = forecast[forecast["is_peak_hour"]]
    peak = peaks[_FIXTURE].assign(
        peak_hour_at=peaks["starts_at"],
        peak_hour_local=peaks["local_start"] + " to " + peaks["local_end"],
        peak_hour_orders=peaks["orders"],
        peak_hour_quantile_90=peaks["quantile_90"],
    )
    rows = forecast.merge(types, on=["match_source", "match_id"], how="left").merge(peak, on=_FIXTURE, how="left")
    kickoffs = [
        kickoff.tz_convert(zones[market]).strftime(KICKOFF_STYLE)
        for kickoff, market in zip(rows["kickoff_at"], rows["market"], strict=True)
    ]
    return MatchForecastExtract.checked(
        rows.assign(
            kickoff_local=pd.array(kickoffs, dtype="str"),
            span_label=pd.array([span_label(row) for row in rows.to_dict("records")], dtype="str"),
            is_football_used=rows["with_football"].notna(),
        )
    )


def forecast_accuracy_extract(accuracy: DataFrame[ForecastAccuracy]) -> DataFrame[ForecastAccuracyExtract]:
    """`forecast_accuracy` as dashboards read it."""
    return ForecastAccuracyExtract.conform(accuracy)


def _match_type(coming: pd.DataFrame) -> pd.Series:
    return coming["competition_type"].mask(coming["stage"] == Stage.FINAL, FINAL_MATCH)
