"""Parses openfootball's scores and goals. Times, rounds and files do not belong here."""

from dataclasses import dataclass
from typing import Any

from pizza_assets.models.matches import MOST_GOALS
from pizza_assets.models.vocabulary import DecidedBy, EventType, MatchStatus, Side
from pizza_assets.sources.matches.event_minutes import is_possible, read_minute
from pizza_assets.sources.refusal import RefusedValueError, text

_STATUSES = {
    "abandoned": MatchStatus.SUSPENDED,
    "awarded": MatchStatus.AWARDED,
    "canceled": MatchStatus.CANCELLED,
    "cancelled": MatchStatus.CANCELLED,
    "finished": MatchStatus.FINISHED,
    "postponed": MatchStatus.POSTPONED,
    "scheduled": MatchStatus.SCHEDULED,
    "suspended": MatchStatus.SUSPENDED,
}
_NOT_PLAYED_TO_THE_END = {MatchStatus.AWARDED, MatchStatus.CANCELLED, MatchStatus.SUSPENDED, MatchStatus.UNKNOWN}

Pair = tuple[int, int]


@dataclass(frozen=True)
class Score:
    """The goals of play and, separately, of the shoot-out. None: not played, or not given."""

    goals: Pair | None = None
    half_time: Pair | None = None
    shootout: Pair | None = None
    decided_by: DecidedBy | None = None


def parse_score(record: dict[str, Any]) -> Score:
    """The score of a match: `ht` half-time, `ft` after 90 minutes, `et` after extra time, `p` the shoot-out alone.

    Raises RefusedValueError for anything but pairs of integers that don't shrink from half-time to the end.
    """
    written = record.get("score")
    if written is None or written == {}:
        return Score()
    if not isinstance(written, dict):
        raise RefusedValueError("score", "is_object", written, "the score is not an object with ft, ht, et or p")
    half_time, full_time, extra_time, penalties = (_pair(written, key) for key in ("ht", "ft", "et", "p"))
    if full_time is None:
        if extra_time or penalties:
            raise RefusedValueError("score", "has_full_time", written, "extra time or penalties without full time")
        return Score(half_time=half_time)
    _refuse_shrinking(written, half_time, full_time)
    _refuse_shrinking(written, full_time, extra_time)
    if half_time is None and full_time == (0, 0):
        half_time = (0, 0)  # the files leave ht out for goalless matches
    if penalties is not None:
        decided_by = DecidedBy.PENALTIES
        if penalties[0] == penalties[1]:
            penalties = None  # a level shoot-out (seen in 2024-25) was entered before its end
    else:
        decided_by = DecidedBy.EXTRA_TIME if extra_time is not None else DecidedBy.REGULAR
    return Score(extra_time or full_time, half_time, penalties, decided_by)


def _pair(written: dict[str, Any], key: str) -> Pair | None:
    pair = written.get(key)
    if pair is None:
        return None
    if not isinstance(pair, list) or len(pair) != 2 or not all(type(goals) is int for goals in pair):
        raise RefusedValueError("score", "whole_goals", pair, f"{key} is not a pair of whole numbers")
    if not all(0 <= goals <= MOST_GOALS for goals in pair):
        raise RefusedValueError("score", "goals_in_range", pair, f"{key} has a count below 0 or above {MOST_GOALS}")
    return pair[0], pair[1]


def _refuse_shrinking(written: dict[str, Any], earlier: Pair | None, later: Pair | None) -> None:
    if earlier and later and (earlier[0] > later[0] or earlier[1] > later[1]):
        raise RefusedValueError("score", "goals_only_grow", written, "a later score has fewer goals than one before")


def parse_status(record: dict[str, Any], score: Score, has_time: bool) -> MatchStatus:
    """The status. Without a result, a match with a time is TIMED, one with only a date SCHEDULED.

    Other written statuses are translated; an unknown word is UNKNOWN. A full-time score means that the match was
    played, even if it is still marked "postponed", unless it was awarded, abandoned or cancelled.
    """
    written = record.get("status")
    status = None if written is None else _STATUSES.get(str(written).lower(), MatchStatus.UNKNOWN)
    if score.goals is not None:
        return status if status is not None and status in _NOT_PLAYED_TO_THE_END else MatchStatus.FINISHED
    if status is None or status in (MatchStatus.SCHEDULED, MatchStatus.FINISHED):
        return MatchStatus.TIMED if has_time else MatchStatus.SCHEDULED
    return status


def parse_goals(record: dict[str, Any]) -> tuple[list[dict[str, Any]], list[RefusedValueError]]:
    """The goals of a match in order of time, as columns of RawMatchEvents, and the refused goals.

    `goals1` are the goals that count for the first team, including own goals of the other side.
    """
    goals: list[dict[str, Any]] = []
    refused: list[RefusedValueError] = []
    for key, side in (("goals1", Side.HOME), ("goals2", Side.AWAY)):
        written = record.get(key)
        if written is not None and not isinstance(written, list):
            refused.append(RefusedValueError(key, "is_list", written, f"{key} is not a list of goals"))
            continue
        for goal in written or ():
            try:
                goals.append(_goal(goal, key) | {"benefiting_side": side})
            except RefusedValueError as refusal:
                refused.append(refusal)
    goals.sort(key=lambda goal: (goal["minute"], goal["stoppage_minute"] or 0))
    return [goal | {"event_number": number} for number, goal in enumerate(goals, start=1)], refused


def _goal(goal: Any, key: str) -> dict[str, Any]:
    if not isinstance(goal, dict):
        raise RefusedValueError(key, "is_object", goal, f"a goal in {key} is not an object with name and minute")
    minute, stoppage = _minute(goal, key)
    if goal.get("owngoal"):
        kind = EventType.OWN_GOAL
    else:
        kind = EventType.PENALTY_GOAL if goal.get("penalty") else EventType.GOAL
    return {"event_type": kind, "minute": minute, "stoppage_minute": stoppage, "player": text(goal.get("name"))}


def _minute(goal: dict[str, Any], key: str) -> tuple[int, int | None]:
    """The minute and stoppage minute; 45+2 is written `45, offset 2` until 2022 and `"45+2"` in 2026."""
    written, offset = goal.get("minute"), goal.get("offset")
    read = read_minute(str(written)) if type(written) in (int, str) else None
    if read is None or not (offset is None or type(offset) is int):
        raise RefusedValueError(key, "readable_minute", goal, f"a goal in {key} has no readable minute")
    minute, stoppage = read
    stoppage = offset if stoppage is None else stoppage
    if not is_possible(minute, stoppage):
        raise RefusedValueError(key, "minute_in_range", goal, f"a goal in {key} has an impossible minute")
    return minute, stoppage
