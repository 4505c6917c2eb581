"""Parses football-data.org's v4 documents, from JSON to rows, without IO. Only this module knows the vendor's terms.

Fetching documents does not belong here.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches, RawMatchEvents
from pizza_assets.models.competitions import Competition
from pizza_assets.models.vocabulary import CompetitionType, DataSource, MatchStatus, Stage
from pizza_assets.sources.matches.football_data_scores import read_score
from pizza_assets.sources.matches.known_season import KnownSeason
from pizza_assets.sources.matches.match_score import is_single_match
from pizza_assets.sources.matches.sides import UNDECIDED, Sides, read_sides
from pizza_assets.sources.matches.team_names import slug
from pizza_assets.sources.refusal import (
    NaiveTime,
    RefusedRow,
    RefusedValueError,
    instant,
    of_no_week,
    only_the_value,
    refused_row,
    text,
)

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
_WITHOUT_A_TIME = (MatchStatus.SCHEDULED, MatchStatus.POSTPONED)
"""In these, midnight UTC means that the time is not known yet."""


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

    What is known of a match is kept; a score, side or id that can't be used is dropped and reported. Only a match
    without sides or a plausible kick-off is rejected. Of several versions of a match the one with the newest
    `lastUpdated` counts. Raises BadAnswer if the document has another form or competition, does not match its own
    count, or has times without an offset.
    """
    records = _records(document, origin, span)
    newest: dict[str, tuple[datetime, _Read]] = {}
    refused: list[RefusedRow] = []
    for number, record in enumerate(records, start=1):
        try:
            read, version = _read(record, span), _version(record)
        except NaiveTime as error:
            raise BadAnswer(f"{origin}, match {number}: {error}; the service must fix this") from error
        except RefusedValueError as refusal:
            refused.append(_refused(refusal, origin, number, record, None))
            continue
        reports = (_refused(refusal, origin, number, record, read.kickoff_at) for refusal in read.dropped)
        read = replace(read, reports=tuple(replace(report, row=only_the_value(report.row)) for report in reports))
        if read.match_id not in newest or version >= newest[read.match_id][0]:
            newest[read.match_id] = version, read
    if records and len(refused) == len(records):
        raise BadAnswer(f"no match can be used: {refused[0].row['reason']}; the service must fix this")
    if newest and all(_lacks_id(read) for _, read in newest.values()):
        raise BadAnswer(f"{origin}: no match has an id; the service must fix this")
    kept = [read for _, read in newest.values() if read.row is not None]
    refused += [report for read in kept for report in read.reports]
    return _season(origin, span, [read.row for read in kept if read.row is not None], refused)


@dataclass(frozen=True)
class _Read:
    """A record. row: its row of RawMatches; None if it belongs to another season. dropped: what could not be used of
    it, and `reports` the same as rows.
    """

    match_id: str
    kickoff_at: datetime
    row: dict[str, Any] | None
    dropped: tuple[RefusedValueError, ...]
    reports: tuple[RefusedRow, ...] = ()


def _lacks_id(read: _Read) -> bool:
    return any(refusal.column == "id" for refusal in read.dropped)


def _refused(refusal: RefusedValueError, origin: str, number: int, record: Any, at: datetime | None) -> RefusedRow:
    return RefusedRow(refused_row(refusal, origin, number, _shown_id(record), "match"), at)


def _season(origin: str, span: Span, matches: list[dict[str, Any]], rejected: list[RefusedRow]) -> KnownSeason:
    first = datetime.combine(span.first, time(12), UTC)
    last = datetime.combine(span.last, time(12), UTC)
    frame = RawMatches.conform(matches)
    start = _first_day(frame, first)
    reported = tuple((start, of_no_week(row.row)) if row.at is None else (row.at, row.row) for row in rejected)
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


def _read(record: Any, span: Span) -> _Read:
    """One record. Raises RefusedValueError if it has no sides or no plausible kick-off, NaiveTime."""
    if not isinstance(record, dict):
        raise RefusedValueError("matches", "is_object", record, "the match is not an object")
    kickoff = instant(record.get("utcDate"), "utcDate")
    first, last = (date.fromisoformat(day) for day in query_days(span).values())
    if not first <= kickoff.date() <= last:
        raise RefusedValueError("utcDate", "in_season", record.get("utcDate"), f"the match is not in {span.season}")
    sides = read_sides({key: _written_name(record.get(key)) for key in ("homeTeam", "awayTeam")})
    dropped = [sides.refusal] if sides.refusal else []
    try:
        match_id = _match_id(record)
    except RefusedValueError as refusal:
        match_id = _made_up_id(sides, kickoff, span)
        dropped.append(refusal)
    if not span.first <= span.local_day(kickoff) <= span.last:
        return _Read(match_id, kickoff, None, ())
    row, score_refusals = _row(record, match_id, kickoff, sides, span)
    dropped += score_refusals
    return _Read(match_id, row["kickoff_at"], row, tuple(dropped))


def _row(
    record: dict[str, Any], match_id: str, kickoff: datetime, sides: Sides, span: Span
) -> tuple[dict[str, Any], list[RefusedValueError]]:
    """A row of RawMatches, and what was dropped of its score."""
    status = _STATUSES.get(str(record.get("status")), MatchStatus.UNKNOWN) if sides.is_certain else MatchStatus.UNKNOWN
    is_fixed = status not in _WITHOUT_A_TIME
    if not is_fixed and (kickoff.hour, kickoff.minute) == (0, 0):
        zone = ZoneInfo(span.competition.timezone or "UTC")
        kickoff = datetime.combine(kickoff.date(), time(tzinfo=zone)).astimezone(UTC)
    stage = _stage(record, span.competition)
    score, refused = read_score(record, status, is_single_match(stage, span.competition.type))
    row = {
        "match_id": match_id,
        "kickoff_at": kickoff.replace(second=0, microsecond=0),
        "kickoff_is_fixed": is_fixed,
        "sport": "football",
        "competition": span.competition.name,
        "competition_type": span.competition.type,
        "season": span.season,
        "stage": stage,
        "round_name": _round(record),
        "home_team": sides.home,
        "away_team": sides.away,
        "status": status,
        **score.columns(status),
        "venue": text(record.get("venue")),
        "match_source": DataSource.REAL,
        "source_name": SOURCE_NAME,
    }
    return row, refused


def _stage(record: dict[str, Any], competition: Competition) -> Stage:
    """The stage; a match of a league without one, but with a number of its matchday, is of the regular season."""
    written = record.get("stage")
    if written is None and competition.type is CompetitionType.LEAGUE and type(record.get("matchday")) is int:
        return Stage.REGULAR_SEASON
    return _STAGES.get(str(written), Stage.UNKNOWN)


def _written_name(team: Any) -> Any:
    """The written name of a side; UNDECIDED if it is not known yet, which the API says with nulls."""
    if team is None or (isinstance(team, dict) and team.get("id") is None and team.get("name") is None):
        return UNDECIDED
    return team.get("name") if isinstance(team, dict) else team


def _made_up_id(sides: Sides, kickoff: datetime, span: Span) -> str:
    """An id for a match without one; it does not change within its day."""
    pair = f"{slug(sides.home)}-v-{slug(sides.away)}"
    return f"{SOURCE_NAME}:{span.competition.code}:{span.season}:{pair}:{span.local_day(kickoff)}"


def _match_id(record: dict[str, Any]) -> str:
    number = record.get("id")
    if type(number) is not int or number < 0:
        raise RefusedValueError("id", "is_whole_number", number, "the match has no id")
    return f"{SOURCE_NAME}:{number}"


def _version(record: dict[str, Any]) -> datetime:
    """When this version was written; one without a readable date counts as the oldest."""
    try:
        return instant(record.get("lastUpdated"), "lastUpdated")
    except (RefusedValueError, NaiveTime):
        return datetime.min.replace(tzinfo=UTC)


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
