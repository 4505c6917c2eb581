"""Names what is unusual about a readable export: orders may be missing or wrong although every line was read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.market import Market
from pizza_assets.models.orders import OF_NO_WEEK
from pizza_assets.orchestration.own_export.trading_holes import TradingHole
from pizza_assets.sources.orders.file_folding import EXCLUDED, LONE_REFUND, SUPERSEDED, UNIQUE_ID
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.import_facts import NO_ORDER, ImportFacts
from pizza_assets.sources.orders.text_batches import LIKE_AN_ORDER

MANY = 0.05
"""A larger share of excluded or replaced lines is worth a look: shops cancel one order in fifty (decision 0060)."""
_MOST_NAMED = 5


def doubts_of(
    facts: ImportFacts,
    mapping: FileMapping,
    rejected: pd.DataFrame,
    ignored_files: Sequence[str],
    holes: Sequence[TradingHole] = (),
) -> tuple[str, ...]:
    """Sentences, each with its lines, files or counts. rejected: examples of refused lines (see ExportCheck)."""
    read = max(sum(facts.lines_read.values()), 1)
    doubts = []
    excluded = facts.lines.get(EXCLUDED, 0)
    if excluded > MANY * read:
        first = f", the first ones {', '.join(facts.excluded_lines)}" if facts.excluded_lines else ""
        doubts.append(
            f"{excluded:,} of {read:,} lines ({excluded / read:.0%}) are left out by their status, as void or as paid "
            f"back{first}: is that right? Check [statuses] and the columns status, void and refunded of the mapping"
        )
    others = facts.other_counts()
    kinds = {kind: count for kind, count in others.items() if kind != LIKE_AN_ORDER}
    if facts.lines.get(NO_ORDER, 0) > MANY * read:
        named = [f"{count:,} of kind {kind!r}" for kind, count in list(kinds.items())[:_MOST_NAMED]] or facts.aside[:1]
        doubts.append(
            f"{facts.lines[NO_ORDER]:,} lines are no orders, such as {', '.join(named)}: is the mapping right?"
        )
    if others.get(LIKE_AN_ORDER):
        first = next((line for line in facts.aside if line.endswith(LIKE_AN_ORDER)), "")
        doubts.append(
            f"{others[LIKE_AN_ORDER]:,} lines look like orders, but stand below the end of the table ({first}), so "
            "they are not read: remove the lines of other width above them, or move them to a file of their own"
        )
    superseded = facts.lines.get(SUPERSEDED, 0)
    if superseded > MANY * read:  # overlapping files repeat orders, but few of them differently
        doubts.append(
            f"{superseded:,} of {read:,} lines ({superseded / read:.0%}) have the order id of a later line, which "
            'replaces them: are they versions of one order, its items (rows = "items", --rows items), or orders of '
            "their own (--id names the columns that identify one)?"
        )
    lone = facts.lines.get(LONE_REFUND, 0)
    if lone and mapping.refunds != "exclude":  # that is an answer: sales stay as they were
        doubts.append(
            f"{counted_noun(lone, 'refund has', 'refunds have')} the id of no order: taken from none, so the revenue "
            "includes what was paid back"
        )
    if dropped := facts.count("dropped_refunds"):
        doubts.append(
            f"{counted_noun(dropped, 'refund goes', 'refunds go')} with an earlier version of the order, which a later "
            "file replaces without the refund: was the money not paid back after all, or is it missing in that file?"
        )
    shared = rejected[rejected["check"].str.removeprefix(OF_NO_WEEK) == UNIQUE_ID]
    if len(shared):
        named = ", ".join(f"{row.origin} line {row.line_number}" for row in shared.itertuples())
        doubts.append(
            f"{int(shared['times'].sum()):,} lines share their order id with an order of another day or store "
            f"({named}): say with --id which columns together identify an order"
        )
    if holes:
        more = f"; and {len(holes) - _MOST_NAMED} more" if len(holes) > _MOST_NAMED else ""
        named = "; ".join(hole.text for hole in holes[:_MOST_NAMED])
        doubts.append(
            f"{named}{more}: was it closed, or are orders missing from the export? These hours, and matches in them, "
            "are left out of answers and forecasts as soon as eight weeks of orders are stored. List the day in "
            "PIZZA_SPECIAL_DAYS (docs/configuration.md) to leave it out whole, and not to be asked again"
        )
    if ignored_files:
        more = f" and {len(ignored_files) - _MOST_NAMED} more" if len(ignored_files) > _MOST_NAMED else ""
        named = ", ".join(map(repr, ignored_files[:_MOST_NAMED]))
        doubts.append(
            f"these files of the folder are not read: {named}{more}; move them away, or check them separately"
        )
    return tuple(doubts)


def zone_doubts(mapping: FileMapping, markets: Iterable[Market], moments: Sequence[datetime]) -> tuple[str, ...]:
    """The markets whose own clock shows other times than the one by which the mapping reads times without an offset.

    markets: those of the export. moments: in the period of the export. Times in UTC may be of any place.
    """
    zone = mapping.timezone
    if zone is None or "/" not in zone or zone.startswith("Etc/"):
        return ()
    others: dict[str, list[str]] = {}
    for market in markets:
        own, read = ([at.astimezone(ZoneInfo(name)).utcoffset() for at in moments] for name in (market.timezone, zone))
        if own != read:
            others.setdefault(market.timezone, []).append(market.name)
    return tuple(
        f"times are read as times in {zone}, but {', '.join(names[:_MOST_NAMED])} "
        f"{'is' if len(names) == 1 else 'are'} in {place} by the markets table: which time zone do the times have "
        "(--timezone; timezone in the mapping)?"
        for place, names in others.items()
    )
