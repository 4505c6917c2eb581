"""A CSV file of match events: goals and cards for matches whose own source has none.

    date,home_team,away_team,minute,side,event_type,player
    2025-08-15,Liverpool,Bournemouth,37,home,goal,Hugo Ekitike
    2025-08-15,Liverpool,Bournemouth,90+4,home,goal,Mohamed Salah

date: of the match, as 2025-08-15. Teams: as any source writes them. minute: 37 or 90+4. side: home or away, whom a
goal counts for (an own goal: the other side's). event_type (optional, default goal): as in raw_match_events. player:
optional. Other columns are never read. Which week asks for them, and what is stored, does not belong here.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.errors import ConfigurationError
from pizza_assets.models import RawMatchEvents, RejectedRows
from pizza_assets.models.vocabulary import DataSource, EventType, Side
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import MatchSource, SourceResult
from pizza_assets.sources.matches.team_names import canonical_name

NEEDED = ("date", "home_team", "away_team", "minute", "side")
OPTIONAL = ("event_type", "player")
LAST_MINUTE, LAST_STOPPAGE_MINUTE = 130, 60
GOALS = frozenset({EventType.GOAL, EventType.PENALTY_GOAL, EventType.OWN_GOAL})
_MINUTE = re.compile(r"(\d{1,3})(?:\+(\d{1,2}))?'?", re.ASCII)
_ONE_DAY = timedelta(days=1)
_LONGEST_SHOWN = 200


@dataclass(frozen=True)
class _Event:
    """One good line."""

    line_number: int
    day: date
    home_team: str
    away_team: str
    minute: int
    stoppage_minute: int | None
    side: str
    event_type: str
    player: str | None


@dataclass(frozen=True)
class _Refused:
    """One refused line. day: None if it can't be read."""

    line_number: int
    day: date | None
    column: str
    check: str
    value: str
    reason: str


@dataclass(frozen=True)
class _Content:
    events: tuple[_Event, ...]
    refused: tuple[_Refused, ...]


class EventFile:
    """The events of one file, read at the first question. Raises ConfigurationError if it can't be read at all."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @cached_property
    def content(self) -> _Content:
        """Every line, good or refused; a line that repeats another is refused as that."""
        events: list[_Event] = []
        refused: list[_Refused] = []
        first_line: dict[_Event, int] = {}
        for number, record in self._records():
            read = _read(number, record)
            if isinstance(read, _Refused):
                refused.append(read)
                continue
            same = replace(read, line_number=0)
            if same in first_line:
                why = f"the same event as in line {first_line[same]}"
                refused.append(_Refused(number, read.day, "(whole line)", "is no duplicate", "", why))
                continue
            first_line[same] = number
            events.append(read)
        return _Content(tuple(events), tuple(refused))

    def _records(self) -> Iterator[tuple[int, dict[str, str]]]:
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"match events {self.path} can't be read ({error}); give a UTF-8 CSV file as PIZZA_MATCH_EVENTS"
            ) from error
        reader = csv.reader(io.StringIO(text, newline=""))
        try:
            header = [name.strip() for name in next(reader, [])]
            self._check_header(header)
            for row in reader:
                if any(cell.strip() for cell in row):
                    cells = {name: cell.strip() for name, cell in zip(header, row, strict=False)}
                    yield reader.line_num, {name: cells.get(name, "") for name in (*NEEDED, *OPTIONAL)}
        except csv.Error as error:
            raise ConfigurationError(f"match events {self.path}: not readable as CSV ({error}); mend it") from error

    def _check_header(self, header: list[str]) -> None:
        missing = [name for name in NEEDED if name not in header]
        if missing:
            raise ConfigurationError(
                f"match events {self.path}: column {missing[0]!r} is missing; the file has "
                f"{', '.join(map(repr, header)) or 'none'}, and needs {', '.join(NEEDED)}"
            )
        twice = [name for name in (*NEEDED, *OPTIONAL) if header.count(name) > 1]
        if twice:
            raise ConfigurationError(f"match events {self.path}: column {twice[0]!r} appears twice; remove one")


class WithEventFile:
    """A match source whose matches without events get those of a file. Only real matches do: the file is real."""

    def __init__(self, source: MatchSource, events: EventFile) -> None:
        self._source, self._file = source, events
        self.name, self.is_remote = source.name, source.is_remote

    def matches(self, week: MatchWeek) -> SourceResult:
        """The source's answer, completed; the file's refused lines are filed with the week of their date."""
        result = self._source.matches(week)
        if result.data_source != DataSource.REAL or not result.is_covered:
            return result
        own = set(result.events["match_id"])
        used, refused, unneeded = _joined(self._file.content.events, result.rows, own, week)
        refused += [line for line in self._file.content.refused if _is_filed_here(line, week, self._file.content)]
        reasons = [result.reason] if result.reason else []
        if unneeded:
            reasons.append(f"{unneeded} lines of {self._file.path.name} are not needed: {self.name} has these events")
        rejected = RejectedRows.conform(
            [*result.rejected.to_dict("records"), *(_row(line, self._file.path.name) for line in refused)]
        )
        events = RawMatchEvents.conform([*result.events.to_dict("records"), *used])
        return replace(result, events=events, rejected=rejected, reason="; ".join(reasons) or None)


def _joined(
    events: tuple[_Event, ...], matches: pd.DataFrame, own: set[str], week: MatchWeek
) -> tuple[list[dict], list[_Refused], int]:
    """Rows for the matches of the week, lines refused in it, and how many are not needed.

    Two teams never meet twice at one ground within two days, so the date may be that of any clock.
    """
    by_teams: dict[tuple[str, str], list[dict]] = {}
    for match in matches.to_dict("records"):
        by_teams.setdefault((match["home_team"], match["away_team"]), []).append(match)
    of_match: dict[str, list[_Event]] = {}
    refused, unneeded = [], 0
    for event in events:
        found = [
            match
            for match in by_teams.get((event.home_team, event.away_team), ())
            if abs(match["kickoff_at"].date() - event.day) <= _ONE_DAY
        ]
        if not found:
            if _is_of_week(event.day, week):
                refused.append(_no_match(event))
        elif found[0]["match_id"] in own:
            unneeded += 1
        else:
            of_match.setdefault(found[0]["match_id"], []).append(event)
    rows: list[dict] = []
    results = {match["match_id"]: match for match in matches.to_dict("records")}
    for match_id, of_one in of_match.items():
        why = _disagreement(of_one, results[match_id])
        if why is not None:
            refused += [_Refused(e.line_number, e.day, "minute", "adds up to the result", "", why) for e in of_one]
        else:
            rows += _numbered(match_id, of_one)
    return rows, refused, unneeded


def _disagreement(events: list[_Event], match: dict) -> str | None:
    """Why the goals of a match can't be all of its goals."""
    counts = Counter(event.side for event in events if event.event_type in GOALS)
    for side in (Side.HOME, Side.AWAY):
        goals = match[f"{side}_goals"]
        if pd.notna(goals) and counts[side] != goals:
            return (
                f"the file has {counts[side]} goals for the {side} side of {match['home_team']} v "
                f"{match['away_team']}, the result says {goals}; none of the match's events is taken"
            )
    return None


def _numbered(match_id: str, events: list[_Event]) -> list[dict]:
    in_order = sorted(events, key=lambda event: (event.minute, event.stoppage_minute or 0, event.line_number))
    return [
        {
            "match_id": match_id,
            "event_number": number,
            "event_type": event.event_type,
            "minute": event.minute,
            "stoppage_minute": event.stoppage_minute,
            "benefiting_side": event.side,
            "player": event.player,
            "match_source": DataSource.REAL.value,
        }
        for number, event in enumerate(in_order, start=1)
    ]


def _no_match(event: _Event) -> _Refused:
    value = f"{event.home_team} v {event.away_team}"
    why = f"no match {value} is known on {event.day}; teams are written as in raw_matches"
    return _Refused(event.line_number, event.day, "home_team", "is a known match", value, why)


def _is_of_week(day: date, week: MatchWeek) -> bool:
    return week.contains(datetime.combine(day, time(12), ZoneInfo(week.timezone)).astimezone(UTC))


def _is_filed_here(line: _Refused, week: MatchWeek, content: _Content) -> bool:
    """A line without a date is filed with the first event of the file."""
    day = line.day or min((event.day for event in content.events), default=None)
    return day is not None and _is_of_week(day, week)


def _read(number: int, record: dict[str, str]) -> _Event | _Refused:
    def refused(column: str, check: str, why: str, day: date | None) -> _Refused:
        shown = record[column][:_LONGEST_SHOWN]
        return _Refused(number, day, column, check, shown, f"column {column!r}: {shown!r} is {why}")

    try:
        day = date.fromisoformat(record["date"])
    except ValueError:
        return refused("date", "is a date", "no date; write it as 2025-08-15", None)
    for column in ("home_team", "away_team"):
        if not record[column]:
            return refused(column, "is not empty", "empty", day)
    found = _MINUTE.fullmatch(record["minute"])
    if not found or int(found[1]) > LAST_MINUTE or int(found[2] or 0) > LAST_STOPPAGE_MINUTE:
        return refused("minute", "is a minute", "no minute of a match; write 37 or 90+4", day)
    if record["side"] not in (Side.HOME, Side.AWAY):
        return refused("side", "is home or away", "neither home nor away", day)
    event_type = record["event_type"] or EventType.GOAL.value
    if event_type not in {kind.value for kind in EventType}:
        return refused("event_type", "is known", f"none of {', '.join(EventType)}", day)
    return _Event(
        number,
        day,
        canonical_name(record["home_team"]),
        canonical_name(record["away_team"]),
        int(found[1]),
        int(found[2]) if found[2] else None,
        record["side"],
        event_type,
        record["player"] or None,
    )


def _row(line: _Refused, origin: str) -> dict:
    return {
        "origin": origin,
        "line_number": line.line_number,
        "row_id": "",
        "column": line.column,
        "check": line.check,
        "value": line.value[:_LONGEST_SHOWN],
        "reason": line.reason,
    }
