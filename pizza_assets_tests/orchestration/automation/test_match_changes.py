"""Which stored weeks a source now reports differently."""

from datetime import UTC, datetime

import pandas as pd

from pizza_assets.models.vocabulary import MatchStatus
from pizza_assets.orchestration.automation.match_changes import changed_matches, should_be_over, weeks_of

ZONE = "Europe/London"
KICKOFF = pd.Timestamp("2026-08-08T14:00Z")
WEEKS = ["2026-08-04", "2026-08-11"]


def matches(*rows: tuple[str, pd.Timestamp, MatchStatus]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["match_id", "kickoff_at", "status"])
    frame["kickoff_at"] = pd.to_datetime(frame["kickoff_at"], utc=True)
    played = frame["status"] == MatchStatus.FINISHED
    goals = pd.Series(2, index=frame.index, dtype="Int64").where(played)
    return frame.assign(kickoff_is_fixed=True, home_goals=goals, away_goals=goals)


PLANNED = matches(("a", KICKOFF, MatchStatus.TIMED))


def test_a_match_that_has_ended() -> None:
    changed = changed_matches(PLANNED, matches(("a", KICKOFF, MatchStatus.FINISHED)))
    assert weeks_of(changed, WEEKS, ZONE) == ["2026-08-04"]


def test_a_moved_match_affects_both_weeks() -> None:
    moved = matches(("a", KICKOFF + pd.Timedelta(days=7), MatchStatus.TIMED))
    assert weeks_of(changed_matches(PLANNED, moved), WEEKS, ZONE) == WEEKS
    assert weeks_of(changed_matches(PLANNED, moved), WEEKS[:1], ZONE) == WEEKS[:1], "only what is stored"


def test_a_new_match() -> None:
    latest = pd.concat([PLANNED, matches(("b", KICKOFF, MatchStatus.TIMED))])
    assert list(changed_matches(PLANNED, latest)["match_id"]) == ["b"]


def test_a_match_that_was_called_off() -> None:
    latest = matches(("a", KICKOFF, MatchStatus.POSTPONED))
    assert len(changed_matches(PLANNED, latest)) == 1
    assert changed_matches(latest, latest).empty


def test_equivalent_statuses_are_not_a_change() -> None:
    assert changed_matches(PLANNED, matches(("a", KICKOFF, MatchStatus.SCHEDULED))).empty
    done = matches(("a", KICKOFF, MatchStatus.FINISHED))
    assert changed_matches(done, done).empty


def test_a_match_is_over_some_time_after_its_kick_off() -> None:
    assert not should_be_over(PLANNED, datetime(2026, 8, 8, 15, 44, tzinfo=UTC))
    assert should_be_over(PLANNED, datetime(2026, 8, 8, 15, 45, tzinfo=UTC))
    assert not should_be_over(PLANNED.assign(status=MatchStatus.POSTPONED), datetime(2026, 8, 8, 16, tzinfo=UTC))
    assert not should_be_over(PLANNED.assign(kickoff_is_fixed=False), datetime(2026, 8, 8, 16, tzinfo=UTC))


def test_a_match_that_never_gets_a_result_is_not_waited_for_for_ever() -> None:
    scoreless = matches(("a", KICKOFF, MatchStatus.FINISHED)).assign(home_goals=pd.NA, away_goals=pd.NA)
    for stored in (PLANNED, scoreless):
        assert should_be_over(stored, datetime(2026, 8, 9, 3, 44, tzinfo=UTC))
        assert not should_be_over(stored, datetime(2026, 8, 9, 3, 45, tzinfo=UTC))
    assert not should_be_over(matches(("a", KICKOFF, MatchStatus.FINISHED)), datetime(2026, 8, 8, 16, tzinfo=UTC))


def test_a_score_that_comes_after_the_end_and_one_that_is_corrected() -> None:
    done = matches(("a", KICKOFF, MatchStatus.FINISHED))
    scoreless = done.assign(home_goals=pd.array([pd.NA], dtype="Int64"))
    assert list(changed_matches(scoreless, done)["match_id"]) == ["a"]
    assert list(changed_matches(done, done.assign(away_goals=3))["match_id"]) == ["a"]
    assert changed_matches(scoreless, scoreless).empty
