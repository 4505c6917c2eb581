"""Which stored weeks a match source now tells otherwise: matches that have ended, moved, or are new. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from pizza_assets.models.vocabulary import MatchStatus
from pizza_assets.models.week import MatchWeek

ENDS_AFTER = timedelta(minutes=105)
"""From kick-off on: the earliest that a match can be over."""

_TO_COME = (MatchStatus.SCHEDULED, MatchStatus.TIMED, MatchStatus.IN_PLAY, MatchStatus.PAUSED)
_COMPARED = ["match_id", "kickoff_at", "status"]


def should_be_over(stored: pd.DataFrame, now: datetime) -> bool:
    """Whether a match (RawMatches) that is stored as not yet played ought to have ended."""
    is_open = stored["status"].isin(_TO_COME) & stored["kickoff_is_fixed"]
    return bool((is_open & (stored["kickoff_at"] + ENDS_AFTER <= now)).any())


def changed_matches(stored: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The matches of `told` that are new, have ended (or were called off) or have moved since; both RawMatches.

    Columns match_id, kickoff_at, status, and kickoff_at_stored (NaT of a new one).
    """
    both = told[_COMPARED].merge(stored[_COMPARED], on="match_id", how="left", suffixes=("", "_stored"))
    is_over = ~both["status"].isin(_TO_COME) & both["status_stored"].isin(_TO_COME)
    has_ended = is_over | ((both["status"] == MatchStatus.FINISHED) & (both["status_stored"] != MatchStatus.FINISHED))
    has_moved = both["kickoff_at"] != both["kickoff_at_stored"]  # NaT differs from everything
    return both[has_ended | has_moved].drop(columns="status_stored").reset_index(drop=True)


def weeks_of(changed: pd.DataFrame, stored_weeks: Sequence[str], timezone: str) -> list[str]:
    """The stored weeks in which a changed match lies or lay, sorted."""
    moments = pd.concat([changed["kickoff_at"], changed["kickoff_at_stored"]]).dropna()
    touched = {MatchWeek.containing(moment.to_pydatetime(), timezone).key for moment in moments}
    return sorted(touched & set(stored_weeks))
