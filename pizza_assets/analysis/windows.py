"""The three periods of a match, exact to the minute, and the minute arithmetic that places orders in them.

`pre` [kick-off - 2 h, kick-off), `during` [kick-off, final whistle) and `post` [final whistle, + 2 h) are disjoint
and half-open. Exposure and orders do not belong here.
"""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import DecidedBy, Window
from pizza_assets.settings import Settings

WINDOWS: tuple[Window, ...] = (Window.PRE, Window.DURING, Window.POST)
"""The windows in order of time: window i is between edges i and i + 1 of `window_edges`."""

_MICROSECONDS_PER_MINUTE = 60_000_000


@dataclass(frozen=True)
class WindowLengths:
    """Lengths in whole minutes. The last three are from kick-off to final whistle, by how the match was decided."""

    pre_minutes: int = 120
    post_minutes: int = 120
    regular_minutes: int = 115
    extra_time_minutes: int = 150
    penalties_minutes: int = 165

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}; a window needs at least one minute")

    @classmethod
    def from_settings(cls, settings: Settings) -> "WindowLengths":
        """From PIZZA_PRE_MINUTES, PIZZA_POST_MINUTES and the three lengths of a match."""
        return cls(
            settings.pre_minutes,
            settings.post_minutes,
            settings.match_minutes,
            settings.extra_time_minutes,
            settings.penalties_minutes,
        )


def epoch_minutes(times: pd.Series) -> np.ndarray:
    """Convert aware times to whole minutes since 1970-01-01 UTC, rounded down, as int64."""
    return times.astype("datetime64[us, UTC]").astype("int64").to_numpy() // _MICROSECONDS_PER_MINUTE


def times_of(minutes: np.ndarray) -> pd.Series:
    """The inverse of `epoch_minutes`: UTC times with microsecond type."""
    microseconds = minutes.astype("int64") * _MICROSECONDS_PER_MINUTE
    return pd.Series(microseconds.view(np.dtype("datetime64[us]"))).dt.tz_localize("UTC")


def window_edges(matches: DataFrame[RawMatches], lengths: WindowLengths) -> np.ndarray:
    """Epoch minutes [match, 4]: start of pre, kick-off, final whistle, end of post; rows as in `matches`.

    No source gives the time of the final whistle, so it follows from how the match was decided; unknown is regular.
    Raises ValueError naming the first match that does not kick off on a whole minute.
    """
    kickoff = epoch_minutes(matches["kickoff_at"])
    uneven = (times_of(kickoff).array != matches["kickoff_at"].array).nonzero()[0]
    if len(uneven):
        match = matches.iloc[uneven[0]]
        raise ValueError(
            f"match {match['match_id']} kicks off at {match['kickoff_at']}: "
            "windows are counted in whole minutes, so the source must round the kick-off to one"
        )
    whistle = kickoff + _minutes_to_final_whistle(matches["decided_by"], lengths)
    return np.column_stack([kickoff - lengths.pre_minutes, kickoff, whistle, whistle + lengths.post_minutes])


def edges_by_match(rows: pd.DataFrame, matches: DataFrame[RawMatches], lengths: WindowLengths) -> np.ndarray:
    """The `window_edges` of each row's match, by match_source and match_id: epoch minutes [row, 4].

    Raises ValueError like `window_edges`, and for a duplicate match, which occurs when a kick-off moved to another week
    and the old week still lists it.
    """
    key = ["match_source", "match_id"]
    index = pd.MultiIndex.from_frame(matches[key])
    if not index.is_unique:
        twice = matches["match_id"].array[index.duplicated().argmax()]
        raise ValueError(f"match {twice} is listed more than once; keep only its newest version")
    return window_edges(matches, lengths)[index.get_indexer(pd.MultiIndex.from_frame(rows[key]))]


def window_bounds(matches: DataFrame[RawMatches], lengths: WindowLengths) -> pd.DataFrame:
    """One row per match and window, sorted by match_source, kickoff_at, match_id and time.

    Columns: match_id, match_source, window, window_start_at, window_end_at (half-open, UTC).
    Raises ValueError like `window_edges`.
    """
    ordered = matches.sort_values(["match_source", "kickoff_at", "match_id"], ignore_index=True)
    edges = window_edges(ordered, lengths)
    repeated = np.repeat(np.arange(len(ordered)), len(WINDOWS))
    return pd.DataFrame(
        {
            "match_id": ordered["match_id"].take(repeated).array,
            "match_source": ordered["match_source"].take(repeated).array,
            "window": pd.array([window.value for window in WINDOWS] * len(ordered), dtype="str"),
            "window_start_at": times_of(edges[:, :-1].ravel()),
            "window_end_at": times_of(edges[:, 1:].ravel()),
        }
    )


def _minutes_to_final_whistle(decided_by: pd.Series, lengths: WindowLengths) -> np.ndarray:
    longer = {
        DecidedBy.EXTRA_TIME.value: lengths.extra_time_minutes,
        DecidedBy.PENALTIES.value: lengths.penalties_minutes,
    }
    return decided_by.map(longer).fillna(lengths.regular_minutes).to_numpy(dtype="int64")
