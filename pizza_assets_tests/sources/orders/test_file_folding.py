"""Every line of an export becomes exactly one thing, whatever the export looks like."""

import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import BadFile
from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.week import weeks_between
from pizza_assets.sources.orders.file_folding import FARTHEST_VERSION
from pizza_assets_tests.sources.orders.exports import (
    HEADER,
    ITEM_ROWS,
    ORDER_ROWS,
    csv_text,
    mapping,
    order_files,
    write,
)
from pizza_assets_tests.support.examples import examples

STATUSES = ("[constants]", 'status = "state"\n[statuses]\nexclude = ["cancelled"]\n[constants]')
IDS = st.sampled_from(["a", "b", "c", "d", "é", 'quo"te', " "])
BAD_DAY, WAITING, FUTURE = "2025-02-30 12:00", "2026-01-01 00:00:30", "2026-01-01 00:01"  # exports.NOW is midnight
TIMES = st.sampled_from(
    ["2025-08-15 19:00", "2025-08-15 19:01:30", "2025-08-18 23:59", "2025-08-19 06:00", WAITING, FUTURE, BAD_DAY, "x"]
)  # fmt: skip
AMOUNTS = st.one_of(*[st.integers(0, 99).map(str)] * 4, st.sampled_from(["-1", "nan", "", "1e9", "12.345"]))
COUNTS = st.one_of(*[st.integers(0, 9).map(str)] * 6, st.sampled_from(["2.5", "many"]))
STATES = st.sampled_from(["done", "done", "done", "cancelled"])

ORDER_LINES = st.tuples(IDS, TIMES, AMOUNTS, COUNTS, st.sampled_from(["Leeds", "York", ""]), st.just("s1"), STATES)
ITEM_LINES = st.tuples(IDS, TIMES, AMOUNTS, COUNTS, st.sampled_from(["x", "y, z", ""]), STATES)
RAGGED = st.lists(st.sampled_from(["a", "1"]), min_size=2, max_size=4).map(tuple)


def files_of(lines: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.lists(st.one_of(*[lines] * 6, RAGGED), max_size=12), min_size=1, max_size=2)


def served(source) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All orders and all rejected rows, week by week."""
    first, last = source.periods()
    results = [source.orders(week) for week in weeks_between(first, last) if week.key in source.facts.weeks]
    return pd.concat([r.rows for r in results]), pd.concat([r.rejected for r in results])


def read_all(header: tuple, exports: list, chosen):
    with tempfile.TemporaryDirectory() as folder:
        for number, lines in enumerate(exports):
            write(Path(folder) / "in", f"{number}.csv", csv_text(header, lines))
        source = order_files(Path(folder) / "in", chosen)
        facts = source.facts
        if not facts.coverage:
            return source.facts, RawOrders.empty(), RejectedRows.empty()
        return facts, *served(source)


def check_accounts(exports: list, facts, orders: pd.DataFrame, rejected: pd.DataFrame) -> None:
    lines_read = sum(len(lines) for number, lines in enumerate(exports) if f"{number}.csv" not in facts.bad_files)
    kinds = ("accepted", "rejected", "duplicate", "superseded", "excluded", "waiting")
    if facts.weeks:
        assert sum(facts.count(kind) for kind in kinds) + facts.lines["no_order"] == lines_read
    assert len(rejected) == facts.count("rejected")
    assert not rejected.duplicated(["origin", "line_number"]).any()
    assert orders["order_id"].is_unique
    periods = [(p.market, p.starts_at, p.ends_at) for p in facts.coverage]
    for market, at in zip(orders["market"], orders["ordered_at"], strict=True):
        assert any(market == name and first <= at < last for name, first, last in periods)
    assert RawOrders.violations(orders) == []
    assert RejectedRows.violations(RejectedRows.conform(rejected)) == []


@examples(100)
@given(files_of(ORDER_LINES))
def test_order_lines_are_all_accounted_for_and_the_last_good_version_counts(exports: list) -> None:
    # Property 2: every field of a well-formed row arrives; every line read has one fate
    facts, orders, rejected = read_all((*HEADER, "state"), exports, mapping(ORDER_ROWS, STATUSES))
    check_accounts(exports, facts, orders, rejected)
    last: dict[str, tuple | None] = {}
    uses: dict[str, list[tuple]] = {}
    for number, lines in enumerate(exports):
        if f"{number}.csv" not in facts.bad_files:
            for line in lines:
                if is_good_order(line) and (line[6] == "cancelled" or line[1] not in (WAITING, FUTURE)):
                    last[line[0].strip()] = None if line[6] == "cancelled" else line
                if is_good_order(line) and line[6] != "cancelled" and line[1] != FUTURE:
                    uses.setdefault(line[0].strip(), []).append(line)
    expected = {order_id: line for order_id, line in last.items() if line and identifies_one_order(uses[order_id])}
    assert set(orders["order_id"]) == set(expected)
    for row in orders.to_dict("records"):
        line = expected[row["order_id"]]
        wall = datetime.fromisoformat(line[1]).replace(tzinfo=ZoneInfo("Europe/London"))
        cents = 1235 if line[2] == "12.345" else int(line[2]) * 100
        assert (row["ordered_at"], row["revenue_cents"], row["pizza_count"], row["market"]) == (
            wall,
            cents,
            int(line[3]),
            line[4],
        )


def identifies_one_order(lines: list[tuple]) -> bool:
    """Whether these lines of one id can be versions of one order: in one place, and not far apart."""
    times = [datetime.fromisoformat(line[1]) for line in lines]
    return len({line[4:6] for line in lines}) == 1 and max(times) - min(times) <= FARTHEST_VERSION


def is_good_order(line: tuple) -> bool:
    if len(line) != 7 or not line[0].strip():
        return False
    is_complete = line[2] not in ("-1", "nan", "", "1e9") and line[3].isdigit() and line[4]
    return line[6] == "cancelled" or bool(line[1] not in ("x", BAD_DAY) and is_complete)


@pytest.mark.integration  # a hundred imports
@examples(100)
@given(files_of(ITEM_LINES))
def test_item_lines_are_all_accounted_for_and_orders_are_whole(exports: list) -> None:
    # Property 2: as above, for exports with one row per item
    header = ("id", "placed", "price", "count", "item", "state")
    facts, orders, rejected = read_all(header, exports, mapping(ITEM_ROWS, STATUSES))
    check_accounts(exports, facts, orders, rejected)
    refused = Counter(zip(rejected["origin"], rejected["row_id"], strict=True))
    for row in orders.to_dict("records"):
        sold = [
            [line for line in lines if len(line) == 6 and line[0].strip() == row["order_id"] and line[5] != "cancelled"]
            for lines in exports
        ]
        whole = [
            (sum(int(line[3]) for line in lines), sum(cents_rounded_down(line[2]) for line in lines))
            for number, lines in enumerate(sold)
            if lines and not refused[(f"{number}.csv", row["order_id"])] and f"{number}.csv" not in facts.bad_files
        ]
        fractions = sum(line[2] == "12.345" for lines in sold for line in lines)
        assert any(row["pizza_count"] == n and 0 <= row["revenue_cents"] - cents <= fractions for n, cents in whole)


def cents_rounded_down(amount: str) -> int:
    return 1234 if amount == "12.345" else int(amount) * 100


def test_if_no_order_survives_the_file_is_bad(tmp_path: Path) -> None:
    lines = [("a", "2025-08-15 19:00", "5", "1", "x"), ("a", "2025-08-15 20:00", "5", "1", "y")]
    write(tmp_path / "in", "1.csv", csv_text(("id", "placed", "price", "count", "item"), lines))
    source = order_files(tmp_path / "in", mapping(ITEM_ROWS))
    with pytest.raises(
        BadFile, match=r"1.csv: none of its orders can be accepted; line 2: the lines of order a disagree"
    ):
        source.periods()


def test_an_excluded_line_of_a_refused_order_withdraws_nothing(tmp_path: Path) -> None:
    header = ("id", "placed", "price", "count", "item", "state")
    good = ("a", "2025-08-15 19:00", "5", "1", "x", "done")
    write(tmp_path / "in", "1.csv", csv_text(header, [good]))
    write(
        tmp_path / "in",
        "2.csv",
        csv_text(header, [(*good[:2], "-5", *good[3:]), (*good[:5], "cancelled"), ("b", *good[1:])]),
    )
    source = order_files(tmp_path / "in", mapping(ITEM_ROWS, STATUSES))
    orders, rejected = served(source)
    assert set(orders["order_id"]) == {"a", "b"}
    assert list(rejected["line_number"]) == [2]
