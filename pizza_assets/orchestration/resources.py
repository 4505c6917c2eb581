"""What assets are given: clock, markets, sources, tables. Built from the settings, replaceable in tests.

Sources are made anew for every run: they remember what they fetched and which server failed them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.check_history import CheckHistory
from pizza_assets.orchestration.freshness.staleness import Staleness
from pizza_assets.orchestration.freshness.week_inputs import InputSources, WeekInputs
from pizza_assets.orchestration.s3_events import ObjectEvents, s3_event_queue
from pizza_assets.settings import Settings
from pizza_assets.sources.api import Api, ApiClient
from pizza_assets.sources.base import MatchSource
from pizza_assets.sources.matches.event_file import EventFile
from pizza_assets.sources.matches.football_data import FootballData, football_data_api
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.matches.openfootball import Openfootball
from pizza_assets.sources.matches.team_names import canonical_name
from pizza_assets.sources.orders.api import OrdersApi, orders_api
from pizza_assets.sources.orders.api_contract import load_contract
from pizza_assets.sources.orders.file_mapping import load_mapping
from pizza_assets.sources.orders.files import Inbox, OrderFiles
from pizza_assets.sources.orders.staging import Staging
from pizza_assets.sources.rate_limit import SharedLimit
from pizza_assets.storage.fingerprints import fingerprint
from pizza_assets.storage.io_manager import TableIOManager
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.tables import TableStore

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The one place where this package looks at the clock."""
    return datetime.now(UTC)


class Sources:
    """The sources of one run, as the settings choose them."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.mock_matches: MatchSource = MockMatches(now=clock, timezone=settings.timezone, seed=settings.seed)
        self.matches: MatchSource = self.mock_matches
        if settings.matches == "openfootball":
            self.matches = Openfootball(settings.openfootball, settings.competitions, seasons=settings.seasons)
        elif settings.matches == "football-data":
            api = football_data_api(settings.football_data, settings.football_data_key)
            client = api_client(settings, api, settings.football_data_limit)
            self.matches = FootballData(client, settings.competitions, settings.seasons)
        elif settings.seasons:  # the stand-in above plays in every season
            self.matches = MockMatches(clock, timezone=settings.timezone, seed=settings.seed, seasons=settings.seasons)
        self.match_events: EventFile | None = event_file(settings, clock)
        self.order_files: OrderFiles | None = order_files(settings, clock)
        self.order_api: OrdersApi | None = order_api(settings, clock)


def event_file(settings: Settings, clock: Clock) -> EventFile | None:
    """The user's file of match events, or None. Raises ConfigurationError if there is no such file."""
    if settings.match_events is None:
        return None
    first_week = MatchWeek.of_date(settings.first_week, settings.timezone)
    return EventFile(settings.match_events, settings.timezone, date.fromisoformat(first_week.key), clock)


def order_files(settings: Settings, clock: Clock) -> OrderFiles | None:
    """The user's exports, or None if orders are mock. Raises ConfigurationError for a wrong mapping."""
    if settings.orders != "files" or settings.orders_path is None:
        return None
    return OrderFiles(
        orders_place(settings.orders_path, settings),
        load_mapping(Path(settings.orders_mapping or "")),
        Staging(settings.machine_folder / "staging"),
        settings.timezone,
        clock,
        markets_of(settings),
    )


def orders_place(path: str, settings: Settings) -> Path | Inbox:
    """The folder or file of exports, or the prefix of a bucket into which they are dropped."""
    if "://" not in path:
        return Path(path)
    from pizza_assets.orchestration.s3_connection import bucket_inbox

    return bucket_inbox(path, settings)


def order_api(settings: Settings, clock: Clock) -> OrdersApi | None:
    """The user's service, or None if orders come from elsewhere. Raises ConfigurationError for a wrong file."""
    if settings.orders != "api":
        return None
    contract = load_contract(Path(settings.orders_api or ""))
    client = api_client(settings, orders_api(contract, settings.orders_api_key), contract.requests_per_minute)
    return OrdersApi(contract, client, clock)


def api_client(settings: Settings, api: Api, per_minute: int) -> ApiClient:
    """A client that keeps the API's limit together with all processes that use the same folder on this machine."""
    database = settings.machine_folder / "limits" / "requests.sqlite"
    return ApiClient(api, SharedLimit(database, f"{api.name} ({api.base_url})", per_minute))


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
        "io_manager": dg.IOManagerDefinition.hardcoded_io_manager(build_io_manager(settings, tables)),
        "s3_events": dg.ResourceDefinition(lambda _: s3_events(settings)),
        **s3_resources(settings),
    }


def s3_events(settings: Settings) -> ObjectEvents | None:
    """The queue that tells of new files in the inbox, if the settings name one."""
    return s3_event_queue(settings)


def s3_resources(settings: Settings) -> dict[str, object]:
    """dagster-aws' resource under its usual name, for assets of one's own, where the storage is on S3."""
    if not settings.is_on_s3:
        return {}
    from pizza_assets.orchestration.s3_connection import connection

    return {"s3": connection(settings)}


def week_inputs(settings: Settings, resources: Any) -> WeekInputs:
    """What weeks are made of, by a run's own resources."""
    return WeekInputs(resources.tables, settings, resources.markets, resources.sources, resources.clock)


def build_staleness(
    settings: Settings,
    tables: TableStore,
    sources: InputSources,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    clock: Clock = utc_now,
) -> Staleness:
    """Tells what is stale, by what is stored and set now."""
    graph = definitions.resolve_asset_graph()
    whole_parents = {
        asset: [key.to_user_string() for key in graph.get(dg.AssetKey(asset)).parent_keys]
        for asset, place in PLACES.items()
        if not place.weekly
    }
    inputs = WeekInputs(tables, settings, markets_of(settings), sources, clock)
    checks = CheckHistory(instance, graph.asset_check_keys)
    return Staleness(tables, inputs, settings, whole_parents, analysis_parameters(settings), checks)


def build_io_manager(
    settings: Settings, tables: TableStore, on_stored: Callable[[str, str | None], None] | None = None
) -> TableIOManager:
    """The IO manager over these tables; see TableIOManager for `on_stored`."""
    return TableIOManager(tables, analysis_parameters(settings), on_stored)


def analysis_parameters(settings: Settings) -> str:
    """The fingerprint of the settings that tables over all weeks depend on."""
    chosen = (settings.timezone, settings.orders, settings.matches, settings.fallback)
    return fingerprint(repr(markets_of(settings)), repr(WindowLengths.from_settings(settings)), *chosen)


def build_tables(settings: Settings, clock: Clock = utc_now) -> TableStore:
    """The stored tables. Under PIZZA_FALLBACK=fail mock rows of a real source are ignored, raw and derived."""
    refused: frozenset[str] = frozenset()
    if settings.fallback == "fail":
        if settings.matches != "mock":
            refused |= {"match_source"}
        if _order_label(settings) == DataSource.REAL:
            refused |= {"order_source"}
    return TableStore(object_store(settings), clock, refused)


def object_store(settings: Settings) -> ObjectStore:
    """Where PIZZA_STORAGE says that tables are kept: a folder, or a bucket that is not asked for anything yet."""
    if not settings.is_on_s3:
        return LocalFolder(settings.storage)
    from pizza_assets.orchestration.s3_connection import bucket_store

    return bucket_store(settings, utc_now)


def markets_of(settings: Settings) -> tuple[Market, ...]:
    """The markets table in force; clubs may be written as any source writes them."""
    return tuple(
        replace(market, teams=tuple(canonical_name(team) for team in market.teams)) for market in settings.markets()
    )


def _order_label(settings: Settings) -> DataSource:
    """What the chosen source's orders are labelled."""
    if settings.orders == "files":
        return load_mapping(Path(settings.orders_mapping or "")).label
    return load_contract(Path(settings.orders_api or "")).label if settings.orders == "api" else DataSource.MOCK
