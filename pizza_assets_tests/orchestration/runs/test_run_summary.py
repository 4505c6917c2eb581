"""The summary at the end of a run."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.models import Insights
from pizza_assets.models.market import Market
from pizza_assets.orchestration.runs.backfill import Collected
from pizza_assets.orchestration.runs.run_summary import summary, unknown_names
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.assets.test_checks import matches
from pizza_assets_tests.support.stored_week import write_week

WEEKS = ("2026-08-04", "2026-08-11")


def insight(rank: int, kind: str, headline: str, source: str = "real") -> dict:
    about = {"n_matches": 0, "order_source": source, "match_source": source, "data_source": source}
    return {**dict.fromkeys(Insights.column_names()), "rank": rank, "kind": kind, "headline": headline, **about}


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    store = TableStore(LocalFolder(tmp_path), lambda: datetime(2026, 8, 12, tzinfo=UTC))
    write_week(store, "raw_matches", WEEKS[0], matches(3), Origin("real", "1", "run", "openfootball"))
    mock = matches(2).assign(match_source="mock", source_name="mock")
    write_week(store, "raw_matches", WEEKS[1], mock, Origin("mock", "1", "run", "mock", "nobody answered"))
    return store


def test_real_and_mock_are_counted_apart_and_explained(tables: TableStore) -> None:
    text = summary(tables, Collected(WEEKS, {}), None)
    assert "Matches  3 real; 2 MOCK" in text
    assert "nobody answered" in text
    assert "Orders   2 weeks without any" in text


def test_failures_errors_and_warnings_are_named(tables: TableStore) -> None:
    collected = Collected(WEEKS, {WEEKS[1]: "BadAnswer: junk"}, error="raw_orders: broke")
    text = summary(tables, collected, "expected_orders: broke too", ["b.csv: can't be read"])
    for words in ("1 week failed", "2026-08-11: BadAnswer: junk", "raw_orders: broke", "broke too", "b.csv"):
        assert words in text
    assert "2 MOCK" not in text, "a failed week is not counted"


@pytest.mark.parametrize(("second", "shown"), [("finding", "second"), ("nothing_found", "first")])
def test_the_headline_is_the_strongest_finding_or_the_first_result(tables: TableStore, second: str, shown: str) -> None:
    rows = [insight(1, "nothing_found", "the first sentence"), insight(2, second, "the second sentence")]
    tables.write_whole("insights", Insights.conform(pd.DataFrame(rows)), Origin("real", "1", "run"))
    text = summary(tables, Collected(WEEKS, {}), None)
    assert f"the {shown} sentence" in text


def test_a_finding_in_mock_orders_never_stands_for_real_ones(tables: TableStore) -> None:
    """As in a folder where somebody tried the program before the shop's own orders came."""
    rows = [insight(1, "nothing_found", "the shop's answer"), insight(2, "finding", "MOCK DATA: invented", "mock")]
    tables.write_whole("insights", Insights.conform(pd.DataFrame(rows)), Origin("mixed", "1", "run"))
    text = summary(tables, Collected(WEEKS, {}), None)
    assert "the shop's answer" in text
    assert "invented" not in text


def test_misspelt_names_are_pointed_out(tables: TableStore) -> None:
    markets = [Market("London", "Europe/London", ("Arsenal", "Chelse"))]
    first, second = unknown_names(tables, markets, WEEKS)
    whys = "plays none of these matches (did you mean 'Chelsea'?); teams: Arsenal, Chelsea"
    assert f"team 'Chelse' of market 'London' {whys}" in first
    assert "market 'London' has no stored order" in second


def test_a_club_without_an_invented_match_is_not_called_misspelt(tables: TableStore) -> None:
    """A run without a network warned that Real Madrid is none of the English clubs that mock matches are between."""
    markets = [Market("Sol", "Europe/Madrid", ("Real Madrid", "Real Madird"))]
    (first, _) = unknown_names(tables, markets, WEEKS[1:])
    assert first == (
        "team 'Real Madird' of market 'Sol' is no club that is known here (did you mean 'Real Madrid'?); "
        "all these matches are mock"
    )
