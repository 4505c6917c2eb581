"""Everything a command works with, from the settings of this process."""

import os
from collections.abc import Callable
from functools import cached_property

import dagster as dg

from pizza_assets.definitions import build_definitions
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.check_history import CheckHistory
from pizza_assets.orchestration.resources import (
    Sources,
    analysis_parameters,
    build_io_manager,
    build_tables,
    markets_of,
    utc_now,
)
from pizza_assets.orchestration.staleness import Staleness
from pizza_assets.orchestration.week_inputs import WeekInputs
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
        """What Dagster runs; `on_stored` hears of every table that is stored."""
        io_manager = build_io_manager(self.settings, self.tables, on_stored)
        return build_definitions(os.environ, {"io_manager": io_manager})

    def checks(self, definitions: dg.Definitions, instance: dg.DagsterInstance) -> CheckHistory:
        """What the asset checks last said."""
        return CheckHistory(instance, definitions.resolve_asset_graph().asset_check_keys)

    def staleness(self, definitions: dg.Definitions, checks: CheckHistory) -> Staleness:
        """Tells what is stale, by what is stored and set now."""
        graph = definitions.resolve_asset_graph()
        parents = {
            asset: [key.to_user_string() for key in graph.get(dg.AssetKey(asset)).parent_keys]
            for asset, place in PLACES.items()
            if not place.weekly
        }
        inputs = WeekInputs(self.tables, self.settings, markets_of(self.settings), self.sources, utc_now)
        return Staleness(self.tables, inputs, self.settings, parents, analysis_parameters(self.settings), checks)

    def week(self, key: str) -> MatchWeek:
        return MatchWeek(key, self.settings.timezone)

    def stored_span(self) -> tuple[MatchWeek, MatchWeek] | None:
        """The first and the last week of which anything is stored, or None."""
        stored = {week for asset, place in PLACES.items() if place.weekly for week in self.tables.weeks(asset)}
        return (self.week(min(stored)), self.week(max(stored))) if stored else None
