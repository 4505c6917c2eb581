"""Classification of outcomes."""

import pandas as pd
import pytest
from hypothesis import given

from pizza_assets.analysis.outcomes import HIGH_SCORING_GOALS, classify, own_outcomes, own_result
from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import MatchStatus, Stage
from pizza_assets_tests.analysis.tables import a_match
from pizza_assets_tests.strategies import FIRST_MOMENT, match_frames, moments
from pizza_assets_tests.support.examples import examples

ADDED = ["total_goals", "goal_difference", "result", "is_high_scoring", "is_tournament", "is_final"]


def outcome(**columns: object) -> dict:
    return classify(RawMatches.conform([a_match(**columns)]))[ADDED].iloc[0].to_dict()


@pytest.mark.parametrize(
    ("home", "away", "expected"),
    [(2, 1, (3, 1, "home_win", False)), (2, 2, (4, 0, "draw", True)), (0, 5, (5, -5, "away_win", True))],
)
def test_goals_and_result(home: int, away: int, expected: tuple) -> None:
    seen = outcome(home_goals=home, away_goals=away)

    assert (seen["total_goals"], seen["goal_difference"], seen["result"], seen["is_high_scoring"]) == expected


def test_a_shootout_decides_but_adds_no_goals() -> None:
    seen = outcome(home_goals=0, away_goals=0, decided_by="penalties", shootout_home_goals=4, shootout_away_goals=5)

    assert seen == {
        "total_goals": 0,
        "goal_difference": 0,
        "result": "away_win",
        "is_high_scoring": False,
        "is_tournament": False,
        "is_final": False,
    }


def test_a_shootout_decides_a_second_leg_that_was_won_in_play() -> None:
    seen = outcome(home_goals=2, away_goals=1, decided_by="penalties", shootout_home_goals=3, shootout_away_goals=4)

    assert (seen["result"], seen["goal_difference"]) == ("away_win", 1)


def test_a_shootout_without_its_score_has_no_known_winner() -> None:
    seen = outcome(home_goals=1, away_goals=1, decided_by="penalties")

    assert pd.isna(seen["result"])
    assert seen["total_goals"] == 2


@pytest.mark.parametrize("stage", list(Stage))
def test_only_a_final_is_a_final(stage: Stage) -> None:
    assert outcome(stage=stage.value)["is_final"] == (stage.value == "FINAL")


@pytest.mark.parametrize(("kind", "expected"), [("league", False), ("cup", True), ("international", True)])
def test_cups_and_international_competitions_are_tournaments(kind: str, expected: bool) -> None:
    assert outcome(competition_type=kind)["is_tournament"] == expected


def test_a_finished_match_without_goals_from_the_source_has_no_result() -> None:
    seen = outcome(home_goals=None, away_goals=None, stage="FINAL", competition_type="cup")

    assert pd.isna(seen["total_goals"])
    assert pd.isna(seen["result"])
    assert (seen["is_high_scoring"], seen["is_tournament"], seen["is_final"]) == (False, True, True)


@pytest.mark.parametrize("status", [status for status in MatchStatus if status != MatchStatus.FINISHED])
def test_unfinished_matches_have_no_outcome(status: MatchStatus) -> None:
    seen = outcome(status=status.value, home_goals=3, away_goals=3, stage="FINAL", competition_type="cup")

    assert [pd.isna(seen[name]) for name in ADDED[:3]] == [True] * 3
    assert [seen[name] for name in ADDED[3:]] == [False] * 3


def test_types_are_the_same_with_and_without_matches() -> None:
    some, none = classify(RawMatches.conform([a_match()])), classify(RawMatches.empty())

    assert list(none) == [*RawMatches.column_names(), *ADDED, "match_type"]
    assert none.dtypes.to_dict() == some.dtypes.to_dict()
    assert [str(some[name].dtype) for name in ADDED] == ["Int64", "Int64", "str", "bool", "bool", "bool"]


def test_own_result_is_that_of_the_side() -> None:
    results = pd.Series(["home_win", "home_win", "away_win", "away_win", "draw", "draw", None, None], dtype="str")
    sides = pd.Series(["home", "away"] * 4, dtype="str")

    seen = own_result(results, sides)

    assert seen[:6].tolist() == ["win", "loss", "loss", "win", "draw", "draw"]
    assert seen[6:].isna().all()
    assert str(seen.dtype) == "str"


def _expected(match: dict) -> tuple:
    if match["status"] != "FINISHED":
        return None, None, None, False, False, False
    home, away = match["home_goals"], match["away_goals"]
    first, second = home, away
    if match["decided_by"] == "penalties":
        first, second = match["shootout_home_goals"], match["shootout_away_goals"]
    result = None
    if pd.notna(first):
        result = "home_win" if first > second else "away_win" if first < second else "draw"
    is_tournament = match["competition_type"] in {"cup", "international"}
    return home + away, home - away, result, home + away >= HIGH_SCORING_GOALS, is_tournament, match["stage"] == "FINAL"


# Property 5
@examples(200)
@given(match_frames(moments(FIRST_MOMENT, FIRST_MOMENT + pd.Timedelta(days=7))))
def test_every_match_is_classified_as_defined(matches: pd.DataFrame) -> None:
    classified = classify(matches)

    seen = [
        tuple(None if pd.isna(v) else v for v in row) for row in classified[ADDED].itertuples(index=False, name=None)
    ]
    assert seen == [_expected(match) for match in matches.to_dict("records")]
    pd.testing.assert_frame_equal(classified[RawMatches.column_names()], matches)


# Property 13
@examples(100)
@given(match_frames(moments(FIRST_MOMENT, FIRST_MOMENT + pd.Timedelta(days=7))))
def test_labels_do_not_change_outcomes(matches: pd.DataFrame) -> None:
    swapped = matches.assign(match_source=matches["match_source"].map({"real": "mock", "mock": "real"}))

    pd.testing.assert_frame_equal(classify(swapped)[ADDED], classify(matches)[ADDED])


# Property 5
@pytest.mark.parametrize(
    ("columns", "match_type"),
    [
        ({}, "league"),
        ({"competition_type": "cup", "stage": "SEMI_FINALS"}, "cup"),
        ({"competition_type": "international", "stage": "FINAL"}, "final"),
        ({"competition_type": "cup", "stage": "FINAL", "status": "TIMED"}, "cup"),
    ],
)
def test_a_played_final_has_its_own_match_type(columns: dict, match_type: str) -> None:
    assert classify(RawMatches.conform([a_match(**columns)]))["match_type"].tolist() == [match_type]


def test_own_outcomes_are_those_of_the_followed_team() -> None:
    rows = pd.DataFrame(
        {
            "result": ["home_win", "away_win", "draw", None],
            "side": ["home", "home", "away", "home"],
            "home_goals": pd.array([2, 0, 1, None], dtype="Int64"),
            "away_goals": pd.array([1, 3, 1, None], dtype="Int64"),
        }
    )
    seen = own_outcomes(rows)
    assert seen["own_result"].tolist()[:3] == ["win", "loss", "draw"]
    assert seen["own_goal_difference"].tolist()[:3] == [1, -3, 0]
    assert seen["total_goals"].tolist()[:3] == [3, 3, 2]
    assert seen.iloc[3].isna().all()
    away = own_outcomes(rows.assign(side="away"))
    assert away["own_goal_difference"].tolist()[:3] == [-1, 3, 0]
