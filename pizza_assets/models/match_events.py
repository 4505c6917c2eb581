"""What happened in a match, minute by minute."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import raw
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import EventType, Side, values


class RawMatchEvents(
    Table,
    name="raw_match_events",
    place=raw("football-data", own_folder="events"),
    code_version=2,
    key=("match_source", "match_id", "event_number"),
):
    """One row per goal or card. Many sources deliver no events; that is not an error."""

    match_id: str = pa.Field(description="The match, as in raw_matches.")
    event_number: int = pa.Field(ge=1, description="Number of the event within the match, from 1, in order of time.")
    event_type: str = pa.Field(
        isin=values(EventType), description="goal, penalty_goal, own_goal, yellow_card or red_card."
    )
    minute: int = pa.Field(ge=0, le=130, description="Minute of play as announced: 45 for 45+2.")
    stoppage_minute: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, le=60, description="Minutes into stoppage time: 2 for 45+2."
    )
    benefiting_side: str = pa.Field(
        isin=values(Side),
        description="home or away: the side the goal counts for (for an own goal, the scorer's opponent); for a card, "
        "the opponent.",
    )
    player: str = pa.Field(nullable=True, description="Player, as spelt by the source.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock.")
