"""Parses openfootball's scores and goals. Times, rounds and files do not belong here."""

from typing import Any

from pizza_assets.models.matches import MOST_GOALS
from pizza_assets.models.vocabulary import DecidedBy, EventType, MatchStatus, Side
from pizza_assets.sources.matches.event_minutes import is_possible, read_minute
from pizza_assets.sources.matches.match_score import (
    Pair,
    Score,
    refuse_shrinking,
    refuse_uneven,
    shootout_with_winner,
)
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
_RESULT = ("score.ft", "score.et")
"""Without these there is no result."""
_NOT_PLAYED_TO_THE_END = {MatchStatus.AWARDED, MatchStatus.CANCELLED, MatchStatus.SUSPENDED, MatchStatus.UNKNOWN}


def parse_score(record: dict[str, Any], is_single: bool = False) -> tuple[Score, list[RefusedValueError]]:
    """The score of a match and what of it was dropped, and why; the match itself is kept.

    `ht` is half-time, `ft` after 90 minutes, `et` after extra time, `p` the shoot-out alone. is_single: whether the
    match decides its tie alone. A half-time score or a shoot-out that can't be read costs only itself. If the result
    is unreadable or contradictory, only how long the match was played is kept. Every fault is listed.
    """
    written = record.get("score")
    if written is None or written == {}:
        return Score(), []
    if not isinstance(written, dict):
        reason = "the score is not an object with ft, ht, et or p; it is left empty"
        return Score(), [RefusedValueError("score", "is_object", written, reason)]
    pairs, refused = _pairs(written)
    only_length = Score(decided_by=_decided_by(written))
    if any(refusal.column in _RESULT for refusal in refused):
        return only_length, refused
    try:
        score = _score(written, *pairs)
        if score.decided_by is DecidedBy.PENALTIES and score.goals is not None:
            refuse_uneven(written, score.goals, is_single)
        return score, refused
    except RefusedValueError as refusal:
        return only_length, [*refused, refusal]


def has_result(record: dict[str, Any]) -> bool:
    """Whether a full-time score is written, readable or not: the match was played."""
    written = record.get("score")
    return isinstance(written, dict) and written.get("ft") is not None


def _score(
    written: dict[str, Any], half_time: Pair | None, full_time: Pair | None, extra_time: Pair | None, p: Pair | None
) -> Score:
    if full_time is None:
        if extra_time or p:
            reason = "extra time or penalties without full time; the score is left empty"
            raise RefusedValueError("score", "has_full_time", written, reason)
        return Score(half_time=half_time)
    refuse_shrinking(written, half_time, full_time)
    refuse_shrinking(written, full_time, extra_time)
    if half_time is None and full_time == (0, 0):
        half_time = (0, 0)  # the files leave ht out for goalless matches
    return Score(extra_time or full_time, half_time, shootout_with_winner(p), _decided_by(written))


def _decided_by(written: dict[str, Any]) -> DecidedBy | None:
    if written.get("p") is not None:
        return DecidedBy.PENALTIES
    if written.get("et") is not None:
        return DecidedBy.EXTRA_TIME
    return DecidedBy.REGULAR if written.get("ft") is not None else None


def _pairs(written: dict[str, Any]) -> tuple[list[Pair | None], list[RefusedValueError]]:
    """Half-time, full time, extra time, shoot-out, None where it is absent or can't be read; and what can't be read."""
    pairs: list[Pair | None] = []
    refused: list[RefusedValueError] = []
    for key in ("ht", "ft", "et", "p"):
        try:
            pairs.append(_pair(written, key))
        except RefusedValueError as refusal:
            pairs.append(None)
            refused.append(refusal)
    return pairs, refused


def _pair(written: dict[str, Any], key: str) -> Pair | None:
    pair = written.get(key)
    if pair is None:
        return None
    if not isinstance(pair, list) or len(pair) != 2 or not all(type(goals) is int for goals in pair):
        reason = f"{key} is not a pair of whole numbers; it is left empty"
        raise RefusedValueError(f"score.{key}", "whole_goals", pair, reason)
    if not all(0 <= goals <= MOST_GOALS for goals in pair):
        reason = f"{key} has a count below 0 or above {MOST_GOALS}; it is left empty"
        raise RefusedValueError(f"score.{key}", "goals_in_range", pair, reason)
    return pair[0], pair[1]


def parse_status(record: dict[str, Any], was_played: bool, has_time: bool) -> MatchStatus:
    """The status. Without a result, a match with a time is TIMED, one with only a date SCHEDULED.

    Other written statuses are translated; an unknown word is UNKNOWN. was_played: whether a full-time score is
    written, readable or not; then the match is FINISHED, even if it is still marked "postponed", unless it was
    awarded, abandoned or cancelled.
    """
    written = record.get("status")
    status = None if written is None else _STATUSES.get(str(written).lower(), MatchStatus.UNKNOWN)
    if was_played:
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
