"""What outages mean for the answers about matches: missing orders look like quiet hours."""

import pandas as pd

from pizza_assets.analysis import wording
from pizza_assets.analysis.anomalies import LOW

_MOST_NAMED = 3


def outage_caveats(anomalies: pd.DataFrame | None) -> dict[str, str]:
    """For each order source with outages, what they mean for answers about matches."""
    if anomalies is None:
        return {}
    outages = anomalies[anomalies["kind"] == LOW.name].sort_values("starts_at")
    return {str(source): _outage_caveat(rows) for source, rows in outages.groupby("order_source")}


def _outage_caveat(outages: pd.DataFrame) -> str:
    named = [
        f"store {row.store_id} in {row.market} on {row.starts_at:%Y-%m-%d}"
        for row in outages.head(_MOST_NAMED).itertuples()
    ]
    more = f" and {len(outages) - _MOST_NAMED} more" if len(outages) > _MOST_NAMED else ""
    subject = wording.counted_noun(len(outages), "outage counts", "outages count")
    return (
        f"{subject} as hours with few orders or none ({', '.join(named)}{more}): if orders are missing from the data, "
        "list the days in PIZZA_SPECIAL_DAYS."
    )
