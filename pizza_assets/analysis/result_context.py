"""What a sentence about one result must know of the other results of the same sources. Words belong to wording.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pizza_assets.analysis.moved_orders import MovedOrders, moved_orders
from pizza_assets.models.vocabulary import KICKOFF_TIME, Scope


@dataclass(frozen=True)
class Context:
    """moved: how orders moved around the match, if they did. do_kickoffs_differ: whether it is a finding that the
    effect differs by time of kick-off. kickoff_times: the rows of the times of kick-off with an effect of their own."""

    moved: MovedOrders | None = None
    do_kickoffs_differ: bool = False
    kickoff_times: tuple[Mapping, ...] = ()


NO_CONTEXT = Context()


def context_of(results: Iterable[Mapping]) -> Context:
    """results: rows of CorrelationResults of one pair of sources."""
    rows = list(results)
    return Context(
        moved_orders(rows),
        any(row["subject"] == KICKOFF_TIME and row["direction"] == "differs" for row in rows),
        tuple(row for row in rows if row["scope"] == Scope.KICKOFF and row["direction"] in ("up", "down")),
    )
