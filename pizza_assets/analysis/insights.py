"""Sentences a manager reads, each with its numbers, its caveat and the word mock where it applies.

Every number comes from `correlation_results` or `match_impact`; nothing is estimated or tested here.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis import wording
from pizza_assets.analysis.reasons import Reason, split
from pizza_assets.analysis.store_hours import StoreHours, per_store_hour
from pizza_assets.models import CorrelationResults, Insights, MatchImpact, MatchWindows
from pizza_assets.models.currency import minor_digits
from pizza_assets.models.vocabulary import DataSource, ResultStatus, Window

_ESTIMAND_CAVEAT = "This is the effect beyond what football does to everyone at that hour."
_EXPLORATORY_CAVEAT = "Exploratory: not the hypothesis declared beforehand."
_NOT_ZERO_CAVEAT = "Nothing found is not the same as no effect."
_SOURCE_CAVEATS = {
    DataSource.MOCK.value: "Made from mock orders: it shows how the platform works, nothing about real customers.",
    DataSource.MIXED.value: "Real orders were set against invented matches: it says nothing about football.",
}
_READING_ORDER = {
    "role": ["primary", "exploratory"],
    "data_source": ["real", "mixed", "mock"],
    "time_window": list(Window),
}
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


def insights(
    results: DataFrame[CorrelationResults],
    impact: DataFrame[MatchImpact],
    match_windows: DataFrame[MatchWindows],
    *,
    source_reasons: Sequence[str] = (),
) -> DataFrame[Insights]:
    """One sentence per result (the primary hypothesis first, real before mixed before mock), then the source reasons.

    source_reasons: what the sources say about themselves: why data are a stand-in, which effects were planted in them.
    There is always at least one row.
    """
    in_order = sorted(results.to_dict("records"), key=_reading_order)
    rows = [_insight(row, impact, match_windows) for row in in_order]
    rows += [_source_caveat(reason, results) for reason in dict.fromkeys(source_reasons)]
    return Insights.checked([{**row, "rank": rank} for rank, row in enumerate(rows or [_nothing_analysed()], start=1)])


def _reading_order(result: dict) -> tuple:
    return *(order.index(result[name]) for name, order in _READING_ORDER.items()), result["analysis_id"]


def _insight(result: dict, impact: pd.DataFrame, match_windows: pd.DataFrame) -> dict:
    shop = per_store_hour(impact, match_windows, result["order_source"], result["match_source"], result["time_window"])
    kind, sentence = _sentence(result, shop)
    is_answered = kind != "insufficient_data"
    copied = (
        "analysis_id",
        "uplift_pct",
        "ci_low_pct",
        "ci_high_pct",
        "q_value",
        "n_matches",
        "order_source",
        "match_source",
    )
    return {
        **{name: result[name] for name in copied},
        "kind": kind,
        "headline": wording.source_prefix(result["order_source"], result["match_source"]) + sentence,
        "caveat": _caveat(result, kind),
        "extra_orders_per_store_hour": shop.extra_orders if is_answered else None,
        "extra_revenue_per_store_hour_cents": shop.extra_revenue_cents if is_answered else None,
        "currency": shop.currency if is_answered else None,
        "data_source": result["data_source"],
    }


def _sentence(result: dict, shop: StoreHours) -> tuple[str, str]:
    """The kind of the insight and its sentence, without the prefix that names mock data."""
    sentence = wording.sentence(result, _period(result["time_window"], shop.window_minutes), _in_shops(shop))
    if result["status"] != ResultStatus.OK:
        return "insufficient_data", sentence + _so_far(result)
    return "nothing_found" if result["direction"] == "none" else "finding", sentence


def _so_far(result: dict) -> str:
    if not np.isfinite(result["uplift_pct"]):
        return ""
    matches = wording.counted_noun(result["n_matches"], "match", "matches")
    return f" So far: {wording.change(result['uplift_pct'])} over {matches}, which may be chance."


def _in_shops(shop: StoreHours) -> str:
    if shop.extra_orders is None:
        return ""
    direction = "more" if shop.extra_orders >= 0 else "fewer"
    money = (
        "" if shop.extra_revenue_cents is None else f" and {_money(abs(shop.extra_revenue_cents), str(shop.currency))}"
    )
    return f"; about {wording.number(abs(shop.extra_orders))} orders{money} {direction} per store and hour"


def _money(cents: float, currency: str) -> str:
    amount = cents / 10 ** minor_digits(currency)
    text = f"{amount:,.2f}" if amount < 10 else f"{amount:,.0f}"
    return f"{_SYMBOLS[currency]}{text}" if currency in _SYMBOLS else f"{text} {currency}"


def _period(window: str, minutes: int | None) -> str:
    if window == Window.DURING or minutes is None:
        return wording.PERIODS[window]
    length = {60: "hour", 120: "two hours", 180: "three hours"}.get(minutes, f"{minutes} minutes")
    return f"in the {length} {wording.PERIODS[window]}"


def _caveat(result: dict, kind: str) -> str | None:
    parts = [] if kind == "insufficient_data" else [_ESTIMAND_CAVEAT]
    if kind == "nothing_found":
        parts.append(_NOT_ZERO_CAVEAT)
    if result["role"] != "primary":
        parts.append(_EXPLORATORY_CAVEAT)
    if Reason.FEW_CONTROLS in split(result["reasons"]):
        parts.append(f"Weak: {wording.explanations([Reason.FEW_CONTROLS])}.")
    if result["data_source"] in _SOURCE_CAVEATS:
        parts.append(_SOURCE_CAVEATS[result["data_source"]])
    return " ".join(parts) or None


_NO_NUMBERS = {
    **dict.fromkeys(("caveat", "analysis_id", "currency", "order_source", "match_source")),
    **dict.fromkeys(("uplift_pct", "ci_low_pct", "ci_high_pct", "q_value"), np.nan),
    **dict.fromkeys(("extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents"), np.nan),
    "n_matches": 0,
}


def _source_caveat(reason: str, results: pd.DataFrame) -> dict:
    """A sentence about the data as a whole carries the least real label among the results."""
    labels = [label for label in reversed(_READING_ORDER["data_source"]) if (results["data_source"] == label).any()]
    return {
        **_NO_NUMBERS,
        "kind": "caveat",
        "headline": reason,
        "data_source": labels[0] if labels else DataSource.REAL.value,
    }


def _nothing_analysed() -> dict:
    return {
        **_NO_NUMBERS,
        "kind": "insufficient_data",
        "headline": "Nothing can be said yet: no orders and no matches have been analysed.",
        "caveat": "Collect at least eight weeks of orders and the matches played in them.",
        "data_source": DataSource.REAL.value,
    }
