"""What an export leaves out and the markets table knows: the clock of its times, the chain of its orders."""

from pathlib import Path

import pandas as pd

from pizza_assets.models.market import Market
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, ORDER_ROWS, csv_text, mapping, order_files, write

MARKETS = (Market("Leeds", "Europe/London", chain="dominos"), Market("New York", "America/New_York", chain="rival"))
ROWS = [
    ("a", "2025-08-15 19:00", "12.50", "1", "Leeds", "s1"),
    ("b", "2025-08-15 19:00", "12.50", "1", "New York", "s2"),
    ("c", "2025-08-15 19:00", "12.50", "1", "Paris", "s3"),
]
OF_MARKET = mapping(
    ORDER_ROWS, ('timezone = "Europe/London"', 'timezone = "market"'), ('[constants]\nchain = "dominos"\n', "")
)


def test_zone_and_chain_come_from_the_market_and_others_are_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, ROWS))
    result = order_files(tmp_path / "in", OF_MARKET, markets=MARKETS).orders(AUGUST)
    rows = result.rows.set_index("order_id")
    assert list(rows["chain"]) == ["dominos", "rival"]
    assert rows["ordered_at"]["a"] == pd.Timestamp("2025-08-15 18:00", tz="UTC")
    assert rows["ordered_at"]["b"] == pd.Timestamp("2025-08-15 23:00", tz="UTC")
    [refused] = result.rejected.to_dict("records")
    assert (refused["row_id"], refused["column"]) == ("c", "city")
    assert "'Paris' is not in the markets table" in refused["reason"]


def test_a_market_without_a_chain_is_named(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, ROWS[:2]))
    markets = (MARKETS[0], Market("New York", "America/New_York"))
    result = order_files(tmp_path / "in", OF_MARKET, markets=markets).orders(AUGUST)
    assert list(result.rows["order_id"]) == ["a"]
    assert "add chain to it in the markets table" in result.rejected["reason"][0]


def test_another_markets_table_is_another_answer(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, ROWS[:2]))
    first = order_files(tmp_path / "in", OF_MARKET, markets=MARKETS).orders(AUGUST).rows
    changed = (MARKETS[0], Market("New York", "UTC", chain="other"))
    other = order_files(tmp_path / "in", OF_MARKET, markets=changed).orders(AUGUST).rows
    assert first["chain"].tolist() == ["dominos", "rival"]
    assert sorted(other["chain"]) == ["dominos", "other"]
    assert other.set_index("order_id")["ordered_at"]["b"] == pd.Timestamp("2025-08-15 19:00", tz="UTC")
