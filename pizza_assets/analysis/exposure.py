"""Exposure: the markets that follow one of a match's teams, and when it is not known whether they were exposed.

Orders do not belong here.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.windows import WindowLengths, epoch_minutes, window_edges
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.table import in_order
from pizza_assets.models.vocabulary import CALLED_OFF_STATUSES, EXPOSING_STATUSES, Side

_MATCH_COLUMNS = ["match_id", "match_source", "kickoff_at"]
_NAMES = ["market", "team", "side"]
_COLUMNS = [*_MATCH_COLUMNS, *_NAMES]
_MINUTES_PER_DAY = 24 * 60
_ORDER = ["match_source", "kickoff_at", "match_id", "market"]


def exposures(matches: DataFrame[RawMatches], markets: Sequence[Market]) -> pd.DataFrame:
    """One row per match and exposed market, sorted by match_source, kickoff_at, match_id, market.

    Columns: match_id, match_source, kickoff_at, market, team, side. Team names must match exactly. A market that
    follows both sides has one row, with the home side. Matches without a fixed kick-off, or with a status that puts
    the time in doubt, expose no market.
    """
    exposed = _followed(matches[_is_exposing(matches)], markets)
    return in_order(exposed.drop_duplicates(["match_source", "match_id", "market"])[_COLUMNS], _ORDER)


def unknown_spans(matches: DataFrame[RawMatches], markets: Sequence[Market], lengths: WindowLengths) -> pd.DataFrame:
    """When a market was neither surely exposed to a match nor surely free of one, e.g. because it was abandoned.

    One row per market and match that exposes nobody although it may have been played: an awarded, abandoned or doubtful
    one for its windows, one of which only the day is known for all kick-offs of that day. Columns: market,
    first_minute, end_minute (epoch minutes, half-open).
    """
    unclear = _unclear(matches)
    edges = window_edges(unclear, lengths)
    return _spans(unclear, markets, edges[:, 0], edges[:, -1])


def unknown_around_kickoff(
    matches: DataFrame[RawMatches], markets: Sequence[Market], minutes_before: int, minutes_after: int
) -> pd.DataFrame:
    """Like `unknown_spans`, from `minutes_before` before the kick-off until `minutes_after` after it."""
    unclear = _unclear(matches)
    kickoff = epoch_minutes(unclear["kickoff_at"])
    return _spans(unclear, markets, kickoff - minutes_before, kickoff + minutes_after)


def is_inside(spans: pd.DataFrame, names: pd.Index, minutes: np.ndarray, bin_minutes: int) -> np.ndarray:
    """True [name, bin] where a bin overlaps a span of its market.

    spans: columns market, first_minute, end_minute. minutes: first epoch minute of every bin, ascending.
    """
    row = names.get_indexer(pd.Index(spans["market"]))
    listed = row >= 0
    first = np.searchsorted(minutes + bin_minutes, spans["first_minute"].to_numpy()[listed], side="right")
    end = np.searchsorted(minutes, spans["end_minute"].to_numpy()[listed], side="left")
    steps = np.zeros((len(names), len(minutes) + 1), dtype=np.int32)
    np.add.at(steps, (row[listed], first), 1)
    np.add.at(steps, (row[listed], end), -1)
    return np.cumsum(steps, axis=1)[:, :-1] > 0


def _unclear(matches: pd.DataFrame) -> pd.DataFrame:
    """Matches that expose nobody, although they may have been played."""
    is_unclear = ~_is_exposing(matches) & ~matches["status"].isin(list(CALLED_OFF_STATUSES))
    return matches[is_unclear].reset_index(drop=True)


def _spans(unclear: pd.DataFrame, markets: Sequence[Market], first: np.ndarray, end: np.ndarray) -> pd.DataFrame:
    """One row per market and different span, given the minutes of each match as if its kick-off were known."""
    longer = np.where(unclear["kickoff_is_fixed"], 0, _MINUTES_PER_DAY)
    spans = unclear[_MATCH_COLUMNS].assign(first_minute=first, end_minute=end + longer)
    found = _followed(unclear, markets).merge(spans, on=_MATCH_COLUMNS)
    return found[["market", "first_minute", "end_minute"]].drop_duplicates(ignore_index=True)


def _is_exposing(matches: pd.DataFrame) -> pd.Series:
    return matches["kickoff_is_fixed"] & matches["status"].isin(list(EXPOSING_STATUSES))


def _followed(matches: pd.DataFrame, markets: Sequence[Market]) -> pd.DataFrame:
    """One row per match, market and team of it that the market follows, home sides first."""
    followers: dict[str, list[str]] = {}
    for market in markets:
        for team in market.teams:
            followers.setdefault(team, []).append(market.name)
    found = [
        (position, market, team, side.value)
        for side, teams in ((Side.HOME, matches["home_team"]), (Side.AWAY, matches["away_team"]))
        for position, team in enumerate(teams)
        for market in followers.get(team, ())
    ]
    positions, *names = zip(*found, strict=True) if found else ((), (), (), ())
    columns = {name: pd.array(list(values), dtype="str") for name, values in zip(_NAMES, names, strict=True)}
    return matches[_MATCH_COLUMNS].take(list(positions)).assign(**columns)
