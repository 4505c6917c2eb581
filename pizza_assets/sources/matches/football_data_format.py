"""Parses football-data.org's v4 documents, from JSON to rows, without IO. Only this module knows the vendor's terms.

Fetching documents does not belong here.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches, RawMatchEvents
from pizza_assets.models.competitions import Competition
from pizza_assets.models.matches import MOST_GOALS
from pizza_assets.models.vocabulary import DataSource, DecidedBy, MatchStatus, Stage
from pizza_assets.sources.matches.known_season import KnownSeason
from pizza_assets.sources.matches.team_names import canonical_name
from pizza_assets.sources.refusal import NaiveTime, RefusedRow, RefusedValueError, instant, refused_row, text

SOURCE_NAME = "football-data"

CODES = {
    "en.1": "PL",
    "en.2": "ELC",
    "de.1": "BL1",
    "es.1": "PD",
    "fr.1": "FL1",
    "it.1": "SA",
    "uefa.cl": "CL",
    "worldcup": "WC",
}
"""football-data.org's codes of our competitions."""

UNDECIDED = "(undecided)"
"""The name of a side of a knockout match that is not known yet."""

_STATUSES = {status.value: status for status in MatchStatus} | {
    "CANCELED": MatchStatus.CANCELLED,
    "LIVE": MatchStatus.IN_PLAY,
    "EXTRA_TIME": MatchStatus.IN_PLAY,
    "PENALTY_SHOOTOUT": MatchStatus.IN_PLAY,
}
_STAGES = {stage.value: stage for stage in Stage} | {
    "PLAYOFF_ROUND": Stage.PLAYOFFS,
    "PLAYOFF_ROUND_1": Stage.PLAYOFFS,
    "PLAYOFF_ROUND_2": Stage.PLAYOFFS,
    "PRELIMINARY_ROUND": Stage.QUALIFYING,
    "QUALIFICATION": Stage.QUALIFYING,
    "QUALIFICATION_ROUND_1": Stage.QUALIFYING,
    "QUALIFICATION_ROUND_2": Stage.QUALIFYING,
    "QUALIFICATION_ROUND_3": Stage.QUALIFYING,
}
_DURATIONS = {
    "REGULAR": DecidedBy.REGULAR,
    "EXTRA_TIME": DecidedBy.EXTRA_TIME,
    "PENALTY_SHOOTOUT": DecidedBy.PENALTIES,
}
_WITHOUT_A_TIME = (MatchStatus.SCHEDULED, MatchStatus.POSTPONED)
"""In these, midnight UTC means that the time is not known yet."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Span:
    """The first and last day, both inclusive, of one season of one competition; other matches are ignored."""

    competition: Competition
    season: str
    first: date
    last: date

    def local_day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.competition.timezone or "UTC")).date()


def read_matches(document: Any, origin: str, span: Span) -> KnownSeason:
    """The matches of `span` in an answer of /competitions/{code}/matches.

    A match that can't be used is rejected with its id and reason. Of several versions of a match the one with the
    newest `lastUpdated` counts. Raises BadAnswer if the document has another form or competition, does not match its
    own count, or has times without an offset.
    """
    records = _records(document, origin, span)
    newest: dict[str, tuple[datetime, dict[str, Any] | None]] = {}
    rejected: list[RefusedRow] = []
    for number, record in enumerate(records, start=1):
        kickoff: datetime | None = None
        try:
            if not isinstance(record, dict):
                raise RefusedValueError("matches", "is_object", record, "the match is not an object")
            match_id, version = _match_id(record), _version(record)
            kickoff = instant(record.get("utcDate"), "utcDate")
            if span.first <= span.local_day(kickoff) <= span.last:
                match = _match(record, match_id, kickoff, span)
            else:
                match = None
        except NaiveTime as error:
            raise BadAnswer(f"{origin}, match {number}: {error}; the service must fix this") from error
        except RefusedValueError as refusal:
            row = refused_row(refusal, origin, number, _shown_id(record), "match")
            rejected.append(RefusedRow(row, kickoff))
            continue
        if match_id not in newest or version >= newest[match_id][0]:
            newest[match_id] = version, match
    if records and len(rejected) == len(records):
        raise BadAnswer(f"no match can be used: {rejected[0].row['reason']}; the service must fix this")
    return _season(origin, span, [match for _, match in newest.values() if match is not None], rejected)


def _season(origin: str, span: Span, matches: list[dict[str, Any]], rejected: list[RefusedRow]) -> KnownSeason:
    first = datetime.combine(span.first, time(12), UTC)
    last = datetime.combine(span.last, time(12), UTC)
    frame = RawMatches.conform(matches)
    reported = tuple((row.at if row.at is not None else _first_day(frame, first), row.row) for row in rejected)
    return KnownSeason(origin, frame, RawMatchEvents.empty(), first, last, reported)


def _first_day(matches: pd.DataFrame, otherwise: datetime) -> datetime:
    return matches["kickoff_at"].min().to_pydatetime() if len(matches) else otherwise


def _records(document: Any, origin: str, span: Span) -> list[Any]:
    remedy = "check that the address is football-data.org's v4"
    records = document.get("matches") if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise BadAnswer(f"{origin}: it has no list named matches; {remedy}")
    counts = document.get("resultSet")
    count = counts.get("count") if isinstance(counts, dict) else None
    if type(count) is not int:
        raise BadAnswer(f"{origin}: it has no resultSet.count to show whether it is complete; {remedy}")
    if count != len(records):
        raise BadAnswer(f"{origin}: it has {len(records)} matches but says {count}; run again")
    competition = document.get("competition")
    code = competition.get("code") if isinstance(competition, dict) else None
    if code != CODES[span.competition.code]:
        raise BadAnswer(f"{origin}: it is about {code!r}, not {CODES[span.competition.code]}; {remedy}")
    return records


def _match(record: dict[str, Any], match_id: str, kickoff: datetime, span: Span) -> dict[str, Any]:
    """One record as a row of RawMatches. Raises RefusedValueError."""
    status = _STATUSES.get(str(record.get("status")), MatchStatus.UNKNOWN)
    home, away = _team(record, "homeTeam"), _team(record, "awayTeam")
    if home == away and home != UNDECIDED:
        raise RefusedValueError("awayTeam", "two_teams", away, "a team can't play against itself")
    is_fixed = status not in _WITHOUT_A_TIME
    if not is_fixed and (kickoff.hour, kickoff.minute) == (0, 0):
        zone = ZoneInfo(span.competition.timezone or "UTC")
        kickoff = datetime.combine(kickoff.date(), time(tzinfo=zone)).astimezone(UTC)
    score = _Score() if status not in (MatchStatus.FINISHED, MatchStatus.AWARDED) else _score(record, status)
    stage = str(record.get("stage"))
    return {
        "match_id": match_id,
        "kickoff_at": kickoff.replace(second=0, microsecond=0),
        "kickoff_is_fixed": is_fixed,
        "sport": "football",
        "competition": span.competition.name,
        "competition_type": span.competition.type,
        "season": span.season,
        "stage": _STAGES.get(stage, Stage.UNKNOWN),
        "round_name": _round(record),
        "home_team": home,
        "away_team": away,
        "status": status,
        "decided_by": score.decided_by if status is MatchStatus.FINISHED else None,
        "home_goals": score.goals[0],
        "away_goals": score.goals[1],
        "half_time_home_goals": score.half_time[0],
        "half_time_away_goals": score.half_time[1],
        "shootout_home_goals": score.shootout[0],
        "shootout_away_goals": score.shootout[1],
        "venue": text(record.get("venue")),
        "match_source": DataSource.REAL,
        "source_name": SOURCE_NAME,
    }


@dataclass(frozen=True)
class _Score:
    goals: tuple[int | None, int | None] = (None, None)
    half_time: tuple[int | None, int | None] = (None, None)
    shootout: tuple[int | None, int | None] = (None, None)
    decided_by: DecidedBy | None = None


def _score(record: dict[str, Any], status: MatchStatus) -> _Score:
    """The goals of play and, separately, of the shoot-out, which `fullTime` includes."""
    score = record.get("score")
    if not isinstance(score, dict):
        raise RefusedValueError("score", "is_object", score, "an ended match has no score")
    full, half, regular, extra, penalties = (
        _pair(score, key) for key in ("fullTime", "halfTime", "regularTime", "extraTime", "penalties")
    )
    decided_by = _DURATIONS.get(str(score.get("duration", "REGULAR")))
    if full is None or (decided_by is None and status is MatchStatus.FINISHED):
        raise RefusedValueError("score", "has_result", score, "a finished match has no full-time score or duration")
    goals = full
    if decided_by is DecidedBy.PENALTIES:
        if regular is not None:
            goals = regular if extra is None else (regular[0] + extra[0], regular[1] + extra[1])
        elif penalties is not None:
            goals = full[0] - penalties[0], full[1] - penalties[1]
        if (regular is None and penalties is None) or min(goals) < 0 or goals[0] != goals[1]:
            raise RefusedValueError("score", "is_level", score, "before a shoot-out the score is not level")
        if penalties is not None and penalties[0] == penalties[1]:
            penalties = None  # a shoot-out has a winner
    if half is not None and (half[0] > goals[0] or half[1] > goals[1]):
        raise RefusedValueError("score", "goals_only_grow", score, "fewer goals at the end than at half-time")
    nothing = (None, None)
    return _Score(
        goals, half or nothing, (penalties if decided_by is DecidedBy.PENALTIES else None) or nothing, decided_by
    )


def _pair(score: dict[str, Any], key: str) -> Pair | None:
    pair = score.get(key)
    if pair is None:
        return None
    goals = (pair.get("home"), pair.get("away")) if isinstance(pair, dict) else ("?", "?")
    if goals == (None, None):
        return None
    if not all(type(count) is int and 0 <= count <= MOST_GOALS for count in goals):
        raise RefusedValueError(
            "score", "whole_goals", pair, f"{key} is not home and away goals from 0 to {MOST_GOALS}"
        )
    return goals  # type: ignore[return-value]


def _match_id(record: dict[str, Any]) -> str:
    number = record.get("id")
    if type(number) is not int or number < 0:
        raise RefusedValueError("id", "is_whole_number", number, "the match has no id")
    return f"{SOURCE_NAME}:{number}"


def _version(record: dict[str, Any]) -> datetime:
    """When this version was written; one without a readable date counts as the oldest."""
    try:
        return instant(record.get("lastUpdated"), "lastUpdated")
    except RefusedValueError:
        return datetime.min.replace(tzinfo=UTC)


def _team(record: dict[str, Any], key: str) -> str:
    team = record.get(key)
    if team is None or (isinstance(team, dict) and team.get("id") is None and team.get("name") is None):
        return UNDECIDED
    name = text(team.get("name")) if isinstance(team, dict) else None
    if name is None:
        raise RefusedValueError(key, "has_name", team, f"{key} has no readable name")
    return canonical_name(name)


def _round(record: dict[str, Any]) -> str | None:
    group, matchday = text(record.get("group")), record.get("matchday")
    numbered = f"Matchday {matchday}" if type(matchday) is int else None
    return group or numbered


def _shown_id(record: Any) -> str:
    return str(record.get("id")) if isinstance(record, dict) and record.get("id") is not None else ""


def query_days(span: Span) -> dict[str, str]:
    """The span as query parameters, two days wider, because `dateTo` may be exclusive and the API's days are UTC."""
    return {
        "dateFrom": (span.first - timedelta(days=2)).isoformat(),
        "dateTo": (span.last + timedelta(days=3)).isoformat(),
    }
