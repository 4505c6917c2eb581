"""What every command needs, built from the settings of this process."""

import os
from collections.abc import Callable
from datetime import date
from functools import cached_property

import dagster as dg

from pizza_assets.definitions import build_definitions
from pizza_assets.errors import ConfigurationError
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.staleness import Staleness
from pizza_assets.orchestration.resources import build_io_manager, build_staleness, build_tables, utc_now
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import PLACES


class Workbench:
    """Settings, tables and definitions. Raises ConfigurationError for a wrong setting, mapping or markets file."""

    def __init__(self) -> None:
        self.settings = Settings.from_environment(os.environ)
        self.tables = build_tables(self.settings)
        self.now = utc_now()

    @cached_property
    def sources(self) -> Sources:
        return Sources(self.settings, utc_now)

    def definitions(self, on_stored: Callable[[str, str | None], None] | None = None) -> dg.Definitions:
        """The Dagster definitions. on_stored: called after every stored table."""
        io_manager = build_io_manager(self.settings, self.tables, on_stored)
        return build_definitions(os.environ, {"io_manager": io_manager})

    def staleness(self, definitions: dg.Definitions, instance: dg.DagsterInstance) -> Staleness:
        """The staleness of stored data under the current settings."""
        return build_staleness(self.settings, self.tables, self.sources, definitions, instance)

    def weeks_of(self, first: date | None, last: date | None) -> tuple[MatchWeek | None, MatchWeek | None]:
        """The weeks of the two dates; None without a date. Raises ConfigurationError if they are in the wrong order."""
        begin, end = (day and MatchWeek.of_date(day, self.settings.timezone) for day in (first, last))
        if begin and end and begin > end:
            raise ConfigurationError(f"--from {first} is after --to {last}; swap the dates")
        return begin, end

    def stored_span(self) -> tuple[MatchWeek, MatchWeek] | None:
        """The first and the last week with stored data or refused rows, or None; without `weeks_ahead`."""
        zone = self.settings.timezone
        begun = [week for week in self._stored_weeks if week <= self._running]
        return (MatchWeek(begun[0], zone), MatchWeek(begun[-1], zone)) if begun else None

    def weeks_ahead(self) -> list[str]:
        """Stored weeks that have not begun: they were made by a clock that was ahead, or this one is behind."""
        return [week for week in self._stored_weeks if week > self._running]

    @property
    def _running(self) -> str:
        return MatchWeek.containing(self.now, self.settings.timezone).key

    @cached_property
    def _stored_weeks(self) -> list[str]:
        stored = {week for asset, place in PLACES.items() if place.weekly for week in self.tables.weeks(asset)}
        refused = (self.tables.weeks_with_refused_rows(asset) for asset in ("raw_orders", "raw_matches"))
        return sorted(stored.union(*refused))
