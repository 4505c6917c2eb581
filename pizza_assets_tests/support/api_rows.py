"""Valid rows of both APIs, and clients for a fault server that hardly pause between attempts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pizza_assets.models.secret import Secret
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.api import Api, ApiClient, Bounds
from pizza_assets.sources.matches.football_data import REMEDY, FootballData
from pizza_assets.sources.orders.api import OrdersApi
from pizza_assets.sources.orders.api_contract import OrdersContract, Store
from pizza_assets.sources.rate_limit import SharedLimit

WEEK = MatchWeek("2026-03-03", "Europe/London")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "planted-" + "key-1"
QUICK = Bounds(
    total_seconds=600,
    attempt_seconds=120,
    connect_timeout=60,
    read_timeout=60,
    first_pause=0.001,
    longest_pause=0.004,
    longest_wait=5,
)
"""Short pauses but long time limits, so that no correct answer is late on a busy machine. A test of a time limit
sets that one itself.
"""


def match(number: int, **changed: Any) -> dict[str, Any]:
    """A finished match of the Premier League in WEEK."""
    kickoff = datetime(2026, 3, 7, 15, tzinfo=UTC) + timedelta(hours=number)
    return {
        "id": 500_000 + number,
        "utcDate": kickoff.isoformat().replace("+00:00", "Z"),
        "status": "FINISHED",
        "matchday": 28,
        "stage": "REGULAR_SEASON",
        "group": None,
        "lastUpdated": "2026-03-08T10:00:00Z",
        "homeTeam": {"id": 57 + number, "name": f"Home {number} FC", "shortName": "H", "tla": "HOM", "crest": "x"},
        "awayTeam": {"id": 99 + number, "name": f"Away {number} FC", "shortName": "A", "tla": "AWA", "crest": "x"},
        "score": {
            "winner": "HOME_TEAM",
            "duration": "REGULAR",
            "fullTime": {"home": 2, "away": number % 2},
            "halfTime": {"home": 1, "away": 0},
        },
        "referees": [],
        **changed,
    }


def order(number: int, store: str = "s1", **changed: Any) -> dict[str, Any]:
    """An order of WEEK with personal data in it that must not be kept."""
    at = datetime(2026, 3, 4, 18, tzinfo=UTC) + timedelta(minutes=17 * number)
    return {
        "order_id": f"{store}-{number}",
        "timestamp": at.isoformat(),
        "store_id": store,
        "store_location": "High Street 1",
        "items": [{"category": "pizza", "name": "Margherita", "quantity": 2, "allergy of": "a customer"}],
        "total_amount": 12.5 + number,
        "customer_phone": "0000",
        **changed,
    }


def limit(folder: Path, most: int = 100_000, window_seconds: float = 60.0) -> SharedLimit:
    return SharedLimit(folder / "limits.sqlite", "test", most, window_seconds, longest_wait=QUICK.longest_wait)


def football_data(
    url: str, folder: Path, bounds: Bounds = QUICK, competitions: tuple[str, ...] = ("en.1",)
) -> FootballData:
    api = Api("football-data.org", url, Secret(KEY), {"X-Auth-Token": "{key}"}, REMEDY, bounds)
    return FootballData(ApiClient(api, limit(folder)), competitions)


ONE_STORE = (Store(id="s1", market="Leeds"),)


def contract(url: str, stores: Sequence[Store] = ONE_STORE, **changed: Any) -> OrdersContract:
    written = {"label": DataSource.REAL, "url": url, "chain": "dominos", "currency": "GBP", "store": list(stores)}
    return OrdersContract(origin="orders.toml", text="", **written | changed)


def orders_api(url: str, folder: Path, bounds: Bounds = QUICK, stores: Sequence[Store] = ONE_STORE) -> OrdersApi:
    api = Api("the orders API", url, Secret(KEY), {"Authorization": "Bearer {key}"}, "set the key", bounds)
    return OrdersApi(contract(url, stores), ApiClient(api, limit(folder)), lambda: NOW)
