"""Matches in markets, of which a page may have a hundred thousand rows: only what the page cannot derive.

The page (`data.js`) takes the columns of a match from the table of matches, and derives the uplift, extra orders and
extra revenue, also per store and hour, from observed and expected orders, revenue and store-hours.
"""

import pandas as pd

from pizza_assets.dashboards import page_payload

_PLACE = ["market", "team", "side", "window"]
_TIMES = ["kickoff_date", "kickoff_time", "window_start_at", "window_end_at"]
_MEASURES = ["observed", "revenue_cents", "currency", "store_hours", "ci_low_pct", "ci_high_pct"]
_VERDICT = ["status", "reasons", "own_result", "own_goal_difference", "total_goals"]
_LABELS = ["order_source", "match_source", "data_source"]
_DIGITS = {"ci_low_pct": 1, "ci_high_pct": 1}
"""As many as the page shows."""

SIGNIFICANT_DIGITS = 5
"""Of expected orders, from which the page derives changes in per cent and in orders."""


def embedded(impact: pd.DataFrame, matches: pd.DataFrame) -> dict[str, object]:
    """Rows of MatchImpactExtract by column. `match` is the position among `matches` (MatchesExtract); `is_complete`
    says whether orders are known for the whole window.
    """
    columns = page_payload.columns(impact, [*_PLACE, *_TIMES, *_MEASURES, *_VERDICT, *_LABELS], _DIGITS)
    return {
        "match": page_payload.positions(impact["match_id"], matches["match_id"]).tolist(),
        **columns,
        "expected": [_significant(value) for value in impact["expected"].tolist()],
        "is_complete": impact["orders_per_hour"].notna().tolist(),
    }


def with_local_date(matches: pd.DataFrame, impact: pd.DataFrame) -> dict[str, object]:
    """All columns of MatchesExtract, and the date of kick-off in the clock of the first market that follows the match;
    empty if no market with orders does.
    """
    local_date = impact.drop_duplicates("match_id").set_index("match_id")["kickoff_date"]
    dated = matches.assign(local_date=matches["match_id"].map(local_date).astype("str"))
    return page_payload.columns(dated, list(dated))


def source_pairs(impact: pd.DataFrame, correlations: pd.DataFrame) -> list[str]:
    """Sources of orders and matches that occur together, such as `real/mock`."""
    pairs = pd.concat([impact[["order_source", "match_source"]], correlations[["order_source", "match_source"]]])
    return sorted({f"{orders}/{matches}" for orders, matches in pairs.itertuples(index=False)})


def _significant(value: float) -> float | None:
    return None if pd.isna(value) else float(f"{value:.{SIGNIFICANT_DIGITS}g}")
