"""The second legs of the week from 12 March 2024, in the form in which football-data.org's v4 gives such matches."""

from typing import Any

WEEK = "2024-03-12"


def _pair(goals: tuple[int, int] | None) -> dict[str, int | None]:
    home, away = goals or (None, None)
    return {"home": home, "away": away}


def _leg(number: int, kickoff: str, home: str, away: str, winner: str, **score: tuple[int, int]) -> dict[str, Any]:
    duration = "PENALTY_SHOOTOUT" if "penalties" in score else "REGULAR"
    return {
        "id": 450_000 + number,
        "utcDate": kickoff,
        "status": "FINISHED",
        "matchday": None,
        "stage": "LAST_16",
        "group": None,
        "lastUpdated": "2024-03-14T10:00:00Z",
        "homeTeam": {"id": 2 * number, "name": home},
        "awayTeam": {"id": 2 * number + 1, "name": away},
        "score": {"winner": winner, "duration": duration, **{name: _pair(goals) for name, goals in score.items()}},
        "referees": [],
    }


SECOND_LEGS = [
    _leg(
        *(1, "2024-03-12T20:00:00Z", "Arsenal FC", "FC Porto", "HOME_TEAM"),
        **{"fullTime": (5, 2), "halfTime": (1, 0), "regularTime": (1, 0), "extraTime": (0, 0), "penalties": (4, 2)},
    ),
    _leg(
        *(2, "2024-03-12T20:00:00Z", "FC Barcelona", "SSC Napoli", "HOME_TEAM"),
        **{"fullTime": (3, 1), "halfTime": (2, 1)},
    ),
    _leg(
        *(3, "2024-03-13T20:00:00Z", "Club Atlético de Madrid", "FC Internazionale Milano", "HOME_TEAM"),
        **{"fullTime": (5, 3), "halfTime": (1, 1), "regularTime": (2, 1), "extraTime": (0, 0), "penalties": (3, 2)},
    ),
    _leg(
        *(4, "2024-03-13T20:00:00Z", "Borussia Dortmund", "PSV", "HOME_TEAM"),
        **{"fullTime": (2, 0), "halfTime": (1, 0)},
    ),
]
GOALS = ["home_goals", "away_goals", "shootout_home_goals", "shootout_away_goals"]
STORED = {
    ("Arsenal", "Porto"): ("penalties", [1, 0, 4, 2]),
    ("Barcelona", "SSC Napoli"): ("regular", [3, 1, None, None]),
    ("Atlético Madrid", "Inter"): ("penalties", [2, 1, 3, 2]),
    ("Borussia Dortmund", "PSV"): ("regular", [2, 0, None, None]),
}
"""By the canonical names of the sides: how the match ended, and GOALS."""
