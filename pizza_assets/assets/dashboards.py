"""What people look at beside the extracts: QuickSight manifests and the local page."""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg
import pandas as pd

from pizza_assets.analysis.anomaly_rows import MIN_WEEKS
from pizza_assets.analysis.forecast.weekend import LEAST_FOR_SEVERAL
from pizza_assets.analysis.overview_titles import FEWEST_DAYS, overview_titles
from pizza_assets.analysis.sentences import SUSPICIOUS_P
from pizza_assets.analysis.special_dates import special_spans
from pizza_assets.analysis.titles import page_titles
from pizza_assets.assets.common import described
from pizza_assets.assets.extracts import EXTRACTS, label_of_all
from pizza_assets.assets.panels import clocks
from pizza_assets.dashboards.dashboard_page import PageData, build_page
from pizza_assets.dashboards.manifest import data_dictionary_json, quicksight_manifest
from pizza_assets.dashboards.quarter_counts import quarter_counts
from pizza_assets.dashboards.views import EXTRACTS_READ
from pizza_assets.models.market import Markets
from pizza_assets.settings import Settings
from pizza_assets.sources.orders.mock import planted_effects_text
from pizza_assets.storage.io_manager import FilesOutput
from pizza_assets.storage.layout import whole_key
from pizza_assets.storage.tables import TableStore, WeekTables

_TITLE_EXTRACTS = ("correlations", "event_study", "forecast_accuracy")
_OVERVIEW_EXTRACTS = (
    "match_impact",
    "match_forecast",
    "orders_timeline",
    "anomalies",
    "data_quality",
    "checks",
    "matches",
)


def dashboard_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The manifests and the page."""
    return [_manifest(), _page(settings)]


def _manifest() -> dg.AssetsDefinition:
    @dg.asset(
        name="quicksight_manifest",
        **described("dashboards", "quicksight_manifest"),
        deps=[name for name in EXTRACTS if name != "dashboard_data_quality"],
        description="QuickSight manifests of the extracts and the dictionary of their columns.",
    )
    def quicksight_manifest_files(
        dashboard_data_quality: pd.DataFrame, tables: dg.ResourceParam[TableStore]
    ) -> FilesOutput:
        prefixes = {name: tables.objects.uri(whole_key(name)) for name in EXTRACTS}
        files = {**quicksight_manifest(prefixes), "data-dictionary.json": data_dictionary_json()}
        return FilesOutput(files, **label_of_all(dashboard_data_quality), metadata={"files": len(files)})

    return quicksight_manifest_files


def _page(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        ins={extract.table_name(): dg.AssetIn(dagster_type=pd.DataFrame) for extract in EXTRACTS_READ},
        deps=["match_calendar"],
        **described("dashboards", "dashboard_page"),
        description="One HTML file that opens from disk: what happened, how sure that is, and what is mock.",
    )
    def dashboard_page(
        quarter_hours: WeekTables,
        raw_orders: WeekTables,
        raw_matches: WeekTables,
        tables: dg.ResourceParam[TableStore],
        markets: dg.ResourceParam[Markets],
        **extracts: pd.DataFrame,
    ) -> FilesOutput:
        from pizza_assets.analysis.match_calendar import event_labels  # icalendar is slow to import

        calendar = tables.objects.read(whole_key("match_calendar"))
        zones = dict.fromkeys(extracts["dashboard_anomalies"]["market"], settings.timezone) | clocks(markets)
        collected_at = _last_collected(raw_orders, raw_matches)
        page = build_page(
            PageData(
                title="Pizza and football",
                data_as_of=_in_words(collected_at),
                collected_at=collected_at,
                weeks_for_alarms=MIN_WEEKS,
                suspicious_p=SUSPICIOUS_P,
                fewest_match_days=FEWEST_DAYS,
                least_for_several=LEAST_FOR_SEVERAL,
                titles=titles_of(extracts, special_spans(markets)),
                planted_effects=planted_effects_text() if settings.may_invent_orders else "",
                extracts=extracts,
                quarter_hours=quarter_counts(quarter_hours[week].rows for week in quarter_hours),
                zones=zones,
                calendar=calendar.decode() if calendar and event_labels(calendar) else "",
            )
        )
        label = label_of_all(extracts["dashboard_data_quality"])
        return FilesOutput({"dashboard.html": page.encode()}, **label, metadata={})

    return dashboard_page


def titles_of(extracts: Mapping[str, pd.DataFrame], special: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The titles of all views that have one. extracts: by the name of their asset. special: `special_spans`."""
    found, described = (
        [extracts[f"dashboard_{name}"] for name in names] for names in (_TITLE_EXTRACTS, _OVERVIEW_EXTRACTS)
    )
    return {**page_titles(*found), **overview_titles(*described, special=special)}


def _last_collected(*datasets: WeekTables) -> datetime | None:
    """When the newest stored week was collected; not the time of rendering."""
    found = [facts.collected_at for weeks in datasets for week in weeks if (facts := weeks.facts(week))]
    return datetime.fromisoformat(max(found)).astimezone(UTC) if found else None


def _in_words(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%d %b %Y, %H:%M} UTC"
