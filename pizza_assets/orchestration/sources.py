"""The sources of a run, built from the registry in settings/sources.py.

The modules of exports and databases are imported only where one of them is chosen: with DuckDB and SQLAlchemy they are
slow to import, and every start of the code location imports this module.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, cast

from pizza_assets.models.market import Markets
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock, MatchSource, OrderSource
from pizza_assets.sources.matches.event_file import EventFile
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.matches.team_names import canonical_name
from pizza_assets.sources.orders.api_contract import load_contract, load_square_stores
from pizza_assets.sources.orders.mapping_reader import load_mapping

if TYPE_CHECKING:
    from pizza_assets.sources.orders.files import Inbox, OrderFiles
    from pizza_assets.sources.orders.sql.source import OrdersTable


class Sources:
    """The sources chosen by the settings, for one run. They remember what they fetched and what failed.

    mock_matches: the stand-in for matches, which covers every season. orders: None if orders are mock. Raises
    ConfigurationError for a name that is not in the registry, or an invalid file or setting of a source.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.mock_matches: MatchSource = MockMatches(clock, timezone=settings.timezone, seed=settings.seed)
        self.matches: MatchSource = resolve_name(settings.match_source.builder)(settings, clock)
        self.match_events: EventFile | None = event_file(settings, clock)
        self.orders: OrderSource | None = order_source(settings, clock)

    @property
    def order_files(self) -> "OrderFiles | None":
        """The user's exports, or None if orders come from elsewhere."""
        return cast("OrderFiles", self.orders) if self._reads_orders_of("files") else None

    @property
    def orders_table(self) -> "OrdersTable | None":
        """The user's database, or None if orders come from elsewhere."""
        return cast("OrdersTable", self.orders) if self._reads_orders_of("sql") else None

    def _reads_orders_of(self, name: str) -> bool:
        return self.orders is not None and self.orders.name == name


def order_source(settings: Settings, clock: Clock) -> OrderSource | None:
    """The chosen source of orders; None if orders are mock, which are made by the asset mock_orders."""
    builder = settings.order_source.builder
    return resolve_name(builder)(settings, clock) if builder else None


def order_label(settings: Settings) -> DataSource:
    """The label of the chosen source's orders. Raises ConfigurationError for an invalid mapping or contract."""
    source = settings.order_source
    return DataSource.MOCK if source.is_invented else resolve_name(source.label)(settings)


def mapping_label(settings: Settings) -> DataSource:
    """The label in the mapping of the user's exports or database."""
    return load_mapping(Path(settings.orders_mapping or "")).label


def orders_api_label(settings: Settings) -> DataSource:
    """The label in the contract of the user's service."""
    return load_contract(Path(settings.orders_api or "")).label


def square_label(settings: Settings) -> DataSource:
    """The label in the file of the user's Square locations."""
    return load_square_stores(Path(settings.orders_api or "")).label


def event_file(settings: Settings, clock: Clock) -> EventFile | None:
    """The user's file of match events, or None. Raises ConfigurationError if there is no such file."""
    if settings.match_events is None:
        return None
    first_week = MatchWeek.of_date(settings.first_week, settings.timezone)
    return EventFile(settings.match_events, settings.timezone, date.fromisoformat(first_week.key), clock)


def order_files(settings: Settings, clock: Clock) -> "OrderFiles":
    """The user's exports. Raises ConfigurationError for an invalid mapping."""
    from pizza_assets.sources.orders.files import OrderFiles

    return OrderFiles(
        orders_place(settings.orders_path or "", settings),
        load_mapping(Path(settings.orders_mapping or "")),
        settings.machine_folder / "staging",
        settings.timezone,
        clock,
        markets_of(settings),
    )


def span_of_orders(files: "OrderFiles") -> tuple[MatchWeek, MatchWeek] | None:
    """The first and the last week with orders of these files, among those that they cover; None if there is none.

    Files also cover the rest of their first business day. If it begins in the week before, as it does where clocks are
    ahead of PIZZA_TIMEZONE, that week has no order to be stored. Raises BadFile like `OrderFiles.periods`.
    """
    covered = files.periods()
    if covered is None:
        return None
    weeks = [week for week in weeks_between(*covered) if week.key in files.facts.weeks]
    return (weeks[0], weeks[-1]) if weeks else None


def orders_table(settings: Settings, clock: Clock) -> "OrdersTable":
    """The user's database. Raises ConfigurationError for an invalid address, table or mapping."""
    from pizza_assets.sources.orders.sql.database import open_database
    from pizza_assets.sources.orders.sql.relation import Relation
    from pizza_assets.sources.orders.sql.source import OrdersTable
    from pizza_assets.sources.orders.sql.week_import import WeekImport

    assert settings.orders_url is not None, "the registry says that the source needs it"
    relation, mapping = Relation(settings.orders_table or ""), load_mapping(Path(settings.orders_mapping or ""))
    return OrdersTable(
        open_database(settings.orders_url, relation, settings.orders_timeout),
        relation,
        mapping,
        WeekImport(mapping, settings.timezone, markets_of(settings), relation.name, OrdersTable.name),
        settings.timezone,
        clock,
        settings.orders_updated_at,
    )


def orders_place(path: str, settings: Settings) -> "Path | Inbox":
    """The folder or file of exports, or the inbox in a bucket."""
    if "://" not in path:
        return Path(path)
    from pizza_assets.orchestration.s3_connection import bucket_inbox

    return bucket_inbox(path, settings)


def markets_of(settings: Settings) -> Markets:
    """The markets in use, with canonical club names: the table may spell them as any source does."""
    return tuple(
        replace(market, teams=tuple(canonical_name(team) for team in market.teams)) for market in settings.markets()
    )
