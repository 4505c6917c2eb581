"""The store of order lines: each file is read once, a change touches only its weeks, and damage costs nothing."""

import json
import logging
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from pizza_assets.errors import BadFile, ConfigurationError, StorageError
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.orders import file_import, file_intake, files, small_files
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.line_store import DATABASE, LOCK, transaction
from pizza_assets_tests.sources.orders.exports import (
    AUGUST,
    HEADER,
    ITEM_ROWS,
    NOW,
    ORDER_ROWS,
    ZONE,
    csv_text,
    mapping,
    order_files,
    write,
)
from pizza_assets_tests.support.examples import examples

WEEKS = [AUGUST.shifted(n) for n in range(4)]
DAYS = ("2025-08-15", "2025-08-22", "2025-08-29", "2025-09-05")


def order(order_id: str, day: str, paid: str = "5.00") -> tuple[str, ...]:
    return (order_id, f"{day} 19:00", paid, "1", "Leeds", "s1")


def identities(folder: Path) -> list[str | None]:
    source = order_files(folder)
    return [source.identity(week) for week in WEEKS]


def revenues(source: OrderFiles) -> list[int]:
    return [int(source.orders(week).rows["revenue_cents"].sum()) for week in WEEKS]


def test_stores_that_no_import_has_used_for_long_are_deleted_with_the_next_new_export(tmp_path: Path) -> None:
    """Every mapping that was ever tried left its lines behind."""
    staging = tmp_path / "staging"
    for name in ("old", "used", "new"):
        write(tmp_path / name, "1.csv", csv_text(HEADER, [order("A1", DAYS[0])]))
    stores = {}
    for name in ("old", "used"):
        before = set(staging.glob("*"))
        assert revenues(order_files(tmp_path / name, staging=staging))[0] == 500
        [stores[name]] = set(staging.glob("*")) - before
    long_ago = time.time() - 91 * 86_400
    for store in stores.values():
        os.utime(store / LOCK, (long_ago, long_ago))
    assert revenues(order_files(tmp_path / "used", staging=staging))[0] == 500
    assert stores["old"].exists()
    assert revenues(order_files(tmp_path / "new", staging=staging))[0] == 500
    assert (stores["old"].exists(), stores["used"].exists()) == (False, True)


# --- a change touches its weeks ---------------------------------------------------------------------------------------


def test_a_new_a_changed_and_a_removed_file_touch_only_the_weeks_that_their_orders_reach(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number, day in enumerate(DAYS):
        write(folder, f"{number}.csv", csv_text(HEADER, [order(f"a{number}", day), order(f"b{number}", day)]))
    known = identities(folder)

    def changed() -> list[int]:
        nonlocal known
        before, known = known, identities(folder)
        return [number for number in range(4) if known[number] != before[number]]

    write(folder, "4.csv", csv_text(HEADER, [order("c", DAYS[1])]))
    assert changed() == [1]
    write(folder, "4.csv", csv_text(HEADER, [order("c", DAYS[1]), order("d", DAYS[2])]))
    assert changed() == [2]
    (folder / "4.csv").rename(folder / "5.csv")
    assert changed() == []
    (folder / "5.csv").unlink()
    assert changed() == [1, 2]
    # a later version on the other side of the week's end
    write(folder, "6.csv", csv_text(HEADER, [("e", "2025-08-19 05:00", "5.00", "1", "Leeds", "s1")]))
    assert changed() == [0]
    write(folder, "7.csv", csv_text(HEADER, [("e", "2025-08-19 07:00", "5.00", "1", "Leeds", "s1")]))
    assert changed() == [0, 1]
    assert revenues(order_files(folder)) == [1000, 1500, 1000, 1000]


def test_the_store_has_no_column_that_is_not_mapped(tmp_path: Path) -> None:
    rows = [(*order(f"a{n}", DAYS[0]), f"Zebedee {n}", f"zebedee{n}@example.com") for n in range(50)]
    rows.append((*order("bad", "never"), "Zebedee", "zebedee@example.com"))
    write(tmp_path / "in", "1.csv", csv_text((*HEADER, "name", "mail"), [*rows, rows[0][:3]]))
    assert order_files(tmp_path / "in").facts.lines["accepted"] == 50
    stored = [file.read_bytes().lower() for file in (tmp_path / "staging").rglob("*") if file.is_file()]
    assert any(b"s1" in content for content in stored)
    assert not any(b"zebedee" in content for content in stored)


def test_refused_rows_follow_every_change_of_the_file(tmp_path: Path) -> None:
    header = ("id", "placed", "price", "count", "item")
    for second, utc in (("19:30", "18:30"), ("21:45", "20:45")):
        rows = [("a", f"2025-08-15 {at}", "5.00", "1", "M") for at in ("19:00", second)]
        write(tmp_path / "in", "1.csv", csv_text(header, [*rows, ("b", "2025-08-15 19:00", "5.00", "1", "M")]))
        refused = order_files(tmp_path / "in", mapping(ITEM_ROWS)).rejected(AUGUST)
        assert refused["value"].tolist() == ["2025-08-15 18:00:00+00:00", f"2025-08-15 {utc}:00+00:00"]


def test_an_order_without_revenue_and_with_a_refunded_pizza_has_no_negative_count(tmp_path: Path) -> None:
    chosen = mapping(ORDER_ROWS, ('rows = "orders"', 'rows = "orders"\nrefunds = "net"'))
    rows = [order("a", DAYS[0]), ("b", "2025-08-15 19:00", "0.00", "-1", "Leeds", "s1")]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    orders = order_files(tmp_path / "in", chosen).orders(AUGUST).rows
    assert (orders["pizza_count"] >= 0).all()


@pytest.mark.parametrize(("refunded_again", "told"), [(False, "1 refund dropped"), (True, None)])
def test_a_refund_that_a_later_file_lacks_is_told(tmp_path: Path, refunded_again: bool, told: str | None) -> None:
    chosen = mapping(ORDER_ROWS, ('rows = "orders"', 'rows = "orders"\nrefunds = "net"'))
    sold, refund = order("a", DAYS[0], "20.00"), ("a", "2025-08-15 19:00", "-5.00", "0", "Leeds", "s1")
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [sold, refund]))
    later = [sold, (*refund[:2], "-6.00", *refund[3:])] if refunded_again else [sold]
    write(tmp_path / "in", "2.csv", csv_text(HEADER, later))
    reason = order_files(tmp_path / "in", chosen).orders(AUGUST).reason or ""
    assert ("refund dropped" in reason) == (told is not None)
    assert (told or "") in reason


# --- two ways of reading, one answer ----------------------------------------------------------------------------------

CELLS = {
    "id": st.sampled_from(["a", "b", "c", "d", "é", "", " a ", 'q"q', "Total"]),
    "placed": st.sampled_from(
        ["2025-08-15 19:00", "2025-08-15 19:01:30", "2025-08-22 19:00", "25:10", "", "2031-01-01 00:00"]
    ),
    "paid": st.sampled_from(["5.00", "7", "12.5", "-1", "nan", ""]),
    "pizzas": st.sampled_from(["1", "2", "x"]),
    "city": st.sampled_from(["Leeds", "York", "", "Le\neds"]),
    "store": st.just("s1"),
}
ORDINARY = st.tuples(
    st.integers(0, 30).map(str), CELLS["placed"].filter(lambda at: at[:4] == "2025"), st.just("5.00"), st.just("1"),
    st.just("Leeds"), st.just("s1"),
)  # fmt: skip
ODD = (st.tuples(*CELLS.values()), st.just(("x", "y")), st.just(("",) * 6))
LINES = st.lists(st.one_of(*[ORDINARY] * 8, *ODD), max_size=8)
SHAPES = ("\n", "\r\n", "\r", "no end", "bom", "blank", "swapped")


def as_file(lines: list[tuple[str, ...]], shape: str) -> bytes:
    header, text = HEADER, csv_text(HEADER, lines)
    if shape == "swapped":
        text = csv_text(header[::-1], [line[::-1] for line in lines])
    if shape == "blank":
        text = text.replace("\n", "\n\n", 1)
    if shape == "no end":
        text = text.rstrip("\n")
    if shape in ("\r\n", "\r"):
        text = text.replace("\n", shape)
    return (b"\xef\xbb\xbf" if shape == "bom" else b"") + text.encode()


def everything(source: OrderFiles) -> tuple:
    facts = source.facts
    if not facts.weeks:
        return (facts,)
    answers = [source.orders(MatchWeek(week, ZONE)) for week in facts.weeks]
    return facts, [answer.rows.to_csv() for answer in answers], [answer.rejected.to_csv() for answer in answers]


@pytest.mark.integration  # two hundred imports
@examples(100)
@given(st.lists(st.tuples(LINES, st.sampled_from(SHAPES + SHAPES[:1] * 3)), min_size=1, max_size=5))
def test_small_files_read_together_are_read_as_one_by_one(exports: list[tuple[list, str]]) -> None:
    check_both_ways(exports)


@pytest.mark.parametrize("shape", ["\n", "\r\n", "bom"])
def test_a_file_that_is_a_little_too_large_is_never_cut(
    tmp_path: Path, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its \\r or byte order mark, what had been read of a larger file passed for a small one: it was cut."""
    content = as_file([order(day, day, "12.50") for day in DAYS], shape)
    write(tmp_path / "in", "1.csv", "").write_bytes(content)
    for most in range(len(content) + 1):
        monkeypatch.setattr(small_files, "SMALL_BYTES", most)
        assert (small_files._plain(tmp_path / "in" / "1.csv") is None) == (most < len(content))
    monkeypatch.setattr(small_files, "SMALL_BYTES", len(content) - 6)
    assert revenues(order_files(tmp_path / "in")) == [1250] * 4


def test_small_files_of_all_shapes_are_read_as_one_by_one() -> None:
    good, bad = order("a", DAYS[0]), order("b", "25:10")
    odd = [[], [bad], [good, ("x", "y")], [("",) * 6, good], [("Total", *good[1:]), good], [("c", "", *good[2:]), good]]
    check_both_ways([*(([good, order("d", DAYS[1])], shape) for shape in SHAPES), *((lines, "\n") for lines in odd)])


def check_both_ways(exports: list[tuple[list, str]]) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.setattr(file_intake, "_STILL_GROWING", 0)
        for number, (lines, shape) in enumerate(exports):
            write(folder / "in", f"{number}.csv", as_file(lines, shape))
        together = everything(order_files(folder / "in", staging=folder / "one"))
        patch.setattr(small_files, "SMALL_BYTES", 0)
        one_by_one = everything(order_files(folder / "in", staging=folder / "two"))
        assert together == one_by_one


def test_ordinary_small_files_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = []
    real = file_intake.read_file
    monkeypatch.setattr(
        file_intake, "read_file", lambda db, file, *rest: alone.append(file.name) or real(db, file, *rest)
    )
    for number in range(20):
        write(tmp_path / "in", f"{number:02}.csv", csv_text(HEADER, [order(f"a{number}", DAYS[number % 4])]))
    write(tmp_path / "in", "quoted.csv", csv_text(HEADER, [order('b"', DAYS[0])]))
    write(tmp_path / "in", "refused.csv", csv_text(HEADER, [order("c", "never")]))
    facts = order_files(tmp_path / "in").facts
    assert (facts.lines["accepted"], list(facts.bad_files)) == (21, ["refused.csv"])
    assert alone == ["quoted.csv", "refused.csv"]


# --- damage, versions, interruptions ----------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A store of one file."""
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [order("a", DAYS[0])]))
    assert revenues(order_files(tmp_path / "in")) == [500, 0, 0, 0]
    [database] = (tmp_path / "staging").rglob(DATABASE)
    return database


@pytest.mark.parametrize("damage", [b"", b"no database", None], ids=["empty", "text", "half"])
def test_a_damaged_store_is_made_again_with_one_line_in_the_log(
    tmp_path: Path, stored: Path, damage: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    stored.write_bytes(stored.read_bytes()[: stored.stat().st_size // 2] if damage is None else damage)
    with caplog.at_level(logging.WARNING):
        assert revenues(order_files(tmp_path / "in")) == [500, 0, 0, 0]
    assert len(caplog.records) == 1
    assert "made again from the files" in caplog.text


def test_a_store_of_another_parser_is_made_again_and_knows_the_weeks_of_files_that_are_bad_now(
    tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "in", "1.csv", "")
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [order("b", DAYS[0])]))
    monkeypatch.setattr(files, "PARSER_VERSION", 1_000)
    with pytest.raises(BadFile, match=r"1.csv.*when last readable, it had the weeks 2025-08-12 to 2025-08-12"):
        order_files(tmp_path / "in").orders(AUGUST)
    assert ["made by another version" in record.message for record in caplog.records] == [True]


def test_an_error_while_storing_keeps_the_store_and_what_it_knows_of_files_that_are_bad_now(
    tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "in", "1.csv", "")
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [order("b", DAYS[0])]))
    with monkeypatch.context() as patch:
        patch.setattr(file_import, "_write_orders", failing(duckdb.IOException("No space left on device")))
        with pytest.raises(StorageError, match=r"No space left.*is the disk full"):
            order_files(tmp_path / "in").periods()
    assert "1.csv" in (order_files(tmp_path / "in").refusal(AUGUST) or "")
    assert not caplog.records


def test_after_an_error_in_one_of_two_weeks_written_at_a_time_the_next_import_is_as_if_there_had_been_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("in", "undisturbed"):
        write(tmp_path / folder, "1.csv", csv_text(HEADER, [order(day, day) for day in DAYS]))
    real = file_import._write_orders

    def third_fails(db: Any, folder: Path, week: date) -> str | None:
        if week.isoformat() == WEEKS[2].key:
            raise duckdb.IOException("No space left on device")
        return real(db, folder, week)

    with monkeypatch.context() as patch:
        patch.setattr(file_import, "_write_orders", third_fails)
        with pytest.raises(StorageError, match="No space left"):
            order_files(tmp_path / "in").periods()
    assert revenues(order_files(tmp_path / "in")) == [500] * 4
    assert len(list((tmp_path / "staging").rglob("*.parquet"))) == 4
    assert identities(tmp_path / "in") == identities(tmp_path / "undisturbed")


def test_a_store_made_again_keeps_the_weeks_of_files_that_are_bad_now(
    tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "in", "1.csv", "")
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [order("b", DAYS[0])]))
    real, errors = file_import.take_in, [duckdb.FatalException("invalidated")]
    monkeypatch.setattr(file_import, "take_in", lambda *args: failing(errors.pop())() if errors else real(*args))
    assert "1.csv" in (order_files(tmp_path / "in").refusal(AUGUST) or "")
    assert "made again from the files" in caplog.text


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_lost_file_of_a_week_is_written_again(tmp_path: Path, stored: Path) -> None:
    known = identities(tmp_path / "in")
    for file in (tmp_path / "staging").rglob("*.parquet"):
        file.unlink()
    assert identities(tmp_path / "in") == known
    assert revenues(order_files(tmp_path / "in")) == [500, 0, 0, 0]


def test_an_import_that_breaks_off_changes_nothing_and_what_was_read_is_not_read_again(
    tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = identities(tmp_path / "in")
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [order("b", DAYS[0], "7.00")]))
    with monkeypatch.context() as patch:
        patch.setattr(file_import, "_store_days", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            order_files(tmp_path / "in").orders(AUGUST)
    second = (tmp_path / "in" / "2.csv").read_bytes()
    (tmp_path / "in" / "2.csv").unlink()
    assert identities(tmp_path / "in") == known
    write(tmp_path / "in", "2.csv", second)
    assert revenues(order_files(tmp_path / "in")) == [1200, 0, 0, 0]


def test_an_earlier_answer_stays_readable_while_another_import_runs(tmp_path: Path, stored: Path) -> None:
    first = order_files(tmp_path / "in")
    assert first.periods() is not None
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [order("b", DAYS[0], "7.00")]))
    assert revenues(order_files(tmp_path / "in"))[0] == 1200
    write(tmp_path / "in", "3.csv", csv_text(HEADER, [order("c", DAYS[0], "9.00")]))
    assert revenues(order_files(tmp_path / "in"))[0] == 2100
    other = mapping(ORDER_ROWS, ('"dominos"', '"papajohns"'))
    assert revenues(order_files(tmp_path / "in", other))[0] == 2100, "a store made again"
    stored.write_bytes(b"no database")
    assert revenues(order_files(tmp_path / "in"))[0] == 2100
    assert revenues(first)[0] == 500


def test_files_of_weeks_go_when_no_answer_has_had_them_for_a_day(tmp_path: Path, stored: Path) -> None:
    first = order_files(tmp_path / "in")
    assert first.periods() is not None
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [order("b", DAYS[0], "7.00")]))
    long_ago = time.time() - 90_000
    for file in (tmp_path / "staging").rglob("*.parquet"):
        os.utime(file, (long_ago, long_ago))
    second = order_files(tmp_path / "in")
    assert second.periods() is not None
    left = {file.name for file in (tmp_path / "staging").rglob("*.parquet")}
    assert left == {name for names in second.facts.week_files.values() for name in names}
    with pytest.raises(OSError, match=r"is gone.*run again"):
        first.orders(AUGUST)
    for file in (tmp_path / "staging").rglob("*.parquet"):
        os.utime(file, (long_ago, long_ago))
    assert revenues(order_files(tmp_path / "in"))[0] == 1200, "used until now, however old"


def test_a_cache_that_is_no_folder_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [order("a", DAYS[0])]))
    (tmp_path / "staging").write_text("")
    with pytest.raises(StorageError, match="check the permissions"):
        order_files(tmp_path / "in").periods()


def test_a_roll_back_that_fails_does_not_hide_why_it_was_needed() -> None:
    class Broken:
        def execute(self, statement: str) -> None:
            if statement == "ROLLBACK":
                raise duckdb.FatalException("the database has been invalidated")

    with pytest.raises(OSError, match="No space left") as caught, transaction(Broken()):  # type: ignore[arg-type]
        raise OSError(28, "No space left on device")
    assert caught.value.__notes__ == ["nor could its changes be rolled back: the database has been invalidated"]


def test_an_interrupted_statement_ends_the_run_as_any_interruption(
    tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_import, "take_in", failing(RuntimeError("Query interrupted")))
    with pytest.raises(KeyboardInterrupt):
        order_files(tmp_path / "in").periods()
    monkeypatch.setattr(file_import, "take_in", failing(RuntimeError("a bug")))
    with pytest.raises(RuntimeError, match="a bug"):
        order_files(tmp_path / "in").periods()


def test_a_file_that_grows_is_not_taken_half(tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = csv_text(HEADER, [order("b", DAYS[0]), order("c", DAYS[0], "1234.00")])
    known = identities(tmp_path / "in")
    file = write(tmp_path / "in", "2.csv", half.split("34.00")[0])
    with monkeypatch.context() as patch:
        patch.setattr(file_intake.time, "sleep", lambda _: file.write_text(half))
        source = order_files(tmp_path / "in")
        assert source.facts.bad_files == {
            "2.csv": "2.csv: it is being written, and is read when that has ended; run again then"
        }
    answer = source.orders(AUGUST)
    assert (answer.rows["order_id"].tolist(), answer.is_partial, answer.reason) == (["a"], False, None)
    assert source.identity(AUGUST) == known[0], "it has changed nothing yet"
    assert revenues(order_files(tmp_path / "in"))[0] == 500 + 500 + 123_400


def test_an_unreadable_file_is_told_in_the_weeks_that_it_may_concern(tmp_path: Path, stored: Path) -> None:
    for name in ("b", "c"):
        write(tmp_path / "in", f"{name}.csv", csv_text(HEADER, [order(name, DAYS[1])]))
    known = identities(tmp_path / "in")
    write(tmp_path / "in", "b.csv", "")
    source = order_files(tmp_path / "in")
    assert (source.identity(AUGUST), source.orders(AUGUST).is_partial) == (known[0], False)
    assert source.refusal(WEEKS[1]) is not None
    write(tmp_path / "in", "3.csv", csv_text(HEADER, [order("d", DAYS[2])]))
    assert order_files(tmp_path / "in").orders(WEEKS[2]).is_partial, "it may have grown"
    write(tmp_path / "in", "4.csv", "")
    source = order_files(tmp_path / "in")
    assert source.identity(AUGUST) != known[0]
    assert source.orders(AUGUST).is_partial, "nothing is known of it"


def test_a_file_that_changes_while_it_is_read_is_not_taken(
    tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "in", "2.csv", csv_text(HEADER, [order('b"', DAYS[0])]))
    real = file_intake.read_file

    def grow(*args: object) -> dict:
        found = real(*args)  # type: ignore[arg-type]
        with file.open("a") as more:
            more.write(",".join(order("c", DAYS[0])) + "\n")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(file_intake, "read_file", grow)
        assert "is being written" in order_files(tmp_path / "in").facts.bad_files["2.csv"]
    assert revenues(order_files(tmp_path / "in"))[0] == 1500


def test_a_line_refused_as_future_waits_when_its_minute_has_come(tmp_path: Path) -> None:
    write(
        tmp_path / "in", "1.csv", csv_text(HEADER, [order("a", DAYS[0]), ("b", "2025-08-19 12:00", *order("", "")[2:])])
    )
    found = []
    for at in ("2025-08-18 11:00", "2025-08-19 10:59", "2025-08-19 11:00", "2025-08-19 11:01"):
        now = datetime.fromisoformat(f"{at}+00:00")
        lines = order_files(tmp_path / "in", now=lambda now=now: now).facts.lines
        found.append((lines["rejected"], lines["waiting"], lines["accepted"]))
    assert found == [(1, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 2)]


# --- what nobody expects ----------------------------------------------------------------------------------------------


def test_names_that_are_no_text_are_shown_escaped_and_their_files_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number, name in enumerate([b"one\nline.csv", b"latin-\xe9.csv", b"\x1b[31mred.csv"]):
        content = csv_text(HEADER, [order(f"a{number}", DAYS[0]), order(f"bad{number}", "never")])
        folder.mkdir(exist_ok=True)
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(content)
    source = order_files(folder)
    assert len(source.orders(AUGUST).rows) == 3
    assert sorted(source.rejected(AUGUST)["origin"]) == ["\\x1b[31mred.csv", "latin-\\udce9.csv", "one\\nline.csv"]


def test_two_names_that_look_alike_are_refused(tmp_path: Path) -> None:
    for name in ("a\nb.csv", "a\\nb.csv"):
        write(tmp_path / "in", name, csv_text(HEADER, [order("a", DAYS[0])]))
    with pytest.raises(ConfigurationError, match="rename one of them"):
        order_files(tmp_path / "in").periods()


def test_lists_and_structs_in_parquet_are_refused_and_stop_no_other_file(tmp_path: Path) -> None:
    columns = dict(zip(HEADER, zip(order("a", DAYS[0]), strict=True), strict=True))
    nested = pa.array([{"at": pd.Timestamp(NOW), "of": [b"\xff"]}])
    (tmp_path / "in").mkdir()
    for number, values in enumerate([pa.array([[1, 2]]), nested, pa.array([b"\xff\xfe"])]):
        parquet.write_table(pa.table({**columns, "paid": values}), tmp_path / "in" / f"{number}.parquet")
    parquet.write_table(pa.table(columns), tmp_path / "in" / "good.parquet")
    chosen = mapping(ORDER_ROWS, ('label = "real"', 'label = "real"\nfiles = "*.parquet"'))
    source = order_files(tmp_path / "in", chosen)
    assert source.facts.lines["accepted"] == 1
    assert sorted(source.facts.bad_files) == ["0.parquet", "1.parquet", "2.parquet"]


def test_half_a_character_stays_in_its_line(tmp_path: Path) -> None:
    records = [dict(zip(HEADER, order(name, DAYS[0]), strict=True)) for name in ("a\ud83c", "a\ud83d", "a\\ud83d")]
    write(tmp_path / "in", "1.jsonl", "\n".join(map(json.dumps, records)) + "\n")
    chosen = mapping(ORDER_ROWS, ('label = "real"', 'label = "real"\nfiles = "*.jsonl"'))
    orders = order_files(tmp_path / "in", chosen).orders(AUGUST).rows
    assert "a\\ud83c" in set(orders["order_id"])
    assert len(orders) == 2, "an escaped half and the same escape as text are one id"


@pytest.mark.parametrize("column", ["timestamp", "time"])
def test_an_hour_after_midnight_of_a_longer_day_is_refused_by_line(tmp_path: Path, column: str) -> None:
    header, good = ("id", "day", "at", "price", "count", "item"), ("a", "2025-08-15", "19:00", "5", "1", "x")
    chosen = mapping(ITEM_ROWS, ('timestamp = "placed"', 'date = "day"\ntime = "at"'))
    if column == "timestamp":
        header, good = ("id", "placed", "price", "count", "item"), ("a", "2025-08-15 19:00", "5", "1", "x")
        chosen = mapping(ITEM_ROWS)
    late = ["b", *(cell.replace("19:00", "25:10") for cell in good[1:])]
    write(tmp_path / "in", "1.csv", csv_text(header, [good, late]))
    [refused] = order_files(tmp_path / "in", chosen).orders(AUGUST).rejected.to_dict("records")
    assert (refused["line_number"], refused["check"]) == (3, "is a time")
    assert "25:10" in refused["reason"]
