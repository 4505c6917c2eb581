"""The text that summarises a run: weeks, orders, matches, how much of it is mock, the strongest finding."""

import textwrap
from collections.abc import Iterable, Sequence

import pandas as pd

from pizza_assets.analysis.forecast.sentences import short_forecast_sentence
from pizza_assets.analysis.forecast.weekend import summary_lines
from pizza_assets.command_name import typed
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DataSource, Span
from pizza_assets.orchestration.runs.backfill import Collected
from pizza_assets.orchestration.team_matching import absence_of, unknown_chains
from pizza_assets.storage.layout import whole_key
from pizza_assets.storage.tables import TableStore, WeekTables

WIDTH = 100
_INDENT = " " * 9
"""As wide as the words that lines begin with."""


def summary(tables: TableStore, collected: Collected, analysis_error: str | None, warnings: Sequence[str] = ()) -> str:
    """The summary as plain text, in lines of at most WIDTH characters. warnings: about the inputs."""
    weeks = [week for week in collected.weeks if week not in collected.failures]
    lines = [
        "",
        f"Weeks    {_weeks_in_words(weeks)}",
        f"Orders   {_counted(tables, 'raw_orders', weeks)}",
        f"Matches  {_counted(tables, 'raw_matches', weeks)}",
        *([f"Events   {_counted(tables, 'raw_match_events', weeks)}"] if _has_real_events(tables, weeks) else []),
    ]
    if analysis_error is None:
        lines += [
            "",
            *_headlines(tables.read_whole("insights")),
            "",
            *_staffing(tables),
            *_next_match(tables),
            f"Page     {tables.objects.uri(whole_key('dashboard_page'))}",
        ]
    else:
        lines += ["", f"The analysis failed: {analysis_error}"]
    lines += [f"\nWarning  {warning}" for warning in warnings]
    if collected.failures:
        lines += ["", f"{_weeks_counted(len(collected.failures))} failed and not included above:"]
        lines += [f"  {week}: {error}" for week, error in sorted(collected.failures.items())]
    if collected.error:
        lines += ["", f"Collecting stopped: {collected.error}"]
    return "\n".join(part for text in lines for line in text.split("\n") for part in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    """A long line as several, below its first word; an address or a path stays whole, so that it can be copied."""
    is_labelled = line[:1].strip() and line[len(_INDENT) - 1 : len(_INDENT)] == " "
    indent = _INDENT if is_labelled or line.startswith(_INDENT) else ""
    found = textwrap.wrap(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    return found or [""]


def _staffing(tables: TableStore) -> list[str]:
    """What to staff for on the next planned day; empty without a forecast of shops."""
    lines = summary_lines(tables.read_whole("demand_forecast"))
    return [*lines, f"{_INDENT}all shops and days: {typed('forecast')}", ""] if lines else []


def _next_match(tables: TableStore) -> list[str]:
    """The forecast for the next match in each market that follows it; empty without coming fixtures."""
    rows = tables.read_whole("match_forecast")
    if rows is None or rows.empty:
        return []
    around = rows[(rows["span"] == Span.MATCH) & (rows["kickoff_at"] == rows["kickoff_at"].min())]
    forecasts = [f"Next     {short_forecast_sentence(row)}" for row in around.head(2).to_dict("records")]
    return [*forecasts, f"{_INDENT}all coming matches: {typed('forecast')}", ""]


def unknown_names(
    tables: TableStore, markets: Sequence[Market], weeks: Sequence[str], chains: Iterable[str] = ()
) -> list[str]:
    """Warnings about teams without a stored match, and markets and chains without a stored order: most are misspelt.

    chains: those that the markets table names.
    """
    matches = WeekTables(tables, "raw_matches", weeks)
    known_teams = matches.distinct("home_team") | matches.distinct("away_team")
    are_mock = matches.distinct("match_source") <= {DataSource.MOCK}
    known_markets = WeekTables(tables, "raw_orders", weeks).distinct("market")
    return [
        *(
            f"team {team!r} of market {market.name!r} {why}"
            for market in markets
            for team in market.teams
            if (why := absence_of(team, known_teams, are_mock=are_mock)) is not None
        ),
        *(
            f"market {market.name!r} has no stored order; stored markets: {_listed(known_markets)}"
            for market in markets
            if market.name not in known_markets
        ),
        *(
            f"market {name!r} is a control market only: it is not in the markets table"
            for name in sorted(known_markets - {market.name for market in markets})
        ),
        *unknown_chains(chains, WeekTables(tables, "raw_orders", weeks).distinct("chain")),
    ]


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _weeks_counted(count: int) -> str:
    return f"{count} week{'' if count == 1 else 's'}"


def _weeks_in_words(weeks: Sequence[str]) -> str:
    if not weeks:
        return "none"
    return f"{len(weeks)} ({weeks[0]} to {weeks[-1]}, each from Tuesday 06:00)"


def _counted(tables: TableStore, asset: str, weeks: Sequence[str]) -> str:
    """Row counts by label: real and mock are never added up."""
    counts: dict[str, int] = {}
    empty = refused = 0
    reasons: set[str] = set()
    for week in weeks:
        facts = tables.week_facts(asset, week)
        refused += tables.refused_rows(asset, week).refused
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
    if refused:
        parts.append(f"{refused:,} rows refused (see the check rows_are_valid)")
    if empty:
        parts.append(f"{_weeks_counted(empty)} without any")
    return "; ".join(parts or ["none"]) + "".join(f"\n         {reason}" for reason in sorted(reasons))


def _has_real_events(tables: TableStore, weeks: Sequence[str]) -> bool:
    """Whether any goals or cards are stored or were refused; most sources have none."""
    stored = [facts for week in weeks if (facts := tables.week_facts("raw_match_events", week)) is not None]
    has_rows = any(facts.row_count and facts.data_source == DataSource.REAL for facts in stored)
    return has_rows or any(tables.refused_rows("raw_match_events", week).refused for week in weeks)


def _headlines(insights: pd.DataFrame | None) -> list[str]:
    """The strongest finding about the sources of the first insight, or else that insight; and its caveat.

    Real orders come first in `insights`, so a finding in mock orders never stands for them.
    """
    if insights is None or insights.empty:
        return ["No analysis is stored."]
    ranked = insights.sort_values("rank")
    first = ranked.iloc[0]
    is_alike = (ranked["order_source"] == first["order_source"]) & (ranked["match_source"] == first["match_source"])
    findings = ranked[is_alike & (ranked["kind"] == "finding")]
    first = findings.iloc[0] if len(findings) else first
    return [str(first["headline"]), *([] if pd.isna(first["caveat"]) else [str(first["caveat"])])]
