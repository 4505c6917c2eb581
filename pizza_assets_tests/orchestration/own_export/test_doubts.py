"""What is doubtful about an export that can be read, and what is ordinary."""

from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.models.orders import OF_NO_WEEK
from pizza_assets.models.week import weeks_between
from pizza_assets.orchestration.own_export.doubts import doubts_of
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.storage.refusals import RefusedRows
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, ORDER_ROWS, csv_text, mapping, order_files, write

STATUSES = ("[constants]", 'status = "state"\n[statuses]\nexclude = ["cancelled"]\n[constants]')
DECIDED = ("[constants]", 'status = "state"\n[statuses]\ncount = ["done"]\nexclude = ["cancelled"]\n[constants]')


def row(number: int, placed: str, *, paid: str = "10.00", store: str = "s1") -> tuple[object, ...]:
    return f"A{number}", placed, paid, 1, "Leeds", store


def doubts(source: OrderFiles, chosen: FileMapping) -> str:
    periods = source.periods()
    assert periods is not None
    rejected = pd.concat([source.rejected(week).assign(times=1) for week in weeks_between(*periods)])
    return "\n".join(doubts_of(source.facts, chosen, rejected, ()))


@pytest.mark.parametrize(
    ("statuses", "every", "is_doubtful"),
    [(STATUSES, 10, True), (STATUSES, 30, False), (DECIDED, 10, True), (DECIDED, 30, False)],
)
def test_cancelled_orders_are_ordinary_up_to_a_share_whoever_decided_on_them(
    tmp_path: Path, statuses: tuple[str, str], every: int, is_doubtful: bool
) -> None:
    rows = [(*row(n, "2025-08-15 19:00"), "done" if n % every else "Cancelled") for n in range(60)]
    write(tmp_path / "in", "1.csv", csv_text((*HEADER, "state"), rows))
    chosen = mapping(ORDER_ROWS, statuses)
    text = doubts(order_files(tmp_path / "in", chosen), chosen)
    assert ("are left out" in text) == is_doubtful
    assert ("1.csv line 2, 1.csv line 12, 1.csv line 22" in text) == is_doubtful


@pytest.mark.parametrize(
    "later",
    [{"placed": "2025-08-16 19:00"}, {"placed": "2025-08-20 19:00"}, {"store": "s2"}],
    ids=["next day", "days later", "another store"],
)
def test_an_order_that_a_later_file_has_on_another_day_or_in_another_store_is_named(
    tmp_path: Path, later: dict[str, str]
) -> None:
    first = [row(n, "2025-08-15 19:00") for n in range(60)]
    again = [row(n, **{"placed": "2025-08-15 19:00", **later}) for n in (3, 7)]  # type: ignore[arg-type]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, first))
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [*again, row(99, "2025-08-21 19:00")]))
    chosen = mapping()
    text = doubts(order_files(tmp_path / "in", chosen), chosen)
    assert "4 lines share their order id with an order of another day or store" in text
    assert "1.csv line 5" in text
    assert "2.csv line 2" in text


@pytest.mark.parametrize(("count", "is_doubtful"), [(20, True), (2, False)])
def test_many_orders_that_a_later_file_has_with_another_amount_are_doubtful(
    tmp_path: Path, count: int, is_doubtful: bool
) -> None:
    rows = [row(n, "2025-08-15 19:00") for n in range(60)]
    changed = [row(n, "2025-08-15 19:00", paid="12.00") for n in range(count)]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    write(tmp_path / "in", "2.csv", csv_text(HEADER, changed))
    chosen = mapping()
    text = doubts(order_files(tmp_path / "in", chosen), chosen)
    assert (f"{count} of {60 + count} lines" in text) == is_doubtful


def test_lines_outside_all_covered_weeks_are_reported_but_not_counted_against_one(tmp_path: Path) -> None:
    rows = [row(n, "2025-08-15 19:00") for n in range(20)]
    rows += [(f"B{n}", "2025-11-01 19:00", "-1.00", 1, "Leeds", "s1") for n in range(15)]
    rows += [("C1", "2025-08-15 19:00", "-1.00", 1, "Leeds", "s1")]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    rejected = order_files(tmp_path / "in").rejected(AUGUST)
    assert rejected["check"].str.startswith(OF_NO_WEEK).sum() == 15
    counts = RefusedRows.of(rejected, accepted=20)
    assert (counts.refused, counts.offered, counts.reported) == (1, 21, 15)


def test_times_in_utc_leave_the_business_day_to_the_place(tmp_path: Path) -> None:
    rows = [row(n, f"2025-08-{15 + n % 2} 05:30") for n in range(20)]  # half past six in London
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    utc = mapping(ORDER_ROWS, ('timezone = "Europe/London"', 'timezone = "UTC"'))
    starts = [period.starts_at.isoformat() for period in order_files(tmp_path / "in", utc).facts.coverage]
    assert starts == ["2025-08-15T05:00:00+00:00"]


@pytest.mark.parametrize(("every", "is_doubtful"), [(30, False), (8, True), (3, True)])
def test_voids_are_ordinary_up_to_a_share(tmp_path: Path, every: int, is_doubtful: bool) -> None:
    """Decision 0060."""
    rows = [(*row(n, "2025-08-15 19:00"), "no" if n % every else "yes") for n in range(60)]
    write(tmp_path / "void", "1.csv", csv_text((*HEADER, "voided"), rows))
    voids = mapping(ORDER_ROWS, ("[constants]", 'void = "voided"\n[constants]'))
    assert ("are left out" in doubts(order_files(tmp_path / "void", voids), voids)) == is_doubtful


def test_a_refund_that_a_later_file_drops_is_named(tmp_path: Path) -> None:
    netting = mapping(ORDER_ROWS, ('rows = "orders"', 'rows = "orders"\nrefunds = "net"'))
    rows = [row(n, "2025-08-15 19:00") for n in range(60)]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [*rows, row(7, "2025-08-15 19:00", paid="-4.00")]))
    assert "refund" not in doubts(order_files(tmp_path / "in", netting), netting)
    write(tmp_path / "in", "2.csv", csv_text(HEADER, [row(7, "2025-08-15 19:00")]))
    assert "1 refund goes with an earlier version of the order" in doubts(
        order_files(tmp_path / "in", netting), netting
    )


def test_refunds_of_no_order_are_named_only_if_they_are_to_be_taken_off(tmp_path: Path) -> None:
    rows = [*(row(n, "2025-08-15 19:00") for n in range(60)), row(99, "2025-08-15 19:00", paid="-4.00")]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, rows))
    chosen = {
        way: mapping(ORDER_ROWS, ('rows = "orders"', f'rows = "orders"\nrefunds = "{way}"'))
        for way in ("net", "exclude")
    }
    assert "1 refund has the id of no order" in doubts(order_files(tmp_path / "in", chosen["net"]), chosen["net"])
    assert doubts(order_files(tmp_path / "in", chosen["exclude"]), chosen["exclude"]) == ""
