"""What a sentence about one result must know of the other results of the same sources. Words belong to wording.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pizza_assets.analysis.kickoff_classes import KICKOFF_CLASSES
from pizza_assets.analysis.moved_orders import MovedOrders, moved_orders
from pizza_assets.models.vocabulary import KICKOFF_TIME, Scope


@dataclass(frozen=True)
class Context:
    """moved: how orders moved around the match, if they did. do_kickoffs_differ: whether it is a finding that the
    effect differs by time of kick-off. kickoff_times: the rows of the times of kick-off with an effect of their own.
    kickoffs_without: classes of them in which none was found. kickoffs_untold: classes without enough data."""

    moved: MovedOrders | None = None
    do_kickoffs_differ: bool = False
    kickoff_times: tuple[Mapping, ...] = ()
    kickoffs_without: tuple[str, ...] = ()
    kickoffs_untold: tuple[str, ...] = ()


NO_CONTEXT = Context()


def context_of(results: Iterable[Mapping]) -> Context:
    """results: rows of CorrelationResults of one pair of sources."""
    rows = list(results)
    by_kickoff = {row["scope_value"]: row for row in rows if row["scope"] == Scope.KICKOFF}
    directions = {name: by_kickoff[name]["direction"] if name in by_kickoff else "unknown" for name in KICKOFF_CLASSES}
    return Context(
        moved_orders(rows),
        any(row["subject"] == KICKOFF_TIME and row["direction"] == "differs" for row in rows),
        tuple(row for row in by_kickoff.values() if row["direction"] in ("up", "down")),
        tuple(name for name, direction in directions.items() if direction == "none"),
        tuple(name for name, direction in directions.items() if direction == "unknown"),
    )
