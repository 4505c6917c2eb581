"""What fuzzed_answers.py has to know of each remote source: its honest answer, and how its rows are stored."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import pandas as pd

from pizza_assets.models import RawMatches, RawOrders
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.api import ApiClient
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.matches.football_data import FootballData
from pizza_assets.sources.orders.api import OrdersApi
from pizza_assets.sources.orders.api_contract import SquareStores
from pizza_assets.sources.orders.square import SquareOrders
from pizza_assets_tests.support.api_rows import NOW, ONE_STORE, WEEK, contract, match, order
from pizza_assets_tests.support.square_server import LOCATION, closed_at, given_back, sale

ROWS = 4


class Service(ABC):
    """A remote source. preface: the honest answers of paths that it asks before its rows. cursor: the field that names
    the next page, or None if there are no pages.
    """

    name: ClassVar[str]
    source_name: ClassVar[str]
    list_name: ClassVar[str]
    cursor: ClassVar[str | None] = None
    preface: ClassVar[dict[str, dict[str, list[Any]]]] = {}
    model: ClassVar[type[Table]] = RawOrders
    id_column: ClassVar[str] = "order_id"
    label_column: ClassVar[str] = "order_source"

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """ROWS new rows."""

    @abstractmethod
    def document(self, rows: list[Any]) -> dict[str, Any]:
        """The honest answer with these rows."""

    @abstractmethod
    def ask(self, client: ApiClient, url: str) -> SourceResult:
        """What the source makes of the answers. Raises SourceError."""

    @abstractmethod
    def check(self, stored: pd.DataFrame, touched: set[int]) -> None:
        """Assert that rows with other numbers than `touched` are stored as they are. stored: rows by their id. Raises
        KeyError for a row that is lost.
        """


class FootballDataService(Service):
    name = source_name = "football-data"
    list_name, model, id_column, label_column = "matches", RawMatches, "match_id", "match_source"

    def rows(self) -> list[dict[str, Any]]:
        return [match(number) for number in range(ROWS)]

    def document(self, rows: list[Any]) -> dict[str, Any]:
        return {"resultSet": {"count": ROWS}, "competition": {"code": "PL"}, "matches": rows}

    def ask(self, client: ApiClient, url: str) -> SourceResult:
        return FootballData(client, ["en.1"]).matches(WEEK)

    def check(self, stored: pd.DataFrame, touched: set[int]) -> None:
        for number in set(range(ROWS)) - touched:
            written = match(number)
            row: Any = stored.loc[f"football-data:{written['id']}"]
            assert (row["home_goals"], row["away_goals"], row["status"]) == (2, number % 2, "FINISHED")
            assert row["kickoff_at"].strftime("%Y-%m-%dT%H:%M:%SZ") == written["utcDate"]
            assert (row["home_team"], row["away_team"]) == (f"Home {number}", f"Away {number}")


class OrdersApiService(Service):
    name = source_name = "orders API"
    list_name, cursor = "orders", "next_cursor"

    def rows(self) -> list[dict[str, Any]]:
        return [order(number) for number in range(ROWS)]

    def document(self, rows: list[Any]) -> dict[str, Any]:
        return {"count": ROWS, "total": ROWS, "next_cursor": None, "orders": rows}

    def ask(self, client: ApiClient, url: str) -> SourceResult:
        return OrdersApi(contract(url), client, lambda: NOW).orders(WEEK)

    def check(self, stored: pd.DataFrame, touched: set[int]) -> None:
        for number in set(range(ROWS)) - touched:
            written = order(number)
            row: Any = stored.loc[written["order_id"]]
            assert (row["revenue_cents"], row["pizza_count"]) == (round(100 * written["total_amount"]), 2)
            assert row["ordered_at"].isoformat() == written["timestamp"]


class SquareService(Service):
    """Three sales, and the order that gives a part of the first one back."""

    name = source_name = "Square"
    list_name, cursor = "orders", "cursor"
    preface: ClassVar = {"/v2/locations": {"locations": [LOCATION]}}

    def rows(self) -> list[dict[str, Any]]:
        return [*(sale(number) for number in range(ROWS - 1)), given_back("sale-s1-0", 200, quantity=1)]

    def document(self, rows: list[Any]) -> dict[str, Any]:
        return {"orders": rows, "cursor": None}

    def ask(self, client: ApiClient, url: str) -> SourceResult:
        written = {"label": DataSource.REAL, "url": url, "chain": "dominos", "store": list(ONE_STORE)}
        return SquareOrders(SquareStores(text="", **written), client, [], lambda: NOW).orders(WEEK)

    def check(self, stored: pd.DataFrame, touched: set[int]) -> None:
        is_return_touched = ROWS - 1 in touched
        for number in set(range(ROWS - 1)) - touched:
            if number == 0 and is_return_touched:
                continue  # what is given back of it is unknown
            row: Any = stored.loc[f"sale-s1-{number}"]
            assert row["revenue_cents"] == 1250 + number - (200 if number == 0 else 0)
            assert row["pizza_count"] == (2 if number == 0 else 3)
            assert row["ordered_at"] == pd.Timestamp(closed_at(number))


SERVICES: tuple[Service, ...] = (FootballDataService(), OrdersApiService(), SquareService())
