"""Which stored weeks a match source now reports differently: matches that have ended, moved, or are new. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from pizza_assets.models.vocabulary import MatchStatus
from pizza_assets.models.week import MatchWeek

ENDS_AFTER = timedelta(minutes=105)
"""The earliest that a match can be over, from kick-off."""
RESULT_DUE_FOR = timedelta(hours=12)
"""How long after that a match is waited for. One without a result by then is left to the daily refresh and the sensor's
regular polls: it may never get one.
"""

_OPEN = (MatchStatus.SCHEDULED, MatchStatus.TIMED, MatchStatus.IN_PLAY, MatchStatus.PAUSED)
_GOALS = ["home_goals", "away_goals"]
_COMPARED = ["match_id", "kickoff_at", "status", *_GOALS]


def should_be_over(stored: pd.DataFrame, now: datetime) -> bool:
    """Whether the result of any match (RawMatches) is due: it should have ended by now, and is stored as not yet
    played, or as finished without a score, which some sources deliver some minutes later.
    """
    lacks_score = (stored["status"] == MatchStatus.FINISHED) & stored[_GOALS].isna().any(axis=1)
    is_open = (stored["status"].isin(_OPEN) | lacks_score) & stored["kickoff_is_fixed"]
    ended_at = stored["kickoff_at"] + ENDS_AFTER
    return bool((is_open & (ended_at <= now) & (now < ended_at + RESULT_DUE_FOR)).any())


def changed_matches(stored: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    """The `latest` matches that are new, have ended (or were called off), have moved or have a score that was missing
    or different in `stored`; both RawMatches.

    Columns match_id, kickoff_at, status, and kickoff_at_stored (NaT for a new match).
    """
    both = latest[_COMPARED].merge(stored[_COMPARED], on="match_id", how="left", suffixes=("", "_stored"))
    is_over = ~both["status"].isin(_OPEN) & both["status_stored"].isin(_OPEN)
    is_finished = both["status"] == MatchStatus.FINISHED
    has_ended = is_over | (is_finished & (both["status_stored"] != MatchStatus.FINISHED))
    has_moved = both["kickoff_at"] != both["kickoff_at_stored"]  # NaT differs from everything
    goals, stored_goals = (both[[f"{name}{part}" for name in _GOALS]].astype("Float64") for part in ("", "_stored"))
    is_same_score = (goals.to_numpy(na_value=-1.0) == stored_goals.to_numpy(na_value=-1.0)).all(axis=1)
    found = both[has_ended | has_moved | (is_finished & ~is_same_score)]
    return found[["match_id", "kickoff_at", "status", "kickoff_at_stored"]].reset_index(drop=True)


def weeks_of(changed: pd.DataFrame, stored_weeks: Sequence[str], timezone: str) -> list[str]:
    """The stored weeks of the changed matches, before and after the change, sorted."""
    moments = pd.concat([changed["kickoff_at"], changed["kickoff_at_stored"]]).dropna()
    touched = {MatchWeek.containing(moment.to_pydatetime(), timezone).key for moment in moments}
    return sorted(touched & set(stored_weeks))
