import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.mapping_reader import load_mapping, parse_mapping
from pizza_assets_tests.sources.orders.exports import (
    AUGUST,
    HEADER,
    ITEM_ROWS,
    ORDER_ROWS,
    ZONE,
    csv_text,
    mapping,
    order_files,
    write,
)

FIXTURES = Path(__file__).parent / "fixtures"
MISSING = pytest.approx(float("nan"), nan_ok=True)
GOOD = ("a1", "2025-08-15 19:00", "12.50", "1", "Leeds", "s1")


def rejects(source: OrderFiles, week: MatchWeek = AUGUST) -> list[tuple[int, str, str, str, str]]:
    rows = source.orders(week).rejected
    return list(rows[["line_number", "row_id", "column", "value", "reason"]].itertuples(index=False, name=None))


# --- what arrives ----------------------------------------------------------------------------------------------------


def test_an_order_arrives_with_every_field(tmp_path: Path) -> None:
    write(tmp_path / "in", "aug.csv", csv_text(HEADER, [GOOD]))
    result = order_files(tmp_path / "in").orders(AUGUST)
    assert result.rows.to_dict("records") == [
        {
            "order_id": "a1", "ordered_at": pd.Timestamp("2025-08-15 18:00", tz="UTC"), "sport": "football",
            "chain": "dominos", "market": "Leeds", "store_id": "s1", "store_location": MISSING,
            "currency": "GBP", "revenue_cents": 1250, "pizza_count": 1, "items": MISSING,
            "order_source": "real", "source_name": "files",
        }
    ]  # fmt: skip
    assert (result.data_source, result.source_name, result.is_covered, result.reason) == ("real", "files", True, None)
    assert result.rejected.equals(RejectedRows.empty())


def test_items_fixture_folds_excludes_and_rejects(tmp_path: Path) -> None:
    """A shop's export: UK dates, cancelled lines, trade past midnight, half pence, a name column nobody asked for."""
    shop = parse_mapping(
        """
        label = "real"
        rows = "items"
        currency = "GBP"
        timezone = "Europe/London"
        price_is = "unit"
        [columns]
        order_id = "Order No"
        date = "Date"
        time = "Time"
        item = "Product"
        category = "Group"
        quantity = "Qty"
        price = "Price"
        status = "State"
        [formats]
        date = "%d/%m/%Y"
        [statuses]
        exclude = ["cancelled"]
        [constants]
        chain = "dominos"
        market = "Leeds"
        store_id = "s1"
        """,
        "shop.toml",
    )
    week = MatchWeek.of_date(date(2015, 8, 14), ZONE)
    source = order_files(FIXTURES / "items.csv", shop, staging=tmp_path)
    result = source.orders(week)
    assert list(result.rows["order_id"]) == ["A1", "A3"]
    assert list(result.rows["revenue_cents"]) == [1851, 1325]  # 12.50 + 2 * 3.005, rounded once
    assert list(result.rows["pizza_count"]) == [3, 1]
    assert json.loads(result.rows["items"][0]) == [
        {"category": "classic", "name": "Margherita", "quantity": 1},
        {"category": "drink", "name": "Cola", "quantity": 2},
    ]
    assert result.rows["ordered_at"][1] == pd.Timestamp("2015-08-14 23:40", tz="UTC")
    assert result.reason == "1 line excluded by its status, as void or as paid back"
    assert [(line, column, value) for line, _, column, value, _ in rejects(source, week)] == [
        (6, "Date + Time", "30/02/2015 19:00"),
        (7, "Price", "-1"),
        (8, "Order No", "A5"),
    ]
    everything = result.rows.to_csv() + result.rejected.to_csv()
    assert "Example" not in everything


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "parquet"])
def test_every_kind_of_file_gives_the_same_orders(tmp_path: Path, kind: str) -> None:
    rows = [
        GOOD,
        ("a2", "2025-08-16 20:15", "1250.05", "2", "Leeds", "s1"),
        ("a3", "2025-08-17 12:00", "-3", "1", "Leeds", "s1"),
    ]
    records = [dict(zip(HEADER, row, strict=True)) for row in rows]
    typed = [{**r, "paid": float(r["paid"]), "pizzas": int(r["pizzas"])} for r in records]
    folder = tmp_path / "in"
    if kind == "csv":
        write(folder, "o.csv", b"\xef\xbb\xbf" + csv_text(HEADER, rows).encode())
    elif kind == "jsonl":
        write(folder, "o.jsonl", "\n".join(json.dumps(r) for r in typed))
    elif kind == "json":
        write(folder, "o.json", json.dumps(typed, indent=1))
    else:
        folder.mkdir()
        frame = pd.DataFrame(typed).assign(placed=lambda f: pd.to_datetime(f["placed"]))
        pq.write_table(pa.Table.from_pandas(frame), folder / "o.parquet")
    source = order_files(folder, mapping(ORDER_ROWS, ('currency = "GBP"', f'currency = "GBP"\nfiles = "*.{kind}"')))
    result = source.orders(AUGUST)
    assert list(result.rows["order_id"]) == ["a1", "a2"]
    assert list(result.rows["revenue_cents"]) == [1250, 125005]
    assert list(result.rejected["row_id"]) == ["a3"]
    assert result.rejected["value"][0].startswith("-3")


def test_later_versions_win_and_equal_ones_are_counted(tmp_path: Path) -> None:
    changed = (*GOOD[:2], "13.00", *GOOD[3:])
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, GOOD, ("b", *GOOD[1:])]))
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [changed, ("b", *GOOD[1:])]))
    source = order_files(tmp_path / "in")
    result = source.orders(AUGUST)
    assert dict(zip(result.rows["order_id"], result.rows["revenue_cents"], strict=True)) == {"a1": 1300, "b": 1250}
    assert rejects(source) == []
    assert result.reason == "1 duplicate line dropped; 2 earlier versions of orders replaced"
    assert [source.facts.count(kind) for kind in ("accepted", "duplicate", "superseded")] == [2, 1, 2]


def test_a_later_cancelled_version_withdraws_the_order(tmp_path: Path) -> None:
    statuses = mapping(
        ORDER_ROWS, ("[constants]", 'status = "state"\n[statuses]\nexclude = ["cancelled"]\n[constants]')
    )
    rows = [(*GOOD, "placed"), ("b", *GOOD[1:], "placed"), (*GOOD, "Cancelled")]
    write(tmp_path / "in", "1.csv", csv_text((*HEADER, "state"), rows))
    source = order_files(tmp_path / "in", statuses)
    assert list(source.orders(AUGUST).rows["order_id"]) == ["b"]
    assert rejects(source) == []
    assert [source.facts.count(kind) for kind in ("accepted", "superseded", "excluded")] == [1, 1, 1]


def test_item_lines_that_disagree_reject_the_order(tmp_path: Path) -> None:
    header = ("id", "placed", "price", "count", "item")
    rows = [
        ("a", "2025-08-15 19:00", "5", "1", "x"), ("a", "2025-08-15 20:00", "5", "1", "y"),
        ("b", "2025-08-15 19:00", "5", "1", "x"), ("b", "2025-08-15 19:00", "5", "1", "x"),
    ]  # fmt: skip
    write(tmp_path / "in", "1.csv", csv_text(header, rows))
    source = order_files(tmp_path / "in", mapping(ITEM_ROWS))
    result = source.orders(AUGUST)
    assert list(result.rows["order_id"]) == ["b"]
    assert list(result.rows["revenue_cents"]) == [1000]  # two equal lines are two pizzas
    assert [(line, column, why) for line, _, column, _, why in rejects(source)] == [
        (2, "placed", "the lines of order a disagree about placed"),
        (3, "placed", "the lines of order a disagree about placed"),
    ]


def test_clock_changes_are_counted(tmp_path: Path) -> None:
    spring, autumn = ("a", "2025-03-30 01:30", *GOOD[2:]), ("b", "2025-10-26 01:30", *GOOD[2:])
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [spring, autumn]))
    source = order_files(tmp_path / "in")
    first = source.orders(MatchWeek.of_date(date(2025, 3, 29), ZONE))
    last = source.orders(MatchWeek.of_date(date(2025, 10, 25), ZONE))
    assert "1 order at a time that did not exist" in (first.reason or "")
    assert "1 order at a time that existed twice" in (last.reason or "")
    assert first.rows["ordered_at"][0] == pd.Timestamp("2025-03-30 01:30", tz="UTC")
    assert last.rows["ordered_at"][0] == pd.Timestamp("2025-10-26 00:30", tz="UTC")


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"paid": "NaN"}, "paid", "not a finite number"),
        ({"paid": "inf"}, "paid", "not a finite number"),
        ({"paid": "-0.5"}, "paid", "is negative"),
        ({"paid": "1000000.5"}, "paid", "larger than any plausible order"),
        ({"paid": "$12"}, "paid", "not a number"),
        ({"paid": ""}, "paid", "is empty"),
        ({"placed": "2025-02-30 12:00"}, "placed", "no time as ISO 8601"),
        ({"placed": "15/08/2025 12:00"}, "placed", "no time as ISO 8601"),
        ({"placed": "1970-01-01 00:00"}, "placed", "not between 1990 and 2200"),
        ({"id": " "}, "id", "is empty"),
        ({"id": "x" * 201}, "id", "longer than 200"),
        ({"city": ""}, "city", "is empty"),
        ({"store": "s" * 101}, "store", "longer than 100"),
        ({"pizzas": "2.5"}, "pizzas", "not a number"),
        ({"pizzas": "20000"}, "pizzas", "larger than any"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_column_and_reason(
    tmp_path: Path, change: dict, column: str, words: str
) -> None:
    bad = dict(zip(HEADER, ("bad", *GOOD[1:]), strict=True)) | change
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, list(bad.values())]))
    source = order_files(tmp_path / "in")
    assert list(source.orders(AUGUST).rows["order_id"]) == ["a1"]
    [(line, _, refused, _, why)] = rejects(source)
    assert (line, refused) == (3, column)
    assert words in why
    assert source.orders(AUGUST).rejected["origin"][0] == "1.csv"


def test_currency_and_zone_columns(tmp_path: Path) -> None:
    chosen = mapping(
        ORDER_ROWS,
        ('currency = "GBP"', 'currency = { column = "cur" }'),
        ('timezone = "Europe/London"', 'timezone_column = "tz"'),
    )
    rows = [
        ("a", *GOOD[1:], "GBP", "Europe/London"), ("b", *GOOD[1:], "USD", "America/New_York"),
        ("c", *GOOD[1:], "pounds", "Europe/London"), ("d", *GOOD[1:], "GBP", "Mars"),
    ]  # fmt: skip
    write(tmp_path / "in", "1.csv", csv_text((*HEADER, "cur", "tz"), rows))
    result = order_files(tmp_path / "in", chosen).orders(AUGUST)
    assert list(result.rows["ordered_at"].dt.hour) == [18, 23]
    assert list(result.rows["currency"]) == ["GBP", "USD"]
    assert dict(zip(result.rejected["row_id"], result.rejected["column"], strict=True)) == {"c": "cur", "d": "tz"}


# --- what is covered -------------------------------------------------------------------------------------------------


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_coverage_is_trading_days_within_the_extent_of_the_file(tmp_path: Path) -> None:
    times = [
        "2025-08-13 19:00",
        "2025-08-14 01:30",
        "2025-08-16 20:00",
        "2025-08-17 20:00",
    ]  # closed from the 14th, 06:00
    rows = [(f"o{n}", at, *GOOD[2:]) for n, at in enumerate(times)]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    source = order_files(tmp_path / "in")
    assert source.orders(AUGUST).covered == (
        CoveredPeriod("Leeds", "dominos", "GBP", utc("2025-08-13 05:00"), utc("2025-08-14 05:00")),
        CoveredPeriod("Leeds", "dominos", "GBP", utc("2025-08-16 05:00"), utc("2025-08-17 19:01")),
    )
    assert source.periods() == (AUGUST, AUGUST)


def test_outside_of_the_files_nothing_is_said(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD]))
    result = order_files(tmp_path / "in").orders(AUGUST.shifted(2))
    assert not result.is_covered
    assert result.rows.equals(RawOrders.empty())
    assert result.reason == "files cover 2025-08-15 05:00 to 2025-08-15 18:01 UTC only"


def test_orders_of_the_future_are_refused_and_not_covered(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, ("later", "2025-08-15 21:00", *GOOD[2:])]))
    source = order_files(tmp_path / "in", now=lambda: utc("2025-08-15 18:30:40"))
    result = source.orders(AUGUST)
    assert list(result.rows["order_id"]) == ["a1"]
    assert result.covered[0].ends_at == utc("2025-08-15 18:01")
    assert [(line, row) for line, row, *_ in rejects(source)] == [(3, "later")]
    assert "is the zone of the mapping right?" in rejects(source)[0][-1]


def test_one_line_of_the_far_future_is_refused_and_reported_in_the_last_covered_week(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, ("far", "2062-08-15 19:00", *GOOD[2:])]))
    source = order_files(tmp_path / "in")
    assert source.periods() == (AUGUST, AUGUST)
    rejected = source.orders(AUGUST).rejected
    assert list(zip(rejected["origin"], rejected["line_number"], rejected["row_id"], strict=True)) == [
        ("1.csv", 3, "far")
    ]
    assert not source.orders(MatchWeek.containing(utc("2062-08-15 19:00"), ZONE)).is_covered


def test_a_future_version_does_not_replace_the_present_one(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, ("a1", "2062-08-15 19:00", *GOOD[2:])]))
    assert list(order_files(tmp_path / "in").orders(AUGUST).rows["order_id"]) == ["a1"]


def test_an_order_of_the_current_minute_waits_for_the_next_import(tmp_path: Path) -> None:
    rows = [GOOD, ("wait", "2025-08-15 19:30:10", *GOOD[2:]), ("next", "2025-08-15 19:31", *GOOD[2:])]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    now = order_files(tmp_path / "in", now=lambda: utc("2025-08-15 18:30:40"))
    result = now.orders(AUGUST)
    assert list(result.rows["order_id"]) == ["a1"]
    assert list(result.rejected["row_id"]) == ["next"]
    assert [now.facts.count(kind) for kind in ("accepted", "rejected", "waiting")] == [1, 1, 1]
    assert result.covered[0].ends_at == utc("2025-08-15 18:01")

    later = order_files(tmp_path / "in", now=lambda: utc("2025-08-15 18:32:00"))
    result = later.orders(AUGUST)
    assert set(result.rows["order_id"]) == {"a1", "wait", "next"}
    assert result.rejected.empty
    assert result.covered[0].ends_at == utc("2025-08-15 18:32")


def test_a_file_of_the_current_minute_only_is_no_bad_file(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD]))
    source = order_files(tmp_path / "in", now=lambda: utc("2025-08-15 18:00:20"))
    assert source.periods() is None
    assert len(order_files(tmp_path / "in", now=lambda: utc("2025-08-15 18:01:00")).orders(AUGUST).rows) == 1


def test_a_file_that_was_all_future_is_read_when_its_time_has_come(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD]))
    with pytest.raises(BadFile, match="in the future; is the zone"):
        order_files(tmp_path / "in", now=lambda: utc("2025-08-15 10:00")).periods()
    assert order_files(tmp_path / "in").periods() == (AUGUST, AUGUST)


def test_an_earlier_clock_sees_no_later_orders(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, ("b", "2025-08-15 21:00", *GOOD[2:])]))
    for _ in range(2):
        assert len(order_files(tmp_path / "in").orders(AUGUST).rows) == 2
        earlier = order_files(tmp_path / "in", now=lambda: utc("2025-08-15 18:30")).orders(AUGUST)
        assert (list(earlier.rows["order_id"]), earlier.covered[0].ends_at) == (["a1"], utc("2025-08-15 18:01"))


def test_the_gap_between_files_of_one_business_day_is_covered(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [("a", "2025-08-15 13:00", *GOOD[2:])]))
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [("b", "2025-08-15 18:00", *GOOD[2:])]))
    assert order_files(tmp_path / "in").orders(AUGUST).covered == (
        CoveredPeriod("Leeds", "dominos", "GBP", utc("2025-08-15 05:00"), utc("2025-08-15 17:01")),
    )


def test_only_the_end_of_all_files_is_cut(tmp_path: Path) -> None:
    """York goes on a day longer: Leeds's Friday is over; its own Saturday order would have been seen."""
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [("a", "2025-08-15 13:00", *GOOD[2:])]))
    york = ("b", "2025-08-16 20:00", "9", "1", "York", "s2")
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [york]))
    ends = {period.market: period.ends_at for period in order_files(tmp_path / "in").orders(AUGUST).covered}
    assert ends == {"Leeds": utc("2025-08-15 23:00"), "York": utc("2025-08-16 19:01")}


def test_the_hours_before_a_file_begins_are_not_covered(tmp_path: Path) -> None:
    """After a gap between files an order at 01:00 makes its business day known from midnight only."""
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [("a", "2025-08-13 19:00", *GOOD[2:])]))
    rows = [("b", "2025-08-16 01:00", *GOOD[2:]), ("c", "2025-08-16 20:00", *GOOD[2:])]
    write(tmp_path / "in", "2.csv", csv_text(HEADER, rows))
    assert [(p.starts_at, p.ends_at) for p in order_files(tmp_path / "in").orders(AUGUST).covered] == [
        (utc("2025-08-13 05:00"), utc("2025-08-14 05:00")),
        (utc("2025-08-15 23:00"), utc("2025-08-16 19:01")),
    ]


def test_a_day_whose_orders_were_all_refused_is_not_covered(tmp_path: Path) -> None:
    header = ("id", "placed", "price", "count", "item")
    rows = [
        ("a", "2025-08-14 19:00", "5", "1", "x"),
        ("b", "2025-08-15 19:00", "5", "1", "x"), ("b", "2025-08-15 20:00", "5", "1", "y"),
        ("c", "2025-08-16 19:00", "5", "1", "x"),
    ]  # fmt: skip
    write(tmp_path / "in", "1.csv", csv_text(header, rows))
    source = order_files(tmp_path / "in", mapping(ITEM_ROWS))
    assert [(p.starts_at, p.ends_at) for p in source.orders(AUGUST).covered] == [
        (utc("2025-08-14 05:00"), utc("2025-08-15 05:00")),
        (utc("2025-08-16 05:00"), utc("2025-08-16 18:01")),
    ]


def test_rejects_of_a_week_that_is_not_covered_are_reported_in_the_covered_week_before(tmp_path: Path) -> None:
    bad = ("bad", "2025-09-05 19:00", "-1", *GOOD[3:])
    early = ("early", "2025-07-01 19:00", "-1", *GOOD[3:])
    rows = [early, GOOD, bad, ("b", "2025-09-12 19:00", *GOOD[2:])]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    source = order_files(tmp_path / "in")
    reported = {
        week.key: sorted(source.orders(week).rejected["row_id"])
        for week in weeks_between(AUGUST.shifted(-8), AUGUST.shifted(8))
    }
    assert {key: ids for key, ids in reported.items() if ids} == {AUGUST.key: ["bad", "early"]}


def test_header_only_and_empty_folder_cover_nothing(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, []))
    source = order_files(tmp_path / "in")
    assert source.periods() is None
    result = source.orders(AUGUST)
    assert (result.is_covered, result.reason) == (False, "no order in files *.csv of in")


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"orders path .*nowhere does not exist; give a folder"):
        order_files(tmp_path / "nowhere").periods()


# --- files that can't be read ----------------------------------------------------------------------------------------

NO_ZONE = ORDER_ROWS.replace('timezone = "Europe/London"\n', "")


@pytest.mark.parametrize(
    ("name", "content", "mapping_text", "words"),
    [
        ("bad.csv", csv_text([*HEADER[:2], "amount", *HEADER[3:]], [GOOD]), ORDER_ROWS,
         ["bad.csv", "column 'paid'", "missing", "'amount'", "Correct the mapping mapping.toml"]),
        ("bad.csv", csv_text([*HEADER, "paid"], [[*GOOD, "1"]]), ORDER_ROWS,
         ["bad.csv", "'paid'", "2 times", "rename or remove"]),
        ("bad.csv", "", ORDER_ROWS, ["bad.csv", "empty (0 bytes)", "export it again"]),
        ("bad.csv", csv_text(HEADER, [GOOD]), NO_ZONE,
         ["bad.csv", "column 'placed'", "line 2", "'2025-08-15 19:00'", "add timezone", "mapping.toml"]),
        ("bad.csv", bytes(range(256)) * 20, ORDER_ROWS, ["bad.csv", "binary", "export it as CSV"]),
        ("bad.csv", b"\x1f\x8b\x08" + b"junk" * 50, ORDER_ROWS, ["bad.csv", "the archive is damaged", "download"]),
        ("bad.csv", csv_text(HEADER, [(*GOOD[:4], "Malmö", "s1")]).encode("cp1252"), ORDER_ROWS,
         ["bad.csv", "not readable as utf-8-sig", "set encoding"]),
        ("bad.csv", csv_text(HEADER, [(*GOOD[:2], "twelve", *GOOD[3:])] * 3), ORDER_ROWS,
         ["bad.csv", "none of its 3 lines", "line 2", "'paid'", "mapping.toml"]),
        ("bad.parquet", b"PAR1 this is no Parquet PAR1", ORDER_ROWS,
         ["bad.parquet", "not readable as Parquet", "export it again"]),
        ("bad.json", '[{"id": "a", ', ORDER_ROWS, ["bad.json", "not a complete JSON list", "export it again"]),
        ("bad.jsonl", '{"id": "a", "placed": "2025-08-15 19:00"}', ORDER_ROWS,
         ["bad.jsonl", "column 'paid'", "missing"]),
        ("bad.xlsx", b"whatever", ORDER_ROWS, ["bad.xlsx", "not readable as a workbook", "save it again"]),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("bad.") else "",
)  # fmt: skip
def test_bad_files_say_what_is_wrong_and_harm_no_other_week(
    tmp_path: Path, name: str, content: str | bytes, mapping_text: str, words: list[str]
) -> None:
    """With the bad file alone every week fails; beside a good file the good file's weeks stand, with a warning."""
    chosen = parse_mapping(mapping_text.replace('currency = "GBP"', 'currency = "GBP"\nfiles = "*.*"'), "mapping.toml")
    write(tmp_path / "in", name, content)
    alone = order_files(tmp_path / "in", chosen)
    with pytest.raises(BadFile) as caught:
        alone.orders(AUGUST)
    for word in words:
        assert word in str(caught.value)
    with pytest.raises(BadFile, match="no order file can be read"):
        alone.periods()

    offset_row = ("good", "2025-09-12 19:00:00+01:00", *GOOD[2:])
    write(tmp_path / "in", "good.csv", csv_text(HEADER, [offset_row]))
    both = order_files(tmp_path / "in", chosen)
    september = AUGUST.shifted(4)
    result = both.orders(september)
    assert list(result.rows["order_id"]) == ["good"]
    assert name in (result.reason or "")
    assert both.periods() == (september, september)
    with pytest.raises(BadFile, match=name):
        both.orders(AUGUST)


def test_a_file_that_was_readable_before_holds_its_weeks(tmp_path: Path) -> None:
    """Served without it, a week it shares with another file would lose its orders."""
    september = AUGUST.shifted(4)
    shared = ("c", "2025-08-16 19:00", *GOOD[2:])
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, ("b", "2025-08-22 19:00", *GOOD[2:])]))
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [shared, ("d", "2025-09-12 19:00", *GOOD[2:])]))
    assert len(order_files(tmp_path / "in").orders(AUGUST).rows) == 2
    write(tmp_path / "in", "1.csv", "")
    for number in range(4):  # the file stays bad while others change
        write(tmp_path / "in", "3.csv", csv_text(HEADER, [(f"e{number}", "2025-09-13 19:00", *GOOD[2:])]))
        source = order_files(tmp_path / "in")
        for week in (AUGUST, AUGUST.shifted(1)):
            with pytest.raises(BadFile, match=rf"week {week.key} .*\n1.csv: .*2025-08-12 to 2025-08-19"):
                source.orders(week)
        result = source.orders(september)
        assert set(result.rows["order_id"]) == {"d", f"e{number}"}
        assert "1.csv" in (result.reason or "")
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD]))
    assert set(order_files(tmp_path / "in").orders(AUGUST).rows["order_id"]) == {"a1", "c"}


def test_a_file_bad_again_as_before_holds_the_weeks_it_had_between(tmp_path: Path) -> None:
    """In the first bad state no extent was known; in the one after it, it is."""
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [("c", "2025-08-16 19:00", *GOOD[2:])]))
    write(tmp_path / "in", "1.csv", "")
    assert list(order_files(tmp_path / "in").orders(AUGUST).rows["order_id"]) == ["c"]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD]))
    assert len(order_files(tmp_path / "in").orders(AUGUST).rows) == 2
    write(tmp_path / "in", "1.csv", "")
    with pytest.raises(BadFile, match="1.csv"):
        order_files(tmp_path / "in").orders(AUGUST)


def test_a_ragged_line_is_refused_and_line_numbers_go_on(tmp_path: Path) -> None:
    text = (
        csv_text(HEADER, [GOOD])
        + "b,2025-08-15 20:00,3\n\n"
        + ",".join(("c", "never", *GOOD[2:]))
        + "\n"
        + "d," * 9
        + "\n"
    )
    write(tmp_path / "in", "1.csv", text)
    found = rejects(order_files(tmp_path / "in"))
    assert [line for line, *_ in found] == [3, 5, 6]
    assert found[0][-1] == "the line has 3 columns, the header 6, so it is refused"


def test_rejects_without_a_time_are_reported_once_where_their_neighbours_are(tmp_path: Path) -> None:
    rows = [
        ("early", "nonsense", *GOOD[2:]), GOOD, ("near", "nonsense", *GOOD[2:]),
        ("b", "2025-09-12 19:00", *GOOD[2:]), ("late", "nonsense", *GOOD[2:]),
        ("odd", "2051-01-01 10:00", "-1", *GOOD[3:]),
    ]  # fmt: skip
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    source = order_files(tmp_path / "in")
    first, last = source.periods() or pytest.fail("nothing covered")
    by_week = {week.key: list(source.orders(week).rejected["row_id"]) for week in (first, last)}
    assert by_week == {AUGUST.key: ["early", "near"], AUGUST.shifted(4).key: ["late", "odd"]}


# --- the store -------------------------------------------------------------------------------------------------------


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of lines of each parsed batch."""
    from pizza_assets.sources.orders import line_reading

    found = []
    real = line_reading.read_lines
    monkeypatch.setattr(
        line_reading, "read_lines", lambda batch, *args: found.append(len(batch.lines)) or real(batch, *args)
    )
    return found


def test_files_are_parsed_once_and_again_only_when_something_changed(tmp_path: Path, parsed: list[int]) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD]))
    first = order_files(tmp_path / "in")
    for _ in range(3):
        first.orders(AUGUST)
    order_files(tmp_path / "in").orders(AUGUST)
    assert parsed == [1]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, ("b", *GOOD[1:])]))
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [("c", *GOOD[1:])] * 3))
    assert len(order_files(tmp_path / "in").orders(AUGUST).rows) == 3
    assert sum(parsed) == 1 + 2 + 3
    (tmp_path / "in" / "2.csv").rename(tmp_path / "in" / "3.csv")
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, ("b", *GOOD[1:])]))  # written again, with the same content
    assert len(order_files(tmp_path / "in").orders(AUGUST).rows) == 3
    assert sum(parsed) == 6
    order_files(tmp_path / "in", mapping(ORDER_ROWS, ("dominos", "rival"))).orders(AUGUST)
    assert sum(parsed) == 6 + 5


def test_two_stores_of_the_same_files_have_the_same_weeks(tmp_path: Path) -> None:
    rows = [(f"o{n}", f"2025-08-{13 + n % 14} 19:{n % 60:02d}", str(n % 17), "1", "Leeds", "s1") for n in range(500)]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [*rows, ("bad", "never", *GOOD[2:])]))
    contents = []
    for name in ("one", "two"):
        order_files(tmp_path / "in", staging=tmp_path / name).periods()
        contents.append({f.name: f.read_bytes() for f in (tmp_path / name).rglob("*.parquet")})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 4  # three weeks, and the refused line of one


def test_many_small_steps_give_the_same_orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pizza_assets.sources.orders import csv_files, file_folding

    rows = [(f"o{n % 90}", f"2025-08-1{5 + n % 3} 19:00", str(5 + n % 90), "1", f"p{n % 7}") for n in range(300)]
    rows += [("o1", "2025-08-16 21:00", "5", "1", "p1"), ("late", "2025-08-26 21:00", "5", "1", "p1")]
    rows += [(f"p{n}", f"2025-08-{15 + n % 12} 19:00", "5", "1", "p") for n in range(100)]
    write(tmp_path / "in", "1.csv", csv_text(("id", "placed", "price", "count", "item"), rows))
    whole = order_files(tmp_path / "in", mapping(ITEM_ROWS), staging=tmp_path / "one")
    monkeypatch.setattr(file_folding, "LINES_AT_ONCE", 20)
    monkeypatch.setattr(csv_files, "BLOCK_BYTES", 1500)
    parts = order_files(tmp_path / "in", mapping(ITEM_ROWS), staging=tmp_path / "two")
    assert (parts.facts.weeks, parts.facts.coverage) == (whole.facts.weeks, whole.facts.coverage)
    assert whole.facts.lines["rejected"] == 5
    for week in whole.facts.weeks:
        ours, theirs = (source.orders(MatchWeek(week, ZONE)) for source in (parts, whole))
        pd.testing.assert_frame_equal(ours.rows, theirs.rows)
        pd.testing.assert_frame_equal(ours.rejected, theirs.rejected)


# --- the real thing --------------------------------------------------------------------------------------------------


def test_the_pizzaplace_year_arrives_exactly_once(shared_data: Path, tmp_path: Path) -> None:
    example = load_mapping(Path(__file__).parents[3] / "docs" / "examples" / "pizzaplace.toml")
    source = order_files(shared_data / "pizzaplace", example, staging=tmp_path)
    first, last = source.periods() or pytest.fail("nothing covered")
    results = [source.orders(week) for week in weeks_between(first, last)]
    orders = pd.concat([result.rows for result in results], ignore_index=True)
    assert len(orders) == orders["order_id"].nunique() == 21_350
    assert orders["pizza_count"].sum() == 49_574
    assert orders["revenue_cents"].sum() == 81_786_005
    assert {result.data_source for result in results} == set(orders["order_source"]) == {"mock"}
    assert sum(len(result.rejected) for result in results) == 0
    assert [result.reason for result in results] == [None] * 53
    assert RawOrders.violations(orders) == []
    minutes = sum((p.ends_at - p.starts_at for result in results for p in result.covered), timedelta())
    assert (
        timedelta(days=357) < minutes < timedelta(days=360)
    )  # 358 trading days, the last of them cut at its last order
    for result, week in zip(results, weeks_between(first, last), strict=True):
        assert result.rows["ordered_at"].between(week.starts_at, week.ends_at, inclusive="left").all()
        assert not source.orders(week.shifted(60)).is_covered
