"""Hand-made rows of the tables that extracts are made of."""

import pandas as pd

from pizza_assets.models import MatchImpact
from pizza_assets.models.table import Table

KICKOFF = pd.Timestamp("2026-08-08 14:00", tz="UTC")
SOURCES = {"order_source": "real", "match_source": "mock", "data_source": "mixed"}
EDGES = {"pre": (-120, 0), "during": (0, 115), "post": (115, 235)}


def blank(model: type[Table], **columns: object) -> dict:
    """A row with these values; other columns are null if nullable, else 0."""
    return {**{column.name: None if column.nullable else 0 for column in model.columns()}, **columns}


def impact_rows(match_id: str = "m1", market: str = "Leeds", kickoff: pd.Timestamp = KICKOFF, **columns) -> list[dict]:
    """The three windows of one match in one market."""
    return [
        blank(
            MatchImpact,
            **{
                "match_id": match_id,
                "sport": "football",
                "competition": "FA Cup",
                "season": "2026-27",
                "kickoff_at": kickoff,
                "kickoff_date": "2026-08-08",
                "kickoff_time": "15:00",
                "home_team": "Leeds United",
                "away_team": "Fulham",
                "is_tournament": True,
                "is_final": False,
                "market": market,
                "team": "Leeds United",
                "side": "home",
                "window": window,
                "window_start_at": kickoff + pd.Timedelta(minutes=start),
                "window_end_at": kickoff + pd.Timedelta(minutes=end),
                "status": "ok",
                **SOURCES,
                **columns,
            },
        )
        for window, (start, end) in EDGES.items()
    ]


def types_of(*match_ids: str, match_type: str = "cup") -> pd.DataFrame:
    """match_source, match_id, match_type."""
    return pd.DataFrame({"match_source": "mock", "match_id": list(match_ids), "match_type": match_type})
