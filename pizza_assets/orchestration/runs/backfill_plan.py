"""The text of a backfill's dry run."""

from collections.abc import Mapping

from pizza_assets.orchestration.freshness.staleness import Staleness
from pizza_assets.orchestration.runs.backfill import Backfill, Request
from pizza_assets.orchestration.runs.resumption import Attempt


def plan_text(backfill: Backfill, staleness: Staleness, request: Request, attempt: Attempt) -> str:
    """The plan as plain text. Weeks that become stale only during the backfill can't be known beforehand."""
    first, last = request.weeks[0].key, request.weeks[-1].key
    if request.is_stale_only:
        stale = backfill.stale_weeks(backfill.graph.assets, request.weeks)
        lines = [f"{len(stale)} of {len(request.weeks)} weeks from {first} to {last} are missing or stale:"]
        lines += [f"  {week}: {reasons_text(reasons)}" for week, reasons in sorted(stale.items())]
        lines += ["The analysis would run." if stale or staleness.of_analysis() else "The analysis is up to date."]
        return "\n".join(lines)
    undone = [week.key for week in request.weeks if not request.is_done("match_windows", week)]
    lines = [f"{len(undone)} weeks from {first} to {last} would be made, then one analysis."]
    if attempt.began_at is not None:
        done = len(request.weeks) - len(undone)
        lines += [f"{done} weeks were made by the interrupted backfill of {attempt.began_at:%Y-%m-%d %H:%M} UTC."]
    return "\n".join(lines)


def reasons_text(reasons: Mapping[str, str]) -> str:
    """Assets by reason: "raw_matches, mock_orders (missing); order_bins (its inputs have changed)"."""
    assets: dict[str, list[str]] = {}
    for asset, why in reasons.items():
        assets.setdefault(why, []).append(asset)
    return "; ".join(f"{', '.join(names)} ({why})" for why, names in assets.items())
