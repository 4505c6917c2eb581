"""Separates the refund lines of an export from its sales. Taking them from their orders belongs to file_folding."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

_CONTENT = ["order_id", "ordered_at", "amount", "quantity"]


@dataclass(frozen=True)
class Refunds:
    """lines: the refunds that count; repeated: those that another file also has; waiting: those at or after the
    cut-off, which don't count yet. sums: amount (fine units) and quantity by order id, both negative or 0.
    """

    lines: pd.DataFrame
    repeated: pd.DataFrame
    waiting: pd.DataFrame
    sums: pd.DataFrame


def split_refunds(lines: pd.DataFrame, cutoff: datetime) -> tuple[pd.DataFrame, Refunds]:
    """(the other lines, the refunds). Refused lines and excluded ones are no refunds.

    Exports overlap: of refunds that several files have, each counts as often as in the file that has it most often.
    """
    is_refund = lines["is_refund"] & lines["problem_column"].isna() & ~lines["is_excluded"]
    found = lines[is_refund]
    is_waiting = found["ordered_at"] >= cutoff
    counting = found[~is_waiting]
    times = counting.groupby(["file_index", *_CONTENT]).cumcount()
    is_repeated = counting[_CONTENT].assign(times=times).duplicated()
    kept = counting[~is_repeated]
    sums = kept.groupby("order_id")[["amount", "quantity"]].sum()
    rest = lines[~is_refund].reset_index(drop=True) if is_refund.any() else lines
    return rest, Refunds(kept, counting[is_repeated], found[is_waiting], sums)
