"""Puts typed lines together to orders: folds items, settles which version of an order counts, checks what results.

Of a line exactly one thing becomes: part of an accepted order, of a waiting one or of a superseded version of one, a
rejected row, a dropped duplicate or an excluded line.
Reading lines does not belong here, nor does the calendar: everything carries the instant by which it is filed.
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
from pizza_assets.sources.orders.file_times import FIRST_OF_TWO, MOVED_OUT_OF_GAP

SHARED = {
    "ordered_at": ("timestamp", "date"),
    "store_id": ("store_id",),
    "market": ("market",),
    "chain": ("chain",),
    "currency": ("currency",),
}
"""What all lines of an order must agree about, and the mapping's names of the columns behind it."""
CONTENT = [
    "ordered_at",
    "chain",
    "market",
    "store_id",
    "store_location",
    "currency",
    "revenue_cents",
    "discount_cents",
    "pizza_count",
    "items",
]

ACCEPTED, DUPLICATE, EXCLUDED, SUPERSEDED, WAITING = "accepted", "duplicate", "excluded", "superseded", "waiting"


@dataclass(frozen=True)
class FoldedOrders:
    """orders: RawOrders columns plus file_index and line_number (of the first line), and the business day's zone.
    rejected: RejectedRows columns, with file_index instead of origin, plus `at`; one row per line.
    counts: (at, kind, count): how many lines were accepted, duplicate, superseded, excluded, waiting; how many versions
        of orders were replaced; how many orders had which DST note.
    """

    orders: pd.DataFrame
    rejected: pd.DataFrame
    counts: pd.DataFrame


def fold_orders(lines: pd.DataFrame, mapping: FileMapping, cutoff: datetime) -> FoldedOrders:
    """Fold file_lines.LINE_COLUMNS plus `placed_at` (the instant by which a line without a time is filed).

    All lines of an order must be among `lines`. An order with a refused line is refused whole, because its revenue
    would be wrong. Of several versions of an order id the last in file and line order counts, a withdrawn one
    (excluded status) included; equal earlier versions are duplicates, different ones are superseded. A version at or
    after `cutoff` waits: it does not count yet, and supersedes nothing.
    """
    lines = in_order(lines, ["file_index", "line_number"])
    lines["order"] = pd.factorize(lines["order_id"])[0]  # texts are compared once, from here on it is numbers
    lines["version"] = _version_codes(lines, mapping.folds_items)
    _reject_disagreeing(lines, mapping)
    _reject_incomplete(lines, mapping)
    is_refused = lines["problem_column"].notna()
    is_waiting = ~is_refused & ~lines["is_excluded"] & (lines["ordered_at"] >= cutoff)
    waiting = lines[is_waiting]
    is_out = lines["version"].isin(lines.loc[is_refused | is_waiting, "version"])
    sums = _item_sums if mapping.folds_items else _line_sums
    versions = _settled(sums(lines[~is_out]))
    orders = _raw_orders(versions[versions["fate"] == ACCEPTED], mapping)
    orders = _reject_violations(lines, orders, mapping)
    return FoldedOrders(
        orders.drop(columns=["version"]), _rejected_rows(lines), _counts(lines, waiting, versions, orders)
    )


def _version_codes(lines: pd.DataFrame, folds_items: bool) -> np.ndarray:
    """Which lines belong together: those of one file and order id, or each line for itself."""
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
    """One row per version where each line is one. Excluded ones have line_count 0."""
    versions = lines.drop(columns=["amount", "discount", "quantity"])
    versions["revenue_cents"] = rounded_to_minor_units(lines["amount"].to_numpy())
    versions["discount_cents"] = _known_discounts(lines["discount"])
    versions["pizza_count"] = lines["quantity"]
    versions["line_count"] = (~lines["is_excluded"]).astype("int64")
    versions["items"] = "[" + lines["item"] + "]"
    return versions


def _item_sums(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per version: its sums, its first line, how many lines count. Wholly excluded ones have line_count 0."""
    counted = lines[~lines["is_excluded"]]
    first = lines.drop_duplicates("version").set_index("version")
    first_counted = counted.drop_duplicates("version").set_index("version")
    versions = first_counted.reindex(first.index)
    for name in ("file_index", "line_number", "order_id", "order"):
        versions[name] = first[name]
    by_version = counted.groupby("version")
    sums = by_version[["amount", "quantity"]].sum().reindex(first.index, fill_value=0)
    versions["revenue_cents"] = rounded_to_minor_units(sums["amount"].to_numpy())
    discounts = by_version["discount"].sum(min_count=1).reindex(first.index)
    versions["discount_cents"] = _known_discounts(discounts)
    versions["pizza_count"] = sums["quantity"]
    versions["line_count"] = by_version.size().reindex(first.index, fill_value=0)
    versions["dst_note"] = by_version["dst_note"].max().reindex(first.index, fill_value=0)
    versions["items"] = _item_lists(counted).reindex(first.index)
    return versions.reset_index()


def _known_discounts(fine_units: pd.Series) -> pd.Series:
    """Rounded to the minor unit; missing where no line of the order says anything."""
    return rounded_to_minor_units(fine_units.astype("Int64"))


def _item_lists(counted: pd.DataFrame) -> pd.Series:
    """The JSON list of each version's items in line order, joined without touching single rows."""
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
    """With `fate`: accepted, excluded, duplicate or superseded."""
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
    """The model has the last word: whatever breaks a rule of RawOrders is refused with that rule."""
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


def _counts(lines: pd.DataFrame, waiting: pd.DataFrame, versions: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    superseded = versions[versions["fate"] == SUPERSEDED]
    duplicates = versions[versions["fate"] == DUPLICATE]
    excluded = lines[lines["is_excluded"]]
    moved = orders[orders["dst_note"] == MOVED_OUT_OF_GAP]
    first = orders[orders["dst_note"] == FIRST_OF_TWO]
    parts = (
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
