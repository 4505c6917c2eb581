"""openfootball's files from bytes to rows, generated and real."""

import json
import random
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches, RawMatchEvents, RejectedRows
from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.vocabulary import DecidedBy, EventType, MatchStatus, Stage
from pizza_assets.sources.matches.openfootball_format import ParsedSeason, parse_competition, parse_stage
from pizza_assets_tests.support.examples import examples

LEAGUE, CUP, WORLD_CUP = COMPETITIONS["en.1"], COMPETITIONS["uefa.cl"], COMPETITIONS["worldcup"]


def match(**changes: Any) -> dict[str, Any]:
    """A good match of 2015-16; a change to None drops the key."""
    good = {
        "round": "Matchday 1",
        "date": "2015-08-08",
        "time": "15:00",
        "team1": "Arsenal FC",
        "team2": "West Ham United",
        "score": {"ht": [1, 0], "ft": [2, 1]},
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


def parsed(*records: Any, competition: str = "en.1", season: str = "2015-16") -> ParsedSeason:
    return parse_competition(
        json.dumps({"name": "x", "matches": records}).encode(), "x.json", COMPETITIONS[competition], season
    )


def test_a_match_becomes_one_valid_row() -> None:
    row = parsed(match(ground="Boleyn Ground")).matches.iloc[0]
    assert row["match_id"] == "openfootball:en.1:2015-16:arsenal-v-west-ham-united"
    assert row["kickoff_at"] == pd.Timestamp("2015-08-08T14:00Z")
    assert row["kickoff_is_fixed"]
    assert list(row[["home_team", "away_team", "home_goals", "away_goals"]]) == ["Arsenal", "West Ham United", 2, 1]
    assert list(row[["half_time_home_goals", "half_time_away_goals"]]) == [1, 0]
    assert list(row[["status", "decided_by", "stage"]]) == ["FINISHED", "regular", "REGULAR_SEASON"]
    assert list(row[["match_source", "source_name", "venue"]]) == ["real", "openfootball", "Boleyn Ground"]


def test_the_id_does_not_change_with_the_kick_off_or_the_round() -> None:
    moved = parsed(match(date="2016-02-03", time="19:45", round="Matchday 30")).matches
    assert list(moved["match_id"]) == list(parsed(match()).matches["match_id"])


def test_a_pair_that_meets_again_is_told_apart_by_stage_then_by_count() -> None:
    ids = parsed(
        match(round="Group A"),
        match(round="Final", date="2016-05-28"),
        match(round="Group A", date="2015-11-25"),
        competition="uefa.cl",
    ).matches["match_id"]
    stem = "openfootball:uefa.cl:2015-16:arsenal-v-west-ham-united"
    assert set(ids) == {f"{stem}:group-stage", f"{stem}:final", f"{stem}:group-stage:2"}


def test_a_match_listed_twice_is_kept_once() -> None:
    season = parsed(match(), match(team1="Arsenal"))
    assert len(season.matches) == 1
    assert list(season.rejected["check"]) == ["not_repeated"]


@pytest.mark.parametrize(
    ("season", "changes", "kickoff_at"),
    [
        ("en.1 2015-16", {"date": "2015-10-24"}, "2015-10-24T14:00Z"),
        ("en.1 2015-16", {"date": "2015-10-25"}, "2015-10-25T15:00Z"),
        ("uefa.cl 2015-16", {"date": "2015-09-15", "time": "20:45"}, "2015-09-15T18:45Z"),
        ("uefa.cl 2015-16", {"date": "2016-02-16", "time": "20:45"}, "2016-02-16T19:45Z"),
        ("worldcup 2018", {"date": "2018-06-15", "time": "17:00 UTC+5"}, "2018-06-15T12:00Z"),
        ("worldcup 2018", {"date": "2018-06-15", "time": "17:00 UTC-5:30"}, "2018-06-15T22:30Z"),
        ("worldcup 2022", {"date": "2022-11-20", "time": "19:00"}, "2022-11-20T16:00Z"),
        ("worldcup 2026", {"date": "2026-06-12", "time": "20:00 UTC-7"}, "2026-06-13T03:00Z"),
    ],
)
def test_kick_offs_in_utc(season: str, changes: dict[str, Any], kickoff_at: str) -> None:
    code, name = season.split()
    rows = parsed(match(**changes), competition=code, season=name).matches
    assert list(rows["kickoff_at"]) == [pd.Timestamp(kickoff_at)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"time": None, "score": {}}, "SCHEDULED"), ({"score": {}, "status": "postponed"}, "POSTPONED")],
)
def test_without_a_time_the_kick_off_is_the_local_midnight_and_not_fixed(changes: dict[str, Any], status: str) -> None:
    row = parsed(match() | changes | ({"time": ""} if "time" in changes else {})).matches.iloc[0]
    assert row["status"] == status
    assert row["kickoff_at"] == pd.Timestamp("2015-08-07T23:00Z")
    assert not row["kickoff_is_fixed"]
    assert pd.isna(row["home_goals"])
    assert pd.isna(row["decided_by"])


BAD_RECORDS: list[tuple[Any, str, str]] = [
    (match(date=None), "date", "is_date"),
    (match(date="2015-02-30"), "date", "is_date"),
    (match(date="08/08/2015"), "date", "is_date"),
    (match(date=20150808), "date", "is_date"),
    (match(date="2091-08-08"), "date", "in_season"),
    (match(date="1970-01-01"), "date", "in_season"),
    (match(date="9999-12-31"), "date", "in_season"),
    (match(team1=None, team2=None), "team1", "has_name"),
    (match(team1=" ", team2="\ud800"), "team1", "has_name"),
    ("Arsenal v West Ham", "matches", "is_object"),
    (None, "matches", "is_object"),
]
PARTLY_BAD_RECORDS: list[tuple[Any, str, str]] = [
    (match(time="3 pm"), "time", "is_time"),
    (match(time="25:00"), "time", "is_time"),
    (match(time="15:00 UTC+77"), "time", "is_time"),
    (match(time=15), "time", "is_time"),
    (match(team1=None), "team1", "has_name"),
    (match(team2=" "), "team2", "has_name"),
    (match(team2={"name": "Chelsea"}), "team2", "has_name"),
    (match(team2="\ud800"), "team2", "has_name"),
    (match(team2="x" * 201), "team2", "has_name"),
    (match(team2="Arsenal"), "team2", "two_teams"),
    (match(score={"ft": [-1, 0]}), "score.ft", "goals_in_range"),
    (match(score={"ft": [1.5, 0]}), "score.ft", "whole_goals"),
    (match(score={"ht": [3, 0], "ft": [2, 0]}), "score", "goals_only_grow"),
]


@pytest.mark.parametrize(("record", "column", "check"), PARTLY_BAD_RECORDS)
def test_what_is_known_of_a_match_is_kept_and_the_rest_reported_once(record: Any, column: str, check: str) -> None:
    season = parsed(match(team1="Everton"), record, match(team1="Chelsea"))
    assert len(season.matches) == 3
    (row,) = season.matches[~season.matches["home_team"].isin(["Everton", "Chelsea"])].to_dict("records")
    (rejection,) = season.rejected.to_dict("records")
    assert (rejection["line_number"], rejection["column"], rejection["check"]) == (
        2,
        column,
        f"only the value: {check}",
    )
    assert row["kickoff_is_fixed"] == (column != "time")
    assert row["kickoff_at"] == pd.Timestamp("2015-08-07T23:00Z" if column == "time" else "2015-08-08T14:00Z")
    assert {row["home_team"], row["away_team"]} & {"Arsenal", "West Ham United"}
    assert ("(undecided)" in (row["home_team"], row["away_team"])) == (column in ("team1", "team2"))
    assert pd.isna(row["home_goals"]) == (column.startswith("score") or check == "two_teams")
    assert row["status"] == ("UNKNOWN" if check == "two_teams" else "FINISHED")
    assert not RawMatches.violations(season.matches)
    assert not RejectedRows.violations(season.rejected)


@pytest.mark.parametrize(("record", "column", "check"), BAD_RECORDS)
def test_a_bad_match_is_rejected_by_number_and_the_others_stay(record: Any, column: str, check: str) -> None:
    season = parsed(match(), record, match(team1="Chelsea"))
    assert len(season.matches) == 2
    rejection = season.rejected.iloc[0]
    assert list(rejection[["origin", "line_number", "column", "check"]]) == ["x.json", 2, column, check]
    assert rejection["reason"].startswith("x.json, match 2: ")
    assert not RejectedRows.violations(season.rejected)


def test_a_bare_time_without_a_clock_is_not_guessed() -> None:
    season = parsed(match(date="2018-06-15"), competition="worldcup", season="2018")
    assert list(season.rejected["check"]) == ["only the value: has_zone"]
    assert not season.matches["kickoff_is_fixed"].any()


def test_a_bad_goal_is_rejected_and_its_match_kept() -> None:
    season = parsed(match(goals1=[{"name": "A"}, {"name": "B", "minute": 7}]))
    assert len(season.matches) == 1
    assert list(season.events["player"]) == ["B"]
    assert list(season.rejected["column"]) == ["goals1"]


@pytest.mark.parametrize(
    "body", [b"", b"<html>404</html>", b"[]", b'{"name": "x"}', b'{"matches": {}}', b"\xff\xfe\xfa", b"[" * 100_000]
)
def test_a_body_that_is_no_match_file_names_file_and_remedy(body: bytes) -> None:
    with pytest.raises(BadAnswer, match=r"^x\.json: .*; check that the location points to football\.json files"):
        parse_competition(body, "x.json", LEAGUE, "2015-16")


@pytest.mark.parametrize(
    ("round_name", "competition", "in_group", "stage"),
    [
        ("Matchday 38", LEAGUE, False, Stage.REGULAR_SEASON),
        (None, LEAGUE, False, Stage.REGULAR_SEASON),
        ("Test match", LEAGUE, False, Stage.UNKNOWN),
        ("Group A", CUP, False, Stage.GROUP_STAGE),
        ("League, Matchday 3", CUP, False, Stage.LEAGUE_STAGE),
        ("Playoffs, Matchday 1", CUP, False, Stage.PLAYOFFS),
        ("Matchday 3", CUP, False, Stage.UNKNOWN),
        ("Matchday 3", WORLD_CUP, True, Stage.GROUP_STAGE),
        ("Match for third place", WORLD_CUP, False, Stage.THIRD_PLACE),
        ("Finals", CUP, False, Stage.UNKNOWN),
        ("Regular, Matchday 7", LEAGUE, False, Stage.REGULAR_SEASON),
        ("Regular Season, Matchday 7", LEAGUE, False, Stage.REGULAR_SEASON),
        ("7. Spieltag", LEAGUE, False, Stage.REGULAR_SEASON),
        ("Jornada 7", LEAGUE, False, Stage.REGULAR_SEASON),
        ("Journée 7", LEAGUE, False, Stage.REGULAR_SEASON),
        ("7ª giornata", LEAGUE, False, Stage.REGULAR_SEASON),
        ("Matchday 7, replay", LEAGUE, False, Stage.REGULAR_SEASON),
        ("Relegation Playoffs, 1st leg", LEAGUE, False, Stage.PLAYOFFS),
        ("Playoffs, Semifinals | 2nd Leg", LEAGUE, False, Stage.SEMI_FINALS),
        ("League phase - Matchday 3", CUP, False, Stage.LEAGUE_STAGE),
        ("Round of 16, 1st leg", CUP, False, Stage.LAST_16),
        ("Quarter-finals - Leg 2", CUP, False, Stage.QUARTER_FINALS),
        ("Knockout phase play-offs", CUP, False, Stage.PLAYOFFS),
        ("Qualifying, 3rd qualifying round", CUP, False, Stage.QUALIFYING),
        ("Preliminary round", CUP, False, Stage.QUALIFYING),
        ("Play-off for third place", WORLD_CUP, False, Stage.THIRD_PLACE),
        ("Semi-finals (replay)", CUP, False, Stage.SEMI_FINALS),
        ("Finals, 1st leg", CUP, False, Stage.UNKNOWN),
    ],
)
def test_stages(round_name: str | None, competition: Any, in_group: bool, stage: Stage) -> None:
    assert parse_stage(round_name, competition, in_group) is stage


_KNOCKOUT_ROUNDS = {
    "Final": Stage.FINAL,
    "Finals, Final": Stage.FINAL,
    "Semifinals": Stage.SEMI_FINALS,
    "Semi-finals": Stage.SEMI_FINALS,
    "Semi-final": Stage.SEMI_FINALS,
    "Quarterfinals": Stage.QUARTER_FINALS,
    "Quarter-final": Stage.QUARTER_FINALS,
    "Finals, Quarterfinals": Stage.QUARTER_FINALS,
    "Quarterfinals, 1st Leg": Stage.QUARTER_FINALS,
    "Round of 16": Stage.LAST_16,
    "Finals, Round of 16": Stage.LAST_16,
    "Round of 32": Stage.LAST_32,
    "Third-place play-off": Stage.THIRD_PLACE,
    "Match for third place": Stage.THIRD_PLACE,
}


def _goals(most: int = 6) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, most), st.integers(0, most))


@st.composite
def knockout_ties(draw: st.DrawFn) -> dict[str, Any]:
    """One tie, played goal by goal: what happened, beside what openfootball would write about it."""
    half_time, second_half, extra = draw(_goals()), draw(_goals()), draw(_goals(2))
    full_time = (half_time[0] + second_half[0], half_time[1] + second_half[1])
    written: dict[str, Any] = {"ht": list(half_time), "ft": list(full_time)}
    decided_by = draw(st.sampled_from(DecidedBy))
    round_name = draw(st.sampled_from(sorted(_KNOCKOUT_ROUNDS)))
    play, shootout = full_time, None
    if decided_by is not DecidedBy.REGULAR:
        play = (full_time[0] + extra[0], full_time[1] + extra[1])
        if decided_by is DecidedBy.PENALTIES and _KNOCKOUT_ROUNDS[round_name] in (Stage.FINAL, Stage.THIRD_PLACE):
            play = (max(play), max(play))  # one match alone decides: only the aggregate of two legs hides an uneven one
        written["et"] = list(play)
    if decided_by is DecidedBy.PENALTIES:
        shootout = draw(_goals(20).filter(lambda pair: pair[0] != pair[1]))
        written["p"] = list(shootout)
    return {
        "round": round_name,
        "written": written,
        "play": play,
        "half_time": half_time,
        "shootout": shootout,
        "decided_by": decided_by,
    }


# Property 5
@examples(100)
@given(st.lists(knockout_ties(), min_size=1, max_size=8))
def test_goals_results_and_finals_are_classified_correctly(ties: list[dict[str, Any]]) -> None:
    records = [
        match(round=tie["round"], score=tie["written"], team1=f"Home {number}", team2=f"Away {number}")
        for number, tie in enumerate(ties)
    ]
    season = parsed(*records, competition="uefa.cl")
    assert season.rejected.empty
    rows = season.matches.set_index("home_team")
    for number, tie in enumerate(ties):
        row = rows.loc[f"Home {number}"]
        assert row["stage"] == _KNOCKOUT_ROUNDS[tie["round"]]
        assert (row["stage"] == Stage.FINAL) == (tie["round"] in ("Final", "Finals, Final"))
        assert (row["home_goals"], row["away_goals"]) == tie["play"]
        assert (row["half_time_home_goals"], row["half_time_away_goals"]) == tie["half_time"]
        assert row["status"] == MatchStatus.FINISHED
        assert row["decided_by"] == tie["decided_by"]
        if tie["shootout"] is None:
            assert pd.isna(row["shootout_home_goals"])
            assert pd.isna(row["shootout_away_goals"])
        else:
            assert (row["shootout_home_goals"], row["shootout_away_goals"]) == tie["shootout"]


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_ANY_RECORD = (
    st.builds(
        lambda good, changes: good | changes,
        st.sampled_from([match(), match(round="Final"), match(time="18:00 UTC+3"), match(score={}, team1="Chelsea")]),
        st.dictionaries(
            st.sampled_from(
                ["round", "date", "time", "team1", "team2", "score", "status", "goals1", "goals2", "group", "ground"]
            ),
            _JUNK | st.lists(st.fixed_dictionaries({"name": _JUNK, "minute": _JUNK, "offset": _JUNK}), max_size=2),
            max_size=3,
        ),
    )
    | _JUNK
)


# Property 5
@examples(150)
@given(st.lists(_ANY_RECORD, max_size=5), st.sampled_from(["en.1", "uefa.cl"]))
def test_whatever_the_records_every_one_is_a_valid_row_or_rejected(records: list[Any], code: str) -> None:
    season = parsed(*records, competition=code)
    assert not RawMatches.violations(season.matches)
    assert not RawMatchEvents.violations(season.events)
    assert not RejectedRows.violations(season.rejected)
    numbers = set(season.rejected["line_number"].dropna())
    assert max(len(records) - len(numbers), 0) <= len(season.matches) <= len(records)
    assert numbers <= set(range(1, len(records) + 1))
    assert set(season.events["match_id"]) <= set(season.matches["match_id"])


def _real(shared_data: Path, name: str) -> ParsedSeason:
    file = shared_data / "openfootball" / name
    season, code = file.name.removesuffix(".json").split(".", 1)
    return parse_competition(file.read_bytes(), file.name, COMPETITIONS[code], season)


def test_every_real_file_is_accounted_for_match_by_match(shared_data: Path) -> None:
    files = sorted((shared_data / "openfootball").rglob("*.json"))
    assert len(files) == 35
    for file in files:
        written = json.loads(file.read_bytes())["matches"]
        season = _real(shared_data, f"{file.parent.name}/{file.name}")
        assert len(season.matches) == len(written), file.name
        assert season.rejected.empty, file.name
        assert not RawMatches.violations(season.matches), file.name
        assert not RawMatchEvents.violations(season.events), file.name
        assert Stage.UNKNOWN not in set(season.matches["stage"]), file.name
        assert MatchStatus.UNKNOWN not in set(season.matches["status"]), file.name
        goals = sum(len(match.get(key, ())) for match in written for key in ("goals1", "goals2"))
        assert len(season.events) == goals, file.name


def test_every_premier_league_season_has_380_matches_each_pair_once(shared_data: Path) -> None:
    for file in sorted((shared_data / "openfootball" / "england").glob("*.json")):
        rows = _real(shared_data, f"england/{file.name}").matches
        assert len(rows) == 380, file.name
        assert not rows["match_id"].str.fullmatch(r".*:\d+").any(), file.name
        assert rows.groupby("home_team").size().eq(19).all(), file.name
        kickoffs = pd.concat([rows.assign(team=rows["home_team"]), rows.assign(team=rows["away_team"])])
        rest = kickoffs.sort_values("kickoff_at").groupby("team")["kickoff_at"].diff()
        assert rest.min() > pd.Timedelta(days=1), file.name


def test_kick_offs_of_autumn_2015_are_right_in_utc(shared_data: Path) -> None:
    """British Summer Time ended on 25 October 2015 at 01:00 UTC: one hour ahead before, none afterwards."""
    written = json.loads((shared_data / "openfootball/england/2015-16.en.1.json").read_bytes())["matches"]
    expected = Counter(
        pd.Timestamp(f"{match['date']}T{match['time']}Z") - pd.Timedelta(hours=1 if match["date"] < "2015-10-25" else 0)
        for match in written
        if match["date"] < "2016"
    )
    kickoffs = _real(shared_data, "england/2015-16.en.1.json").matches["kickoff_at"]
    autumn = kickoffs[kickoffs < pd.Timestamp("2016-01-01T00:00Z")]
    assert Counter(autumn) == expected
    assert expected.total() == 190  # nineteen rounds of ten


def test_the_66_misdated_matches_land_in_the_summer_of_2020(shared_data: Path) -> None:
    written = json.loads((shared_data / "openfootball/england/2019-20.en.1.json").read_bytes())["matches"]
    misdated = [match for match in written if "2019-07" in match["date"]]
    assert len(misdated) == 66
    rows = _real(shared_data, "england/2019-20.en.1.json").matches
    local_days = rows["kickoff_at"].dt.tz_convert("Europe/London").dt.date
    assert local_days.min() == date(2019, 8, 9)
    assert local_days.max() == date(2020, 7, 26)
    expected = Counter(match["date"].replace("2019-07", "2020-07") for match in written)
    assert Counter(day.isoformat() for day in local_days) == expected
    assert (local_days >= date(2020, 7, 1)).sum() == 66


def test_no_date_of_the_other_seasons_is_moved(shared_data: Path) -> None:
    for file in sorted((shared_data / "openfootball").rglob("*-*.json")):
        if file.name == "2019-20.en.1.json":
            continue
        written = Counter(match["date"] for match in json.loads(file.read_bytes())["matches"])
        zone = "Europe/London" if file.parent.name == "england" else "Europe/Berlin"
        kickoffs = _real(shared_data, f"{file.parent.name}/{file.name}").matches["kickoff_at"]
        assert Counter(kickoffs.dt.tz_convert(zone).dt.strftime("%Y-%m-%d")) == written, file.name


def test_the_world_cup_finals_as_they_were_played(shared_data: Path) -> None:
    finals = {}
    for year in (2018, 2022):
        rows = _real(shared_data, f"worldcup/{year}.worldcup.json").matches
        finals[year] = rows[rows["stage"] == Stage.FINAL].iloc[0]
    columns = ["home_team", "away_team", "home_goals", "away_goals", "decided_by"]
    assert list(finals[2018][columns]) == ["France", "Croatia", 4, 2, "regular"]
    assert finals[2018]["kickoff_at"] == pd.Timestamp("2018-07-15T15:00Z")
    assert list(finals[2022][columns]) == ["Argentina", "France", 3, 3, "penalties"]
    assert (finals[2022]["shootout_home_goals"], finals[2022]["shootout_away_goals"]) == (4, 2)
    assert finals[2022]["kickoff_at"] == datetime(2022, 12, 18, 18, tzinfo=ZoneInfo("Asia/Qatar")).astimezone(UTC)


@pytest.mark.parametrize(("year", "last_32"), [(2018, 0), (2022, 0), (2026, 16)])
def test_a_world_cup_has_one_final_and_every_knockout_match_its_stage(
    shared_data: Path, year: int, last_32: int
) -> None:
    stages = Counter(_real(shared_data, f"worldcup/{year}.worldcup.json").matches["stage"])
    del stages[Stage.GROUP_STAGE]
    knockout = {
        Stage.LAST_32: last_32, Stage.LAST_16: 8, Stage.QUARTER_FINALS: 4, Stage.SEMI_FINALS: 2, Stage.THIRD_PLACE: 1,
        Stage.FINAL: 1,
    }  # fmt: skip
    assert stages == Counter({stage: count for stage, count in knockout.items() if count})


@pytest.mark.parametrize("year", [2018, 2022, 2026])
def test_a_shoot_out_is_no_goal_feast(shared_data: Path, year: int) -> None:
    file = shared_data / f"openfootball/worldcup/{year}.worldcup.json"
    scores = [match["score"] for match in json.loads(file.read_bytes())["matches"] if "p" in match.get("score", {})]
    rows = _real(shared_data, f"worldcup/{year}.worldcup.json").matches
    shootouts = rows[rows["decided_by"] == "penalties"]
    assert len(shootouts) == len(scores)
    assert (shootouts["home_goals"] == shootouts["away_goals"]).all()
    goals = Counter(int(home) for home in shootouts["home_goals"])
    assert goals == Counter(score.get("et", score["ft"])[0] for score in scores)


def test_the_string_minutes_of_2026_are_minutes(shared_data: Path) -> None:
    written = json.loads((shared_data / "openfootball/worldcup/2026.worldcup.json").read_bytes())["matches"]
    texts = [str(goal["minute"]) for match in written for key in ("goals1", "goals2") for goal in match.get(key, ())]
    expected = Counter((int(text.split("+")[0]), int(text.split("+")[1]) if "+" in text else 0) for text in texts)
    events = _real(shared_data, "worldcup/2026.worldcup.json").events
    read = zip(events["minute"], events["stoppage_minute"].fillna(0), strict=True)
    assert Counter((int(minute), int(stoppage)) for minute, stoppage in read) == expected


@pytest.mark.parametrize("year", [2018, 2022, 2026])
def test_the_goals_of_every_world_cup_match_add_up_to_its_score(shared_data: Path, year: int) -> None:
    season = _real(shared_data, f"worldcup/{year}.worldcup.json")
    for side in ("home", "away"):
        scored = season.events[season.events["benefiting_side"] == side]["match_id"].value_counts()
        rows = season.matches[season.matches["match_id"].isin(season.events["match_id"])]
        assert (rows["match_id"].map(scored).fillna(0) == rows[f"{side}_goals"]).all()
    assert set(season.events["event_type"]) == {EventType.GOAL, EventType.PENALTY_GOAL, EventType.OWN_GOAL}


def test_the_order_of_records_changes_no_row(shared_data: Path) -> None:
    file = shared_data / "openfootball/england/2019-20.en.1.json"
    records = json.loads(file.read_bytes())["matches"]
    random.Random(7).shuffle(records)
    shuffled = parse_competition(json.dumps({"matches": records}).encode(), file.name, LEAGUE, "2019-20")
    pd.testing.assert_frame_equal(shuffled.matches, _real(shared_data, "england/2019-20.en.1.json").matches)
