"""Goals and cards from a file, for matches whose source has none: joined by date and teams, week by week.

Parsing lines does not belong here, nor does deciding whether matches are real, which is up to the caller.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.counted_noun import counted_noun
from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.models import RawMatchEvents, RejectedRows
from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.vocabulary import DataSource, EventType, Side
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.matches.event_lines import EventLine, Problem, read_event_lines

GOALS = frozenset({EventType.GOAL.value, EventType.PENALTY_GOAL.value, EventType.OWN_GOAL.value})
WHOLE_MATCH = "(all lines of the match)"

_FURTHEST_ZONES = timedelta(hours=-12), timedelta(hours=14)
_ZONES = {competition.name: competition.timezone for competition in COMPETITIONS.values()}


@dataclass(frozen=True)
class FileEvents:
    """What the file adds to a week: RawMatchEvents, RejectedRows, and in words how many lines were used or not."""

    rows: pd.DataFrame
    rejected: pd.DataFrame
    reason: str | None


class EventFile:
    """A CSV file of match events, read once per object, when first needed.

    Every line belongs to exactly one week: that of its match; without a match, that of its date; without a usable
    date, the first week of the file. In each week, used, refused and repeated lines add up to its lines.

    timezone: of the match weeks. earliest: the first day of the first match week. Raises ConfigurationError if there
    is no such file.
    """

    def __init__(self, path: str | Path, timezone: str, earliest: date, now: Callable[[], datetime]) -> None:
        self.path, self._timezone, self._earliest, self._now = Path(path), timezone, earliest, now
        if not self.path.is_file():
            what = "is a folder; name the CSV file in it" if self.path.is_dir() else "does not exist"
            raise ConfigurationError(f"match events file {path} {what}; correct PIZZA_MATCH_EVENTS")

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.path.name

    def events(
        self,
        week: MatchWeek,
        matches: pd.DataFrame,
        events: pd.DataFrame,
        matches_of: Callable[[MatchWeek], pd.DataFrame],
    ) -> FileEvents:
        """The file's events of the week's `matches`; `events` are those that the source has.

        matches_of: gives RawMatches of another week; called only if a line near the edge of the week may belong there.
        Raises BadFile if the file can't be read.
        """
        lines_by_match, unmatched = self._joined(week, matches, matches_of)
        accepted: list[dict[str, Any]] = []
        refused = [(line, line.problem or _unknown_match(line)) for line in unmatched if not line.is_repeated]
        with_events = set(events["match_id"])
        rows = {row["match_id"]: row for row in matches.to_dict("records") if row["match_id"] in lines_by_match}
        for match_id, lines in lines_by_match.items():
            used = [line for line in lines if not line.is_repeated]
            problem = _match_problem(rows[match_id], used, match_id in with_events)
            if problem is None:
                accepted += _numbered(match_id, used)
            else:
                refused += [(line, problem) for line in used]
        return FileEvents(
            RawMatchEvents.conform(accepted),
            RejectedRows.conform([self._rejection(line, problem) for line, problem in refused]),
            self._in_words(len(accepted), len(refused), sum(map(len, lines_by_match.values())) + len(unmatched)),
        )

    def unused(self, week: MatchWeek) -> str | None:
        """A sentence saying that the week's lines are unused because its matches are mock; None if it has no lines."""
        count = len(self._lines_by_week.get(week.key, []))
        are_unused = f"{counted_noun(count, 'line', 'lines')} of {self.name} {'is' if count == 1 else 'are'} not used"
        return f"{are_unused}: the week's matches are mock" if count else None

    def week_fingerprint(self, week: MatchWeek, matches: pd.DataFrame | None) -> str | None:
        """A fingerprint of the file's lines of the week with these stored `matches`; None if it has no lines.

        If the file can't be read, it is the error message.
        """
        try:
            lines, nearby = self._lines_by_week.get(week.key, []), self._lines_nearby(week)
        except BadFile as error:
            return str(error)
        if nearby and matches is not None and len(matches):
            index = _Index(matches)
            lines = [*lines, *(line for line in nearby if index.match_of(line) is not None)]
        return "\n".join(line.identity for line in lines) or None

    def _joined(
        self, week: MatchWeek, matches: pd.DataFrame, matches_of: Callable[[MatchWeek], pd.DataFrame]
    ) -> tuple[dict[str, list[EventLine]], list[EventLine]]:
        """The week's lines by the match they belong to, and those without a match or with a problem."""
        index = _Index(matches)
        lines_by_match: dict[str, list[EventLine]] = defaultdict(list)
        unmatched = []
        for line in [*self._lines_by_week.get(week.key, []), *self._lines_nearby(week)]:
            match_id = index.match_of(line)
            if match_id is not None:
                lines_by_match[match_id].append(line)
            elif self._week_of(line) == week:
                unmatched.append(line)
        for step in (-1, 1):
            neighbour = week.shifted(step)
            if any(line.problem is None and _is_near(line, neighbour) for line in unmatched):
                neighbour_index = _Index(matches_of(neighbour))
                unmatched = [line for line in unmatched if neighbour_index.match_of(line) is None]
        return lines_by_match, unmatched

    def _lines_nearby(self, week: MatchWeek) -> list[EventLine]:
        """Lines dated in the weeks before and after that may belong to a match of this week."""
        neighbours = [self._lines_by_week.get(week.shifted(step).key, []) for step in (-1, 1)]
        return [line for lines in neighbours for line in lines if line.problem is None and _is_near(line, week)]

    def _week_of(self, line: EventLine) -> MatchWeek:
        return MatchWeek.of_date(line.day or self._first_day, self._timezone)

    @cached_property
    def _lines(self) -> list[EventLine]:
        try:
            body = self.path.read_bytes()
        except OSError as error:
            raise BadFile(f"{self.name}: can't be read ({error.strerror}); check its permissions") from error
        latest = self._now() + _FURTHEST_ZONES[1]  # somewhere it is already tomorrow
        return read_event_lines(body, self.name, self._earliest, latest.date())

    @cached_property
    def _first_day(self) -> date:
        return min((line.day for line in self._lines if line.day is not None), default=self._earliest)

    @cached_property
    def _lines_by_week(self) -> dict[str, list[EventLine]]:
        by_week: dict[str, list[EventLine]] = defaultdict(list)
        for line in self._lines:
            by_week[self._week_of(line).key].append(line)
        return dict(by_week)

    def _rejection(self, line: EventLine, problem: Problem) -> dict[str, Any]:
        return asdict(problem) | {
            "origin": self.name,
            "line_number": line.number,
            "row_id": f"{line.day or '?'} {' v '.join(line.teams)}",
            "reason": f"{self.name}, line {line.number}: {problem.reason}",
        }

    def _in_words(self, accepted: int, refused: int, lines: int) -> str | None:
        repeated = lines - accepted - refused
        counts = f"{accepted} used, {refused} refused, {repeated} repeated"
        return f"{counted_noun(lines, 'line', 'lines')} of {self.name}: {counts}" if lines else None


class _Index:
    """Matches by their teams, each with the dates a file may give it."""

    def __init__(self, matches: pd.DataFrame) -> None:
        self._by_teams: dict[tuple[str, str], list[tuple[str, set[date]]]] = defaultdict(list)
        for row in matches.to_dict("records"):
            self._by_teams[row["home_team"], row["away_team"]].append((row["match_id"], _days(row)))

    def match_of(self, line: EventLine) -> str | None:
        """The match of a line without a problem, if there is exactly one."""
        if line.problem is not None:
            return None
        found = [match_id for match_id, days in self._by_teams.get(line.teams, ()) if line.day in days]
        return found[0] if len(found) == 1 else None


def _days(match: dict[str, Any]) -> set[date]:
    """The date of a match in its competition's time zone; without one, the dates it may have had anywhere."""
    kickoff_at, zone = match["kickoff_at"], _ZONES.get(match["competition"])
    if zone is not None:
        return {kickoff_at.astimezone(ZoneInfo(zone)).date()}
    return {(kickoff_at + offset).date() for offset in (*_FURTHEST_ZONES, timedelta(0))}


def _is_near(line: EventLine, week: MatchWeek) -> bool:
    """Whether a match on the line's date may be in the week, whatever the time zone."""
    if line.day is None:
        return False
    first, last = date.fromisoformat(week.key), date.fromisoformat(week.shifted(1).key)
    return first - timedelta(days=1) <= line.day <= last + timedelta(days=1)


def _unknown_match(line: EventLine) -> Problem:
    names = " v ".join(line.teams)
    why = f"no match {names} on {line.day} is in the match source; check date and names (home side first)"
    return Problem("home_team, away_team", "has a match", names, why)


def _match_problem(match: dict[str, Any], lines: Sequence[EventLine], has_events: bool) -> Problem | None:
    """Why all lines of a match are refused; None if they are not."""
    if has_events:
        why = f"{match['source_name']} has events of this match, which are used instead"
        return Problem(WHOLE_MATCH, "the source has none", "", why)
    if pd.isna(match["home_goals"]) or pd.isna(match["away_goals"]):
        return Problem(WHOLE_MATCH, "has a result", "", f"the match has no result yet ({match['status']})")
    counted = "-".join(str(_goals(lines, side)) for side in (Side.HOME, Side.AWAY))
    result = f"{match['home_goals']}-{match['away_goals']}"
    if counted == result:
        return None
    why = f"the file's goals of the match add up to {counted}, but its result is {result}; none of its lines is used"
    return Problem(WHOLE_MATCH, "adds up to the result", counted, why)


def _goals(lines: Iterable[EventLine], side: Side) -> int:
    return sum(line.event["benefiting_side"] == side and line.event["event_type"] in GOALS for line in lines)


def _numbered(match_id: str, lines: Sequence[EventLine]) -> list[dict[str, Any]]:
    """The lines of a match as columns of RawMatchEvents, numbered in order of time."""
    in_time = sorted(lines, key=lambda line: (line.event["minute"], line.event["stoppage_minute"] or 0, line.number))
    return [
        {**line.event, "match_id": match_id, "event_number": number, "match_source": DataSource.REAL}
        for number, line in enumerate(in_time, start=1)
    ]
