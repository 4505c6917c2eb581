"""Where every table lies: the only module that knows key prefixes.

Keys are the same on a local disk and in a bucket. Opening, reading and writing them does not belong here.
"""

from dataclasses import dataclass

from pizza_assets.models.vocabulary import DataSource


@dataclass(frozen=True)
class Place:
    """Where one asset's table lies. A table with `labels` keeps each of them under a prefix of its own; they are in
    the order in which a reader trusts them.
    """

    prefix: str
    table: str
    weekly: bool
    labels: tuple[str, ...] = ()
    suffix: str = "parquet"

    @property
    def labelled(self) -> bool:
        return bool(self.labels)


LABELS = (DataSource.REAL.value, DataSource.MOCK.value)


def _raw(dataset: str, table: str, labels: tuple[str, ...] = LABELS) -> Place:
    return Place(f"raw-data/{dataset}", table, weekly=True, labels=labels)


def _merged(table: str) -> Place:
    return Place(f"processed-data/merged-datasets/{table}", table, weekly=True)


def _analysis(table: str) -> Place:
    return Place("processed-data/correlation-analysis", table, weekly=False)


def _forecast(table: str) -> Place:
    return Place("processed-data/forecasts", table, weekly=False)


def _dashboard(table: str, suffix: str = "csv") -> Place:
    return Place("quicksight-ready/dashboard-data", table, weekly=False, suffix=suffix)


PLACES: dict[str, Place] = {
    "raw_orders": _raw("dominos-orders", "raw_orders"),
    "mock_orders": _raw("dominos-orders", "raw_orders", (DataSource.MOCK.value,)),
    "raw_matches": _raw("football-data", "raw_matches"),
    "raw_match_events": _raw("football-data", "raw_match_events"),
    "merged_orders": _merged("merged_orders"),
    "order_bins": _merged("order_bins"),
    "quarter_hours": _merged("quarter_hours"),
    "match_windows": _merged("match_windows"),
    "expected_orders": _analysis("expected_orders"),
    "match_impact": _analysis("match_impact"),
    "correlation_results": _analysis("correlation_results"),
    "event_study": _analysis("event_study"),
    "order_anomalies": _analysis("order_anomalies"),
    "summary_statistics": _analysis("summary_statistics"),
    "insights": _analysis("insights"),
    "coming_matches": _forecast("coming_matches"),
    "forecast_backtest": _forecast("forecast_backtest"),
    "match_forecast": _forecast("match_forecast"),
    "kept_forecasts": _forecast("kept_forecasts"),
    "forecast_scores": _forecast("forecast_scores"),
    "forecast_accuracy": _forecast("forecast_accuracy"),
    "dashboard_orders_timeline": _dashboard("dashboard_orders_timeline"),
    "dashboard_match_timeline": _dashboard("dashboard_match_timeline"),
    "dashboard_weekday_profile": _dashboard("dashboard_weekday_profile"),
    "dashboard_matches": _dashboard("dashboard_matches"),
    "dashboard_match_impact": _dashboard("dashboard_match_impact"),
    "dashboard_correlations": _dashboard("dashboard_correlations"),
    "dashboard_event_study": _dashboard("dashboard_event_study"),
    "dashboard_anomalies": _dashboard("dashboard_anomalies"),
    "dashboard_insights": _dashboard("dashboard_insights"),
    "dashboard_data_quality": _dashboard("dashboard_data_quality"),
    "dashboard_checks": _dashboard("dashboard_checks"),
    "dashboard_coming_matches": _dashboard("dashboard_coming_matches"),
    "dashboard_match_forecast": _dashboard("dashboard_match_forecast"),
    "dashboard_forecast_accuracy": _dashboard("dashboard_forecast_accuracy"),
    "dashboard_page": _dashboard("dashboard", "html"),
    "quicksight_manifest": Place("quicksight-ready/metadata", "data-dictionary", weekly=False, suffix="json"),
}
"""Every stored asset by its name. mock_orders fills the weeks of raw_orders that no real source covers."""


def week_prefix(asset: str, label: str | None = None) -> str:
    """The prefix under which the weeks of an asset lie; of one label for a labelled asset."""
    place = PLACES[asset]
    if place.labelled != (label is not None):
        raise ValueError(f"{asset}: {'a label is needed' if place.labelled else 'is not split by label'}")
    return f"{place.prefix}/{label}" if label else place.prefix


def week_key(asset: str, week: str, label: str | None = None) -> str:
    """The object that holds one week of an asset."""
    place = PLACES[asset]
    return f"{week_prefix(asset, label)}/week={week}/{place.table}.{place.suffix}"


def week_claim(asset: str, week: str) -> str:
    """What the writer of a week claims: the same for all assets that write one dataset."""
    return f"{PLACES[asset].prefix}/week={week}"


def rejected_key(asset: str, week: str) -> str:
    """The object that holds the refused rows of one week of a raw asset."""
    place = PLACES[asset]
    return f"{place.prefix}/rejected/week={week}/{place.table}.{place.suffix}"


def whole_key(asset: str) -> str:
    """The object that holds an asset over all weeks."""
    place = PLACES[asset]
    return f"{place.prefix}/{place.table}.{place.suffix}"


def member_key(asset: str, name: str) -> str:
    """One file of an asset that is several files side by side."""
    return f"{PLACES[asset].prefix}/{name}"


def facts_key(key: str) -> str:
    """The small JSON beside an object: where it came from, when, and its checksum."""
    return f"{key.rsplit('.', 1)[0]}.facts.json"


def week_of(key: str) -> str:
    """The week in a weekly object's key."""
    return key.split("/week=", 1)[1].split("/", 1)[0]
