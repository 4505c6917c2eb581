"""Exports as tills, shops and platforms write them, compared with their truth after answering only what was asked."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pizza_assets.cli.commands.check import answers_of, check
from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.models.week import weeks_between
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.known_layouts import recognised
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.answers import Proposal
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LONDON = ("--timezone", "Europe/London")
NEW_YORK = ("--timezone", "America/New_York")
DOLLARS, POUNDS = ("--currency", "USD"), ("--currency", "GBP")
ONE_PLACE = ("--market", "Springfield")
ALWAYS = ("--label", "mock", "--chain", "fornello")
ZONES = ("--zone", "EST=-05:00", "--zone", "EDT=-04:00", "--zone", "CST=-06:00", "--zone", "CDT=-05:00")

ANSWERS: dict[str, tuple[str, ...]] = {
    "square_transactions.csv": DOLLARS,
    "square_items.csv": DOLLARS,
    "toast_OrderDetails.csv": (*NEW_YORK, *DOLLARS),
    "toast_ItemSelectionDetails.csv": (*NEW_YORK, *DOLLARS),
    "shopify_orders_export.csv": (),
    "woo_analytics_orders.csv": (*LONDON, *POUNDS, *ONE_PLACE),
    "clover_orders.csv": ONE_PLACE,
    "uber_eats_payment_details.csv": (*NEW_YORK, *DOLLARS),
    "deliveroo_statement.csv": (),
    "doordash_transactions.csv": (),
    "zomato_orders.csv": (),
    "just_eat_statement.csv": (*LONDON, *POUNDS),
    "lightspeed_x_sales.csv": ("--timezone", "America/Toronto", "--currency", "CAD"),
    "pulse_orders.csv": (*NEW_YORK, *DOLLARS),
    "xlsx_two_sheets.xlsx": (*LONDON, *POUNDS),
    "packed.csv.gz": LONDON,
    "one_csv.zip": LONDON,
    "utf16_tabs.txt": LONDON,
    "preamble_totals.csv": LONDON,
    "sep_line.csv": LONDON,
    "trailing_delimiters.csv": LONDON,
    "header_line_break.csv": LONDON,
    "repeated_headers.csv": LONDON,
    "epoch_seconds.csv": (),
    "excel_serial.csv": LONDON,
    "time_weekday.csv": LONDON,
    "time_us_locale_nnbsp.csv": LONDON,
    "time_utc_suffix.csv": (),
    "time_lower_ampm.csv": LONDON,
    "zone_iana.csv": (),
    "zone_abbreviation.csv": ZONES,
    "business_date.csv": (*LONDON, "--business-day-ends", "05:00"),
    "no_order_id.csv": (*LONDON, "--id", "none"),
    "price_is_unit.csv": (*LONDON, "--price-is", "unit"),
    "price_is_line.csv": (*LONDON, "--price-is", "line"),
    "void_boolean.csv": LONDON,
    "refund_own_id.csv": (*LONDON, "--refunds", "net"),
    "refund_same_id.csv": (*LONDON, "--refunds", "net"),
    "decimal_comma.csv": LONDON,
    "wrapper.json": POUNDS,
    "nested_lines.ndjson": POUNDS,
}
"""The options that answer the questions about each file, beside ALWAYS."""

ALTERNATIVES: dict[tuple[str, str], tuple[str, ...]] = {
    ("square_transactions.csv", "Net Sales"): ("--amount", "Net Sales"),
    ("square_items.csv", "Net Sales + Tax"): ("--column", "adjustment=Tax"),
    ("toast_OrderDetails.csv", "Amount"): ("--amount", "Amount"),
    ("toast_OrderDetails.csv", "Amount + Tax"): ("--amount", "Amount", "--column", "adjustment=Tax"),
    ("shopify_orders_export.csv", "Subtotal"): ("--amount", "Subtotal"),
    ("clover_orders.csv", "Order Total"): ("--amount", "Order Total", "--refunds", "exclude"),
    ("clover_orders.csv", "with Tip"): ("--column", "adjustment=Tip"),
    ("uber_eats_payment_details.csv", "Sales (incl. tax)"): ("--amount", "Sales (incl. tax)"),
    ("uber_eats_payment_details.csv", "Sales (excl. tax)"): ("--amount", "Sales (excl. tax)"),
    ("deliveroo_statement.csv", "Order Value"): ("--refunds", "exclude"),
    ("zomato_orders.csv", "Bill subtotal"): ("--amount", "Bill subtotal"),
    ("just_eat_statement.csv", "Food total"): ("--amount", "Food total"),
    ("lightspeed_x_sales.csv", "Subtotal"): ("--amount", "Subtotal"),
}
"""The options that choose another amount, by file and the truth's name of it."""


@dataclass(frozen=True)
class Truth:
    """expected: facts of the file. orders: id, ordered_at, revenue_cents, pizza_count, store, alternatives."""

    expected: dict[str, Any]
    orders: pd.DataFrame

    @classmethod
    def of(cls, folder: Path, name: str) -> "Truth":
        expected = json.loads((folder / "truth" / f"{name}.json").read_text(encoding="utf-8"))
        rows = pd.DataFrame(expected["rows"], columns=expected["columns"])
        rows["utc"] = pd.to_datetime(rows["utc"], utc=True)
        return cls(expected, rows)


@pytest.fixture(scope="session")
def exports(shared_data: Path) -> Path:
    return shared_data / "exports"


def proposed(file: Path, options: tuple[str, ...]) -> Proposal:
    """What `pizza check` proposes with these options."""
    said = check.make_context("check", [str(file), *ALWAYS, *options]).params
    for name in ("files", "mapping", "write", "replace", "table", "accept_doubts"):
        said.pop(name)
    return propose([read_sample(file)], answers_of(said), "Europe/London")


def imported(file: Path, options: tuple[str, ...], folder: Path) -> OrderFiles:
    """The file's orders, after answering everything that was asked."""
    proposal = proposed(file, options)
    assert not proposal.questions, proposal.questions
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    return OrderFiles(file, mapping, folder / "staging", "Europe/London", lambda: NOW)


def orders_of(source: OrderFiles) -> pd.DataFrame:
    assert not source.facts.bad_files, source.facts.bad_files
    weeks = [source.orders(week).rows for week in weeks_between(*source.periods())]
    return pd.concat(weeks, ignore_index=True)


def compared(rows: pd.DataFrame, ids: pd.Series, unit: str) -> list[tuple]:
    """Orders in an order that does not depend on their ids."""
    at = rows["ordered_at"].dt.floor({"second": "s", "minute": "min"}[unit])
    return sorted(zip(ids, at.dt.strftime("%Y-%m-%d %H:%M:%S"), rows["revenue_cents"].astype(int), strict=True))


def expected_orders(truth: Truth, ids: pd.Series) -> list[tuple]:
    return sorted(
        zip(ids, truth.orders["utc"].dt.strftime("%Y-%m-%d %H:%M:%S"), truth.orders["revenue"].astype(int), strict=True)
    )


def check_orders(rows: pd.DataFrame, truth: Truth) -> None:
    nothing = pd.Series("", index=rows.index)
    has_ids = truth.expected["id_is"] != "none" and "|" not in str(truth.orders["id"].iloc[0])
    ids, true_ids = (rows["order_id"], truth.orders["id"]) if has_ids else (nothing, pd.Series("", truth.orders.index))
    assert len(rows) == truth.expected["orders"]
    assert compared(rows, ids, truth.expected["time_to_the"]) == expected_orders(truth, true_ids)
    if truth.expected["items_is"] is not None:
        assert rows["pizza_count"].sum() == truth.orders["items"].sum()
    assert set(rows["currency"]) == {truth.expected["currency"]}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_export_gives_the_true_orders(exports: Path, tmp_path: Path, name: str) -> None:
    source = imported(exports / name, ANSWERS[name], tmp_path)
    check_orders(orders_of(source), Truth.of(exports, name))
    lines = source.facts.lines
    assert sum(lines.values()) == sum(source.facts.lines_read.values())
    assert lines["rejected"] == 0


@pytest.mark.parametrize(("name", "amount"), ALTERNATIVES)
def test_another_amount_can_be_chosen(exports: Path, tmp_path: Path, name: str, amount: str) -> None:
    truth = Truth.of(exports, name)
    rows = orders_of(imported(exports / name, (*ANSWERS[name], *ALTERNATIVES[name, amount]), tmp_path))
    wanted = dict(zip(truth.orders["id"], (held.get(amount) for held in truth.orders["alternatives"]), strict=True))
    found = dict(zip(rows["order_id"], rows["revenue_cents"].astype(int), strict=True))
    assert {order: found.get(order) for order in wanted} == wanted


def rewritten(file: Path, folder: Path, change: Callable[[list[str]], list[str]]) -> Path:
    """A copy of a CSV export with other headers; `change` may reorder or shorten rows, the header being the first."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = [change(row) for row in csv.reader(handle)]
    target = folder / "copy" / file.name
    target.parent.mkdir()
    with target.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return target


WITH_HEADER_FIRST = [
    name
    for name in ANSWERS
    if name.partition("_")[0] in ("square", "toast", "shopify", "woo", "clover", "doordash", "zomato", "lightspeed")
]


@pytest.mark.parametrize("name", WITH_HEADER_FIRST)
def test_reordered_columns_change_nothing(exports: Path, tmp_path: Path, name: str) -> None:
    copy = rewritten(exports / name, tmp_path, lambda row: row[::-1])
    check_orders(orders_of(imported(copy, ANSWERS[name], tmp_path)), Truth.of(exports, name))


TELLING = ("order_id", "timestamp", "time", "total", "price", "void", "refunded")


@pytest.mark.parametrize("name", WITH_HEADER_FIRST)
@pytest.mark.parametrize("new", [None, "Colonne 7"], ids=["missing", "renamed"])
def test_a_missing_or_renamed_header_is_asked_for_or_refused(
    exports: Path, tmp_path: Path, name: str, new: str | None
) -> None:
    """Whatever telling column goes missing: a question, an error, or the true orders."""
    layout = recognised([read_sample(exports / name).header])
    assert layout is not None
    headers = [layout.mapping["columns"][role] for role in TELLING if role in layout.mapping["columns"]]
    header = headers[len(name) % len(headers)] if new is None else headers[-1]
    copy = _renamed(exports / name, tmp_path, header, new)
    try:
        proposal = proposed(copy, ANSWERS[name])
    except (BadFile, ConfigurationError):
        return
    if not proposal.questions:
        check_orders(orders_of(imported(copy, ANSWERS[name], tmp_path)), Truth.of(exports, name))


def _renamed(file: Path, folder: Path, header: str, new: str | None) -> Path:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        place = next(csv.reader(handle)).index(header)

    def change(row: list[str]) -> list[str]:
        if new is None:
            return row[:place] + row[place + 1 :]
        return [*row[:place], new, *row[place + 1 :]] if row[place] == header else row

    return rewritten(file, folder, change)


def test_every_file_with_a_truth_is_tried(exports: Path) -> None:
    truths = json.loads((exports / "truth.json").read_text(encoding="utf-8"))
    assert set(truths) == {*ANSWERS, "unclosed_quote.csv"}


def test_an_unclosed_quote_is_refused_with_its_line(exports: Path) -> None:
    with pytest.raises(BadFile, match="line 41: a quote"):
        read_sample(exports / "unclosed_quote.csv")
