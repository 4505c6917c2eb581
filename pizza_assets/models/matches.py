"""Matches as collected."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import raw
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import CompetitionType, DecidedBy, MatchStatus, Stage, values

MOST_GOALS = 50
FINAL_MATCH = "final"
MATCH_TYPES = [*values(CompetitionType), FINAL_MATCH]
"""Match types to filter by: the type of the competition, or final for the final of any competition."""


class RawMatches(
    Table,
    name="raw_matches",
    place=raw("football-data"),
    code_version=2,
    key=("match_source", "kickoff_at", "match_id"),
):
    """One row per match. Goals are those in play (90 minutes and extra time), without a shoot-out."""

    match_id: str = pa.Field(
        unique=True, str_length={"min_value": 1}, description="Stable id; it does not change when the kick-off moves."
    )
    kickoff_at: UtcTimestamp = pa.Field(
        description="Kick-off, UTC, on a whole minute; the day's local midnight if not yet fixed."
    )
    kickoff_is_fixed: bool = pa.Field(
        description="False while only the date is known: such a match is listed, not analysed."
    )
    sport: str = pa.Field(isin=["football"], description="Always football today.")
    competition: str = pa.Field(description="Name of the competition, e.g. Premier League.")
    competition_type: str = pa.Field(isin=values(CompetitionType), description="league, cup or international.")
    season: str = pa.Field(description="The season, e.g. 2025-26, or a year for a tournament.")
    stage: str = pa.Field(isin=values(Stage), description="Stage of the competition; only FINAL is a final.")
    round_name: str = pa.Field(nullable=True, description="The round, as spelt by the source.")
    home_team: str = pa.Field(
        str_length={"min_value": 1}, description="Canonical name of the home side (first-named on neutral ground)."
    )
    away_team: str = pa.Field(str_length={"min_value": 1}, description="Canonical name of the away side.")
    status: str = pa.Field(isin=values(MatchStatus), description="Only FINISHED matches are analysed.")
    decided_by: str = pa.Field(
        nullable=True, isin=values(DecidedBy), description="regular, extra_time or penalties; empty before the end."
    )
    home_goals: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, le=MOST_GOALS, description="Goals of the home side in play."
    )
    away_goals: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, le=MOST_GOALS, description="Goals of the away side in play."
    )
    half_time_home_goals: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, le=MOST_GOALS, description="Home goals at half-time; empty where the source does not say."
    )
    half_time_away_goals: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, le=MOST_GOALS, description="Away goals at half-time; empty where the source does not say."
    )
    shootout_home_goals: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, le=MOST_GOALS, description="Shoot-out goals of the home side."
    )
    shootout_away_goals: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, le=MOST_GOALS, description="Shoot-out goals of the away side."
    )
    venue: str = pa.Field(nullable=True, description="Stadium and place where the source names it.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock: whether this match was or will be played.")
    source_name: str = pa.Field(description="The source that delivered the row: openfootball, football-data or mock.")
