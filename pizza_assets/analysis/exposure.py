"""Which markets a match concerns: those that follow one of its teams.

Windows in time and orders do not belong here.
"""

from collections.abc import Sequence

import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import EXPOSING_STATUSES, Side

_MATCH_COLUMNS = ["match_id", "match_source", "kickoff_at"]
_COLUMNS = [*_MATCH_COLUMNS, "market", "team", "side"]
_ORDER = ["match_source", "kickoff_at", "match_id", "market"]


def exposures(matches: DataFrame[RawMatches], markets: Sequence[Market]) -> pd.DataFrame:
    """One row per match and exposed market, sorted by match_source, kickoff_at, match_id, market.

    Columns: match_id, match_source, kickoff_at, market, team, side. Team names compare exactly. A market that
    follows both sides has one row, with the home side. Matches without a fixed kick-off or with a status that
    leaves open whether they are played then expose nobody.
    """
    played = matches[matches["kickoff_is_fixed"] & matches["status"].isin(list(EXPOSING_STATUSES))]
    followers = pd.DataFrame(
        [(market.name, team) for market in markets for team in market.teams], columns=["market", "team"], dtype="str"
    )
    home, away = (_exposed_by(played, followers, side) for side in (Side.HOME, Side.AWAY))
    both = pd.concat([home, away], ignore_index=True).drop_duplicates(["match_source", "match_id", "market"])
    return both[_COLUMNS].sort_values(_ORDER, ignore_index=True)


def _exposed_by(matches: pd.DataFrame, followers: pd.DataFrame, side: Side) -> pd.DataFrame:
    teams = matches[[*_MATCH_COLUMNS, f"{side}_team"]].rename(columns={f"{side}_team": "team"})
    exposed = teams.merge(followers, on="team")
    return exposed.assign(side=pd.Series(side.value, index=exposed.index, dtype="str"))
