"""The registry of sources and their settings. A new source needs an entry here, its variables and its module.

The contracts of a source do not belong here: they are MatchSource and OrderSource in sources/base.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.secret import Secret
from pizza_assets.settings import values
from pizza_assets.settings.declaration import setting

OPENFOOTBALL_URL = "https://raw.githubusercontent.com/openfootball/{repository}/master"
FOOTBALL_DATA_URL = "https://api.football-data.org"


@dataclass(frozen=True)
class SourceEntry:
    """A source that can be chosen by name.

    meaning: for the reference of settings. builder: "module:function", a function of settings and clock; it is text
    because sources import the settings, and only the chosen one is imported. Empty: nothing is built. label: for
    orders, "module:function" of the settings, which reads their label without building the source. is_limited:
    whether it has a rate limit, so that runs without shared files must share a pool. needs: the settings that it
    requires. key: the setting of its key; a missing key is treated as a failure of the source. has_stand_in: whether
    mock data may replace it when it fails. is_invented: whether it is the mock source.
    """

    meaning: str
    builder: str = ""
    label: str = ""
    is_limited: bool = False
    needs: tuple[str, ...] = ()
    key: str | None = None
    has_stand_in: bool = True
    is_invented: bool = False


MATCH_SOURCES: dict[str, SourceEntry] = {
    "openfootball": SourceEntry("real, no account", "pizza_assets.sources.matches.openfootball:build"),
    "football-data": SourceEntry(
        "football-data.org, a key",
        "pizza_assets.sources.matches.football_data:build",
        is_limited=True,
        key="football_data_key",
    ),
    "mock": SourceEntry("invented, labelled", "pizza_assets.sources.matches.mock:build", is_invented=True),
}

ORDER_SOURCES: dict[str, SourceEntry] = {
    "mock": SourceEntry("invented, labelled", is_invented=True),  # by the asset mock_orders, from the week's matches
    "files": SourceEntry(
        "your exports",
        "pizza_assets.orchestration.sources:order_files",
        "pizza_assets.orchestration.sources:mapping_label",
        needs=("orders_path", "orders_mapping"),
        has_stand_in=False,
    ),
    "api": SourceEntry(
        "your service",
        "pizza_assets.sources.orders.api:build",
        "pizza_assets.orchestration.sources:orders_api_label",
        is_limited=True,
        needs=("orders_api",),
        key="orders_api_key",
    ),
    "sql": SourceEntry(
        "your database",
        "pizza_assets.orchestration.sources:orders_table",
        "pizza_assets.orchestration.sources:mapping_label",
        needs=("orders_url", "orders_table", "orders_mapping"),
    ),
    "square": SourceEntry(
        "your Square account",
        "pizza_assets.sources.orders.square:build",
        "pizza_assets.orchestration.sources:square_label",
        is_limited=True,
        needs=("orders_api",),
        key="orders_api_key",
    ),
}


def _listed(sources: Mapping[str, SourceEntry]) -> str:
    *others, last = (f"{name} ({entry.meaning})" for name, entry in sources.items())
    return f"{', '.join(others)} or {last}"


@dataclass(frozen=True)
class SourceSettings:
    """Where orders and matches come from, and the settings of each source."""

    orders: str = setting(
        "PIZZA_ORDERS", "mock", values.one_of(*ORDER_SOURCES), f"Source of orders: {_listed(ORDER_SOURCES)}."
    )
    orders_path: str | None = setting(
        "PIZZA_ORDERS_PATH",
        "",
        values.optional_place,
        "With PIZZA_ORDERS=files: the export, a folder of exports, or s3://bucket/prefix, an inbox in a bucket.",
    )
    orders_mapping: str | None = setting(
        "PIZZA_ORDERS_MAPPING",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=files or sql: TOML file that maps the columns.",
    )
    orders_api: str | None = setting(
        "PIZZA_ORDERS_API",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=api or square: TOML file of the service and its stores.",
    )
    orders_api_key: Secret | None = setting(
        "PIZZA_ORDERS_API_KEY",
        "",
        values.secret,
        "With PIZZA_ORDERS=api or square: the service's key or access token. Never shown or stored.",
    )
    orders_url: Secret | None = setting(
        "PIZZA_ORDERS_URL",
        "",
        values.database_address,
        "With PIZZA_ORDERS=sql: the database, as postgresql://user:password@host/database. Never shown or stored.",
    )
    orders_table: str | None = setting(
        "PIZZA_ORDERS_TABLE",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=sql: the table or view, such as sales.orders, or one SELECT.",
    )
    orders_updated_at: str | None = setting(
        "PIZZA_ORDERS_UPDATED_AT",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=sql: the column that changes with every change of a row; a sensor then collects its week.",
    )
    orders_timeout: int = setting(
        "PIZZA_ORDERS_TIMEOUT",
        "300",
        values.whole_number(1, 86_400),
        "With PIZZA_ORDERS=sql: seconds that one statement may take.",
    )
    matches: str = setting(
        "PIZZA_MATCHES", "openfootball", values.one_of(*MATCH_SOURCES), f"Source of matches: {_listed(MATCH_SOURCES)}."
    )
    football_data: str = setting(
        "PIZZA_FOOTBALL_DATA",
        FOOTBALL_DATA_URL,
        values.service_address,
        "With PIZZA_MATCHES=football-data: the API's address.",
    )
    football_data_key: Secret | None = setting(
        "PIZZA_FOOTBALL_DATA_KEY",
        "",
        values.secret,
        "With PIZZA_MATCHES=football-data: its key. Never shown or stored.",
    )
    football_data_limit: int = setting(
        "PIZZA_FOOTBALL_DATA_LIMIT",
        "10",
        values.whole_number(1, 100_000),
        "Requests per minute that the account allows: 10 for a free account.",
    )
    openfootball: str = setting(
        "PIZZA_OPENFOOTBALL",
        OPENFOOTBALL_URL,
        str,
        "With PIZZA_MATCHES=openfootball: a local folder, or the base URL, with {repository} for football.json or "
        "worldcup.json.",
    )
    competitions: tuple[str, ...] = setting(
        "PIZZA_COMPETITIONS", "en.1", values.names, "Competitions, as openfootball's codes separated by commas."
    )
    seasons: tuple[str, ...] = setting(
        "PIZZA_SEASONS",
        "",
        values.seasons,
        "Seasons whose matches are collected, e.g. 2024-25,2025-26, or 2018,2022 for World Cups. Default: all.",
    )
    match_events: str | None = setting(
        "PIZZA_MATCH_EVENTS", "", values.optional_text, "CSV file of goals and cards for matches whose source has none."
    )
    fallback: Literal["mock", "fail"] = setting(
        "PIZZA_FALLBACK",
        "mock",
        values.one_of("mock", "fail"),
        "What to do when a source fails: mock stores labelled mock data, fail stores nothing and fails the week.",
    )

    @property
    def match_source(self) -> SourceEntry:
        """The registry's entry for PIZZA_MATCHES. Raises ConfigurationError for an unknown name."""
        return _entry(MATCH_SOURCES, "PIZZA_MATCHES", self.matches)

    @property
    def order_source(self) -> SourceEntry:
        """The registry's entry for PIZZA_ORDERS. Raises ConfigurationError for an unknown name."""
        return _entry(ORDER_SOURCES, "PIZZA_ORDERS", self.orders)

    @property
    def may_invent_orders(self) -> bool:
        """Whether a week's orders may be mock, by choice or because a source failed."""
        return self.order_source.is_invented or (self.order_source.has_stand_in and self.fallback == "mock")

    def refuse_missing(self) -> None:
        """Raise ConfigurationError if a chosen source lacks a setting it needs.

        Without its key a source fails: under PIZZA_FALLBACK=mock every week gets a stand-in, under fail it is refused
        here, once for all weeks.
        """
        variables = {declared.name: declared.metadata.get("variable", "") for declared in fields(self)}
        for choice, entry in (
            (f"PIZZA_ORDERS={self.orders}", self.order_source),
            (f"PIZZA_MATCHES={self.matches}", self.match_source),
        ):
            keys = [entry.key] if entry.key is not None and self.fallback == "fail" else []
            for name in (*entry.needs, *keys):
                if getattr(self, name) is None:
                    when = f"{choice} with PIZZA_FALLBACK=fail" if name in keys else choice
                    raise ConfigurationError(f"{when} needs {variables[name]}; see docs/configuration.md")


def _entry(sources: Mapping[str, SourceEntry], variable: str, name: str) -> SourceEntry:
    if name not in sources:
        raise ConfigurationError(f"{variable}={name!r} is not known; choose one of {', '.join(sources)}")
    return sources[name]
