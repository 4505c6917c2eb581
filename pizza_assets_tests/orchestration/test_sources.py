"""The registry of sources: every entry can be built, and a name that is not in it fails at start."""

import inspect
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import resolve_name

import pytest

from pizza_assets.definitions import build_definitions
from pizza_assets.errors import ConfigurationError
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.orchestration import sources
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.orchestration.sources import Sources, order_label, order_source
from pizza_assets.settings import Settings
from pizza_assets.settings.sources import MATCH_SOURCES, ORDER_SOURCES
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.sql.source import OrdersTable
from pizza_assets_tests.sources.orders.exports import ORDER_ROWS
from pizza_assets_tests.support.order_export import write_export

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONTRACT = """label = "real"
url = "https://orders.example"
chain = "dominos"
currency = "GBP"
requests_per_minute = 60
[[store]]
id = "s1"
market = "Leeds"
"""
ENTRIES = [*MATCH_SOURCES.items(), *ORDER_SOURCES.items()]


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[name for name, _ in ENTRIES])
def test_every_entry_names_a_builder_and_settings_that_exist(name: str, entry) -> None:
    if entry.builder:
        assert len(inspect.signature(resolve_name(entry.builder)).parameters) == 2
    known = {declared.name for declared in fields(Settings)}
    assert {*entry.needs, *filter(None, [entry.key])} <= known


@pytest.mark.parametrize("name", ORDER_SOURCES)
def test_every_source_of_orders_but_the_invented_one_says_where_its_label_is(name: str) -> None:
    """Orders without a label would be taken for mock, and mock data mixed in although PIZZA_FALLBACK=fail."""
    entry = ORDER_SOURCES[name]
    assert bool(entry.label) is not entry.is_invented
    if entry.label:
        assert len(inspect.signature(resolve_name(entry.label)).parameters) == 1


@pytest.mark.parametrize("name", MATCH_SOURCES)
def test_the_chosen_match_source_answers_under_its_own_name(name: str, tmp_path: Path) -> None:
    settings = Settings.from_environment({"PIZZA_MATCHES": name, "PIZZA_STORAGE": str(tmp_path)})
    source = Sources(settings, lambda: NOW).matches
    assert source.name == name
    assert isinstance(source.identity, str)


def test_the_label_of_orders_is_read_without_building_their_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = tmp_path / "api.toml"
    contract.write_text(CONTRACT)
    square = tmp_path / "square.toml"
    square.write_text('label = "real"\nchain = "dominos"\n[[store]]\nid = "L1"\nmarket = "Leeds"\n')
    (tmp_path / "table.toml").write_text(ORDER_ROWS)
    chosen = {
        "mock": {},
        "files": write_export(tmp_path, []),
        "api": {"PIZZA_ORDERS": "api", "PIZZA_ORDERS_API": str(contract), "PIZZA_ORDERS_API_KEY": "a-" + "key"},
        "sql": {
            "PIZZA_ORDERS": "sql",
            "PIZZA_ORDERS_URL": f"sqlite:///{tmp_path}/shop.db",
            "PIZZA_ORDERS_TABLE": "orders",
            "PIZZA_ORDERS_MAPPING": str(tmp_path / "table.toml"),
        },
        "square": {"PIZZA_ORDERS": "square", "PIZZA_ORDERS_API": str(square), "PIZZA_ORDERS_API_KEY": "a-" + "key"},
    }
    assert set(chosen) == set(ORDER_SOURCES)
    for name, environ in chosen.items():
        settings = Settings.from_environment({**environ, "PIZZA_FALLBACK": "fail", "PIZZA_STORAGE": str(tmp_path)})
        built = order_source(settings, lambda: NOW)
        found = Sources(settings, lambda: NOW)
        assert isinstance(found.order_files, OrderFiles) == (name == "files")
        assert isinstance(found.orders_table, OrdersTable) == (name == "sql")
        assert order_label(settings) == (DataSource.MOCK if built is None else built.label), name
        with monkeypatch.context() as patch:
            patch.setattr(sources, "order_source", lambda *_: pytest.fail("built"))
            for builder in ("order_files", "orders_table"):
                patch.setattr(sources, builder, lambda *_: pytest.fail("built"))
            build_tables(settings, lambda: NOW)


@pytest.mark.parametrize(
    ("variable", "known"),
    [("PIZZA_MATCHES", "openfootball, football-data, mock"), ("PIZZA_ORDERS", "mock, files, api, sql, square")],
)
def test_an_unknown_source_fails_at_start_by_name(variable: str, known: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{variable}='opnfootball' is not known; choose one of {known}"):
        build_definitions({variable: "opnfootball"})


@pytest.mark.parametrize(("field", "variable"), [("matches", "PIZZA_MATCHES"), ("orders", "PIZZA_ORDERS")])
def test_an_unknown_source_is_never_replaced_with_mock(field: str, variable: str) -> None:
    """Settings made without the environment are held to the registry, too."""
    settings = replace(Settings(), **{field: "json"})
    with pytest.raises(ConfigurationError, match=f"{variable}='json' is not known"):
        Sources(settings, lambda: NOW)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PIZZA_ORDERS": "files"}, "PIZZA_ORDERS=files needs PIZZA_ORDERS_PATH"),
        ({"PIZZA_ORDERS": "api"}, "PIZZA_ORDERS=api needs PIZZA_ORDERS_API"),
        ({"PIZZA_ORDERS": "sql"}, "PIZZA_ORDERS=sql needs PIZZA_ORDERS_URL"),
        ({"PIZZA_ORDERS": "square"}, "PIZZA_ORDERS=square needs PIZZA_ORDERS_API"),
        (
            {"PIZZA_ORDERS": "api", "PIZZA_ORDERS_API": "x.toml", "PIZZA_FALLBACK": "fail"},
            "PIZZA_ORDERS=api with PIZZA_FALLBACK=fail needs PIZZA_ORDERS_API_KEY",
        ),
        (
            {"PIZZA_MATCHES": "football-data", "PIZZA_FALLBACK": "fail"},
            "PIZZA_MATCHES=football-data with PIZZA_FALLBACK=fail needs PIZZA_FOOTBALL_DATA_KEY",
        ),
    ],
)
def test_a_source_without_what_it_needs_fails_at_start(environ: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{message}; see docs/configuration.md$"):
        Settings.from_environment(environ)


@pytest.mark.parametrize(
    ("orders", "fallback", "is_allowed"),
    [
        ("mock", "fail", True),
        ("files", "mock", False),
        ("api", "mock", True),
        ("api", "fail", False),
        ("sql", "mock", True),
        ("square", "mock", True),
        ("square", "fail", False),
    ],
)
def test_orders_may_be_invented_only_for_sources_with_a_stand_in(orders: str, fallback: str, is_allowed: bool) -> None:
    assert Settings(orders=orders, fallback=fallback).may_invent_orders is is_allowed
