"""Exposure: the markets that follow one of a match's teams. Windows and orders do not belong here."""

from collections.abc import Sequence

import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.table import in_order
from pizza_assets.models.vocabulary import EXPOSING_STATUSES, Side

_MATCH_COLUMNS = ["match_id", "match_source", "kickoff_at"]
_NAMES = ["market", "team", "side"]
_COLUMNS = [*_MATCH_COLUMNS, *_NAMES]
_ORDER = ["match_source", "kickoff_at", "match_id", "market"]


def exposures(matches: DataFrame[RawMatches], markets: Sequence[Market]) -> pd.DataFrame:
    """One row per match and exposed market, sorted by match_source, kickoff_at, match_id, market.

    Columns: match_id, match_source, kickoff_at, market, team, side. Team names must match exactly. A market that
    follows both sides has one row, with the home side. Matches without a fixed kick-off, or with a status that puts
    the time in doubt, expose no market.
    """
    played = matches[matches["kickoff_is_fixed"] & matches["status"].isin(list(EXPOSING_STATUSES))]
    followers: dict[str, list[str]] = {}
    for market in markets:
        for team in market.teams:
            followers.setdefault(team, []).append(market.name)
    found = [
        (position, market, team, side.value)
        for side, teams in ((Side.HOME, played["home_team"]), (Side.AWAY, played["away_team"]))
        for position, team in enumerate(teams)
        for market in followers.get(team, ())
    ]
    positions, *names = zip(*found, strict=True) if found else ((), (), (), ())
    columns = {name: pd.array(list(values), dtype="str") for name, values in zip(_NAMES, names, strict=True)}
    exposed = played[_MATCH_COLUMNS].take(list(positions)).assign(**columns)
    return in_order(exposed.drop_duplicates(["match_source", "match_id", "market"])[_COLUMNS], _ORDER)
