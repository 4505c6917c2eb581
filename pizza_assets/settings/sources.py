"""The registry of sources, and the settings of each. A new source is an entry here, its variables, and its module.

How a source answers does not belong here: the contracts are MatchSource and OrderSource in sources/base.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.secret import Secret
from pizza_assets.settings import values
from pizza_assets.settings.declaration import setting

OPENFOOTBALL_URL = "https://raw.githubusercontent.com/openfootball/{repository}/master"
FOOTBALL_DATA_URL = "https://api.football-data.org"


@dataclass(frozen=True)
class SourceEntry:
    """A source that a person may choose by name.

    meaning: what it is, for the reference of settings. builder: "module:function", a function of settings and clock;
    a text, because sources lie above the settings and only the chosen one is imported. Empty: nothing is built.
    is_limited: whether it allows a number of requests only, so that runs without common files must share a pool.
    needs: settings without which it can't be chosen. key: the setting of its key, without which it fails like any
    source that fails. has_stand_in: whether mock data may take its place when it fails.
    """

    meaning: str
    builder: str = ""
    is_limited: bool = False
    needs: tuple[str, ...] = ()
    key: str | None = None
    has_stand_in: bool = True


MATCH_SOURCES: dict[str, SourceEntry] = {
    "openfootball": SourceEntry("real, no account", "pizza_assets.sources.matches.openfootball:build"),
    "football-data": SourceEntry(
        "football-data.org, a key",
        "pizza_assets.sources.matches.football_data:build",
        is_limited=True,
        key="football_data_key",
    ),
    "json-folder": SourceEntry(
        "JSON files of yours", "pizza_assets.sources.matches.json_folder:build", needs=("matches_folder",)
    ),
    "mock": SourceEntry("invented, labelled", "pizza_assets.sources.matches.mock:build"),
}

ORDER_SOURCES: dict[str, SourceEntry] = {
    "mock": SourceEntry("invented, labelled"),  # by the asset mock_orders, which needs the week's matches
    "files": SourceEntry(
        "your exports",
        "pizza_assets.orchestration.sources:order_files",
        needs=("orders_path", "orders_mapping"),
        has_stand_in=False,
    ),
    "api": SourceEntry(
        "your service",
        "pizza_assets.sources.orders.api:build",
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
    """Where orders and matches come from, and what each source needs."""

    orders: str = setting(
        "PIZZA_ORDERS", "mock", values.one_of(*ORDER_SOURCES), f"Where orders come from: {_listed(ORDER_SOURCES)}."
    )
    orders_path: str | None = setting(
        "PIZZA_ORDERS_PATH",
        "",
        values.optional_place,
        "With PIZZA_ORDERS=files: the export, or the folder of exports; or s3://bucket/prefix, an inbox in a bucket.",
    )
    orders_mapping: str | None = setting(
        "PIZZA_ORDERS_MAPPING",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=files: the TOML file that names the columns.",
    )
    orders_api: str | None = setting(
        "PIZZA_ORDERS_API",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=api: the TOML file with its address and stores.",
    )
    orders_api_key: Secret | None = setting(
        "PIZZA_ORDERS_API_KEY", "", values.secret, "With PIZZA_ORDERS=api: its key. Never shown or stored."
    )
    matches: str = setting(
        "PIZZA_MATCHES",
        "openfootball",
        values.one_of(*MATCH_SOURCES),
        f"Where matches come from: {_listed(MATCH_SOURCES)}.",
    )
    football_data: str = setting(
        "PIZZA_FOOTBALL_DATA",
        FOOTBALL_DATA_URL,
        values.service_address,
        "With PIZZA_MATCHES=football-data: its address.",
    )
    football_data_key: Secret | None = setting(
        "PIZZA_FOOTBALL_DATA_KEY",
        "",
        values.secret,
        "With PIZZA_MATCHES=football-data: the account's key. Never shown or stored.",
    )
    football_data_limit: int = setting(
        "PIZZA_FOOTBALL_DATA_LIMIT",
        "10",
        values.per_minute,
        "Requests per minute that the account allows: 10 for a free one.",
    )
    openfootball: str = setting(
        "PIZZA_OPENFOOTBALL",
        OPENFOOTBALL_URL,
        values.text,
        "With PIZZA_MATCHES=openfootball: base URL ({repository} stands for football.json or worldcup.json) or a local "
        "folder.",
    )
    matches_folder: str | None = setting(
        "PIZZA_MATCHES_FOLDER", "", values.optional_text, "With PIZZA_MATCHES=json-folder: the folder of JSON files."
    )
    competitions: tuple[str, ...] = setting(
        "PIZZA_COMPETITIONS", "en.1", values.names, "Competitions by openfootball's codes, separated by commas."
    )
    seasons: tuple[str, ...] = setting(
        "PIZZA_SEASONS",
        "",
        values.seasons,
        "Seasons to collect matches of, e.g. 2024-25,2025-26 or 2018,2022 for World Cups. Default: every season.",
    )
    match_events: str | None = setting(
        "PIZZA_MATCH_EVENTS", "", values.optional_text, "CSV file of goals and cards of matches whose source has none."
    )
    fallback: str = setting(
        "PIZZA_FALLBACK",
        "mock",
        values.one_of("mock", "fail"),
        "When a source fails: mock stores labelled mock data, fail stores nothing and fails the week.",
    )

    @property
    def match_source(self) -> SourceEntry:
        """The registry's entry for PIZZA_MATCHES. Raises ConfigurationError for a name that is not in it."""
        return _entry(MATCH_SOURCES, "PIZZA_MATCHES", self.matches)

    @property
    def order_source(self) -> SourceEntry:
        """The registry's entry for PIZZA_ORDERS. Raises ConfigurationError for a name that is not in it."""
        return _entry(ORDER_SOURCES, "PIZZA_ORDERS", self.orders)

    @property
    def may_invent_orders(self) -> bool:
        """Whether a week's orders may be mock: chosen so, or in the place of a source that failed."""
        return self.orders == "mock" or (self.order_source.has_stand_in and self.fallback == "mock")

    def refuse_missing(self) -> None:
        """Raise ConfigurationError for a source that lacks a setting it needs.

        A missing key is a source's failure: under PIZZA_FALLBACK=mock it has a stand-in, under fail it is refused here,
        once, and not in every week.
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
