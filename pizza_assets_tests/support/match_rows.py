"""Matches of one week, and refused ones, for tests."""

import pandas as pd

from pizza_assets.models import RawMatches, RejectedRows


def matches(count: int) -> pd.DataFrame:
    row = {
        "kickoff_at": pd.Timestamp("2026-08-08 14:00", tz="UTC"),
        "kickoff_is_fixed": True,
        "sport": "football",
        "competition": "Premier League",
        "competition_type": "league",
        "season": "2026-27",
        "stage": "REGULAR_SEASON",
        "home_team": "Arsenal",
        "away_team": "Chelsea",
        "status": "TIMED",
        "match_source": "real",
        "source_name": "openfootball",
    }
    empty = dict.fromkeys(set(RawMatches.column_names()) - set(row))
    return RawMatches.conform([{**row, **empty, "match_id": f"m{number}"} for number in range(count)])


def refused(count: int) -> pd.DataFrame:
    reason = {"origin": "en.1.json", "row_id": "x", "column": "date", "check": "a date", "value": "2026-02-30"}
    return RejectedRows.conform([{**reason, "reason": "no such day", "line_number": n + 1} for n in range(count)])
