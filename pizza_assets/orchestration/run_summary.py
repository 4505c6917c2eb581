"""What a run comes to, in words: weeks, orders, matches, how much of it is mock, the strongest finding."""

from collections.abc import Sequence

import pandas as pd

from pizza_assets.models.vocabulary import DataSource
from pizza_assets.orchestration.local_run import Collected
from pizza_assets.storage.layout import whole_key
from pizza_assets.storage.tables import TableStore


def summary(tables: TableStore, collected: Collected, analysis_error: str | None) -> str:
    """Plain text for a terminal."""
    weeks = [week for week in collected.weeks if week not in collected.failures]
    lines = [
        "",
        f"Weeks    {_weeks_in_words(weeks)}",
        f"Orders   {_counted(tables, 'raw_orders', weeks)}",
        f"Matches  {_counted(tables, 'raw_matches', weeks)}",
    ]
    if analysis_error is None:
        lines += [
            "",
            *_headlines(tables.read_whole("insights")),
            "",
            f"Page     {tables.objects.uri(whole_key('dashboard_page'))}",
        ]
    else:
        lines += ["", f"The analysis failed: {analysis_error}"]
    if collected.failures:
        lines += ["", f"{len(collected.failures)} weeks failed and are not in the numbers above:"]
        lines += [f"  {week}: {error}" for week, error in sorted(collected.failures.items())]
    if collected.error:
        lines += ["", f"Collecting stopped: {collected.error}"]
    return "\n".join(lines)


def _weeks_in_words(weeks: Sequence[str]) -> str:
    if not weeks:
        return "none"
    return f"{len(weeks)} ({weeks[0]} to {weeks[-1]}, each from Tuesday 06:00)"


def _counted(tables: TableStore, asset: str, weeks: Sequence[str]) -> str:
    """Rows by label: the two are never one number."""
    counts: dict[str, int] = {}
    empty = 0
    reasons: set[str] = set()
    for week in weeks:
        facts = tables.week_facts(asset, week)
        if facts is None:
            empty += 1
            continue
        counts[facts.data_source] = counts.get(facts.data_source, 0) + facts.row_count
        if facts.reason and (facts.is_partial or facts.source_name == "mock"):
            reasons.add(facts.reason)
    parts = [
        f"{count:,} {'MOCK' if label == DataSource.MOCK else label}"
        for label, count in sorted(counts.items(), reverse=True)
    ]
    if empty:
        parts.append(f"{empty} weeks without any")
    return "; ".join(parts or ["none"]) + "".join(f"\n         {reason}" for reason in sorted(reasons))


def _headlines(insights: pd.DataFrame | None) -> list[str]:
    """The strongest finding, or else what the first hypothesis came to; and its caveat."""
    if insights is None or insights.empty:
        return ["No analysis is stored."]
    ranked = insights.sort_values("rank")
    findings = ranked[ranked["kind"] == "finding"]
    first = (findings if len(findings) else ranked).iloc[0]
    return [str(first["headline"]), *([] if pd.isna(first["caveat"]) else [str(first["caveat"])])]
