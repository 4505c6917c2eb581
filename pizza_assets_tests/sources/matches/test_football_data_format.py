"""football-data.org's traps, all seen in recorded answers, in rows of our own."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches
from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.vocabulary import MatchStatus
from pizza_assets.sources.matches.football_data_format import UNDECIDED, Span, query_days, read_matches
from pizza_assets_tests.support.api_rows import match
from pizza_assets_tests.support.examples import examples

LEAGUE = Span(COMPETITIONS["en.1"], "2025-26", date(2025, 7, 1), date(2026, 6, 30))
CUP = Span(COMPETITIONS["uefa.cl"], "2025-26", date(2025, 7, 1), date(2026, 6, 30))


def _document(*records: Any, code: str = "PL") -> dict[str, Any]:
    return {"resultSet": {"count": len(records)}, "competition": {"code": code}, "matches": list(records)}


def _row(record: dict[str, Any], span: Span = LEAGUE) -> dict[str, Any]:
    season = read_matches(_document(record, code="PL" if span is LEAGUE else "CL"), "here", span)
    RawMatches.validate(season.matches)
    (row,) = season.matches.to_dict("records")
    return row


def _score(duration: str, **parts: tuple[int, int]) -> dict[str, Any]:
    named = {name: {"home": goals[0], "away": goals[1]} for name, goals in parts.items()}
    return {"winner": None, "duration": duration, **named}


def test_a_shoot_out_is_no_goal_feast() -> None:
    score = _score(
        "PENALTY_SHOOTOUT", fullTime=(5, 4), halfTime=(0, 1), regularTime=(1, 1), extraTime=(0, 0), penalties=(4, 3)
    )
    row = _row(match(1, stage="FINAL", score=score), CUP)
    assert (row["home_goals"], row["away_goals"], row["decided_by"]) == (1, 1, "penalties")
    assert (row["shootout_home_goals"], row["shootout_away_goals"]) == (4, 3)
    assert row["stage"] == "FINAL"


def test_extra_time_goals_are_goals_of_play() -> None:
    row = _row(match(1, score=_score("EXTRA_TIME", fullTime=(3, 2), regularTime=(2, 2), extraTime=(1, 0))), CUP)
    assert (row["home_goals"], row["away_goals"], row["decided_by"]) == (3, 2, "extra_time")


def test_a_shoot_out_without_parts_is_taken_apart() -> None:
    row = _row(match(1, score=_score("PENALTY_SHOOTOUT", fullTime=(5, 4), penalties=(4, 3))), CUP)
    assert (row["home_goals"], row["away_goals"]) == (1, 1)


SECOND_LEGS = [
    (
        "Arsenal 1-0 Porto after 0-1",
        _score(
            "PENALTY_SHOOTOUT", fullTime=(5, 2), halfTime=(1, 0), regularTime=(1, 0), extraTime=(0, 0), penalties=(4, 2)
        ),
        (1, 0),
        (4, 2),
    ),
    (
        "Atlético 2-1 Inter after 0-1",
        _score(
            "PENALTY_SHOOTOUT", fullTime=(5, 3), halfTime=(1, 1), regularTime=(2, 1), extraTime=(0, 0), penalties=(3, 2)
        ),
        (2, 1),
        (3, 2),
    ),
    (
        "a goal in extra time",
        _score("PENALTY_SHOOTOUT", fullTime=(6, 5), regularTime=(1, 1), extraTime=(1, 0), penalties=(4, 4)),
        (2, 1),
        None,
    ),
    ("without its parts", _score("PENALTY_SHOOTOUT", fullTime=(5, 2), penalties=(4, 2)), (1, 0), (4, 2)),
    ("without its shoot-out", _score("PENALTY_SHOOTOUT", fullTime=(5, 2), regularTime=(1, 0)), (1, 0), (4, 2)),
    (
        "the shoot-out left out of the full time",
        _score("PENALTY_SHOOTOUT", fullTime=(1, 0), regularTime=(1, 0), penalties=(4, 2)),
        (1, 0),
        (4, 2),
    ),
]


@pytest.mark.parametrize(
    ("score", "goals", "shootout"), [case[1:] for case in SECOND_LEGS], ids=[case[0] for case in SECOND_LEGS]
)
def test_of_a_second_leg_only_the_aggregate_is_level_before_a_shoot_out(
    score: dict[str, Any], goals: tuple[int, int], shootout: tuple[int, int] | None
) -> None:
    season = read_matches(_document(match(1, stage="LAST_16", matchday=None, score=score), code="CL"), "here", CUP)
    (row,) = season.matches.to_dict("records")
    assert not season.rejected
    assert (row["home_goals"], row["away_goals"], row["decided_by"]) == (*goals, "penalties")
    if shootout is None:  # a shoot-out has a winner: this one was written down before its end
        assert pd.isna(row["shootout_home_goals"])
    else:
        assert (row["shootout_home_goals"], row["shootout_away_goals"]) == shootout


def test_every_fault_of_a_score_is_reported() -> None:
    spoilt = _score("PENALTY_SHOOTOUT", fullTime=(5, 2)) | {"halfTime": {"home": -1, "away": 0}, "penalties": "4-2"}
    season = read_matches(_document(match(1, stage="LAST_16", score=spoilt), code="CL"), "here", CUP)
    assert len(season.matches) == 1
    assert [reported["column"] for _, reported in season.rejected] == ["score.halfTime", "score.penalties"]


def test_a_single_match_is_level_before_a_shoot_out_or_has_no_score() -> None:
    uneven = _score("PENALTY_SHOOTOUT", fullTime=(5, 2), regularTime=(1, 0), penalties=(4, 2))
    season = read_matches(_document(match(1, stage="FINAL", score=uneven), code="CL"), "here", CUP)
    (row,) = season.matches.to_dict("records")
    assert pd.isna(row["home_goals"])
    assert row["decided_by"] == "penalties"
    assert [reported["check"] for _, reported in season.rejected] == ["only the value: is_level"]


def test_a_level_full_time_of_a_single_match_leaves_the_shoot_out_out() -> None:
    row = _row(match(1, stage="FINAL", score=_score("PENALTY_SHOOTOUT", fullTime=(1, 1))), CUP)
    assert (row["home_goals"], row["away_goals"], row["decided_by"]) == (1, 1, "penalties")
    assert pd.isna(row["shootout_home_goals"])


def test_what_was_dropped_of_an_older_version_is_not_reported() -> None:
    old = match(1, lastUpdated="2026-03-07T17:00:00Z", score=_score("REGULAR"))
    season = read_matches(_document(old, match(1)), "here", LEAGUE)
    assert not season.rejected
    assert list(season.matches["home_goals"]) == [2]


def test_an_awarded_match_keeps_its_decided_score_and_what_was_played_by_half_time() -> None:
    row = _row(match(1, status="AWARDED", score=_score("REGULAR", fullTime=(0, 3), halfTime=(1, 0))))
    assert (row["status"], row["home_goals"], row["away_goals"]) == ("AWARDED", 0, 3)
    assert row["half_time_home_goals"] == 1
    assert pd.isna(row["decided_by"])


@pytest.mark.parametrize("stage", ["QUARTER_FINALS", "SEMI_FINALS", "LAST_16", "THIRD_PLACE", "NEVER_HEARD_OF"])
def test_only_the_final_is_a_final(stage: str) -> None:
    row = _row(match(1, stage=stage), CUP)
    assert row["stage"] == ("UNKNOWN" if stage == "NEVER_HEARD_OF" else stage)


@pytest.mark.parametrize("status", ["SCHEDULED", "POSTPONED"])
def test_midnight_is_no_kick_off(status: str) -> None:
    row = _row(match(1, status=status, utcDate="2026-05-16T00:00:00Z", score=_score("REGULAR")))
    assert not row["kickoff_is_fixed"]
    assert row["kickoff_at"] == pd.Timestamp("2026-05-15T23:00Z")  # midnight in London
    assert row["status"] == status


def test_the_running_score_is_no_result() -> None:
    row = _row(match(1, status="IN_PLAY"))
    assert pd.isna(row["home_goals"])
    assert pd.isna(row["decided_by"])


@pytest.mark.parametrize(("written", "status"), [("CANCELED", "CANCELLED"), ("FROZEN", "UNKNOWN"), ("TIMED", "TIMED")])
def test_statuses(written: str, status: str) -> None:
    assert _row(match(1, status=written, score=_score("REGULAR")))["status"] == status


def test_sides_that_are_not_known_yet_are_kept() -> None:
    nobody = {"id": None, "name": None, "shortName": None, "tla": None, "crest": None}
    row = _row(match(1, status="TIMED", homeTeam=nobody, awayTeam=nobody, score=_score("REGULAR")), CUP)
    assert (row["home_team"], row["away_team"]) == (UNDECIDED, UNDECIDED)


def test_the_answer_of_another_competition_is_refused() -> None:
    with pytest.raises(BadAnswer, match="it is about 'BL1', not PL"):
        read_matches(_document(match(1), code="BL1"), "here", LEAGUE)


def test_days_are_asked_wider_because_the_last_one_is_exclusive() -> None:
    assert query_days(LEAGUE) == {"dateFrom": "2025-06-29", "dateTo": "2026-07-03"}


@examples(100)
@given(
    number=st.integers(0, 10**6),
    minute=st.integers(0, 300 * 24 * 60),
    goals=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    names=st.lists(
        st.text("abcdefghij äé", min_size=3, max_size=12).map(str.strip).filter(bool), min_size=2, max_size=2
    ),
    stage=st.sampled_from(["REGULAR_SEASON", "LAST_16", "FINAL"]),
    matchday=st.integers(1, 38),
)
def test_every_field_of_a_well_formed_match_arrives(
    number: int, minute: int, goals: tuple[int, int], names: list[str], stage: str, matchday: int
) -> None:
    # Property 2, matches
    kickoff = datetime(2025, 8, 1, tzinfo=UTC) + pd.Timedelta(minutes=minute)
    home, away = f"Home {' '.join(names[0].split())}", f"Away {' '.join(names[1].split())}"
    record = match(
        0,
        id=number,
        utcDate=kickoff.isoformat().replace("+00:00", "Z"),
        stage=stage,
        matchday=matchday,
        homeTeam={"id": 1, "name": home},
        awayTeam={"id": 2, "name": away},
        score=_score("REGULAR", fullTime=goals, halfTime=(0, 0)),
    )
    row = _row(record)
    assert row["match_id"] == f"football-data:{number}"
    assert row["kickoff_at"] == kickoff
    assert (row["home_team"], row["away_team"]) == (home, away)
    assert (row["home_goals"], row["away_goals"]) == goals
    assert (row["stage"], row["round_name"]) == (stage, f"Matchday {matchday}")
    assert row["status"] == MatchStatus.FINISHED
    assert row["match_source"] == "real"
