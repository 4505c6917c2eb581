"""The resources of the assets: clock, markets, sources, tables. Built from the settings, replaceable in tests.

Sources are built for every run, because they remember what they fetched and which server failed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.freed_memory import keep_freed_memory
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.orchestration.freshness.check_history import CheckHistory
from pizza_assets.orchestration.freshness.staleness import Staleness
from pizza_assets.orchestration.freshness.week_inputs import InputSources, WeekInputs
from pizza_assets.orchestration.s3_events import s3_event_queue
from pizza_assets.orchestration.sources import Sources, markets_of, order_label
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.fingerprints import fingerprint
from pizza_assets.storage.io_manager import TableIOManager
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.refusals import RefusalLimits
from pizza_assets.storage.tables import TableStore


def utc_now() -> datetime:
    """The current time, the clock of every process that is not given another."""
    return datetime.now(UTC)


def build_resources(settings: Settings, clock: Clock = utc_now) -> dict[str, object]:
    """All resources by name."""
    tables = build_tables(settings, clock)
    return {
        "clock": dg.ResourceDefinition.hardcoded_resource(clock),
        "markets": dg.ResourceDefinition.hardcoded_resource(markets_of(settings)),
        "tables": dg.ResourceDefinition.hardcoded_resource(tables),
        "sources": dg.ResourceDefinition(lambda _: Sources(settings, clock)),
        "inputs": dg.ResourceDefinition(
            lambda context: week_inputs(settings, context.resources),
            required_resource_keys={"tables", "markets", "sources", "clock"},
        ),
        "io_manager": dg.IOManagerDefinition(lambda _: _io_manager_of_run(settings, tables)),
        "s3_events": dg.ResourceDefinition(lambda _: s3_event_queue(settings)),
        **s3_resources(settings),
    }


def s3_resources(settings: Settings) -> dict[str, object]:
    """The dagster-aws resource `s3`, for user-defined assets, if the storage is on S3."""
    if not settings.is_on_s3:
        return {}
    from pizza_assets.orchestration.s3_connection import connection

    return {"s3": connection(settings)}


def week_inputs(settings: Settings, resources: Any) -> WeekInputs:
    """The fingerprints of weeks, from a run's own resources."""
    return WeekInputs(resources.tables, settings, resources.markets, resources.sources, resources.clock)


def build_staleness(
    settings: Settings,
    tables: TableStore,
    sources: InputSources,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    clock: Clock = utc_now,
) -> Staleness:
    """Staleness of the stored tables under the current settings and sources."""
    graph = definitions.resolve_asset_graph()
    whole_parents = {
        asset: [key.to_user_string() for key in graph.get(dg.AssetKey(asset)).parent_keys]
        for asset, place in PLACES.items()
        if not place.weekly
    }
    inputs = WeekInputs(tables, settings, markets_of(settings), sources, clock)
    weekly = [key for key in graph.asset_check_keys if PLACES[key.asset_key.to_user_string()].weekly]
    checks = CheckHistory(instance, weekly, tables.objects.uri(""))
    return Staleness(tables, inputs, whole_parents, analysis_parameters(settings), checks)


def _io_manager_of_run(settings: Settings, tables: TableStore) -> TableIOManager:
    keep_freed_memory()  # here, since a run makes its IO manager, and a code location none
    return build_io_manager(settings, tables)


def build_io_manager(
    settings: Settings, tables: TableStore, on_stored: Callable[[str, str | None], None] | None = None
) -> TableIOManager:
    """The IO manager over these tables; see TableIOManager for `on_stored`."""
    return TableIOManager(tables, analysis_parameters(settings), on_stored)


def analysis_parameters(settings: Settings) -> str:
    """The fingerprint of the settings that tables over all weeks depend on."""
    chosen = (settings.timezone, settings.orders, settings.matches, settings.fallback)
    markets = markets_of(settings)
    days = repr([(market.country, market.region, market.special_days) for market in markets])
    chosen += settings.people().fingerprint
    chosen += () if settings.calendar_share == Settings().calendar_share else (f"calendar {settings.calendar_share}",)
    return fingerprint(repr(markets), days, repr(WindowLengths.from_settings(settings)), *chosen)


def build_tables(settings: Settings, clock: Clock = utc_now) -> TableStore:
    """The stored tables. Under PIZZA_FALLBACK=fail, stand-ins for a real source and their results are ignored."""
    refused: frozenset[str] = frozenset()
    if settings.fallback == "fail":
        if not settings.match_source.is_invented:
            refused |= {"match_source"}
        if order_label(settings) == DataSource.REAL:
            refused |= {"order_source"}
    return TableStore(object_store(settings), clock, refused, RefusalLimits.from_settings(settings))


def object_store(settings: Settings) -> ObjectStore:
    """The storage of PIZZA_STORAGE: a folder, or a bucket, to which no request is made yet."""
    if not settings.is_on_s3:
        return LocalFolder(settings.storage)
    from pizza_assets.orchestration.s3_connection import bucket_store

    return bucket_store(settings, utc_now)
