"""Parses a CSV file of goals and cards into lines, each usable or with its first problem.

Joining lines to matches does not belong here.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pizza_assets.errors import BadFile
from pizza_assets.models.vocabulary import EventType, Side, values
from pizza_assets.sources.matches.event_minutes import is_possible, read_minute
from pizza_assets.sources.matches.team_names import canonical_name
from pizza_assets.sources.refusal import RefusedValueError

REQUIRED = ("date", "home_team", "away_team", "minute", "event_type")
BENEFITING = ("side", "team")
"""Exactly one of these columns says who benefits."""

OPTIONAL = "player"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Problem:
    """Why a line can't be used."""

    column: str
    check: str
    value: str
    reason: str


@dataclass(frozen=True)
class EventLine:
    """One line of the file.

    number: of its first line in the file; the header is 1. day: of the match; None if unreadable. teams: canonical
    names of home and away side. event: columns of RawMatchEvents; empty for a line with a problem. is_repeated: whether
    an earlier line is equal.
    """

    number: int
    day: date | None
    teams: tuple[str, str]
    event: dict[str, Any]
    problem: Problem | None = None
    is_repeated: bool = False

    @property
    def identity(self) -> str:
        """The content of the line; for a line with a problem also its number, which is shown with the problem."""
        where = "" if self.problem is None else f"{self.number} {self.problem}"
        return f"{self.day} {self.teams} {sorted(self.event.items(), key=str)} {self.is_repeated} {where}"


def read_event_lines(body: bytes, name: str, earliest: date, latest: date) -> list[EventLine]:
    """All lines except blank ones, in file order. A line dated before `earliest` or after `latest` has a problem.

    Raises BadFile naming the file `name`, the cause and the remedy if the file as a whole is unusable.
    """
    rows = _rows(_text(body, name), name)
    header = [cell.strip() for cell in next(rows, (1, []))[1]]
    _check_header(header, name)
    lines: list[EventLine] = []
    seen: set[str] = set()
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        line = _line(number, cells, header, (earliest, latest))
        if line.problem is None:
            is_repeated = line.identity in seen
            seen.add(line.identity)
            line = replace(line, is_repeated=is_repeated)
        lines.append(line)
    if lines and all(line.day is None for line in lines):
        first = next((line for line in lines if line.problem is not None), lines[0])
        why = "" if first.problem is None else f" (line {first.number}: {first.problem.reason})"
        raise BadFile(f"{name}: no line has a usable date{why}; correct the dates")
    return lines


def _text(body: bytes, name: str) -> str:
    if not body:
        raise BadFile(f"{name}: the file is empty (0 bytes); export it again, or unset PIZZA_MATCH_EVENTS")
    if b"\x00" in body:
        raise BadFile(f"{name}: the file is binary or UTF-16, not text in UTF-8; save it as CSV in UTF-8")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{name}: not readable as UTF-8 ({error}); save it as CSV in UTF-8") from error


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BadFile(f"{name}: line {number} is not valid CSV ({error}); check its quotes") from error
        if row is None:
            return
        yield number, row
        number = reader.line_num + 1


def _check_header(header: Sequence[str], name: str) -> None:
    present = ", ".join(map(repr, header)) or "none"
    missing = [column for column in REQUIRED if column not in header]
    if not any(column in header for column in BENEFITING):
        missing.append(" or ".join(BENEFITING))
    if missing:
        raise BadFile(
            f"{name}: column {missing[0]} is missing; the file has {present}. Name its columns "
            f"{', '.join(REQUIRED)}, {' or '.join(BENEFITING)}, and separate them by commas"
        )
    for column in (*REQUIRED, *BENEFITING, OPTIONAL):
        if header.count(column) > 1:
            raise BadFile(f"{name}: column {column} appears {header.count(column)} times in the header; keep one")
    if all(column in header for column in BENEFITING):
        raise BadFile(f"{name}: both columns {' and '.join(BENEFITING)} say who benefits; keep one")


def _line(number: int, cells: Sequence[str], header: Sequence[str], days: tuple[date, date]) -> EventLine:
    if len(cells) != len(header):
        why = f"the line has {len(cells)} columns, the header {len(header)}"
        problem = Problem("(whole line)", "has the header's columns", ",".join(cells)[:LONGEST_NAME], why)
        return EventLine(number, None, ("?", "?"), {}, problem)
    texts = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    day, teams = None, (texts["home_team"] or "?", texts["away_team"] or "?")
    try:
        day = _day(texts["date"], *days)
        teams = _team(texts, "home_team"), _team(texts, "away_team")
        return EventLine(number, day, teams, _event(texts, teams))
    except RefusedValueError as refusal:
        problem = Problem(refusal.column, refusal.check, refusal.value[:LONGEST_NAME], refusal.reason)
        return EventLine(number, day, teams, {}, problem)


def _event(texts: dict[str, str], teams: tuple[str, str]) -> dict[str, Any]:
    minute, stoppage = _minute(texts["minute"])
    kind = texts["event_type"].lower()
    if kind not in values(EventType):
        why = f"{texts['event_type']!r} is not an event type; choose {', '.join(values(EventType))}"
        raise RefusedValueError("event_type", "is known", texts["event_type"], why)
    player = texts.get(OPTIONAL, "")
    if len(player) > LONGEST_NAME:
        raise RefusedValueError(OPTIONAL, "is short", player, f"longer than {LONGEST_NAME} characters")
    return {
        "event_type": kind,
        "minute": minute,
        "stoppage_minute": stoppage,
        "benefiting_side": _side(texts, teams),
        "player": player or None,
    }


def _day(written: str, earliest: date, latest: date) -> date:
    try:
        day = date.fromisoformat(written) if len(written) == len("2015-08-08") else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != written:
        raise RefusedValueError("date", "is a date", written, f"{written!r} is not a date; write it as 2015-08-08")
    if not earliest <= day <= latest:
        why = f"{written} is not between the first match week, {earliest}, and today"
        raise RefusedValueError("date", "is in the calendar", written, why)
    return day


def _team(texts: dict[str, str], column: str) -> str:
    written = texts[column]
    if not written or len(written) > LONGEST_NAME:
        raise RefusedValueError(column, "has a name", written, f"{column} is empty or too long")
    return canonical_name(written)


def _minute(written: str) -> tuple[int, int | None]:
    read = read_minute(written)
    if read is None:
        raise RefusedValueError(
            "minute", "is a minute", written, f"{written!r} is not a minute; write it as 17 or, in stoppage time, 45+2"
        )
    if not is_possible(*read):
        raise RefusedValueError("minute", "is possible", written, f"a match has no minute {written}")
    return read


def _side(texts: dict[str, str], teams: tuple[str, str]) -> str:
    if "side" in texts:
        side = texts["side"].lower()
        if side not in values(Side):
            raise RefusedValueError("side", "is a side", texts["side"], f"{texts['side']!r} is neither home nor away")
        return side
    team = canonical_name(texts["team"]) if texts["team"] else ""
    if team not in teams or teams[0] == teams[1]:
        why = f"{texts['team']!r} is neither {teams[0]} nor {teams[1]}"
        raise RefusedValueError("team", "plays in the match", texts["team"], why)
    return Side.HOME.value if team == teams[0] else Side.AWAY.value
