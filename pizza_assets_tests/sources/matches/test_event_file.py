from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pizza_assets.errors import ConfigurationError
from pizza_assets.models import RawMatchEvents, RejectedRows
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import MatchSource
from pizza_assets.sources.matches.event_file import EventFile, WithEventFile
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.matches.openfootball import Openfootball
from pizza_assets_tests.sources.matches.test_openfootball import BASE, Web, season_file

WEEK = MatchWeek.of_date(date(2015, 12, 26), "Europe/London")
HEADER = "date,home_team,away_team,minute,side,event_type,player"
GOAL = "2015-12-26,Arsenal FC,Team 2,90+4,home,goal,Giroud"


def source(folder: Path, *lines: str, header: str = HEADER) -> WithEventFile:
    """Openfootball with 1-0 wins of Arsenal on three days, one of them in WEEK, and an event file beside it."""
    file = folder / "events.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    season = season_file("2015-08-08", "2015-12-26", "2016-05-15")
    return WithEventFile(Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": season})), EventFile(file))


def reasons(found: WithEventFile) -> list[tuple[int, str, str]]:
    rejected = found.matches(WEEK).rejected
    return list(rejected[["line_number", "column", "reason"]].itertuples(index=False, name=None))


def test_goals_come_to_their_match(tmp_path: Path) -> None:
    result = source(tmp_path, GOAL, "2015-12-26,Arsenal,Team 2,30,away,red_card,").matches(WEEK)
    events = result.events
    assert list(events["minute"]) == [30, 90]
    assert list(events["stoppage_minute"].fillna(0)) == [0, 4]
    assert list(events["event_type"]) == ["red_card", "goal"]
    assert set(events["match_id"]) == set(result.rows["match_id"])
    assert not RawMatchEvents.violations(events)
    assert result.rejected.empty


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("2015-02-30,Arsenal,Team 2,5,home,goal,x", "date", "no date"),
        ("2015-12-26,,Team 2,5,home,goal,x", "home_team", "empty"),
        ("2015-12-26,Arsenal,Team 2,nan,home,goal,x", "minute", "no minute"),
        ("2015-12-26,Arsenal,Team 2,131,home,goal,x", "minute", "no minute"),
        ("2015-12-26,Arsenal,Team 2,5,left,goal,x", "side", "neither home nor away"),
        ("2015-12-26,Arsenal,Team 2,5,home,throw,x", "event_type", "none of goal"),
        ("2015-12-26,Arsenal,Chelsea,5,home,goal,x", "home_team", "no match Arsenal v Chelsea is known on 2015-12-26"),
        (GOAL, "(whole line)", "the same event as in line 2"),
    ],
)
def test_a_bad_line_is_refused_with_number_column_and_reason(
    tmp_path: Path, line: str, column: str, words: str
) -> None:
    found = source(tmp_path, GOAL, line)
    [(number, refused, why)] = reasons(found)
    assert (number, refused) == (3, column)
    assert words in why
    assert len(found.matches(WEEK).events) == 1


def test_goals_that_do_not_add_up_to_the_result_are_refused_as_a_whole(tmp_path: Path) -> None:
    found = source(tmp_path, GOAL, "2015-12-26,Arsenal,Team 2,50,home,goal,x")
    assert found.matches(WEEK).events.empty
    assert [number for number, _, _ in reasons(found)] == [2, 3]
    assert "2 goals for the home side" in reasons(found)[0][2]


def test_a_source_that_has_events_keeps_its_own(tmp_path: Path) -> None:
    own = season_file("2015-12-26", goals1=[{"name": "Own", "minute": 7}])
    (tmp_path / "events.csv").write_text(f"{HEADER}\n2015-12-26,Arsenal,Team 1,9,home,goal,x\n")
    inner = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": own}))
    result = WithEventFile(inner, EventFile(tmp_path / "events.csv")).matches(WEEK)
    assert list(result.events["player"]) == ["Own"]
    assert "1 lines of events.csv are not needed" in (result.reason or "")
    assert result.rejected.empty


def test_mock_matches_never_get_real_goals(tmp_path: Path) -> None:
    def now() -> pd.Timestamp:
        return pd.Timestamp("2026-06-01", tz="UTC")

    mock: MatchSource = MockMatches(now=now)
    (tmp_path / "events.csv").write_text(f"{HEADER}\n{GOAL}\n")
    result = WithEventFile(mock, EventFile(tmp_path / "events.csv")).matches(WEEK)
    assert set(result.events["match_source"]) <= {DataSource.MOCK}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "column 'date' is missing"),
        (b"day,home_team\n", "column 'date' is missing; the file has 'day', 'home_team'"),
        (f"{HEADER},date\n".encode(), "column 'date' appears twice"),
        (b"\xff\xfe\x00", "can't be read"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        _ = EventFile(file).content
    with pytest.raises(ConfigurationError, match="PIZZA_MATCH_EVENTS"):
        _ = EventFile(tmp_path / "missing.csv").content


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2015-12-26", "2015-12-27", "30 Feb", ""]),
            st.sampled_from(["Arsenal", "Arsenal FC", "Chelsea", ""]),
            st.sampled_from(["5", "45+2", "x", "999"]),
            st.sampled_from(["home", "away", "?"]),
        ),
        max_size=12,
    )
)
def test_every_line_is_taken_refused_or_of_another_week(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, ...]]
) -> None:
    texts = [f"{day},{home},Team 2,{minute},{side},goal,p" for day, home, minute, side in lines]
    found = source(tmp_path_factory.mktemp("events"), *texts)
    content = found._file.content
    numbers = [*(event.line_number for event in content.events), *(line.line_number for line in content.refused)]
    assert Counter(numbers) == Counter(range(2, len(lines) + 2))
    result = found.matches(WEEK)
    assert not RejectedRows.violations(result.rejected)
    if content.events:  # all dates lie in the week, and lines without one are filed with the first event
        assert len(result.events) + len(result.rejected) == len(lines)
