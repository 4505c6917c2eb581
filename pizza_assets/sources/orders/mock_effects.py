"""The effects of matches on mock orders: planted on purpose, so finding them is never a discovery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DecidedBy, MatchStatus
from pizza_assets.models.week import MatchWeek

WINDOW_LENGTH = timedelta(hours=2)
MATCH_LENGTHS = {
    DecidedBy.REGULAR: timedelta(minutes=115),
    DecidedBy.EXTRA_TIME: timedelta(minutes=150),
    DecidedBy.PENALTIES: timedelta(minutes=165),
}
"""Kick-off to final whistle."""


@dataclass(frozen=True)
class PlantedEffects:
    """The factors by which a match multiplies the expected orders of a market that follows one of its teams.

    pre: in the two hours before kick-off. during: from kick-off to the final whistle (115 minutes, 150 after extra
    time, 165 after penalties). post: in the two hours after it. post_if_won: on top of post, if the followed team won.
    Where windows of two matches overlap, the larger factor counts.
    """

    pre: float = 1.04
    during: float = 1.08
    post: float = 1.12
    post_if_won: float = 1.06

    @property
    def largest(self) -> float:
        return max(self.pre, self.during, self.post, self.post * self.post_if_won)


PLANTED_EFFECTS = PlantedEffects()
"""The effects in all mock orders."""


def planted_effects_text() -> str:
    """The planted effects in one sentence, for metadata and pages."""
    pre, during, post, won = (
        f"{100 * (factor - 1):+.0f} %"
        for factor in (PLANTED_EFFECTS.pre, PLANTED_EFFECTS.during, PLANTED_EFFECTS.post, PLANTED_EFFECTS.post_if_won)
    )
    return (
        f"Mock orders carry planted effects: in the markets of a playing team {pre} in the 2 h before kick-off, "
        f"{during} during the match, {post} in the 2 h after it, and {won} on top of that after a win; "
        "finding them is a check, not a discovery."
    )


def planted_uplift(week: MatchWeek, market: Market, matches: Sequence[dict]) -> np.ndarray | None:
    """The planted factor per minute of the week, or None if no match of the market touches it."""
    uplift = None
    for match in matches:
        if match["home_team"] not in market.teams and match["away_team"] not in market.teams:
            continue
        whistle_at = match["kickoff_at"] + MATCH_LENGTHS.get(match["decided_by"], MATCH_LENGTHS[DecidedBy.REGULAR])
        post = PLANTED_EFFECTS.post * (PLANTED_EFFECTS.post_if_won if _is_won(match, market) else 1)
        edges = (match["kickoff_at"] - WINDOW_LENGTH, match["kickoff_at"], whistle_at, whistle_at + WINDOW_LENGTH)
        minutes = [int((edge - week.starts_at).total_seconds() // 60) for edge in edges]
        clipped = np.clip(minutes, 0, week.minutes)
        if clipped[0] < clipped[-1]:
            uplift = np.ones(week.minutes) if uplift is None else uplift
            for first, last, factor in zip(
                clipped[:-1], clipped[1:], (PLANTED_EFFECTS.pre, PLANTED_EFFECTS.during, post), strict=True
            ):
                np.maximum(uplift[first:last], factor, out=uplift[first:last])
    return uplift


def _is_won(match: dict, market: Market) -> bool:
    """Whether a followed team won a finished match, in play or by shoot-out."""
    if match["status"] != MatchStatus.FINISHED or pd.isna(match["home_goals"]) or pd.isna(match["away_goals"]):
        return False
    lead = int(match["home_goals"]) - int(match["away_goals"])
    if lead == 0 and pd.notna(match["shootout_home_goals"]) and pd.notna(match["shootout_away_goals"]):
        lead = int(match["shootout_home_goals"]) - int(match["shootout_away_goals"])
    return (lead > 0 and match["home_team"] in market.teams) or (lead < 0 and match["away_team"] in market.teams)
