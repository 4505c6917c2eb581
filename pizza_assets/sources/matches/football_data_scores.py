"""Parses football-data.org's scores. Kick-offs, sides and documents do not belong here."""

from typing import Any

from pizza_assets.models.matches import MOST_GOALS
from pizza_assets.models.vocabulary import DecidedBy, MatchStatus
from pizza_assets.sources.matches.match_score import (
    Pair,
    Score,
    refuse_shrinking,
    refuse_uneven,
    shootout_with_winner,
)
from pizza_assets.sources.refusal import RefusedValueError

_DURATIONS = {
    "REGULAR": DecidedBy.REGULAR,
    "EXTRA_TIME": DecidedBy.EXTRA_TIME,
    "PENALTY_SHOOTOUT": DecidedBy.PENALTIES,
}
_ENDED = (MatchStatus.FINISHED, MatchStatus.AWARDED)
"""In other statuses `fullTime` is the running score or empty."""


def read_score(record: dict[str, Any], status: MatchStatus, is_single: bool) -> tuple[Score, list[RefusedValueError]]:
    """The score of a match and what of it was dropped, and why; the match itself is kept.

    is_single: whether the match decides its tie alone; see `is_single_match`. A half-time score that can't be read
    costs only itself. If the result is missing, unreadable or contradictory, only how long the match was played is
    kept, if that is known. Every fault is listed.
    """
    if status not in _ENDED:
        return Score(), []
    written = record.get("score")
    if not isinstance(written, dict):
        return Score(), [
            RefusedValueError("score", "is_object", written, "an ended match has no score; it is left empty")
        ]
    pairs, refused = _pairs(written)
    half_time = pairs["halfTime"]
    only_length = Score(decided_by=_DURATIONS.get(str(written.get("duration"))))
    if any(refusal.column != "score.halfTime" for refusal in refused):
        return only_length, refused
    try:
        if status is MatchStatus.AWARDED:  # the result of a decision need not follow from the goals at half-time
            return Score(_full_time(written, pairs), half_time), refused
        score = _final_score(written, pairs, is_single)
        refuse_shrinking(written, half_time, score.goals)
    except RefusedValueError as refusal:
        return only_length, [*refused, refusal]
    return Score(score.goals, half_time, score.shootout, score.decided_by), refused


def _final_score(written: dict[str, Any], pairs: dict[str, Pair | None], is_single: bool) -> Score:
    """The goals of play and, separately, of the shoot-out, which `fullTime` includes. Raises RefusedValueError."""
    full = _full_time(written, pairs)
    regular, extra, penalties = (pairs[key] for key in ("regularTime", "extraTime", "penalties"))
    decided_by = _DURATIONS.get(str(written.get("duration")))
    if decided_by is None:
        reason = "it is not said whether the score includes extra time or a shoot-out; the score is left empty"
        raise RefusedValueError("score", "has_duration", written, reason)
    played = None if regular is None else _sum(regular, extra)
    if decided_by is not DecidedBy.PENALTIES:
        if (played is not None and played != full) or any(penalties or ()):
            raise RefusedValueError("score", "adds_up", written, "its parts do not add up; the score is left empty")
        return Score(full, decided_by=decided_by)
    if played is None and penalties is None and is_single and full[0] == full[1]:
        played = full  # some answers leave the shoot-out, which has a winner, out of the full time
    goals = _difference(full, penalties) if played is None else played
    shootout = _difference(full, goals) if penalties is None and goals is not None else penalties
    if goals is None or (full not in (goals, _sum(goals, shootout))):
        raise RefusedValueError(
            "score", "adds_up", written, "the shoot-out can't be told from the goals of play; the score is left empty"
        )
    refuse_uneven(written, goals, is_single)
    return Score(goals, shootout=shootout_with_winner(shootout), decided_by=decided_by)


def _sum(goals: Pair, added: Pair | None) -> Pair:
    return goals if added is None else (goals[0] + added[0], goals[1] + added[1])


def _difference(whole: Pair, part: Pair | None) -> Pair | None:
    """`whole` without `part`; None if there is no part, or it is larger."""
    if part is None or part[0] > whole[0] or part[1] > whole[1]:
        return None
    return whole[0] - part[0], whole[1] - part[1]


def _full_time(written: dict[str, Any], pairs: dict[str, Pair | None]) -> Pair:
    pair = pairs["fullTime"]
    if pair is None:
        raise RefusedValueError(
            "score", "has_result", written, "an ended match has no fullTime score; it is left empty until it has"
        )
    return pair


def _pairs(written: dict[str, Any]) -> tuple[dict[str, Pair | None], list[RefusedValueError]]:
    """The pairs of goals, None where one is absent or can't be read; and what can't be read."""
    pairs: dict[str, Pair | None] = {}
    refused: list[RefusedValueError] = []
    for key in ("halfTime", "fullTime", "regularTime", "extraTime", "penalties"):
        try:
            pairs[key] = _pair(written, key)
        except RefusedValueError as refusal:
            pairs[key] = None
            refused.append(refusal)
    return pairs, refused


def _pair(written: dict[str, Any], key: str) -> Pair | None:
    pair = written.get(key)
    if pair is None:
        return None
    home, away = (pair.get("home"), pair.get("away")) if isinstance(pair, dict) else ("?", "?")
    if home is None and away is None:
        return None
    if type(home) is not int or type(away) is not int or not all(0 <= goals <= MOST_GOALS for goals in (home, away)):
        reason = f"{key} is not home and away goals from 0 to {MOST_GOALS}; it is left empty"
        raise RefusedValueError(f"score.{key}", "whole_goals", pair, reason)
    return home, away
