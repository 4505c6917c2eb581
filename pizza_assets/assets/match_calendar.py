"""The calendar of coming matches that move the day of a shop, as a file for calendars to import or subscribe to."""

import dagster as dg
import pandas as pd

from pizza_assets.assets.common import described
from pizza_assets.assets.metadata import NO_DATA
from pizza_assets.errors import StorageError
from pizza_assets.models.labels import real_share, table_label
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.io_manager import FilesOutput
from pizza_assets.storage.layout import whole_key
from pizza_assets.storage.tables import TableStore


def match_calendar_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The calendar."""

    @dg.asset(
        **described("dashboards", "match_calendar"),
        description="coming_matches.ics: matches that change a shop's day by more than PIZZA_CALENDAR_SHARE. An event "
        "is updated when its kick-off moves, and cancelled when the match is called off.",
    )
    def match_calendar(
        coming_matches: pd.DataFrame,
        demand_forecast: pd.DataFrame,
        tables: dg.ResourceParam[TableStore],
        clock: dg.ResourceParam[Clock],
    ) -> FilesOutput:
        from pizza_assets.analysis import match_calendar as calendar  # icalendar is slow to import

        rules = calendar.CalendarRules(settings.calendar_share, settings.match_minutes, settings.timezone)
        key = whole_key("match_calendar")
        try:
            earlier = tables.objects.read(key)
            content = calendar.match_calendar(coming_matches, demand_forecast, earlier, clock(), rules)
        except ValueError as error:
            raise StorageError(
                f"{tables.objects.uri(key)} is no calendar any more ({error}); remove it, then analyse again: its "
                "events begin anew"
            ) from error
        labels = calendar.event_labels(content)  # some may be of earlier sources
        events = pd.DataFrame({"data_source": labels}, dtype=str)
        label = table_label(events, table_label(demand_forecast, table_label(coming_matches, NO_DATA)))
        share = real_share(events, label)
        name = key.rpartition("/")[2]
        return FilesOutput({name: content}, label, share, metadata={"events": len(events)})

    return [match_calendar]
