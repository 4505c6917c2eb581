"""Whether orders only moved around the match: more in one window, fewer in another, and as many as usual together.

The conditions are those of a test of equivalence (two one-sided tests at 0.05; Schuirmann 1987) on the whole match.
Words belong to wording.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.windows import WINDOWS
from pizza_assets.models.vocabulary import OWN_TEAM_MATCH, ResultStatus, Scope, Span

UNCHANGED_PCT = 3.0
"""The whole match counts as unchanged if its 90 % interval lies within this share of usual orders, either way."""


@dataclass(frozen=True)
class MovedOrders:
    """fewer_in, more_in: the windows that are findings, in order of time. low_pct, high_pct: the 90 % interval of the
    whole match. q_value: the larger one of those findings."""

    fewer_in: tuple[str, ...]
    more_in: tuple[str, ...]
    low_pct: float
    high_pct: float
    q_value: float

    @property
    def is_unchanged(self) -> bool:
        """Whether it can be said that orders only moved."""
        return self.within_pct < UNCHANGED_PCT

    @property
    def within_pct(self) -> float:
        """The farther end of the interval."""
        return max(-self.low_pct, self.high_pct)


def moved_orders(results: Iterable[Mapping]) -> MovedOrders | None:
    """How orders moved, if one window of the own team's match is a finding up and another down, and the whole match
    has an answer that is no finding itself. results: rows of CorrelationResults of one pair of sources."""
    from scipy.special import stdtrit

    own = {
        row["time_window"]: row
        for row in results
        if row["subject"] == OWN_TEAM_MATCH and row["scope"] == Scope.OVERALL and row["status"] == ResultStatus.OK
    }
    whole = own.get(Span.MATCH.value)
    by_direction = {
        direction: tuple(w.value for w in WINDOWS if w in own and own[w]["direction"] == direction)
        for direction in ("down", "up")
    }
    if whole is None or whole["direction"] != "none" or not all(by_direction.values()):
        return None
    reach = float(stdtrit(whole["df"], 0.95)) * whole["se"]
    low, high = (100 * float(np.expm1(whole["estimate_log"] + side * reach)) for side in (-1, 1))
    found = [own[window]["q_value"] for windows in by_direction.values() for window in windows]
    return MovedOrders(by_direction["down"], by_direction["up"], low, high, max(found))
