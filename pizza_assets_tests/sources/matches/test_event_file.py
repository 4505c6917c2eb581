"""Which match and week each line of a file of goals belongs to, and what becomes of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.models import RawMatches, RawMatchEvents, RejectedRows
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.matches.event_file import WHOLE_MATCH, EventFile, FileEvents
from pizza_assets.sources.matches.openfootball import Openfootball
from pizza_assets_tests.support.examples import examples

LONDON = "Europe/London"
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
HEADER = "date,home_team,away_team,minute,side,event_type"
WEEK = MatchWeek("2015-08-04", LONDON)


def match(home: str, away: str, kickoff_at: str, result: tuple[Any, Any], **changes: Any) -> dict[str, Any]:
    blank = dict.fromkeys(RawMatches.column_names())
    return blank | {
        "match_id": f"{home}-{away}-{kickoff_at}",
        "kickoff_at": pd.Timestamp(kickoff_at),
        "kickoff_is_fixed": True,
        "sport": "football",
        "competition": "Premier League",
        "competition_type": "league",
        "season": "2015-16",
        "stage": "REGULAR_SEASON",
        "home_team": home,
        "away_team": away,
        "status": "TIMED" if result[0] is None else "FINISHED",
        "home_goals": result[0],
        "away_goals": result[1],
        "match_source": "real",
        "source_name": "openfootball",
        **changes,
    }


ARSENAL = match("Arsenal", "West Ham United", "2015-08-09T12:30Z", (0, 2))
CHELSEA = match("Chelsea", "Swansea City", "2015-08-08T16:30Z", (1, 0))


def goal(day: str, home: str, away: str, minute: object, side: str, kind: str = "goal") -> str:
    return f"{day},{home},{away},{minute},{side},{kind}"


ARSENAL_GOALS = (
    goal("2015-08-09", "Arsenal FC", "West Ham United", "90+1", "away"),
    goal("2015-08-09", "Arsenal FC", "West Ham United", 43, "away", "own_goal"),
    goal("2015-08-09", "Arsenal FC", "West Ham United", 88, "home", "red_card"),
)


class Fixtures:
    """Matches by week, as a source has them; keeps which weeks were asked for."""

    def __init__(self, *matches: dict[str, Any], zone: str = LONDON) -> None:
        self._matches, self._zone = matches, zone
        self.asked: list[str] = []

    def of(self, week: MatchWeek) -> pd.DataFrame:
        self.asked.append(week.key)
        return RawMatches.conform([row for row in self._matches if week.contains(row["kickoff_at"])])


def event_file(folder: Path, *lines: str, header: str = HEADER, zone: str = LONDON) -> EventFile:
    path = folder / "goals.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return EventFile(path, zone, date(2014, 12, 30), lambda: NOW)


def events_of(
    file: EventFile, fixtures: Fixtures, week: MatchWeek = WEEK, own: pd.DataFrame | None = None
) -> FileEvents:
    return file.events(week, fixtures.of(week), RawMatchEvents.empty() if own is None else own, fixtures.of)


def test_goals_join_their_match_by_date_and_canonical_names_in_order_of_time(tmp_path: Path) -> None:
    found = events_of(event_file(tmp_path, *ARSENAL_GOALS), Fixtures(ARSENAL, CHELSEA))
    assert found.rejected.empty
    assert not RawMatchEvents.violations(found.rows)
    columns = ["match_id", "event_number", "minute", "stoppage_minute", "benefiting_side", "event_type", "match_source"]
    assert found.rows[columns].astype(object).where(found.rows[columns].notna(), None).to_numpy().tolist() == [
        [ARSENAL["match_id"], 1, 43, None, "away", "own_goal", "real"],
        [ARSENAL["match_id"], 2, 88, None, "home", "red_card", "real"],
        [ARSENAL["match_id"], 3, 90, 1, "away", "goal", "real"],
    ]
    assert found.reason == "3 lines of goals.csv: 3 used, 0 refused, 0 repeated"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (ARSENAL_GOALS[:1], "add up to 0-1, but its result is 0-2"),
        ((*ARSENAL_GOALS, goal("2015-08-09", "Arsenal", "West Ham United", 5, "home")), "add up to 1-2"),
        (ARSENAL_GOALS[2:], "add up to 0-0"),
    ],
)
def test_goals_that_do_not_add_up_are_refused_as_a_whole(tmp_path: Path, lines: Sequence[str], words: str) -> None:
    found = events_of(event_file(tmp_path, *lines), Fixtures(ARSENAL, CHELSEA))
    assert found.rows.empty
    assert list(found.rejected["line_number"]) == list(range(2, 2 + len(lines)))
    assert set(found.rejected["column"]) == {WHOLE_MATCH}
    assert found.rejected["reason"].str.contains(words, regex=False).all()
    assert not RejectedRows.violations(found.rejected)


def test_one_bad_goal_costs_its_match_and_no_other(tmp_path: Path) -> None:
    chelsea = goal("2015-08-08", "Chelsea FC", "Swansea City", 23, "home", "penalty_goal")
    lines = (chelsea, ARSENAL_GOALS[0].replace("90+1", "NaN"), ARSENAL_GOALS[1])
    found = events_of(event_file(tmp_path, *lines), Fixtures(ARSENAL, CHELSEA))
    assert list(found.rows["match_id"]) == [CHELSEA["match_id"]]
    assert list(zip(found.rejected["line_number"], found.rejected["column"], strict=True)) == [
        (3, "minute"),
        (4, WHOLE_MATCH),
    ]


def test_the_source_s_own_events_count(tmp_path: Path) -> None:
    own = RawMatchEvents.conform(
        [
            dict.fromkeys(RawMatchEvents.column_names())
            | {"match_id": ARSENAL["match_id"], "event_number": 1, "event_type": "goal", "minute": 43}
            | {"benefiting_side": "away", "match_source": "real"}
        ]
    )
    found = events_of(event_file(tmp_path, *ARSENAL_GOALS), Fixtures(ARSENAL), own=own)
    assert found.rows.empty
    assert set(found.rejected["check"]) == {"the source has none"}
    assert found.rejected["reason"].str.contains("openfootball has events of this match").all()


def test_a_match_without_a_result_waits(tmp_path: Path) -> None:
    coming = match("Arsenal", "West Ham United", "2015-08-09T12:30Z", (None, None))
    found = events_of(event_file(tmp_path, *ARSENAL_GOALS), Fixtures(coming))
    assert found.rows.empty
    assert found.rejected["reason"].str.contains("no result yet (TIMED)", regex=False).all()


@pytest.mark.parametrize(
    "line",
    [
        goal("2015-08-09", "Atlantis", "West Ham United", 43, "away"),
        goal("2015-08-09", "West Ham United", "Arsenal", 43, "home"),
        goal("2015-08-08", "Arsenal", "West Ham United", 43, "away"),
    ],
)
def test_a_line_without_a_match_is_refused(tmp_path: Path, line: str) -> None:
    found = events_of(event_file(tmp_path, line), Fixtures(ARSENAL, CHELSEA))
    assert list(found.rejected["check"]) == ["has a match"]
    assert "goals.csv, line 2: no match" in found.rejected.loc[0, "reason"]


def test_repeated_lines_count_once(tmp_path: Path) -> None:
    found = events_of(event_file(tmp_path, *ARSENAL_GOALS, *ARSENAL_GOALS), Fixtures(ARSENAL))
    assert (len(found.rows), len(found.rejected)) == (3, 0)
    assert found.reason == "6 lines of goals.csv: 3 used, 0 refused, 3 repeated"


def test_the_date_is_the_competition_s_own(tmp_path: Path) -> None:
    """23:30 in London is 22:30 UTC in summer, and 00:15 there is still the day before in UTC."""
    late = match("Arsenal", "Chelsea", "2015-08-08T23:15Z", (0, 0))
    card = goal("2015-08-09", "Arsenal", "Chelsea", 3, "home", "red_card")
    assert len(events_of(event_file(tmp_path, card), Fixtures(late)).rows) == 1
    assert events_of(event_file(tmp_path, card.replace("-09", "-08")), Fixtures(late)).rows.empty


def test_a_line_at_the_edge_goes_with_its_match_to_the_next_week(tmp_path: Path) -> None:
    """A World Cup match on Monday 22:30 in Vancouver begins on Tuesday 06:30 in London: the next match week."""
    match_row = match("USA", "Belgium", "2026-07-07T05:30Z", (1, 0), competition="FIFA World Cup")
    file = event_file(
        tmp_path,
        goal("2026-07-06", "USA", "Belgium", 17, "home"),
        goal("2026-07-06", "Atlantis", "Belgium", 18, "home"),
        goal("2026-07-03", "Atlantis", "Belgium", 19, "home"),
    )
    fixtures = Fixtures(match_row)
    before, after = (MatchWeek(key, LONDON) for key in ("2026-06-30", "2026-07-07"))
    assert list(events_of(file, fixtures, before).rejected["line_number"]) == [3, 4]
    assert list(events_of(file, fixtures, after).rows["minute"]) == [17]
    assert events_of(file, fixtures, after).rejected.empty
    assert file.week_fingerprint(after, fixtures.of(after)) is not None
    assert file.week_fingerprint(after, fixtures.of(after).head(0)) is None


def test_other_weeks_are_only_asked_about_lines_at_the_edge(tmp_path: Path) -> None:
    inside = goal("2015-08-07", "Atlantis", "Mu", 1, "home")
    fixtures = Fixtures(ARSENAL)
    events_of(event_file(tmp_path, *ARSENAL_GOALS, inside), fixtures)
    assert fixtures.asked == [WEEK.key]


def test_lines_without_a_date_are_told_of_in_the_first_week_of_the_file(tmp_path: Path) -> None:
    bad = goal("2015-02-30", "Arsenal", "West Ham United", 43, "away")
    file, fixtures = event_file(tmp_path, *ARSENAL_GOALS, bad), Fixtures(ARSENAL)
    assert list(events_of(file, fixtures).rejected["line_number"]) == [5]
    assert events_of(file, fixtures, WEEK.shifted(1)).reason is None


def test_mock_matches_get_none_of_it(tmp_path: Path) -> None:
    file = event_file(tmp_path, *ARSENAL_GOALS)
    assert file.unused(WEEK) == "3 lines of goals.csv are not used: the week's matches are mock"
    assert file.unused(WEEK.shifted(1)) is None


def test_only_the_weeks_whose_lines_change_have_another_fingerprint(tmp_path: Path) -> None:
    later = goal("2015-08-22", "Chelsea", "Swansea City", 23, "home")
    weeks = [WEEK.shifted(step) for step in range(-1, 4)]
    before = {week.key: event_file(tmp_path, *ARSENAL_GOALS).week_fingerprint(week, None) for week in weeks}
    after = {week.key: event_file(tmp_path, later, *ARSENAL_GOALS).week_fingerprint(week, None) for week in weeks}
    assert [key for key in before if before[key] != after[key]] == ["2015-08-18"]
    assert [key for key in before if before[key] is not None] == [WEEK.key]


@pytest.mark.parametrize("path", ["absent.csv", "."])
def test_a_file_that_is_not_there_is_a_wrong_setting(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigurationError, match="correct PIZZA_MATCH_EVENTS"):
        EventFile(tmp_path / path, LONDON, date(2014, 12, 30), lambda: NOW)


def test_a_bad_file_fails_the_weeks_and_is_another_fingerprint(tmp_path: Path) -> None:
    file = event_file(tmp_path, header="date,home_team")
    with pytest.raises(BadFile, match=r"goals\.csv: column away_team is missing"):
        events_of(file, Fixtures(ARSENAL))
    assert "column away_team is missing" in (file.week_fingerprint(WEEK, None) or "")


# few names and days, all around the turn of a week, so that lines and matches meet
_LINE = st.builds(
    goal,
    st.sampled_from(["2015-08-08", "2015-08-10", "2015-08-10", "2015-08-11", "2015-08-12", "30 Feb"]),
    st.sampled_from(["Arsenal FC", "Arsenal", "Arsenal", "Atlantis"]),
    st.sampled_from(["West Ham United", "Swansea City"]),
    st.sampled_from([7, 8, "45+2", "late"]),
    st.sampled_from(["home", "away", "nobody"]),
    st.sampled_from(["goal", "own_goal", "red_card"]),
)
_MATCH = st.builds(
    match,
    st.just("Arsenal"),
    st.sampled_from(["West Ham United", "Swansea City"]),
    st.sampled_from(["2015-08-08T14:00Z", "2015-08-10T23:30Z", "2015-08-11T04:30Z", "2015-08-11T05:30Z"]),
    st.tuples(st.integers(0, 2), st.integers(0, 1)) | st.just((None, None)),
    competition=st.sampled_from(["Premier League", "FIFA World Cup"]),
)


@examples(150)
@given(
    st.lists(_LINE, min_size=1, max_size=12),
    st.lists(_MATCH, max_size=4, unique_by=lambda row: row["away_team"]),
    st.sampled_from([LONDON, "Pacific/Auckland", "America/Los_Angeles"]),
)
def test_every_line_is_used_refused_or_repeated_in_exactly_one_week(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], matches: list[dict[str, Any]], zone: str
) -> None:
    if all(line.startswith("30 Feb") for line in lines):
        lines = [*lines, goal("2015-08-08", "Atlantis", "Mu", 7, "home")]
    file = event_file(tmp_path_factory.mktemp("events"), *lines, zone=zone)
    fixtures = Fixtures(*matches, zone=zone)
    weeks = weeks_between(*(MatchWeek.of_date(day, zone) for day in (date(2015, 7, 21), date(2015, 8, 25))))
    found = [events_of(file, fixtures, week) for week in weeks]
    used = pd.concat([answer.rows for answer in found])
    refused = Counter(number for answer in found for number in answer.rejected["line_number"])
    assert set(refused.values()) <= {1}
    repeated = sum(int((answer.reason or "0 repeated").split()[-2]) for answer in found)
    assert len(used) + refused.total() + repeated == len(lines)
    result = {row["match_id"]: (row["home_goals"], row["away_goals"]) for row in matches}
    for match_id, events in used.groupby("match_id"):
        goals = events[events["event_type"] != "red_card"]["benefiting_side"].value_counts()
        assert (goals.get("home", 0), goals.get("away", 0)) == result[match_id]


def test_goals_of_a_whole_real_season_arrive(shared_data: Path, tmp_path: Path) -> None:
    """The real results of 2015-16 with made-up minutes: what can be checked is that every goal finds its match."""
    source = Openfootball(str(shared_data / "openfootball"), ["en.1"])
    weeks = weeks_between(WEEK, MatchWeek("2016-05-17", LONDON))
    rows = pd.concat([source.matches(week).rows for week in weeks])
    lines = [
        goal(f"{row['kickoff_at'] + timedelta(hours=1):%Y-%m-%d}", row["home_team"], row["away_team"], minute + 1, side)
        for row in rows.to_dict("records")
        for side in ("home", "away")
        for minute in range(row[f"{side}_goals"])
    ]
    file = event_file(tmp_path, *lines)
    found = [file.events(w, (a := source.matches(w)).rows, a.events, lambda o: source.matches(o).rows) for w in weeks]
    assert sum(len(answer.rows) for answer in found) == len(lines) == 1026
    assert all(answer.rejected.empty for answer in found)
