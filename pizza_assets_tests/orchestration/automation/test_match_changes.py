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
    return frame.assign(kickoff_is_fixed=True)


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
    assert not should_be_over(PLANNED.assign(status=MatchStatus.POSTPONED), datetime(2026, 9, 1, tzinfo=UTC))
    assert not should_be_over(PLANNED.assign(kickoff_is_fixed=False), datetime(2026, 9, 1, tzinfo=UTC))
