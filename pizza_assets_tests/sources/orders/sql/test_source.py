"""Orders from SQLite and DuckDB files: the same orders, refusals and periods as from the same rows in an export."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.errors import BadFile, ConfigurationError, NotThere, Unreachable
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.orders.file_import import import_once
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.sql import week_import
from pizza_assets.threads import side_by_side
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, ZONE, csv_text, mapping, order_files, write
from pizza_assets_tests.support.order_tables import Row, duckdb_address, source_of, sqlite_address

MakeAddress = Callable[[Path, Sequence[Row]], str]
BOTH = pytest.mark.parametrize("make", [sqlite_address, duckdb_address], ids=["sqlite", "duckdb"])
WEEKS = [AUGUST.shifted(n) for n in range(-1, 4)]


def rows_of_some_weeks() -> list[Row]:
    """Two weeks with orders in two cities, one of which is closed on Tuesdays; one order of the week after next."""
    rows, at = [], datetime(2025, 8, 11, 11, 7)
    while at < datetime(2025, 8, 26):
        number = len(rows)
        city = "Leeds" if number % 3 or at.weekday() == 1 else "Fulham"
        rows.append((f"A{number}", at, Decimal(900 + number) / 100, 1 + number % 3, city, f"{city} 1", "0113 496 0000"))
        at += timedelta(hours=3, minutes=11)
    return [*rows, ("late", datetime(2025, 9, 12, 20, 15), Decimal("12.50"), 1, "Leeds", "Leeds 1", "none")]


def export_of(folder: Path, rows: Sequence[Row], chosen: FileMapping | None = None, **options) -> OrderFiles:
    write(folder / "export", "orders.csv", csv_text((*HEADER, "phone"), rows))
    return order_files(folder / "export", chosen, **options)


def assert_same_answers(table, files, weeks: Sequence[MatchWeek] = WEEKS) -> int:
    """Compare all that is stored of each week; returns how many orders they have."""
    count = 0
    for week in weeks:
        ours, theirs = table.orders(week), files.orders(week)
        pd.testing.assert_frame_equal(ours.frame.assign(source_name=""), theirs.frame.assign(source_name=""))
        assert set(ours.frame["source_name"]) <= {"sql"}
        assert (ours.is_covered, ours.covered, ours.data_source) == (
            theirs.is_covered,
            theirs.covered,
            theirs.data_source,
        )
        columns = ["row_id", "column", "check"]
        assert sorted(ours.rejected[columns].itertuples(index=False)) == sorted(
            theirs.rejected[columns].itertuples(index=False)
        )
        if ours.is_covered:
            assert ours.reason == theirs.reason
        count += len(ours.frame)
    return count


@BOTH
def test_each_week_is_that_of_the_same_rows_in_an_export(make: MakeAddress, tmp_path: Path) -> None:
    rows = rows_of_some_weeks()
    table = source_of(make(tmp_path / "shop.db", rows))
    assert assert_same_answers(table, export_of(tmp_path, rows)) == sum(
        week.contains(row[1].replace(tzinfo=UTC) - timedelta(hours=1)) for row in rows for week in WEEKS
    )


@BOTH
def test_weeks_read_side_by_side_are_those_read_in_turn(make: MakeAddress, tmp_path: Path) -> None:
    rows = rows_of_some_weeks()
    address = make(tmp_path / "shop.db", rows)
    in_turn = [source_of(address).orders(week) for week in WEEKS]
    table = source_of(address)
    for ours, theirs in zip(side_by_side(table.orders, WEEKS), in_turn, strict=True):
        pd.testing.assert_frame_equal(ours.frame, theirs.frame)
        assert (ours.covered, ours.reason) == (theirs.covered, theirs.reason)


def test_large_weeks_are_imported_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(week_import, "LARGE_WEEK_ORDERS", 20)
    running, most, real = 0, 0, week_import.import_once

    def counted(*given, **named):
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            time.sleep(0.05)
            return real(*given, **named)
        finally:
            running -= 1

    table = source_of(sqlite_address(tmp_path / "shop.db", rows_of_some_weeks()))
    table.orders(WEEKS[0])  # the ends of the table are imported before
    monkeypatch.setattr(week_import, "import_once", counted)
    both = list(side_by_side(table.orders, WEEKS[1:3]))
    assert ([len(answer.frame) > 20 for answer in both], most) == ([True, True], 1)


def test_a_week_with_the_last_row_is_complete_from_its_beginning(tmp_path: Path) -> None:
    """The first order of the last week comes after midnight: the day before, when there was none, is known."""
    times = datetime(2025, 8, 13, 12), datetime(2025, 8, 20, 1, 30), datetime(2025, 8, 21, 12)
    rows = [(f"A{n}", at, Decimal(9), 1, "Leeds", "Leeds 1", "none") for n, at in enumerate(times)]
    table = source_of(sqlite_address(tmp_path / "shop.db", rows))
    assert assert_same_answers(table, export_of(tmp_path, rows)) == 3
    first = table.orders(MatchWeek("2025-08-19", ZONE)).covered[0]
    assert first.starts_at == datetime(2025, 8, 19, 5, tzinfo=UTC)


def test_the_ends_of_a_table_are_imported_once_for_all_weeks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = []

    def noted(file, *others):
        imported.append(file.path.parent)
        return import_once(file, *others)

    monkeypatch.setattr(week_import, "import_once", noted)
    table = source_of(sqlite_address(tmp_path / "shop.db", rows_of_some_weeks()))
    for week in WEEKS:
        table.orders(week)
    assert len(imported) == 1 + len(WEEKS)
    assert not any(folder.exists() for folder in imported)


def test_the_clock_of_each_market_is_that_of_the_markets_table(tmp_path: Path) -> None:
    rows, markets = (
        rows_of_some_weeks(),
        (
            Market("Leeds", "America/New_York"),
            Market("Fulham", "Asia/Tokyo"),
        ),
    )
    chosen = replace(mapping(), timezone="market")
    table = source_of(sqlite_address(tmp_path / "shop.db", rows), chosen=chosen, markets=markets)
    assert_same_answers(table, export_of(tmp_path, rows, chosen, markets=markets))


@BOTH
def test_bad_rows_are_refused_like_lines_of_an_export(make: MakeAddress, tmp_path: Path) -> None:
    at = datetime(2025, 8, 15, 18, 0)
    rows: list[Row] = [
        *rows_of_some_weeks(),
        ("minus", at, Decimal("-3.00"), 1, "Leeds", "Leeds 1", ""),
        ("nowhere", at, Decimal("3.00"), 1, "", "Leeds 1", ""),
        ("none", at, Decimal("3.00"), -1, "Leeds", "Leeds 1", ""),
        ("free", at, None, 1, "Leeds", "Leeds 1", ""),
        ("again", at, Decimal("3.00"), 1, "Leeds", "Leeds 1", ""),
        ("again", at, Decimal("3.00"), 1, "Leeds", "Leeds 1", ""),
    ]
    table = source_of(make(tmp_path / "shop.db", rows))
    assert_same_answers(table, export_of(tmp_path, rows), [AUGUST])
    answer = table.orders(AUGUST)
    assert set(answer.rejected["origin"]) == {"table orders"}
    assert answer.reason == "1 duplicate line dropped"


def test_refunds_of_later_weeks_are_taken_from_their_orders(tmp_path: Path) -> None:
    refund = ("A20", datetime(2025, 9, 10, 12), Decimal("-4.00"), 0, "Leeds", "Leeds 1", "")
    rows, chosen = [*rows_of_some_weeks(), refund], replace(mapping(), refunds="net")
    table = source_of(sqlite_address(tmp_path / "shop.db", rows), chosen=chosen)
    files = export_of(tmp_path, rows, chosen)
    for week in (AUGUST, AUGUST.shifted(1)):
        ours, theirs = table.orders(week), files.orders(week)
        pd.testing.assert_frame_equal(ours.frame.assign(source_name="files"), theirs.frame)
        assert ours.covered == theirs.covered


def test_a_query_gives_the_rows_and_keeps_its_colons(tmp_path: Path) -> None:
    rows = rows_of_some_weeks()
    query = "SELECT * FROM orders WHERE strftime('%H:%M', placed) <> '99:99';"
    table = source_of(sqlite_address(tmp_path / "shop.db", rows), query)
    assert_same_answers(table, export_of(tmp_path, rows), [AUGUST])


def test_a_large_week_is_streamed_under_the_name_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pizza_assets.sources.orders.week_files.LARGE_WEEK_ORDERS", 10)
    table = source_of(sqlite_address(tmp_path / "shop.db", rows_of_some_weeks()))
    answer = table.orders(AUGUST, may_stream=True)
    with answer.rows.reading() as batches:
        streamed = pd.concat([batch.to_pandas() for batch in batches], ignore_index=True)
    assert list(streamed["order_id"]) == list(table.orders(AUGUST).frame["order_id"])
    assert set(streamed["source_name"]) == {"sql"}


EPOCH = replace(mapping(), timezone=None, formats={"timestamp": "epoch_seconds"})


def test_times_as_seconds_since_1970(tmp_path: Path) -> None:
    rows = [(*row[:1], int(row[1].replace(tzinfo=UTC).timestamp()), *row[2:]) for row in rows_of_some_weeks()]
    address = sqlite_address(tmp_path / "shop.db", rows, "id, placed INTEGER, paid, pizzas, city, store, phone")
    assert_same_answers(source_of(address, chosen=EPOCH), export_of(tmp_path, rows, EPOCH), [AUGUST])


@BOTH
def test_a_naive_time_needs_a_zone(make: MakeAddress, tmp_path: Path) -> None:
    chosen = replace(mapping(), timezone=None)
    table = source_of(make(tmp_path / "shop.db", rows_of_some_weeks()), chosen=chosen)
    with pytest.raises(
        BadFile, match=r"table orders: column 'placed', line 1: the time '2025-.* has no zone; .* timezone ="
    ):
        table.orders(AUGUST)


@BOTH
def test_a_missing_column_is_named_with_those_there_are(make: MakeAddress, tmp_path: Path) -> None:
    wrong = replace(mapping(), columns={**mapping().columns, "total": "amount"})
    table = source_of(make(tmp_path / "shop.db", rows_of_some_weeks()), chosen=wrong)
    with pytest.raises(
        ConfigurationError, match="table orders: column 'amount' .mapped as total. is missing; it has 'id', 'placed'"
    ):
        table.orders(AUGUST)


@BOTH
def test_rows_of_the_current_minute_wait_and_later_ones_are_refused(make: MakeAddress, tmp_path: Path) -> None:
    rows = [row for row in rows_of_some_weeks() if row[1] < datetime(2025, 8, 19)]  # files report later weeks here, too
    now = datetime(2025, 8, 15, 17, 30, tzinfo=UTC)
    rows.append(("waits", datetime(2025, 8, 15, 18, 30, 20), Decimal("9.00"), 1, "Leeds", "Leeds 1", ""))
    table = source_of(make(tmp_path / "shop.db", rows), now=lambda: now)
    assert_same_answers(table, export_of(tmp_path, rows, now=lambda: now), [AUGUST])
    assert "is not in the future" in set(table.orders(AUGUST).rejected["check"])


ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT orders.* FROM orders WHERE (SELECT count(*) FROM n) > 0",
    "duckdb": "SELECT orders.* FROM orders "
    "WHERE (SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000000) b) > 0",
}


@BOTH
def test_a_query_that_is_too_slow_is_given_up(make: MakeAddress, tmp_path: Path) -> None:
    address = make(tmp_path / "shop.db", rows_of_some_weeks())
    with pytest.raises(Unreachable, match="the query: no answer within 1 s; add an index"):
        source_of(address, ENDLESS[address.split(":")[0]], timeout=1).orders(AUGUST)


@BOTH
def test_a_missing_table_is_named(make: MakeAddress, tmp_path: Path) -> None:
    table = source_of(make(tmp_path / "shop.db", rows_of_some_weeks()), "sales")
    with pytest.raises(NotThere, match="table sales: .*sales.*; correct PIZZA_ORDERS_TABLE"):
        table.orders(AUGUST)
    assert isinstance(table.failure(AUGUST), NotThere)


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_a_file_that_is_not_there_is_named_and_not_created(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"there is no .* file {tmp_path}/no.db"):
        source_of(f"{scheme}:///{tmp_path}/no.db").orders(AUGUST)
    assert not (tmp_path / "no.db").exists()


def test_times_that_no_database_can_compare_are_refused(tmp_path: Path) -> None:
    rows = [("1", "15/08/2025 18:00", 1, 1, "Leeds", "s", "")]
    with pytest.raises(
        ConfigurationError, match="'placed', whose values are like '15/08/2025 18:00'.*a query that gives"
    ):
        source_of(sqlite_address(tmp_path / "shop.db", rows)).orders(AUGUST)


def test_an_empty_table_and_a_future_week_are_not_covered(tmp_path: Path) -> None:
    table = source_of(sqlite_address(tmp_path / "shop.db", []))
    assert table.orders(AUGUST).reason == "table orders has no row with a time"
    future = AUGUST.shifted(60)
    assert not table.orders(future).is_covered
    assert table.identity(future) is None


@pytest.mark.integration  # needs PostgreSQL's driver
def test_the_identity_changes_with_mapping_and_table_but_not_with_the_password(tmp_path: Path) -> None:
    def identity(address: str, table: str = "orders", text: FileMapping | None = None) -> str | None:
        return source_of(address, table, text).identity(AUGUST)

    known = identity("postgresql+psycopg2://shop:one@db/sales")
    assert known == identity("postgresql+psycopg2://shop:other@db/sales")
    others = {
        identity("postgresql+psycopg2://shop:one@db/archive"),
        identity("postgresql+psycopg2://shop:one@db/sales", "old_orders"),
        identity("postgresql+psycopg2://shop:one@db/sales", text=mapping(mapping().text + "\n")),
    }
    assert len(others | {known}) == 4


def test_the_identity_changes_with_the_clock_of_a_market_only_if_it_is_used() -> None:
    def identity(zone: str, timezone: str) -> str | None:
        market = Market("Leeds", zone)
        return source_of("sqlite:///x", chosen=replace(mapping(), timezone=timezone), markets=[market]).identity(AUGUST)

    assert identity("Europe/London", "market") != identity("Asia/Tokyo", "market")
    assert identity("Europe/London", ZONE) == identity("Asia/Tokyo", ZONE)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount_on": "first_line"}, "has no meaning for a table"),
        ({"refunds": "net", "columns": {"order_id_part_0": "store", "timestamp": "placed"}}, "needs one column"),
    ],
)
def test_a_mapping_that_needs_lines_in_order_is_refused(change: dict, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        source_of("sqlite:///x", chosen=replace(mapping(), **change))


def test_changed_rows_name_their_weeks(tmp_path: Path) -> None:
    rows: list[Row] = [(*row, f"2025-10-01T00:00:{n % 60:02}") for n, row in enumerate(rows_of_some_weeks())]
    placed: datetime = rows[3][1]
    rows[3] = (*rows[3][:-1], "2025-10-02T00:00:00")
    columns = "id, placed TEXT, paid, pizzas, city, store, phone, changed TEXT"
    table = source_of(sqlite_address(tmp_path / "shop.db", rows, columns), updated_at="changed")
    assert table.latest_change() == "2025-10-02T00:00:00"
    (week,) = table.changed_weeks("2025-10-01T23:00:00", "2025-10-02T00:00:00")
    assert MatchWeek(week, ZONE).contains(placed.replace(tzinfo=UTC))
    assert table.changed_weeks("2025-10-02T00:00:00", "2025-10-02T00:00:00") == []


CHANGING = "id TEXT, placed TIMESTAMP, paid DECIMAL(10, 2), pizzas INTEGER, city TEXT, store TEXT, changed TEXT"


@BOTH
def test_the_version_of_an_order_that_changed_last_is_taken_though_its_time_moved(
    make: Callable[..., str], tmp_path: Path
) -> None:
    def version(hour: int, pounds: int, changed: str | None) -> Row:
        return ("V", datetime(2025, 8, 15, hour), Decimal(pounds), 1, "Leeds", "s1", changed)

    rows = [version(20, 9, "2025-09-01 10:00"), version(18, 10, "2025-09-02 10:00"), version(21, 11, None)]
    address = make(tmp_path / "shop.db", rows, CHANGING)
    frame = source_of(address, updated_at="changed").orders(AUGUST).frame
    assert frame["revenue_cents"].tolist() == [1000]


def test_rows_without_an_order_id_are_refused_though_refunds_are_taken_off(tmp_path: Path) -> None:
    at = datetime(2025, 8, 15, 18)
    rows = [("A1", at, 3, 1, "Leeds", "s1", "2025-09-01 10:00"), (None, at, 3, 1, "Leeds", "s1", "2025-09-02 10:00")]
    address = sqlite_address(tmp_path / "shop.db", rows, CHANGING)
    mappings = (replace(mapping(), refunds="refuse"), replace(mapping(), refunds="net"))
    answers = [source_of(address, chosen=chosen, updated_at="changed") for chosen in mappings]
    refuse, net = (answer.orders(AUGUST) for answer in answers)
    assert len(net.rejected) == len(refuse.rejected) == 1
    assert answers[1].changed_weeks("2025-09-01 12:00", "2025-09-03 00:00") == [AUGUST.key]


@pytest.mark.parametrize(
    ("written", "weeks"),
    [
        ("2025-08-15 6:30 PM", {"2025-08-12"}),
        ("2025-08-15 18:30:00 UTC", {"2025-08-12"}),
        ("2025-08-15 18:30:00 +0100", {"2025-08-12"}),
        ("2025-08-15T18:30:00.1234567Z", {"2025-08-12"}),
        ("2025-08-12", {"2025-08-05", "2025-08-12"}),
        ("  ", set()),
    ],
)
def test_a_changed_row_whose_time_is_not_iso_8601_names_its_week(written: str, weeks: set[str], tmp_path: Path) -> None:
    rows = [
        ("A1", "2025-08-29 18:30", 3, 1, "Leeds", "s1", "2025-09-01 10:00"),
        ("A2", written, 3, 1, "Leeds", "s1", "2025-09-02 10:00"),
    ]
    table = source_of(sqlite_address(tmp_path / "shop.db", rows, CHANGING), updated_at="changed")
    assert set(table.changed_weeks("2025-09-01 12:00", "2025-09-03 00:00")) == weeks


@BOTH
def test_after_more_changes_than_are_worth_listing_all_weeks_between_them_are_named(
    make: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pizza_assets.sources.orders.sql.source._MOST_TIMES", 3)
    days = [datetime(2025, 9, 9, 19), datetime(2025, 8, 13, 19), datetime(2025, 8, 20, 19)]
    rows: list[Row] = [(f"A{n}", day, Decimal(3), 1, "Leeds", "s1", "2025-10-02 10:00") for n, day in enumerate(days)]
    table = source_of(make(tmp_path / "shop.db", rows, CHANGING), updated_at="changed")
    weeks = ["2025-08-12", "2025-08-19", "2025-08-26", "2025-09-02", "2025-09-09"]
    assert table.changed_weeks("2025-10-01 10:00", "2025-10-03 10:00") == weeks
    monkeypatch.setattr("pizza_assets.sources.orders.sql.source._MOST_TIMES", 4)
    assert table.changed_weeks("2025-10-01 10:00", "2025-10-03 10:00") == [weeks[0], weeks[1], weeks[4]]


def test_a_changed_row_whose_week_is_unknown_is_named(tmp_path: Path) -> None:
    rows = [
        ("A1", "2025-08-29 18:30", 3, 1, "Leeds", "s1", "2025-09-01 10:00"),
        ("A2", "15.8.2025 18:30", 3, 1, "Leeds", "s1", "2025-09-02 10:00"),
    ]
    table = source_of(sqlite_address(tmp_path / "shop.db", rows, CHANGING), updated_at="changed")
    with pytest.raises(ConfigurationError, match="column 'placed': '15.8.2025 18:30' is not a time.*leave it out"):
        table.changed_weeks("2025-09-01 12:00", "2025-09-03 00:00")


def test_a_blank_time_in_the_first_row_and_a_comment_after_the_query_do_no_harm(tmp_path: Path) -> None:
    rows: list[Row] = [("blank", "", Decimal(3), 1, "Leeds", "s1", ""), *rows_of_some_weeks()]
    table = source_of(sqlite_address(tmp_path / "shop.db", rows), "SELECT * FROM orders -- all of them")
    assert len(table.orders(AUGUST).frame)
