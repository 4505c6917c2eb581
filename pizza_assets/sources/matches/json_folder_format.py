"""A file of matches as JSON, from text to rows, without IO.

    [{"id": "42", "kickoff": "2025-08-23T14:00:00Z", "competition": "en.1", "season": "2025-26",
      "home": "Leeds United", "away": "Everton", "home_goals": 2, "away_goals": 1}]

A match without goals is still to come.
"""

import json
from typing import Any

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches, RawMatchEvents
from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.matches import MOST_GOALS
from pizza_assets.models.vocabulary import DataSource, DecidedBy, MatchStatus, Stage
from pizza_assets.sources.matches.known_season import KnownSeason
from pizza_assets.sources.matches.team_names import canonical_name
from pizza_assets.sources.refusal import NaiveTime, RefusedValueError, instant, refused_row, text

SOURCE_NAME = "json-folder"


def read_matches(written: str, origin: str) -> KnownSeason:
    """The file's matches. Raises BadAnswer if it is not a list of matches of which at least one can be used."""
    try:
        records = json.loads(written)
    except ValueError as error:
        raise BadAnswer(f"{origin}: not readable as JSON ({error}); export it again") from error
    if not isinstance(records, list):
        raise BadAnswer(f"{origin}: must be a list of matches; see docs/sources.md")
    matches: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for number, record in enumerate(records, start=1):
        try:
            matches.append(_match(record))
        except NaiveTime as error:
            raise BadAnswer(f"{origin}, match {number}: {error}; write 2025-08-23T14:00:00Z") from error
        except RefusedValueError as refusal:
            rejected.append(refused_row(refusal, origin, number, "", "match"))
    if not matches:
        raise BadAnswer(f"{origin}: no match in it can be used; see docs/sources.md")
    frame = RawMatches.conform(matches)
    first, last = frame["kickoff_at"].min(), frame["kickoff_at"].max()
    return KnownSeason(origin, frame, RawMatchEvents.empty(), first, last, tuple((first, row) for row in rejected))


def _match(record: Any) -> dict[str, Any]:
    """One record as a row of RawMatches. Raises RefusedValueError."""
    if not isinstance(record, dict):
        raise RefusedValueError("matches", "is_object", record, "the match is not an object")
    competition = COMPETITIONS.get(str(record.get("competition")))
    if competition is None:
        known = ", ".join(COMPETITIONS)
        raise RefusedValueError("competition", "is_known", record.get("competition"), f"choose one of {known}")
    home_goals, away_goals = _goals(record)
    is_over = home_goals is not None
    return {
        "match_id": f"{SOURCE_NAME}:{_named(record, 'id')}",
        "kickoff_at": instant(record.get("kickoff"), "kickoff").replace(second=0, microsecond=0),
        "kickoff_is_fixed": True,
        "sport": "football",
        "competition": competition.name,
        "competition_type": competition.type,
        "season": _named(record, "season"),
        "stage": Stage.UNKNOWN,
        "round_name": None,
        "home_team": canonical_name(_named(record, "home")),
        "away_team": canonical_name(_named(record, "away")),
        "status": MatchStatus.FINISHED if is_over else MatchStatus.TIMED,
        "decided_by": DecidedBy.REGULAR if is_over else None,
        "home_goals": home_goals,
        "away_goals": away_goals,
        "half_time_home_goals": None,
        "half_time_away_goals": None,
        "shootout_home_goals": None,
        "shootout_away_goals": None,
        "venue": None,
        "match_source": DataSource.REAL,
        "source_name": SOURCE_NAME,
    }


def _named(record: dict[str, Any], key: str) -> str:
    value = text(record.get(key))
    if value is None:
        raise RefusedValueError(key, "is_text", record.get(key), f"{key} is missing")
    return value


def _goals(record: dict[str, Any]) -> tuple[int | None, int | None]:
    goals = record.get("home_goals"), record.get("away_goals")
    if goals == (None, None):
        return None, None
    if not all(type(count) is int and 0 <= count <= MOST_GOALS for count in goals):
        raise RefusedValueError("home_goals", "whole_goals", goals, f"goals must be integers from 0 to {MOST_GOALS}")
    return goals
