"""Rows for hand-made tables: valid by default, and every column can be set."""

from datetime import UTC, datetime


def at(text: str) -> datetime:
    """An instant of 2025-09-06, a Saturday, from "HH:MM" or "HH:MM:SS" UTC."""
    return datetime.fromisoformat(f"2025-09-06T{text}").replace(tzinfo=UTC)


def a_match(**columns: object) -> dict:
    """Arsenal - Everton 2-1, kicked off at 14:00."""
    return {
        "match_id": "m1",
        "kickoff_at": at("14:00"),
        "kickoff_is_fixed": True,
        "sport": "football",
        "competition": "Premier League",
        "competition_type": "league",
        "season": "2025-26",
        "stage": "REGULAR_SEASON",
        "round_name": None,
        "home_team": "Arsenal",
        "away_team": "Everton",
        "status": "FINISHED",
        "decided_by": "regular",
        "home_goals": 2,
        "away_goals": 1,
        "half_time_home_goals": None,
        "half_time_away_goals": None,
        "shootout_home_goals": None,
        "shootout_away_goals": None,
        "venue": None,
        "match_source": "real",
        "source_name": "openfootball",
        **columns,
    }


def an_order(order_id: str, ordered_at: datetime, **columns: object) -> dict:
    """Two pizzas for 20.00 in London."""
    return {
        "order_id": order_id,
        "ordered_at": ordered_at,
        "sport": "football",
        "chain": "dominos",
        "market": "London",
        "store_id": "s1",
        "store_location": None,
        "currency": "GBP",
        "revenue_cents": 2000,
        "pizza_count": 2,
        "items": None,
        "order_source": "real",
        "source_name": "files",
        **columns,
    }
