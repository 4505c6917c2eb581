"""Which stored weeks a match source now reports differently: matches that have ended, moved, or are new. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from pizza_assets.models.vocabulary import MatchStatus
from pizza_assets.models.week import MatchWeek

ENDS_AFTER = timedelta(minutes=105)
"""The earliest that a match can be over, from kick-off."""

_OPEN = (MatchStatus.SCHEDULED, MatchStatus.TIMED, MatchStatus.IN_PLAY, MatchStatus.PAUSED)
_COMPARED = ["match_id", "kickoff_at", "status"]


def should_be_over(stored: pd.DataFrame, now: datetime) -> bool:
    """Whether any match (RawMatches) stored as not yet played should have ended by now."""
    is_open = stored["status"].isin(_OPEN) & stored["kickoff_is_fixed"]
    return bool((is_open & (stored["kickoff_at"] + ENDS_AFTER <= now)).any())


def changed_matches(stored: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    """The `latest` matches that are new, have ended (or were called off) or have moved since `stored`; both RawMatches.

    Columns match_id, kickoff_at, status, and kickoff_at_stored (NaT for a new match).
    """
    both = latest[_COMPARED].merge(stored[_COMPARED], on="match_id", how="left", suffixes=("", "_stored"))
    is_over = ~both["status"].isin(_OPEN) & both["status_stored"].isin(_OPEN)
    has_ended = is_over | ((both["status"] == MatchStatus.FINISHED) & (both["status_stored"] != MatchStatus.FINISHED))
    has_moved = both["kickoff_at"] != both["kickoff_at_stored"]  # NaT differs from everything
    return both[has_ended | has_moved].drop(columns="status_stored").reset_index(drop=True)


def weeks_of(changed: pd.DataFrame, stored_weeks: Sequence[str], timezone: str) -> list[str]:
    """The stored weeks of the changed matches, before and after the change, sorted."""
    moments = pd.concat([changed["kickoff_at"], changed["kickoff_at_stored"]]).dropna()
    touched = {MatchWeek.containing(moment.to_pydatetime(), timezone).key for moment in moments}
    return sorted(touched & set(stored_weeks))
