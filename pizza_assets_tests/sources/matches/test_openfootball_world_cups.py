"""World Cups and the Champions League as openfootball writes them, counted here anew from the raw files."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.vocabulary import DecidedBy, Stage
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.matches.openfootball import Openfootball
from pizza_assets.sources.matches.openfootball_format import parse_competition
from pizza_assets_tests.support.examples import examples

WORLD_CUP = COMPETITIONS["worldcup"]
EXTENTS = {2018: ("2018-06-12", "2018-07-17"), 2022: ("2022-11-15", "2022-12-20"), 2026: ("2026-06-09", "2026-07-21")}
CUP_STAGES = {"GROUP_STAGE", "LEAGUE_STAGE", "PLAYOFFS", "LAST_16", "QUARTER_FINALS", "SEMI_FINALS", "FINAL"}


def written(shared_data: Path, year: int) -> list[dict[str, Any]]:
    return json.loads((shared_data / f"openfootball/worldcup/{year}.worldcup.json").read_bytes())["matches"]


def collected(shared_data: Path, year: int, zone: str = "Europe/London") -> list[SourceResult]:
    source = Openfootball(str(shared_data / "openfootball"), ["worldcup"], seasons=[str(year)])
    first, last = (MatchWeek.of_date(date.fromisoformat(day), zone) for day in EXTENTS[year])
    return [source.matches(week) for week in weeks_between(first, last)]


def kickoff_by_hand(match: dict[str, Any]) -> datetime:
    """Local date and time less the offset: written out as UTC-7, or none at all in Qatar, which is UTC+3."""
    clock, _, offset = match["time"].partition(" UTC")
    naive = datetime.fromisoformat(f"{match['date']}T{clock}") - timedelta(hours=int(offset or "+3"))
    return naive.replace(tzinfo=UTC)


def minute_by_hand(goal: dict[str, Any]) -> tuple[int, int]:
    minute, _, stoppage = str(goal["minute"]).partition("+")
    return int(minute), int(stoppage or goal.get("offset", 0))


@pytest.mark.parametrize("zone", ["Europe/London", "America/Los_Angeles", "Asia/Qatar"])
@pytest.mark.parametrize(("year", "matches", "goals"), [(2018, 64, 169), (2022, 64, 172), (2026, 104, 308)])
def test_every_match_and_every_goal_arrives_in_exactly_one_week(
    shared_data: Path, year: int, matches: int, goals: int, zone: str
) -> None:
    raw, results = written(shared_data, year), collected(shared_data, year, zone)
    rows, events = pd.concat([r.rows for r in results]), pd.concat([r.events for r in results])
    assert (len(raw), len(rows), rows["match_id"].nunique(), len(events)) == (matches, matches, matches, goals)
    assert all(result.rejected.empty and result.is_covered and not result.is_partial for result in results)
    assert Counter(rows["kickoff_at"]) == Counter(pd.Timestamp(kickoff_by_hand(match)) for match in raw)
    by_hand = Counter(
        minute_by_hand(goal) for match in raw for key in ("goals1", "goals2") for goal in match.get(key, ())
    )
    assert Counter(zip(events["minute"], events["stoppage_minute"].fillna(0), strict=True)) == by_hand
    kinds = {
        "own_goal": sum(bool(g.get("owngoal")) for m in raw for key in ("goals1", "goals2") for g in m.get(key, ())),
        "penalty_goal": sum(
            bool(g.get("penalty")) for m in raw for key in ("goals1", "goals2") for g in m.get(key, ())
        ),
    }
    assert {kind: int((events["event_type"] == kind).sum()) for kind in kinds} == kinds


@pytest.mark.parametrize("year", EXTENTS)
def test_goals_are_those_of_play_and_a_shoot_out_stands_apart(shared_data: Path, year: int) -> None:
    results = collected(shared_data, year)
    rows, events = pd.concat([r.rows for r in results]), pd.concat([r.events for r in results])
    rows = rows.set_index(["home_team", "away_team", "kickoff_at"])
    raw = written(shared_data, year)
    for match in raw:
        row = rows.loc[(*_names(match), pd.Timestamp(kickoff_by_hand(match)))]
        score = match["score"]
        assert [row["home_goals"], row["away_goals"]] == score.get("et", score["ft"])
        assert pd.isna(row["shootout_home_goals"]) == ("p" not in score)
        if "p" in score:
            assert [row["shootout_home_goals"], row["shootout_away_goals"]] == score["p"]
            assert row["home_goals"] == row["away_goals"]
        expected = "penalties" if "p" in score else "extra_time" if "et" in score else "regular"
        assert row["decided_by"] == expected
        own = events[events["match_id"] == row["match_id"]]["benefiting_side"]
        assert [(own == side).sum() for side in ("home", "away")] == score.get("et", score["ft"])
    assert (rows["decided_by"] == DecidedBy.PENALTIES).sum() == {2018: 4, 2022: 5, 2026: 4}[year]


def _names(match: dict[str, Any]) -> tuple[str, str]:
    """The files of these years write national teams by their canonical names, but for two."""
    spelt = {"Bosnia-Herzegovina": "Bosnia & Herzegovina", "Côte d'Ivoire": "Ivory Coast"}
    return spelt.get(match["team1"], match["team1"]), spelt.get(match["team2"], match["team2"])


@pytest.mark.parametrize(
    ("year", "stages"),
    [
        (2018, {"GROUP_STAGE": 48, "LAST_16": 8, "QUARTER_FINALS": 4, "SEMI_FINALS": 2, "THIRD_PLACE": 1, "FINAL": 1}),
        (2022, {"GROUP_STAGE": 48, "LAST_16": 8, "QUARTER_FINALS": 4, "SEMI_FINALS": 2, "THIRD_PLACE": 1, "FINAL": 1}),
        (
            2026,
            {"GROUP_STAGE": 72, "LAST_32": 16, "LAST_16": 8, "QUARTER_FINALS": 4, "SEMI_FINALS": 2, "THIRD_PLACE": 1}
            | {"FINAL": 1},
        ),
    ],
)
def test_stages_as_they_were_played(shared_data: Path, year: int, stages: dict[str, int]) -> None:
    rows = pd.concat([result.rows for result in collected(shared_data, year)])
    assert rows["stage"].value_counts().to_dict() == stages
    assert rows.loc[rows["stage"] == Stage.FINAL, "kickoff_at"].item() == rows["kickoff_at"].max()


@pytest.mark.parametrize(
    ("year", "teams", "kickoff_at", "week"),
    [
        (2018, ("Russia", "Saudi Arabia"), "2018-06-14T15:00Z", "2018-06-12"),
        (2018, ("Sweden", "England"), "2018-07-07T14:00Z", "2018-07-03"),  # 18:00 in Samara, UTC+4
        (2022, ("Qatar", "Ecuador"), "2022-11-20T16:00Z", "2022-11-15"),
        (2022, ("England", "France"), "2022-12-10T19:00Z", "2022-12-06"),  # 22:00 in Al Khor
        (2026, ("Iran", "New Zealand"), "2026-06-16T01:00Z", "2026-06-09"),  # Monday 18:00 in Los Angeles
        (
            2026,
            ("Jordan", "Algeria"),
            "2026-06-23T03:00Z",
            "2026-06-16",
        ),  # Monday 20:00 on the coast, Tuesday 04:00 here
        (2026, ("Spain", "Argentina"), "2026-07-19T19:00Z", "2026-07-14"),
    ],
)
def test_kick_offs_known_from_elsewhere(
    shared_data: Path, year: int, teams: tuple[str, str], kickoff_at: str, week: str
) -> None:
    source = Openfootball(str(shared_data / "openfootball"), ["worldcup"])
    rows = source.matches(MatchWeek(week, "Europe/London")).rows
    found = rows[(rows["home_team"] == teams[0]) & (rows["away_team"] == teams[1])]
    assert list(found["kickoff_at"]) == [pd.Timestamp(kickoff_at)]


def test_kick_offs_of_2026_cross_midnight_and_the_edge_of_the_week_in_other_zones(shared_data: Path) -> None:
    raw = written(shared_data, 2026)
    assert sum(kickoff_by_hand(match).date().isoformat() != match["date"] for match in raw) == 36
    london, doha = (pd.concat([r.rows.assign(n=n) for n, r in enumerate(collected(shared_data, 2026, zone))])
                    for zone in ("Europe/London", "Asia/Qatar"))  # fmt: skip
    weeks = london.merge(doha, on="match_id", suffixes=("", "_in_doha"))
    assert (weeks["n"] != weeks["n_in_doha"]).sum() == 1  # Jordan v Algeria: 04:00 in London, 06:00 in Doha
    assert weeks.loc[weeks["n"] != weeks["n_in_doha"], "home_team"].item() == "Jordan"


@pytest.mark.parametrize(
    ("season", "matches", "final"),
    [
        ("2015-16", 125, ("Real Madrid", "Atlético Madrid", 1, 1, "penalties", "2016-05-28T18:45Z")),
        ("2018-19", 125, ("Tottenham Hotspur", "Liverpool", 0, 2, "regular", "2019-06-01T19:00Z")),
        ("2019-20", 119, ("Paris Saint-Germain", "Bayern München", 0, 1, "regular", "2020-08-23T19:00Z")),
        ("2024-25", 189, ("Paris Saint-Germain", "Inter", None, None, None, "2025-05-31T19:00Z")),
    ],
)
def test_champions_leagues_have_one_final_and_known_stages(
    shared_data: Path, season: str, matches: int, final: tuple[Any, ...]
) -> None:
    source = Openfootball(str(shared_data / "openfootball"), ["uefa.cl"], seasons=[season])
    first = MatchWeek.of_date(date(int(season[:4]), 8, 20), "Europe/London")
    results = [source.matches(first.shifted(n)) for n in range(54)]
    rows = pd.concat([result.rows for result in results])
    assert len(rows) == matches
    assert set(rows["stage"]) <= CUP_STAGES
    assert set(rows["season"]) == {season}
    (row,) = rows[rows["stage"] == Stage.FINAL].to_dict("records")
    columns = ("home_team", "away_team", "home_goals", "away_goals", "decided_by")
    assert tuple(None if pd.isna(row[column]) else row[column] for column in columns) == final[:-1]
    assert row["kickoff_at"] == pd.Timestamp(final[-1])


@pytest.mark.parametrize("name", ["Preliminary", "Final four", "Finals", "Super final", "Classification 5-8"])
def test_a_round_of_an_unknown_name_is_kept_by_name_and_never_a_final(name: str) -> None:
    for code, season, clock in (
        ("uefa.cl", "2015-16", "20:45"),
        ("de.1", "2015-16", "20:30"),
        ("worldcup", "2018", "18:00 UTC+3"),
    ):
        record = {"round": name, "date": f"{season[:4]}-09-01", "time": clock, "team1": "A", "team2": "B", "score": {}}
        body = json.dumps({"matches": [record]}).encode()
        row = parse_competition(body, "x.json", COMPETITIONS[code], season).matches.iloc[0]
        assert (row["stage"], row["round_name"]) == (Stage.UNKNOWN, name)


@pytest.mark.parametrize(
    ("code", "kickoff_at"),
    [("en.2", "14:30Z"), ("de.1", "13:30Z"), ("es.1", "13:30Z"), ("fr.1", "13:30Z"), ("it.1", "13:30Z")],
)
def test_leagues_write_their_own_local_time(code: str, kickoff_at: str) -> None:
    record = {"round": "Matchday 1", "date": "2024-08-24", "time": "15:30", "team1": "A", "team2": "B", "score": {}}
    parsed = parse_competition(json.dumps({"matches": [record]}).encode(), "x.json", COMPETITIONS[code], "2024-25")
    assert list(parsed.matches["kickoff_at"]) == [pd.Timestamp(f"2024-08-24T{kickoff_at}")]


def test_bare_times_of_another_world_cup_are_dropped_not_guessed() -> None:
    """2010 was in South Africa and writes 20:30 alone."""
    record = {"round": "Final", "date": "2010-07-11", "time": "20:30", "team1": "Netherlands", "team2": "Spain"}
    parsed = parse_competition(json.dumps({"matches": [record]}).encode(), "x.json", WORLD_CUP, "2010")
    assert list(parsed.matches["kickoff_is_fixed"]) == [False]
    assert "has no time zone of its own" in parsed.rejected.loc[0, "reason"]


@examples(100)
@given(
    st.datetimes(datetime(2026, 6, 11), datetime(2026, 7, 19, 23, 59)),
    st.integers(-7, -4),
    st.integers(0, 130),
    st.none() | st.integers(1, 20),
    st.booleans(),
)
def test_whenever_and_wherever_it_is_played(
    local: datetime, offset: int, minute: int, stoppage: int | None, is_text: bool
) -> None:
    goal: dict[str, Any] = {"name": "x"}
    if is_text:
        goal["minute"] = str(minute) if stoppage is None else f"{minute}+{stoppage}"
    else:
        goal |= {"minute": minute} | ({} if stoppage is None else {"offset": stoppage})
    record = {
        "round": "Quarter-final",
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M} UTC{offset}",
        "team1": "A",
        "team2": "B",
        "score": {"ft": [1, 0]},
        "goals1": [goal],
    }
    parsed = parse_competition(json.dumps({"matches": [record]}).encode(), "x.json", WORLD_CUP, "2026")
    kickoff_at = (local - timedelta(hours=offset)).replace(second=0, microsecond=0, tzinfo=UTC)
    assert list(parsed.matches["kickoff_at"]) == [pd.Timestamp(kickoff_at)]
    assert list(parsed.matches["stage"]) == ["QUARTER_FINALS"]
    assert list(parsed.events["minute"]) == [minute]
    assert list(
        parsed.events["stoppage_minute"].astype(object).where(parsed.events["stoppage_minute"].notna(), None)
    ) == [stoppage]
