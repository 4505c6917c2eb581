"""Folds typed lines into orders: sums items, chooses the version of an order that counts, checks the result.

Each line becomes exactly one thing: part of an accepted, waiting or superseded order, a rejected row, a dropped
duplicate or an excluded line. Reading lines and sorting orders into weeks do not belong here.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pizza_assets.models import RawOrders
from pizza_assets.models.table import in_order
from pizza_assets.sources.orders.file_amounts import rounded_to_minor_units
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.file_refunds import Refunds, split_refunds
from pizza_assets.sources.orders.file_times import FIRST_OF_TWO, MOVED_OUT_OF_GAP

SHARED = {
    "ordered_at": ("timestamp", "date"),
    "store_id": ("store_id",),
    "market": ("market",),
    "chain": ("chain",),
    "currency": ("currency",),
}
"""The fields that all lines of an order must share, and the mapping's names of their columns."""
CONTENT = [
    "ordered_at",
    "chain",
    "market",
    "store_id",
    "store_location",
    "currency",
    "revenue_cents",
    "pizza_count",
    "items",
]

ACCEPTED, DUPLICATE, EXCLUDED, SUPERSEDED, WAITING = "accepted", "duplicate", "excluded", "superseded", "waiting"
REFUND, LONE_REFUND = "refund", "lone_refund"
UNIQUE_ID = "identifies one order"
"""The rule that lines with a repeated order id break."""
FARTHEST_VERSION = pd.Timedelta(hours=12)
"""Lines with one order id that lie further apart, or in different stores, are not versions of one order."""


@dataclass(frozen=True)
class FoldedOrders:
    """orders: RawOrders columns plus file_index and line_number (of the first line), and the business day's zone.
    rejected: RejectedRows columns, with file_index instead of origin, plus `at`; one row per line.
    counts: (at, kind, count): how many lines were accepted, duplicate, superseded, excluded, waiting; how many were
        refunds of an order (refund) or of none (lone_refund); how many versions
        of orders were replaced; how many orders had which DST note.
    """

    orders: pd.DataFrame
    rejected: pd.DataFrame
    counts: pd.DataFrame


def fold_orders(lines: pd.DataFrame, mapping: FileMapping, cutoff: datetime) -> FoldedOrders:
    """Fold file_lines.LINE_COLUMNS plus `placed_at` (which decides the week of a line without a time).

    All lines of an order must be among `lines`. An order with a refused line is refused whole, because its revenue
    would be wrong. Of several versions of an order id the last in file and line order counts, even if it is withdrawn
    (excluded status); equal earlier versions are duplicates, different ones are superseded. Versions too far apart in
    time or in different stores are refused: their id is not unique. A version at or after `cutoff` waits: it does not
    count yet, and supersedes nothing. Refunds are taken from their order; one that is paid back whole is left out.
    """
    lines = in_order(lines, ["file_index", "line_number"])
    lines, refunds = split_refunds(lines, cutoff)
    lines["order"] = pd.factorize(lines["order_id"])[0]  # texts are compared once, from here on it is numbers
    lines["version"] = _version_codes(lines, mapping.folds_items)
    _reject_disagreeing(lines, mapping)
    _reject_repeated_amounts(lines, mapping)
    _reject_far_apart(lines, mapping)
    _reject_incomplete(lines, mapping)
    is_refused = lines["problem_column"].notna()
    is_waiting = ~is_refused & ~lines["is_excluded"] & (lines["ordered_at"] >= cutoff)
    waiting = lines[is_waiting]
    is_out = lines["version"].isin(lines.loc[is_refused | is_waiting, "version"])
    sums = _item_sums if mapping.folds_items else _line_sums
    versions = _settled(_net(sums(_once(lines[~is_out], mapping)), refunds))
    orders = _raw_orders(versions[versions["fate"] == ACCEPTED], mapping)
    orders = _reject_violations(lines, orders, mapping)
    return FoldedOrders(
        orders.drop(columns=["version"]), _rejected_rows(lines), _counts(lines, waiting, versions, orders, refunds)
    )


def _version_codes(lines: pd.DataFrame, folds_items: bool) -> np.ndarray:
    """A code per version of an order: of one file and order id, or of each line separately."""
    own = np.arange(len(lines))
    if not folds_items:
        return own
    codes, _ = pd.factorize(lines["file_index"] * len(lines) + lines["order"])
    return np.where(lines["order_id"] == "", own + len(lines), codes)


def _reject(
    lines: pd.DataFrame, rows: np.ndarray, column: str, check: str, values: pd.Series, reasons: pd.Series
) -> None:
    lines.loc[rows, "problem_column"] = column
    lines.loc[rows, "problem_check"] = check
    lines.loc[rows, "problem_value"] = values[rows].astype("str")
    lines.loc[rows, "problem_reason"] = reasons[rows]


def _reject_disagreeing(lines: pd.DataFrame, mapping: FileMapping) -> None:
    if not mapping.folds_items:
        return
    for name, mapped in SHARED.items():
        counted = lines[lines["problem_column"].isna() & ~lines["is_excluded"]]
        first = counted.groupby("version")[name].transform("first")
        disagreeing = counted.loc[counted[name] != first, "version"].unique()
        rows = (lines["version"].isin(disagreeing) & lines["problem_column"].isna() & ~lines["is_excluded"]).to_numpy()
        if rows.any():
            column = " + ".join(
                mapping.columns[m]
                for m in (*mapped, "time")
                if m in mapping.columns and (m != "time" or name == "ordered_at")
            )
            why = "the lines of order " + lines["order_id"] + f" disagree about {column}"
            _reject(lines, rows, column, "is the same in all lines of an order", lines[name], why)


def _reject_repeated_amounts(lines: pd.DataFrame, mapping: FileMapping) -> None:
    """Refuse orders whose lines should repeat one amount, but do not."""
    if mapping.amount_on != "repeated":
        return
    counted = lines[lines["problem_column"].isna() & ~lines["is_excluded"]]
    first = counted.groupby("version")["amount"].transform("first")
    disagreeing = counted.loc[counted["amount"] != first, "version"]
    rows = (lines["version"].isin(disagreeing) & lines["problem_column"].isna() & ~lines["is_excluded"]).to_numpy()
    if rows.any():
        column = mapping.column_of(mapping.amount_name)
        why = "the lines of order " + lines["order_id"] + f" have different amounts in {column}"
        _reject(lines, rows, column, "is repeated on all lines of an order", lines["order_id"], why)


def _reject_far_apart(lines: pd.DataFrame, mapping: FileMapping) -> None:
    """Refuse the lines of an order id that is used for different orders, as numbers that restart daily are."""
    counted = lines[lines["problem_column"].isna() & ~lines["is_excluded"]]
    again = counted[counted["order"].duplicated(keep=False)]
    if again.empty:
        return
    by_order = again.groupby("order")
    times, stores = by_order["ordered_at"], by_order[["store_id", "market", "chain"]].nunique()
    is_apart = (times.max() - times.min() > FARTHEST_VERSION) | (stores > 1).any(axis=1)
    apart = is_apart.index[is_apart]
    rows = (lines["order"].isin(apart) & lines["problem_column"].isna() & ~lines["is_excluded"]).to_numpy()
    if rows.any():
        column = mapping.column_of("order_id")
        why = (
            "order id " + lines["order_id"] + " is used on different days or in different stores, so it identifies no "
            "order; set order_id_of in the mapping (--id) to the columns that do, e.g. store, date and number"
        )
        _reject(lines, rows, column, UNIQUE_ID, lines["order_id"], why)


def _reject_incomplete(lines: pd.DataFrame, mapping: FileMapping) -> None:
    refused = lines[lines["problem_column"].notna()]
    first_refused = refused.groupby("version")["line_number"].first()
    rows = (
        lines["version"].isin(first_refused.index) & lines["problem_column"].isna() & ~lines["is_excluded"]
    ).to_numpy()
    if rows.any():
        at_line = lines["version"].map(first_refused).astype("Int64").astype("str")
        why = "line " + at_line + " of the same order was refused, and an order is not taken in part"
        _reject(lines, rows, mapping.column_of("order_id"), "its order is complete", lines["order_id"], why)


def _line_sums(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per line, each being a version. Excluded ones have line_count 0."""
    versions = lines.drop(columns=["amount", "quantity"])
    versions["fine_amount"] = lines["amount"]
    versions["pizza_count"] = lines["quantity"]
    versions["line_count"] = (~lines["is_excluded"]).astype("int64")
    versions["items"] = "[" + lines["item"] + "]"
    return versions


def _item_sums(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per version: its sums, first line and line count. Wholly excluded ones have line_count 0."""
    counted = lines[~lines["is_excluded"]]
    first = lines.drop_duplicates("version").set_index("version")
    first_counted = counted.drop_duplicates("version").set_index("version")
    versions = first_counted.reindex(first.index)
    for name in ("file_index", "line_number", "order_id", "order"):
        versions[name] = first[name]
    by_version = counted.groupby("version")
    sums = by_version[["amount", "quantity"]].sum().reindex(first.index, fill_value=0)
    versions["fine_amount"] = sums["amount"]
    versions["pizza_count"] = sums["quantity"]
    versions["line_count"] = by_version.size().reindex(first.index, fill_value=0)
    versions["dst_note"] = by_version["dst_note"].max().reindex(first.index, fill_value=0)
    versions["items"] = _item_lists(counted).reindex(first.index)
    return versions.reset_index()


def _once(lines: pd.DataFrame, mapping: FileMapping) -> pd.DataFrame:
    """The lines, of which only the first of an order has the amount that all of them repeat."""
    if mapping.amount_on != "repeated":
        return lines
    is_further = lines["version"].where(~lines["is_excluded"]).duplicated() & ~lines["is_excluded"]
    return lines.assign(amount=lines["amount"].mask(is_further, 0))


def _net(versions: pd.DataFrame, refunds: Refunds) -> pd.DataFrame:
    """The versions less their refunds, with `revenue_cents`. What is paid back whole counts as left out."""
    if refunds.sums.empty:
        versions["pizza_count"] = versions["pizza_count"].clip(lower=0)
        versions["paid_back_lines"] = 0
        versions["revenue_cents"] = rounded_to_minor_units(versions["fine_amount"].clip(lower=0).to_numpy())
        return versions
    paid_back = refunds.sums.reindex(versions["order_id"]).set_axis(versions.index)
    net = versions["fine_amount"] + paid_back["amount"].fillna(0).astype("int64")
    versions["pizza_count"] = (versions["pizza_count"] + paid_back["quantity"].fillna(0).astype("int64")).clip(lower=0)
    is_paid_back = (paid_back["amount"] < 0) & (net <= 0)
    versions["paid_back_lines"] = versions["line_count"].where(is_paid_back, 0)
    versions["line_count"] = versions["line_count"].mask(is_paid_back, 0)
    versions["revenue_cents"] = rounded_to_minor_units(net.clip(lower=0).to_numpy())
    return versions


def _item_lists(counted: pd.DataFrame) -> pd.Series:
    """The JSON list of each version's items in line order, joined without a loop over rows."""
    with_items = counted[counted["item"].notna()].sort_values("version", kind="stable")
    codes = with_items["version"].to_numpy()
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.empty(0, dtype=np.int64)
    offsets = pa.array(np.r_[starts, len(codes)], pa.int32())
    joined = pc.binary_join(
        pa.ListArray.from_arrays(offsets, pa.array(with_items["item"].to_numpy(dtype=object), pa.string())), ","
    )
    texts = pc.binary_join_element_wise("[", joined, "]", "")
    return pd.Series(pd.array(texts, dtype="str"), index=codes[starts], dtype="str")


def _settled(versions: pd.DataFrame) -> pd.DataFrame:
    """The versions with their `fate`: accepted, excluded, duplicate or superseded."""
    is_last = ~versions.duplicated("order", keep="last")  # versions are in file and line order
    is_excluded = versions["line_count"] == 0
    is_same = pd.Series(False, index=versions.index)
    if not is_last.all():
        earlier = versions[~is_last]
        winner = versions[is_last].set_index("order").loc[earlier["order"]].set_axis(earlier.index)
        same = winner["line_count"] > 0
        for name in CONTENT:
            same &= (earlier[name] == winner[name]) | (earlier[name].isna() & winner[name].isna())
        is_same.loc[earlier.index] = same
    versions["fate"] = np.select([is_excluded, is_last, is_same], [EXCLUDED, ACCEPTED, DUPLICATE], default=SUPERSEDED)
    return versions


def _raw_orders(accepted: pd.DataFrame, mapping: FileMapping) -> pd.DataFrame:
    stamped = accepted.assign(sport="football", order_source=mapping.label.value, source_name="files")
    stamped = in_order(stamped, RawOrders.key())
    numbers = stamped[["file_index", "line_number", "version", "line_count", "dst_note"]].astype("int64")
    return pd.concat([RawOrders.conform(stamped), numbers, stamped["zone"].astype("str")], axis=1)


def _reject_violations(lines: pd.DataFrame, orders: pd.DataFrame, mapping: FileMapping) -> pd.DataFrame:
    """The orders that satisfy RawOrders; the lines of others are refused with the rule that they break."""
    violations = RawOrders.violations(orders[RawOrders.column_names()])
    if not violations:
        return orders
    first = {v.row: v for v in reversed(violations) if v.row is not None}
    for row, violation in first.items():
        rows = ((lines["version"] == orders["version"].iloc[row]) & ~lines["is_excluded"]).to_numpy()
        value = pd.Series(violation.value[:200], index=lines.index)
        why = pd.Series(f"{violation.column} of the order breaks the rule {violation.check}", index=lines.index)
        _reject(lines, rows, mapping.column_of(violation.column), violation.check, value, why)
    return orders.drop(index=list(first)).reset_index(drop=True)


def _rejected_rows(lines: pd.DataFrame) -> pd.DataFrame:
    refused = lines[lines["problem_column"].notna()]
    return pd.DataFrame(
        {
            "file_index": refused["file_index"],
            "line_number": refused["line_number"],
            "row_id": refused["order_id"].str.slice(0, 200),
            "column": refused["problem_column"],
            "check": refused["problem_check"],
            "value": refused["problem_value"].str.slice(0, 200),
            "reason": refused["problem_reason"],
            "at": refused["placed_at"],
        }
    ).reset_index(drop=True)


def _counts(
    lines: pd.DataFrame, waiting: pd.DataFrame, versions: pd.DataFrame, orders: pd.DataFrame, refunds: Refunds
) -> pd.DataFrame:
    superseded = versions[versions["fate"] == SUPERSEDED]
    duplicates = versions[versions["fate"] == DUPLICATE]
    excluded = lines[lines["is_excluded"]]
    moved = orders[orders["dst_note"] == MOVED_OUT_OF_GAP]
    first = orders[orders["dst_note"] == FIRST_OF_TWO]
    paid_back = versions[versions["paid_back_lines"] > 0]
    ids = versions["order_id"]  # few are refunded: looking up all ids in them is much faster than the reverse
    is_lone = ~refunds.lines["order_id"].isin(ids[ids.isin(refunds.lines["order_id"])])
    matched, lone = refunds.lines[~is_lone], refunds.lines[is_lone]
    parts = (
        (EXCLUDED, paid_back["ordered_at"], paid_back["paid_back_lines"]),
        (REFUND, matched["placed_at"], 1),
        (LONE_REFUND, lone["placed_at"], 1),
        (DUPLICATE, refunds.repeated["placed_at"], 1),
        (WAITING, refunds.waiting["ordered_at"], 1),
        (ACCEPTED, orders["ordered_at"], orders["line_count"]),
        (DUPLICATE, duplicates["ordered_at"], duplicates["line_count"]),
        (SUPERSEDED, superseded["ordered_at"], superseded["line_count"]),
        ("replaced_versions", superseded["ordered_at"], 1),
        (EXCLUDED, excluded["placed_at"], 1),
        (WAITING, waiting["ordered_at"], 1),
        ("moved_out_of_gap", moved["ordered_at"], 1),
        ("first_of_two", first["ordered_at"], 1),
    )
    frames = [pd.DataFrame({"at": at, "kind": kind, "count": count}) for kind, at, count in parts]
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
