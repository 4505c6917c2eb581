"""Parses openfootball's match files, from bytes to rows: times, rounds and records (scores are in another module).

Only these two modules know the vendor's spellings. Finding and reading files does not belong here.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches, RawMatchEvents, RejectedRows
from pizza_assets.models.competitions import Competition
from pizza_assets.models.vocabulary import CompetitionType, DataSource, MatchStatus, Stage
from pizza_assets.sources.matches.openfootball_scores import parse_goals, parse_score, parse_status
from pizza_assets.sources.matches.season_calendar import corrected_years, round_number, season_bounds
from pizza_assets.sources.matches.team_names import canonical_name, slug
from pizza_assets.sources.refusal import RefusedValueError, refused_row, text

SOURCE_NAME = "openfootball"

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?:\s*UTC([+-]\d{1,2})(?::?(\d{2}))?)?")
_BARE_TIMES = {("worldcup", "2022"): "Asia/Qatar"}
"""Time zones of files that leave the zone out although the competition has none of its own."""

_STAGES = {
    "final": Stage.FINAL,
    "thirdplace": Stage.THIRD_PLACE,
    "thirdplaceplayoff": Stage.THIRD_PLACE,
    "matchforthirdplace": Stage.THIRD_PLACE,
    "semifinal": Stage.SEMI_FINALS,
    "semifinals": Stage.SEMI_FINALS,
    "quarterfinal": Stage.QUARTER_FINALS,
    "quarterfinals": Stage.QUARTER_FINALS,
    "roundof16": Stage.LAST_16,
    "roundof32": Stage.LAST_32,
    "roundof64": Stage.LAST_64,
    "playoff": Stage.PLAYOFFS,
    "playoffs": Stage.PLAYOFFS,
    "qualifying": Stage.QUALIFYING,
    "league": Stage.LEAGUE_STAGE,
}
_GROUP = re.compile(r"group[a-z0-9]{0,2}")


@dataclass(frozen=True)
class RejectedRecord:
    """A refused record as a row of RejectedRows. day: its date; None if unreadable."""

    row: dict[str, Any]
    day: date | None


@dataclass(frozen=True)
class ParsedSeason:
    """A parsed file: RawMatches, RawMatchEvents and the refused records in file order."""

    matches: pd.DataFrame
    events: pd.DataFrame
    rejected_records: tuple[RejectedRecord, ...]

    @property
    def rejected(self) -> pd.DataFrame:
        """Every refused record, as RejectedRows."""
        return RejectedRows.conform([record.row for record in self.rejected_records])


def parse_competition(body: bytes, origin: str, competition: Competition, season: str) -> ParsedSeason:
    """Parse one season of one competition; `origin` names the file in messages and rejected rows.

    A match that can't be used is rejected with its record number (from 1) and reason. So is a goal, but its match is
    kept. Goals exclude those of a shoot-out. Raises BadAnswer naming file and remedy if the body is not JSON with a
    list `matches`.
    """
    records = _records(body, origin)
    days = corrected_years([_day(record) for record in records], [round_number(_round(r)) for r in records], season)
    matches: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    rejected: list[RejectedRecord] = []
    taken: dict[str, list[dict[str, Any]]] = {}
    for number, (record, day) in enumerate(zip(records, days, strict=True), start=1):
        try:
            match = _match(record, day, competition, season)
            match["match_id"] = _match_id(match, competition, taken)
        except RefusedValueError as refusal:
            rejected.append(_rejection(refusal, record, origin, number, day))
            continue
        goals, refused = parse_goals(record)
        matches.append(match)
        events += [goal | {"match_id": match["match_id"], "match_source": DataSource.REAL} for goal in goals]
        rejected += [_rejection(refusal, record, origin, number, day) for refusal in refused]
    return ParsedSeason(RawMatches.conform(matches), RawMatchEvents.conform(events), tuple(rejected))


def _records(body: bytes, origin: str) -> list[Any]:
    remedy = "check that the location points to football.json files of openfootball"
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"{origin}: not JSON ({error}); {remedy}") from error
    records = document.get("matches") if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise BadAnswer(f"{origin}: it has no list named matches; {remedy}")
    return records


def _match(record: Any, day: date | None, competition: Competition, season: str) -> dict[str, Any]:
    """One record as a row of RawMatches without its id. Raises RefusedValueError."""
    if not isinstance(record, dict):
        raise RefusedValueError("matches", "is_object", record, "the match is not an object")
    if day is None:
        raise RefusedValueError("date", "is_date", record.get("date"), "the date is missing or not YYYY-MM-DD")
    first, last = season_bounds(season)
    if not first <= day <= last:
        raise RefusedValueError("date", "in_season", record.get("date"), f"the date is outside season {season}")
    home, away = _team(record, "team1"), _team(record, "team2")
    if home == away:
        raise RefusedValueError("team2", "two_teams", record.get("team2"), "a team can't play against itself")
    score = parse_score(record)
    clock = _clock(record, competition, season)
    status = parse_status(record, score, has_time=clock is not None)
    if clock is None or status is MatchStatus.POSTPONED:  # a postponed match still has its old time
        kickoff_at, is_fixed = _local_midnight(day, competition), False
    else:
        kickoff_at, is_fixed = datetime.combine(day, clock).astimezone(UTC), True
    goals, half_time, shootout = (pair or (None, None) for pair in (score.goals, score.half_time, score.shootout))
    return {
        "kickoff_at": kickoff_at,
        "kickoff_is_fixed": is_fixed,
        "sport": "football",
        "competition": competition.name,
        "competition_type": competition.type,
        "season": season,
        "stage": parse_stage(_round(record), competition, in_group=text(record.get("group")) is not None),
        "round_name": _round(record),
        "home_team": home,
        "away_team": away,
        "status": status,
        "decided_by": score.decided_by if status is MatchStatus.FINISHED else None,
        "home_goals": goals[0],
        "away_goals": goals[1],
        "half_time_home_goals": half_time[0],
        "half_time_away_goals": half_time[1],
        "shootout_home_goals": shootout[0],
        "shootout_away_goals": shootout[1],
        "venue": text(record.get("ground")),
        "match_source": DataSource.REAL,
        "source_name": SOURCE_NAME,
    }


def _day(record: Any) -> date | None:
    """The date as written; None if it is missing, of another form, or impossible (30 February)."""
    written = record.get("date") if isinstance(record, dict) else None
    if not isinstance(written, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written.strip()):
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None


def _round(record: Any) -> str | None:
    return text(record.get("round")) if isinstance(record, dict) else None


def _team(record: dict[str, Any], column: str) -> str:
    name = text(record.get(column))
    if name is None:
        raise RefusedValueError(column, "has_name", record.get(column), f"{column} is missing or not a readable name")
    return canonical_name(name)


def _clock(record: dict[str, Any], competition: Competition, season: str) -> time | None:
    """The kick-off's time of day with its zone; None if the file gives none.

    A time without a zone is the competition's local time. A time that the clock change skips or repeats is read with
    the offset from before the change.
    """
    written = record.get("time")
    if written is None or written == "":
        return None
    found = _TIME.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found or int(found[1]) > 23 or int(found[2]) > 59 or abs(int(found[3] or 0)) > 14 or int(found[4] or 0) > 59:
        raise RefusedValueError("time", "is_time", written, "the time is not readable (15:00, or 18:00 UTC+3)")
    return time(int(found[1]), int(found[2]), tzinfo=_zone(found, competition, season))


def _zone(found: re.Match[str], competition: Competition, season: str) -> tzinfo:
    if found[3]:
        sign = -1 if found[3].startswith("-") else 1
        return timezone(timedelta(hours=int(found[3]), minutes=sign * int(found[4] or 0)))
    name = competition.timezone or _BARE_TIMES.get((competition.code, season))
    if name is None:
        reason = f"the time has no zone, and {competition.name} has no time zone of its own"
        raise RefusedValueError("time", "has_zone", found[0], reason)
    return ZoneInfo(name)


def _local_midnight(day: date, competition: Competition) -> datetime:
    return datetime.combine(day, time(tzinfo=ZoneInfo(competition.timezone or "UTC"))).astimezone(UTC)


def parse_stage(round_name: str | None, competition: Competition, in_group: bool = False) -> Stage:
    """The stage of a round: "Finals, Quarterfinals" is QUARTER_FINALS, only "Final" is FINAL.

    Numbered and missing rounds are the regular season of a league and the group stage inside a group. Any other round
    is UNKNOWN.
    """
    for part in _reversed_parts(round_name):
        if part in _STAGES:
            return _STAGES[part]
        if _GROUP.fullmatch(part):
            return Stage.GROUP_STAGE
    is_numbered = round_name is None or round_number(round_name) is not None
    if is_numbered and competition.type is CompetitionType.LEAGUE:
        return Stage.REGULAR_SEASON
    return Stage.GROUP_STAGE if is_numbered and in_group else Stage.UNKNOWN


def _reversed_parts(round_name: str | None) -> Iterator[str]:
    """The parts of, e.g., "Finals, Round of 16" from last to first, in lower case without spaces and hyphens."""
    for part in reversed((round_name or "").split(",")):
        yield re.sub(r"[^a-z0-9]", "", part.lower())


def _match_id(match: dict[str, Any], competition: Competition, taken: dict[str, list[dict[str, Any]]]) -> str:
    """An id that does not depend on the kick-off: competition, season, home and away, and outside leagues the stage.

    If the same pair meets again in the same order and stage, later records are numbered from 2. A record that repeats
    an earlier one (same round, same kick-off) is refused.
    """
    parts = [SOURCE_NAME, competition.code, match["season"], f"{slug(match['home_team'])}-v-{slug(match['away_team'])}"]
    if competition.type is not CompetitionType.LEAGUE:
        parts.append(slug(match["stage"]))
    match_id = ":".join(parts)
    earlier = taken.setdefault(match_id, [])
    for other in earlier:
        if (other["round_name"], other["kickoff_at"]) == (match["round_name"], match["kickoff_at"]):
            raise RefusedValueError("matches", "not_repeated", match_id, "listed twice; the first is kept")
    earlier.append(match)
    return match_id if len(earlier) == 1 else f"{match_id}:{len(earlier)}"


def _rejection(refusal: RefusedValueError, record: Any, origin: str, number: int, day: date | None) -> RejectedRecord:
    teams = [text(record.get(key)) or "?" for key in ("team1", "team2")] if isinstance(record, dict) else []
    return RejectedRecord(refused_row(refusal, origin, number, " v ".join(teams), "match"), day)
