"""Which weeks openfootball speaks for, what it costs when it fails, and what it gives."""

import json
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pizza_assets.errors import BadAnswer, ConfigurationError, SourceUnavailable
from pizza_assets.models import RawMatches, RawMatchEvents
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.settings import OPENFOOTBALL_URL
from pizza_assets.sources.http import NotThere, Unreachable
from pizza_assets.sources.matches.openfootball import Openfootball

LONDON = "Europe/London"
BASE = "https://example.invalid/football"


def week(day: str) -> MatchWeek:
    return MatchWeek.of_date(date.fromisoformat(day), LONDON)


def season_file(*days: str, **changes: Any) -> bytes:
    """A season with one match at 15:00 on each day."""
    matches = [
        {
            "round": f"Matchday {number}",
            "date": day,
            "time": "15:00",
            "team1": "Arsenal FC",
            "team2": f"Team {number}",
            "score": {"ft": [1, 0]},
        }
        | changes
        for number, day in enumerate(days, start=1)
    ]
    return json.dumps({"name": "x", "matches": matches}).encode()


class Web:
    """A scripted web: files by "season/code", everything else not there; keeps what was asked for."""

    def __init__(self, files: dict[str, bytes | Exception] | None = None) -> None:
        self.files = files or {}
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        name = url.removeprefix(f"{BASE}/").removesuffix(".json")
        self.asked.append(name)
        body = self.files.get(name, NotThere(f"{url}: not there (HTTP 404); wait"))
        if isinstance(body, Exception):
            raise body
        return body


SEASON_2015 = season_file("2015-08-08", "2015-12-26", "2016-02-27", "2016-05-15")
SEASON_2016 = season_file("2016-08-13", "2016-11-05", "2017-01-14", "2017-03-11", "2017-05-21")


def test_a_week_gives_its_matches_by_kick_off_with_their_goals() -> None:
    body = season_file("2015-08-08", "2015-08-15", "2015-08-22", goals1=[{"name": "A", "minute": 9}])
    result = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": body})).matches(week("2015-08-15"))
    assert list(result.rows["kickoff_at"]) == [pd.Timestamp("2015-08-15T14:00Z")]
    assert list(result.events["match_id"]) == list(result.rows["match_id"])
    assert (result.data_source, result.source_name, result.is_covered, result.reason) == (
        DataSource.REAL,
        "openfootball",
        True,
        None,
    )
    assert result.rejected.empty


def test_a_week_is_half_open_at_tuesday_six_o_clock() -> None:
    web = Web({"2015-16/en.1": season_file("2015-08-08", "2015-08-11", time="06:00")})
    source = Openfootball(BASE, ["en.1"], web)
    assert [len(source.matches(week(day)).rows) for day in ("2015-08-04", "2015-08-11")] == [1, 1]


@pytest.mark.parametrize(
    "day",
    ["2015-09-29", "2016-03-15", "2016-05-24", "2016-06-14", "2016-07-26", "2016-08-02"],
)
def test_between_matches_and_between_known_seasons_a_week_is_real_and_empty(day: str) -> None:
    web = Web({"2015-16/en.1": SEASON_2015, "2016-17/en.1": SEASON_2016})
    result = Openfootball(BASE, ["en.1"], web).matches(week(day))
    assert (len(result.rows), result.data_source, result.is_covered, result.reason) == (0, DataSource.REAL, True, None)
    pd.testing.assert_frame_equal(result.rows, RawMatches.empty())


def test_after_the_last_known_season_ten_weeks_are_empty_and_then_unknown() -> None:
    source = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": SEASON_2015}))
    assert source.matches(week("2016-07-19")).rows.empty  # 24 July is ten weeks after 15 May
    with pytest.raises(SourceUnavailable, match=r"2016-17/en\.1\.json: not there"):
        source.matches(week("2016-07-26"))


@pytest.mark.parametrize("failure", [b"<html>", SourceUnavailable("2016-17: HTTP 500")])
def test_a_next_season_that_is_there_but_unreadable_may_have_begun(failure: bytes | Exception) -> None:
    source = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": SEASON_2015, "2016-17/en.1": failure}))
    with pytest.raises((BadAnswer, SourceUnavailable), match="2016-17"):
        source.matches(week("2016-06-14"))


def test_a_season_that_stops_halfway_is_unknown_ten_weeks_later() -> None:
    source = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": season_file("2015-08-08", "2015-10-03")}))
    assert source.matches(week("2015-12-08")).rows.empty
    with pytest.raises(SourceUnavailable, match=r"last match is on 2015-10-03.*wait until"):
        source.matches(week("2015-12-15"))


@pytest.mark.parametrize("day", ["2014-11-04", "2015-07-14", "2018-01-16"])
def test_a_week_of_an_absent_season_is_unknown(day: str) -> None:
    with pytest.raises(SourceUnavailable, match="not there"):
        Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": SEASON_2015})).matches(week(day))


def test_the_first_weeks_of_a_season_need_no_file_of_the_season_before() -> None:
    result = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": SEASON_2015})).matches(week("2015-08-08"))
    assert len(result.rows) == 1
    assert result.reason is None


def test_a_broken_neighbour_is_named_and_an_empty_fixture_list_is_no_answer() -> None:
    web = Web({"2014-15/en.1": b"<html>", "2015-16/en.1": SEASON_2015, "2016-17/en.1": b'{"matches": []}'})
    source = Openfootball(BASE, ["en.1"], web)
    reason = source.matches(week("2015-08-08")).reason
    assert reason is not None
    assert "may lack matches of another season" in reason
    assert "2014-15/en.1.json: not JSON" in reason
    with pytest.raises(SourceUnavailable, match="lists no matches yet"):
        source.matches(week("2016-11-05"))


def test_a_file_is_asked_for_once_however_many_weeks_need_it() -> None:
    web = Web({"2015-16/en.1": SEASON_2015, "2016-17/en.1": SEASON_2016})
    source = Openfootball(BASE, ["en.1"], web)
    for one in weeks_between(week("2015-08-08"), week("2017-05-20")):
        source.matches(one)
    assert Counter(web.asked) == {"2014-15/en.1": 1, "2015-16/en.1": 1, "2016-17/en.1": 1}


def test_a_dead_network_costs_one_attempt_for_a_whole_year() -> None:
    asked = []

    def dead(url: str) -> bytes:
        asked.append(url)
        raise Unreachable(f"{url}: no complete answer (Network is unreachable); check the network")

    source = Openfootball(BASE, ["en.1", "uefa.cl"], dead)
    for one in weeks_between(week("2015-08-08"), week("2016-08-01")):
        with pytest.raises(SourceUnavailable, match="Network is unreachable"):
            source.matches(one)
    assert len(asked) == 1


def test_a_failed_file_is_not_asked_for_again_but_others_are() -> None:
    web = Web({"2015-16/en.1": SourceUnavailable("2015-16: HTTP 500"), "2016-17/en.1": SEASON_2016})
    source = Openfootball(BASE, ["en.1"], web)
    for _ in range(3):
        with pytest.raises(SourceUnavailable, match="HTTP 500"):
            source.matches(week("2015-11-10"))
    assert len(source.matches(week("2016-11-05")).rows) == 1
    assert Counter(web.asked) == {"2015-16/en.1": 1, "2016-17/en.1": 1}


def test_one_failing_competition_is_named_and_the_others_stay_real() -> None:
    source = Openfootball(BASE, ["en.1", "uefa.cl"], Web({"2015-16/en.1": SEASON_2015, "2015-16/uefa.cl": b"<html>"}))
    result = source.matches(week("2015-12-26"))
    assert list(result.rows["competition"]) == ["Premier League"]
    assert result.data_source == DataSource.REAL
    assert result.reason is not None
    assert result.reason.startswith("UEFA Champions League is missing: ")


def test_if_every_competition_fails_the_week_fails() -> None:
    source = Openfootball(BASE, ["en.1", "uefa.cl"], Web({"2015-16/en.1": b"<html>", "2015-16/uefa.cl": b"[]"}))
    with pytest.raises(BadAnswer, match=r"en\.1\.json: not JSON.*uefa\.cl\.json: it has no list named matches"):
        source.matches(week("2015-12-26"))


def test_a_tournament_that_is_not_due_does_not_make_a_failed_week_real() -> None:
    with pytest.raises(SourceUnavailable):
        Openfootball(BASE, ["en.1", "worldcup"], Web()).matches(week("2015-12-26"))
    result = Openfootball(BASE, ["worldcup"], Web()).matches(week("2015-12-26"))
    assert (result.rows.empty, result.is_covered) == (True, True)


def test_a_bug_in_reading_is_not_remembered_as_a_failed_source() -> None:
    def bug(url: str) -> bytes:
        raise KeyError(url)

    with pytest.raises(KeyError):
        Openfootball(BASE, ["en.1"], bug).matches(week("2015-12-26"))


@pytest.mark.parametrize("codes", [["en.9"], ["en.1", "premier league"], []])
def test_an_unknown_competition_is_refused_with_the_known_ones(codes: list[str]) -> None:
    with pytest.raises(ConfigurationError, match=r"is not known; choose from en\.1, "):
        Openfootball(BASE, codes)


@pytest.mark.parametrize("location", ["", "ftp://example.invalid/x", "s3://bucket/x"])
def test_an_impossible_location_is_refused(location: str) -> None:
    with pytest.raises(ConfigurationError, match="give an https URL or a local folder"):
        Openfootball(location, ["en.1"])


def _bad(day: str | None, **changes: Any) -> dict[str, Any]:
    """A match without sides."""
    return {"round": "Matchday 2", "date": day, "time": "15:00", "team1": "", "team2": None, "score": {}} | changes


def test_every_rejected_row_is_reported_in_exactly_one_week() -> None:
    document = json.loads(season_file("2015-08-08", "2016-02-27", "2016-05-15"))
    document["matches"] += [_bad("2015-12-01"), _bad(None), _bad("2091-01-01"), _bad("2016-06-02")]
    source = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": json.dumps(document).encode()}))
    reported = {
        one.key: list(result.rejected["line_number"])
        for one in weeks_between(week("2015-08-08"), week("2016-07-18"))
        for result in [source.matches(one)]
        if len(result.rejected)
    }
    assert reported == {"2015-08-04": [5, 6, 7], "2015-12-01": [4]}


def test_a_file_without_one_usable_match_is_a_bad_answer() -> None:
    body = json.dumps({"matches": [_bad("2015-12-01")]}).encode()
    with pytest.raises(BadAnswer, match=r"it has no usable match .*match 1: team1 and team2 have no readable name"):
        Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": body})).matches(week("2015-12-01"))


@pytest.mark.parametrize("path", ["2015-16/en.1.json", "2015-16.en.1.json", "deep/er/2015-16.en.1.json"])
def test_a_local_folder_in_any_layout(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(SEASON_2015)
    source = Openfootball(str(tmp_path), ["en.1"])
    assert len(source.matches(week("2015-12-26")).rows) == 1
    with pytest.raises(SourceUnavailable, match=r"no file for en\.1 2017-18; put it there as 2017-18/en\.1\.json"):
        source.matches(week("2017-12-26"))


def test_two_local_files_of_one_season_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "2015-16.en.1.json").write_bytes(SEASON_2015)
    with pytest.raises(ConfigurationError, match="are both 2015-16.en.1.json; keep one"):
        Openfootball(str(tmp_path), ["en.1"]).matches(week("2015-12-26"))


def test_a_missing_local_folder_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such folder; correct the setting"):
        Openfootball(str(tmp_path / "absent"), ["en.1"]).matches(week("2015-12-26"))


def test_importing_the_source_does_not_import_requests() -> None:
    code = "import sys, pizza_assets.sources.matches.openfootball as _; sys.exit('requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _collect(shared_data: Path, codes: list[str], first: str, last: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    source = Openfootball(str(shared_data / "openfootball"), codes)
    results = [source.matches(one) for one in weeks_between(week(first), week(last))]
    assert all(result.rejected.empty for result in results)
    return pd.concat([r.rows for r in results]), pd.concat([r.events for r in results])


def test_all_eleven_real_seasons_arrive_once_by_week(shared_data: Path) -> None:
    rows, _ = _collect(shared_data, ["en.1"], "2015-08-08", "2026-05-24")
    assert not rows["match_id"].duplicated().any()
    assert rows.groupby("season").size().to_dict() == {f"{y}-{y % 100 + 1}": 380 for y in range(2015, 2026)}
    summer = rows[rows["kickoff_at"].between(pd.Timestamp("2020-07-01T00:00Z"), pd.Timestamp("2020-08-01T00:00Z"))]
    assert set(summer["season"]) == {"2019-20"}
    assert len(summer) == 66


def test_two_competitions_arrive_together(shared_data: Path) -> None:
    rows, events = _collect(shared_data, ["en.1", "worldcup"], "2018-05-01", "2018-08-21")
    assert rows["competition"].value_counts()["FIFA World Cup"] == 64
    assert events["match_id"].isin(rows["match_id"]).all()
    assert len(events) == 169


def test_matches_without_a_score_stay_timed(shared_data: Path) -> None:
    rows, _ = _collect(shared_data, ["en.1"], "2026-03-10", "2026-05-24")
    assert rows["status"].value_counts().to_dict() == {"TIMED": 88, "POSTPONED": 1}
    assert rows["home_goals"].isna().all()


def test_weeks_of_any_business_zone_share_the_matches_out(shared_data: Path) -> None:
    source = Openfootball(str(shared_data / "openfootball"), ["en.1"])
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        weeks = weeks_between(MatchWeek.of_date(date(2015, 8, 4), zone), MatchWeek.of_date(date(2016, 5, 24), zone))
        assert sum(len(source.matches(one).rows) for one in weeks) == 380


def test_rows_keep_their_types_through_a_week_of_several_seasons(shared_data: Path) -> None:
    source = Openfootball(str(shared_data / "openfootball"), ["en.1", "uefa.cl", "worldcup"])
    result = source.matches(week("2018-09-18"))
    assert result.rows.dtypes.equals(RawMatches.empty().dtypes)
    assert result.events.dtypes.equals(RawMatchEvents.empty().dtypes)
    assert set(result.rows["competition"]) == {"Premier League", "UEFA Champions League"}
    assert not RawMatches.violations(result.rows)
    assert result.rows["kickoff_at"].is_monotonic_increasing
    assert result.rows["kickoff_at"].max() - result.rows["kickoff_at"].min() < timedelta(days=7)


def _everywhere(asked: list[str]) -> Any:
    def fetch(url: str) -> bytes:
        asked.append(url)
        raise NotThere(f"{url}: not there (HTTP 404); wait")

    return fetch


def test_by_default_world_cups_are_asked_of_their_own_repository() -> None:
    asked: list[str] = []
    source = Openfootball(OPENFOOTBALL_URL, ["en.1", "worldcup"], _everywhere(asked))
    with pytest.raises(SourceUnavailable, match="not there"):
        source.matches(week("2018-06-26"))
    root = "https://raw.githubusercontent.com/openfootball"
    assert asked == [
        f"{root}/football.json/master/2017-18/en.1.json",
        f"{root}/football.json/master/2018-19/en.1.json",
        f"{root}/worldcup.json/master/2018/worldcup.json",
    ]


def test_an_address_without_the_placeholder_is_used_as_it_is() -> None:
    asked: list[str] = []
    with pytest.raises(SourceUnavailable):
        Openfootball(BASE, ["worldcup"], _everywhere(asked)).matches(week("2018-06-26"))
    assert asked == [f"{BASE}/2018/worldcup.json"]


@pytest.mark.parametrize("location", [f"{BASE}/{{year}}", f"{BASE}/{{repository}}/{{}}", f"{BASE}/{{repository"])
def test_another_placeholder_is_refused(location: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\{repository\} is the only placeholder"):
        Openfootball(location, ["en.1"])


def test_a_week_outside_of_the_chosen_seasons_is_not_covered_and_asks_for_nothing() -> None:
    web = Web({"2015-16/en.1": SEASON_2015, "2016-17/en.1": SEASON_2016})
    source = Openfootball(BASE, ["en.1"], web, seasons=["2016-17"])
    for day in ("2014-11-04", "2016-02-27", "2016-06-14", "2017-07-11"):
        result = source.matches(week(day))
        assert (result.is_covered, len(result.rows), result.is_partial) == (False, 0, False)
        assert result.reason is not None
        assert "outside the chosen seasons (PIZZA_SEASONS=2016-17)" in result.reason
    assert web.asked == []
    assert len(source.matches(week("2016-11-05")).rows) == 1
    assert web.asked == ["2016-17/en.1"]


def test_the_summers_of_a_chosen_season_are_real_and_empty() -> None:
    source = Openfootball(BASE, ["en.1"], Web({"2015-16/en.1": SEASON_2015}), seasons=["2015-16"])
    for day in ("2015-07-07", "2016-06-21"):
        result = source.matches(week(day))
        assert (result.is_covered, len(result.rows), result.reason) == (True, 0, None)


def test_a_chosen_season_that_fails_is_an_error_and_not_outside() -> None:
    source = Openfootball(BASE, ["en.1"], Web(), seasons=["2015-16"])
    with pytest.raises(SourceUnavailable, match=r"2015-16/en\.1\.json: not there"):
        source.matches(week("2015-11-10"))


def test_each_competition_speaks_for_its_own_chosen_seasons() -> None:
    cup = season_file("2018-06-20", time="18:00 UTC+3")
    web = Web({"2015-16/en.1": SEASON_2015, "2018/worldcup": cup})
    source = Openfootball(BASE, ["en.1", "worldcup"], web, seasons=["2015-16", "2018"])
    assert list(source.matches(week("2015-12-26")).rows["competition"]) == ["Premier League"]
    assert list(source.matches(week("2018-06-20")).rows["competition"]) == ["FIFA World Cup"]
    assert not source.matches(week("2016-11-05")).is_covered


@pytest.mark.parametrize("season", ["2018", "2019", "2015-17"])
def test_a_season_that_no_chosen_competition_has_is_refused_by_name(season: str) -> None:
    with pytest.raises(ConfigurationError, match=f"season {season} is not a season of Premier League"):
        Openfootball(BASE, ["en.1"], seasons=["2015-16", season])


def test_a_real_season_comes_whole_and_alone(shared_data: Path) -> None:
    source = Openfootball(str(shared_data / "openfootball"), ["en.1"], seasons=["2019-20"])
    results = [source.matches(one) for one in weeks_between(week("2018-08-07"), week("2021-05-25"))]
    rows = pd.concat([result.rows for result in results])
    assert len(rows) == 380
    assert set(rows["season"]) == {"2019-20"}
    assert sum(result.is_covered for result in results) == 59  # to 9 August 2020: that year's summer was late
