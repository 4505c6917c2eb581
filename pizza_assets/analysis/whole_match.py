"""A match as a whole: its windows before, during and after kick-off joined. Nothing is estimated here."""

import numpy as np
import pandas as pd

from pizza_assets.analysis.reasons import joined, split
from pizza_assets.analysis.windows import WINDOWS
from pizza_assets.models.vocabulary import ResultStatus, Span, Window

_KEY = ["match_id", "market"]


def whole_matches(windows: pd.DataFrame) -> pd.DataFrame:
    """One row per match and market, like those of MatchImpact: from the start of its first window to the end of its
    last, with the sums of its orders.

    windows: MatchImpact of one pair of sources. Refused, with the reasons of its windows, where one of them is.
    """
    by_window = {window: windows[windows["window"] == window.value].set_index(_KEY) for window in WINDOWS}
    first = by_window[Window.PRE]
    parts = [by_window[window].reindex(first.index) for window in WINDOWS]
    is_ok = np.all([part["status"] == ResultStatus.OK for part in parts], axis=0)
    reasons = [
        joined(reason for text in texts for reason in split(text))
        for texts in zip(*(part["reasons"] for part in parts), strict=True)
    ]
    added = {"window_end_at": parts[-1]["window_end_at"], "expected": _sums(parts, "expected")}
    if "control_market_count" in windows:
        added["control_market_count"] = np.min([part["control_market_count"] for part in parts], axis=0)
    return first.assign(
        **added,
        observed=_sums(parts, "observed"),
        window=Span.MATCH.value,
        status=np.where(is_ok, ResultStatus.OK.value, ResultStatus.INSUFFICIENT_DATA.value),
        reasons=reasons,
    ).reset_index()


def rows_of_span(windows: pd.DataFrame, span: str) -> pd.DataFrame:
    """The MatchImpact rows of one window; those of `whole_matches` for the whole match."""
    return whole_matches(windows) if span == Span.MATCH else windows[windows["window"] == span]


def _sums(parts: list[pd.DataFrame], name: str) -> np.ndarray:
    return np.sum([part[name].to_numpy(dtype=float) for part in parts], axis=0)
