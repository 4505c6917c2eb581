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


def shared_ids(samples: Sequence[ExportSample], found: Sequence[Mapping[str, str]]) -> SharedIds:
    """What lines with the same order id have in common; negative amounts and quantities are refunds, and left aside.

    found: headers by role, per sample; `amount` is the money.
    """
    repeated = lines = groups = apart = 0
    for sample, roles in zip(samples, found, strict=True):
        lines += len(sample.lines)
        if "order_id" not in roles:
            continue
        distinct = sample.lines.drop_duplicates()
        for role in {"amount", "quantity"} & set(roles):
            distinct = distinct[~is_negative(distinct[roles[role]])]
        ids = distinct[roles["order_id"]]
        shared = distinct[(ids != "") & ids.duplicated(keep=False)]
        repeated += len(shared)
        times = [roles[part] for part in ("timestamp", "date") if part in roles]
        if times and len(shared):
            by_order = shared.groupby(roles["order_id"])[times[0]].nunique()
            groups += len(by_order)
            apart += int((by_order > 1).sum())
    share = repeated / max(lines, 1)
    return SharedIds(share, share > _SOME and 2 * apart > groups)


def is_negative(texts: pd.Series) -> pd.Series:
    """Whether amounts are negative, as -3.00, £-3.00 or (3.00)."""
    return texts.str.contains(_NEGATIVE, regex=True).astype(bool)
