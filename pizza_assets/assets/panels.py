"""Builds the analyses' panels from stored quarter-hours, per pair of sources. Nothing is estimated here."""

from collections.abc import Iterator, Sequence

from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.panel import Panel, chain_panels, market_panel, store_panel
from pizza_assets.models.market import Market
from pizza_assets.storage.tables import WeekTables


def clocks(markets: Sequence[Market]) -> dict[str, str]:
    """Market name to time zone."""
    return {market.name: market.timezone for market in markets}


def panels_by_pair(quarter_hours: WeekTables, raw_matches: WeekTables) -> dict[SourcePair, Panel]:
    """Orders by market. A week belongs to the pair of labels of its orders and matches; without matches to none."""
    parts: dict[SourcePair, list[Panel]] = {}
    for pair, week in _weeks(quarter_hours, raw_matches):
        panel = quarter_hours.derived("market panel", week, market_panel)
        if panel is not None:
            parts.setdefault(pair, []).append(panel)
    return {pair: Panel.joined(panels) for pair, panels in parts.items()}


def chain_panels_by_pair(quarter_hours: WeekTables, raw_matches: WeekTables) -> dict[str, dict[SourcePair, Panel]]:
    """Like `panels_by_pair`, for each chain separately."""
    parts: dict[str, dict[SourcePair, list[Panel]]] = {}
    for pair, week in _weeks(quarter_hours, raw_matches):
        week_panels = quarter_hours.derived("chain panels", week, chain_panels)
        for chain, panel in (week_panels or {}).items():
            parts.setdefault(chain, {}).setdefault(pair, []).append(panel)
    return {
        chain: {pair: Panel.joined(panels) for pair, panels in by_pair.items()}
        for chain, by_pair in sorted(parts.items())
    }


def store_panels(quarter_hours: WeekTables) -> dict[str, Panel]:
    """Orders by store, per label of orders, including weeks without matches."""
    parts: dict[str, list[Panel]] = {}
    for week in quarter_hours:
        facts = quarter_hours.facts(week)
        panel = quarter_hours.derived("store panel", week, store_panel)
        if facts and panel is not None:
            parts.setdefault(str(facts.data_source), []).append(panel)
    return {source: Panel.joined(panels) for source, panels in parts.items()}


def _weeks(quarter_hours: WeekTables, raw_matches: WeekTables) -> Iterator[tuple[SourcePair, str]]:
    for week in quarter_hours:
        order_facts, match_facts = quarter_hours.facts(week), raw_matches.facts(week)
        if order_facts and match_facts:
            yield (str(order_facts.data_source), str(match_facts.data_source)), week


def store_panels_by_pair(quarter_hours: WeekTables, raw_matches: WeekTables) -> dict[SourcePair, Panel]:
    """Like `panels_by_pair`, by store. A store that sold nothing in a week is unknown in it."""
    parts: dict[SourcePair, list[Panel]] = {}
    for pair, week in _weeks(quarter_hours, raw_matches):
        panel = quarter_hours.derived("store panel", week, store_panel)
        if panel is not None:
            parts.setdefault(pair, []).append(panel)
    return {pair: Panel.joined(panels) for pair, panels in parts.items()}
