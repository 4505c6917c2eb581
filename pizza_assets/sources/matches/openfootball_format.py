"""Parses openfootball's match files, from bytes to rows: times, rounds and records (scores are in another module).

Only these two modules know the vendor's spellings. Finding and reading files does not belong here.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches, RawMatchEvents, RejectedRows
from pizza_assets.models.competitions import Competition
from pizza_assets.models.vocabulary import CompetitionType, DataSource, MatchStatus
from pizza_assets.sources.matches.match_score import Score, is_single_match
from pizza_assets.sources.matches.openfootball_rounds import parse_stage
from pizza_assets.sources.matches.openfootball_scores import has_result, parse_goals, parse_score, parse_status
from pizza_assets.sources.matches.season_calendar import corrected_years, round_number, season_bounds
from pizza_assets.sources.matches.sides import read_sides
from pizza_assets.sources.matches.team_names import slug
from pizza_assets.sources.refusal import RefusedValueError, only_the_value, refused_row, text

SOURCE_NAME = "openfootball"

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?:\s*UTC([+-]\d{1,2})(?::?(\d{2}))?)?")
_BARE_TIMES = {("worldcup", "2022"): "Asia/Qatar"}
"""Time zones of files that leave the zone out although the competition has none of its own."""


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

    What is known of a match is kept; a score, side, time or goal that can't be used is dropped and reported with the
    record number (from 1) and reason. Only a match without sides or a plausible date is rejected. Goals exclude those
    of a shoot-out. Raises BadAnswer naming file and remedy if the body is not JSON with a list `matches`.
    """
    records = _records(body, origin)
    days = corrected_years([_day(record) for record in records], [round_number(_round(r)) for r in records], season)
    matches: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    rejected: list[RejectedRecord] = []
    taken: dict[str, list[dict[str, Any]]] = {}
    for number, (record, day) in enumerate(zip(records, days, strict=True), start=1):
        try:
            match, dropped = _match(record, day, competition, season)
            match["match_id"] = _match_id(match, competition, taken)
        except RefusedValueError as refusal:
            rejected.append(_rejection(refusal, record, origin, number, day))
            continue
        goals, refused = parse_goals(record)
        matches.append(match)
        events += [goal | {"match_id": match["match_id"], "match_source": DataSource.REAL} for goal in goals]
        reports = [_rejection(refusal, record, origin, number, day) for refusal in (*dropped, *refused)]
        rejected += [replace(report, row=only_the_value(report.row)) for report in reports]
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


def _match(
    record: Any, day: date | None, competition: Competition, season: str
) -> tuple[dict[str, Any], list[RefusedValueError]]:
    """One record as a row of RawMatches without its id, and what of it was dropped. Raises RefusedValueError."""
    if not isinstance(record, dict):
        raise RefusedValueError("matches", "is_object", record, "the match is not an object")
    if day is None:
        raise RefusedValueError("date", "is_date", record.get("date"), "the date is missing or not YYYY-MM-DD")
    first, last = season_bounds(season)
    if not first <= day <= last:
        raise RefusedValueError("date", "in_season", record.get("date"), f"the date is outside season {season}")
    sides = read_sides({column: record.get(column) for column in ("team1", "team2")})
    clock, clock_refusal = _clock_or_none(record, competition, season)
    stage = parse_stage(_round(record), competition, in_group=text(record.get("group")) is not None)
    score, score_refusals = parse_score(record, is_single_match(stage, competition.type))
    status = parse_status(record, has_result(record), has_time=clock is not None)
    if not sides.is_certain:
        status, score = MatchStatus.UNKNOWN, Score()
    if clock is None or status is MatchStatus.POSTPONED:  # a postponed match still has its old time
        kickoff_at, is_fixed = _local_midnight(day, competition), False
    else:
        kickoff_at, is_fixed = datetime.combine(day, clock).astimezone(UTC), True
    row = {
        "kickoff_at": kickoff_at,
        "kickoff_is_fixed": is_fixed,
        "sport": "football",
        "competition": competition.name,
        "competition_type": competition.type,
        "season": season,
        "stage": stage,
        "round_name": _round(record),
        "home_team": sides.home,
        "away_team": sides.away,
        "status": status,
        **score.columns(status),
        "venue": text(record.get("ground")),
        "match_source": DataSource.REAL,
        "source_name": SOURCE_NAME,
    }
    return row, [*(refusal for refusal in (sides.refusal, clock_refusal) if refusal is not None), *score_refusals]


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


def _clock_or_none(
    record: dict[str, Any], competition: Competition, season: str
) -> tuple[time | None, RefusedValueError | None]:
    """The time of day, or None and why it can't be used: then only the day of the match is known."""
    try:
        return _clock(record, competition, season), None
    except RefusedValueError as refusal:
        return None, refusal


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
