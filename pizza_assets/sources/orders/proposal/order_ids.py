"""Whether an order id identifies one order, and what the lines that share one are: items, versions, refunds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pizza_assets.sources.orders.proposal.sample import ExportSample

_SOME = 0.05
"""If more than this share of lines share their order with another line, it matters what they are."""
_NEGATIVE = r"^\W*(?:-|\().*\d"


@dataclass(frozen=True)
class SharedIds:
    """repeated: share of the lines that share their order with a different line (exact copies don't count).
    is_restarting: most of those lie at other times, so that the number restarts, e.g. every day.
    """

    repeated: float
    is_restarting: bool

    @property
    def are_items(self) -> bool:
        """Whether lines are items of orders; later versions of orders would be fewer."""
        return self.repeated > _SOME and not self.is_restarting


def order_ids(sample: ExportSample, roles: Mapping[str, str], parts: Sequence[str]) -> pd.Series:
    """The order id of each line: of the columns `parts` together if there are several, else of the role order_id."""
    columns = parts if len(parts) > 1 else [roles[role] for role in ("order_id",) if role in roles]
    joined = pd.Series("", index=sample.lines.index, dtype="str")
    for header in columns:
        if header in sample.lines:
            joined = joined + "|" + sample.lines[header]
    return joined.mask(joined.str.strip("|") == "", "")


def shared_ids(
    samples: Sequence[ExportSample], found: Sequence[Mapping[str, str]], ids_of: Sequence[pd.Series]
) -> SharedIds:
    """What lines with the same order id have in common; negative amounts and quantities are refunds, and left aside.

    found: headers by role, per sample; `amount` is the money. ids_of: the order ids of its lines, per sample.
    """
    repeated = lines = groups = apart = 0
    for sample, roles, all_ids in zip(samples, found, ids_of, strict=True):
        lines += len(sample.lines)
        distinct = sample.lines.drop_duplicates()
        for role in {"amount", "quantity"} & set(roles):
            distinct = distinct[~is_negative(distinct[roles[role]])]
        ids = all_ids[distinct.index]
        shared = distinct[(ids != "") & ids.duplicated(keep=False)]
        repeated += len(shared)
        times = [roles[part] for part in ("timestamp", "date") if part in roles]
        if times and len(shared):
            by_order = shared.groupby(ids[shared.index])[times[0]].nunique()
            groups += len(by_order)
            apart += int((by_order > 1).sum())
    share = repeated / max(lines, 1)
    return SharedIds(share, share > _SOME and 2 * apart > groups)


def is_negative(texts: pd.Series) -> pd.Series:
    """Whether amounts are negative, as -3.00, £-3.00 or (3.00)."""
    return texts.str.contains(_NEGATIVE, regex=True).astype(bool)


def refund_question(lines: pd.DataFrame, amount: str) -> str | None:
    """The question about lines with a negative amount (a column of `lines`) or quantity; None if there are none."""
    is_refund = is_negative(lines[amount])
    if "quantity" in lines:
        is_refund |= is_negative(lines["quantity"])
    if not is_refund.any():
        return None
    return (
        f"{int(is_refund.sum())} amounts or quantities are negative, refunds perhaps: are they to be taken from the "
        "orders with the same id (net), left out (exclude), or refused as errors (refuse)?"
    )
