"""The code version of every asset. Raise an asset's number when its rows change on equal inputs.

A week stored under another number is stale (staleness.py) and shows as such in `pizza status` and the Dagster UI.
"""

from pizza_assets.storage.layout import PLACES

CODE_VERSIONS: dict[str, str] = {
    **dict.fromkeys(PLACES, "1"),
    **dict.fromkeys(("correlation_results", "insights"), "3"),
    **dict.fromkeys(("match_impact", "dashboard_match_impact", "dashboard_matches", "dashboard_data_quality"), "2"),
    **dict.fromkeys(("dashboard_correlations", "dashboard_insights"), "2"),
}
