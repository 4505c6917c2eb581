"""Scores and goals as openfootball writes them."""

from typing import Any

import pytest

from pizza_assets.models.vocabulary import DecidedBy, EventType, MatchStatus, Side
from pizza_assets.sources.matches.match_score import Score
from pizza_assets.sources.matches.openfootball_scores import has_result, parse_goals, parse_score, parse_status
from pizza_assets.sources.refusal import text


@pytest.mark.parametrize(
    ("written", "score"),
    [
        ({}, Score()),
        (None, Score()),
        ({"ht": [1, 0]}, Score(half_time=(1, 0))),
        ({"ht": [1, 0], "ft": [2, 1]}, Score((2, 1), (1, 0), None, DecidedBy.REGULAR)),
        ({"ft": [0, 0]}, Score((0, 0), (0, 0), None, DecidedBy.REGULAR)),
        ({"ft": [2, 0]}, Score((2, 0), None, None, DecidedBy.REGULAR)),
        ({"ht": [1, 1], "ft": [2, 1], "et": [3, 1]}, Score((3, 1), (1, 1), None, DecidedBy.EXTRA_TIME)),
        ({"ft": [0, 0], "et": [0, 0], "p": [8, 7]}, Score((0, 0), (0, 0), (8, 7), DecidedBy.PENALTIES)),
        ({"ft": [1, 1], "p": [4, 2]}, Score((1, 1), None, (4, 2), DecidedBy.PENALTIES)),
        ({"ft": [0, 1], "et": [0, 1], "p": [4, 4]}, Score((0, 1), None, None, DecidedBy.PENALTIES)),
    ],
)
def test_scores(written: Any, score: Score) -> None:
    assert parse_score({"score": written}) == (score, [])


REGULAR, EXTRA_TIME, PENALTIES = DecidedBy.REGULAR, DecidedBy.EXTRA_TIME, DecidedBy.PENALTIES


@pytest.mark.parametrize(
    ("written", "check", "kept"),
    [
        ([2, 1], "is_object", Score()),
        ({"ft": [2]}, "whole_goals", Score(decided_by=REGULAR)),
        ({"ft": "2-1"}, "whole_goals", Score(decided_by=REGULAR)),
        ({"ft": [2, None]}, "whole_goals", Score(decided_by=REGULAR)),
        ({"ft": [2.5, 1]}, "whole_goals", Score(decided_by=REGULAR)),
        ({"ft": [True, 1]}, "whole_goals", Score(decided_by=REGULAR)),
        ({"ft": [-1, 1]}, "goals_in_range", Score(decided_by=REGULAR)),
        ({"ft": [10**30, 1]}, "goals_in_range", Score(decided_by=REGULAR)),
        ({"ht": [3, 0], "ft": [2, 0]}, "goals_only_grow", Score(decided_by=REGULAR)),
        ({"ft": [2, 2], "et": [1, 2]}, "goals_only_grow", Score(decided_by=EXTRA_TIME)),
        ({"ft": [1, 1], "et": "2-1"}, "whole_goals", Score(decided_by=EXTRA_TIME)),
        ({"p": [4, 2]}, "has_full_time", Score(decided_by=PENALTIES)),
        ({"ht": "1-0", "ft": [2, 1]}, "whole_goals", Score((2, 1), None, None, REGULAR)),
        ({"ht": [1, 0], "ft": [1, 1], "p": ["4", "2"]}, "whole_goals", Score((1, 1), (1, 0), None, PENALTIES)),
    ],
)
def test_what_is_wrong_in_a_score_is_dropped_and_the_rest_kept(written: Any, check: str, kept: Score) -> None:
    score, (refusal,) = parse_score({"score": written})
    assert score == kept
    assert refusal.check == check


@pytest.mark.parametrize(
    ("written", "columns", "kept"),
    [
        ({"ht": "1-0", "ft": [1, 1], "p": ["4", "2"]}, ["score.ht", "score.p"], Score((1, 1), None, None, PENALTIES)),
        ({"ht": [-1, 0], "ft": "2-1"}, ["score.ht", "score.ft"], Score(decided_by=REGULAR)),
        (
            {"ht": 1, "ft": 2, "et": 3, "p": 4},
            ["score.ht", "score.ft", "score.et", "score.p"],
            Score(None, None, None, PENALTIES),
        ),
        ({"ht": "0-0", "ft": [2, 2], "et": [1, 2]}, ["score.ht", "score"], Score(decided_by=EXTRA_TIME)),
    ],
)
def test_every_fault_of_a_score_is_reported(written: Any, columns: list[str], kept: Score) -> None:
    score, refused = parse_score({"score": written})
    assert (score, [refusal.column for refusal in refused]) == (kept, columns)


def test_before_a_shoot_out_only_the_aggregate_of_two_legs_is_level() -> None:
    second_leg = {"score": {"ht": [1, 0], "ft": [1, 0], "et": [1, 0], "p": [4, 2]}}  # Arsenal - Porto, after 0-1
    assert parse_score(second_leg) == (Score((1, 0), (1, 0), (4, 2), PENALTIES), [])
    score, (refusal,) = parse_score(second_leg, is_single=True)
    assert score == Score(decided_by=PENALTIES)
    assert refusal.check == "is_level"


@pytest.mark.parametrize(
    ("written", "has_score", "has_time", "status"),
    [
        (None, True, True, MatchStatus.FINISHED),
        (None, False, True, MatchStatus.TIMED),
        (None, False, False, MatchStatus.SCHEDULED),
        ("scheduled", False, True, MatchStatus.TIMED),
        ("postponed", False, False, MatchStatus.POSTPONED),
        ("postponed", True, True, MatchStatus.FINISHED),
        ("Cancelled", False, True, MatchStatus.CANCELLED),
        ("canceled", False, True, MatchStatus.CANCELLED),
        ("awarded", True, True, MatchStatus.AWARDED),
        ("abandoned", True, True, MatchStatus.SUSPENDED),
        ("rained off", False, True, MatchStatus.UNKNOWN),
        (["?"], True, True, MatchStatus.UNKNOWN),
    ],
)
def test_statuses(written: Any, has_score: bool, has_time: bool, status: MatchStatus) -> None:
    assert parse_status({"status": written}, has_score, has_time) is status


@pytest.mark.parametrize(
    ("written", "was_played"),
    [({"ft": [2, 1]}, True), ({"ft": [2, None]}, True), ({"ht": [1, 0]}, False), ({}, False), ([2, 1], False)],
)
def test_a_written_result_means_that_the_match_was_played_even_if_it_cannot_be_read(
    written: Any, was_played: bool
) -> None:
    assert has_result({"score": written}) == was_played


def test_goals_of_all_spellings_in_order_of_time() -> None:
    goals, refused = parse_goals(
        {
            "goals1": [{"name": "A", "minute": 90, "offset": 4}, {"name": "B", "minute": 12, "owngoal": True}],
            "goals2": [{"name": "C", "minute": "45+2", "penalty": True}, {"name": "D", "minute": "45"}, {"minute": 90}],
        }
    )
    assert not refused
    assert [tuple(goal[key] for key in _COLUMNS) for goal in goals] == [
        (1, 12, None, EventType.OWN_GOAL, Side.HOME, "B"),
        (2, 45, None, EventType.GOAL, Side.AWAY, "D"),
        (3, 45, 2, EventType.PENALTY_GOAL, Side.AWAY, "C"),
        (4, 90, None, EventType.GOAL, Side.AWAY, None),
        (5, 90, 4, EventType.GOAL, Side.HOME, "A"),
    ]


_COLUMNS = ("event_number", "minute", "stoppage_minute", "event_type", "benefiting_side", "player")


@pytest.mark.parametrize(
    "goal",
    [
        "Kane 57",
        {"name": "A"},
        {"name": "A", "minute": "late"},
        {"name": "A", "minute": 12.5},
        {"name": "A", "minute": True},
        {"name": "A", "minute": -3},
        {"name": "A", "minute": 131},
        {"name": "A", "minute": 90, "offset": "4"},
        {"name": "A", "minute": 90, "offset": -1},
        {"name": "A", "minute": "90+99"},
    ],
)
def test_an_unreadable_goal_is_refused_and_the_others_kept(goal: Any) -> None:
    goals, refused = parse_goals({"goals2": [goal, {"name": "B", "minute": 5}]})
    assert [kept["player"] for kept in goals] == ["B"]
    assert [refusal.column for refusal in refused] == ["goals2"]


def test_goals_that_are_no_list_are_refused() -> None:
    goals, refused = parse_goals({"goals1": {"A": 5}})
    assert goals == []
    assert [refusal.check for refusal in refused] == ["is_list"]


@pytest.mark.parametrize(
    ("value", "stored"), [(" a ", "a"), ("", None), ("  ", None), (None, None), (7, None), ("\ud800", None)]
)
def test_text_that_can_be_stored(value: Any, stored: str | None) -> None:
    assert text(value) == stored
