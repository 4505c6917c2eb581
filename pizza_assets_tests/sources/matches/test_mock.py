"""Invented matches: labelled, unchanging, shaped like a real season."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import ConfigurationError
from pizza_assets.models import RawMatches, RawMatchEvents
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.matches.mock import DEFAULT_TEAMS, MockMatches
from pizza_assets.sources.matches.openfootball import Openfootball
from pizza_assets_tests.support.examples import examples

LONDON = "Europe/London"
LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
SLOTS = {
    "Sat 12:30",
    "Sat 15:00",
    "Sat 17:30",
    "Sun 14:00",
    "Sun 16:30",
    "Mon 20:00",
    "Fri 20:00",
    "Tue 19:45",
    "Tue 20:15",
    "Wed 19:30",
    "Wed 20:15",
}


def weeks_of(first_year: int, zone: str = LONDON) -> list[MatchWeek]:
    first, last = date(first_year, 7, 8), date(first_year + 1, 6, 23)
    return weeks_between(MatchWeek.of_date(first, zone), MatchWeek.of_date(last, zone))


def season(source: MockMatches, first_year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    results = [source.matches(week) for week in weeks_of(first_year)]
    return pd.concat([r.rows for r in results], ignore_index=True), pd.concat([r.events for r in results])


def test_a_season_is_a_double_round_robin_of_the_markets_clubs() -> None:
    rows, _ = season(MockMatches(lambda: LONG_AFTER), 2025)
    assert len(rows) == 380
    assert set(zip(rows["home_team"], rows["away_team"], strict=True)) == {
        (home, away) for home in DEFAULT_TEAMS for away in DEFAULT_TEAMS if home != away
    }
    assert "mock:2025-26:arsenal-v-chelsea" in set(rows["match_id"])
    both = pd.concat([rows.assign(team=rows["home_team"]), rows.assign(team=rows["away_team"])])
    assert not both.duplicated(["team", "round_name"]).any()
    assert both.sort_values("kickoff_at").groupby("team")["kickoff_at"].diff().min() > timedelta(days=2)


@pytest.mark.parametrize("size", [2, 3, 7, 24, 34])
def test_other_numbers_of_teams_play_a_whole_season_too(size: int) -> None:
    teams = [f"Team {number}" for number in range(size)]
    rows, _ = season(MockMatches(lambda: LONG_AFTER, teams), 2025)
    assert len(rows) == size * (size - 1)
    both = pd.concat([rows.assign(team=rows["home_team"]), rows.assign(team=rows["away_team"])])
    assert not both.duplicated(["team", "round_name"]).any()
    rest = both.sort_values("kickoff_at").groupby("team")["kickoff_at"].diff()
    assert rest.min() > timedelta(hours=20)


@pytest.mark.parametrize(
    ("teams", "message"),
    [
        ([], "0 teams: .* needs 2 to 34; change the teams"),
        (["A"], "1 teams"),
        ([f"Team {number}" for number in range(35)], "35 teams"),
        (["Leeds", "Leeds"], "named twice"),
    ],
)
def test_teams_that_cannot_play_a_season_are_refused(teams: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        MockMatches(lambda: LONG_AFTER, teams).matches(MatchWeek("2025-09-02", LONDON))


def test_the_same_week_is_given_however_it_is_asked_for() -> None:
    week = MatchWeek("2026-02-03", LONDON)
    asked_alone = MockMatches(lambda: LONG_AFTER).matches(week)
    source = MockMatches(lambda: LONG_AFTER)
    season(source, 2024)
    season(source, 2025)
    for result in (source.matches(week), source.matches(week)):
        pd.testing.assert_frame_equal(result.rows, asked_alone.rows)
        pd.testing.assert_frame_equal(result.events, asked_alone.events)


def test_seeds_and_seasons_differ() -> None:
    by_seed = [season(MockMatches(lambda: LONG_AFTER, seed=seed), 2025)[0] for seed in (0, 1)]
    assert not by_seed[0]["home_goals"].equals(by_seed[1]["home_goals"])
    assert not season(MockMatches(lambda: LONG_AFTER), 2024)[0]["home_goals"].equals(by_seed[0]["home_goals"])


@examples(100)
@given(st.integers(0, 7 * 24 * 60))
def test_what_is_known_grows_with_the_clock_and_never_changes(minutes: int) -> None:
    week = MatchWeek("2026-03-31", LONDON)
    now = week.starts_at + timedelta(minutes=minutes)
    later, early = _AT_THE_END.matches(week), MockMatches(lambda: now)
    early._seasons = _AT_THE_END._seasons  # drawn once for all examples
    known = early.matches(week)
    assert list(known.rows["match_id"]) == list(later.rows["match_id"])
    is_over = later.rows["kickoff_at"] + timedelta(minutes=115) <= now
    pd.testing.assert_frame_equal(known.rows[is_over], later.rows[is_over])
    over = later.events["match_id"].isin(later.rows.loc[is_over, "match_id"])
    pd.testing.assert_frame_equal(known.events, later.events[over].reset_index(drop=True))
    coming = known.rows[~is_over]
    assert (coming["status"] == np.where(coming["kickoff_at"] <= now, "IN_PLAY", "TIMED")).all()
    results = ["home_goals", "away_goals", "half_time_home_goals", "half_time_away_goals", "decided_by"]
    assert coming[results].isna().all(axis=None)


_AT_THE_END = MockMatches(lambda: LONG_AFTER)


# Property 7
@examples(100)
@given(st.integers(0, 2**32), st.integers(1995, 2060))
def test_a_season_looks_like_one(seed: int, first_year: int) -> None:
    """Bounds lie more than five standard errors from the means, over 380 matches; slots are exact."""
    source = MockMatches(lambda: LONG_AFTER, seed=seed)
    rows, goals = source._season(first_year)
    local = rows["kickoff_at"].dt.tz_convert(LONDON)
    slots = local.dt.strftime("%a %H:%M").value_counts()
    assert set(slots.index) <= SLOTS
    assert slots.idxmax() == "Sat 15:00"
    assert 0.25 < slots["Sat 15:00"] / 380 < 0.45
    assert 0.6 < local.dt.day_of_week.isin([5, 6]).mean() < 0.9
    assert date(first_year, 8, 7) <= local.dt.date.min() <= date(first_year, 8, 15)
    assert date(first_year + 1, 5, 10) <= local.dt.date.max() <= date(first_year + 1, 5, 25)
    home, away = rows["home_goals"].astype(float), rows["away_goals"].astype(float)
    assert 1.1 < home.mean() < 1.9
    assert 0.85 < away.mean() < 1.6
    assert 0.7 < np.var(home) / home.mean() < 1.9
    assert (
        (rows["half_time_home_goals"] <= rows["home_goals"]) & (rows["half_time_away_goals"] <= rows["away_goals"])
    ).all()
    assert 0.3 < goals["minute"].le(45).mean() < 0.6
    for side in ("home", "away"):
        own = goals[goals["benefiting_side"] == side]
        first_half = own[own["minute"] <= 45]
        for counted, column in ((own, f"{side}_goals"), (first_half, f"half_time_{side}_goals")):
            counts = rows["match_id"].map(counted["match_id"].value_counts()).fillna(0)
            assert (counts == rows[column]).all()


# Property 7
def test_home_advantage_over_twenty_seasons() -> None:
    """7,600 matches: standard errors of about 0.015 goals and 0.006 shares."""
    rows = pd.concat([_AT_THE_END._season(year)[0] for year in range(2000, 2020)])
    home, away = rows["home_goals"].astype(int), rows["away_goals"].astype(int)
    assert 1.4 < home.mean() < 1.6
    assert 1.1 < away.mean() < 1.3
    assert 0.40 < (home > away).mean() < 0.48
    assert 0.21 < (home == away).mean() < 0.28
    assert 0.27 < (home < away).mean() < 0.34


def test_the_weeks_of_the_summer_are_empty_and_covered() -> None:
    result = _AT_THE_END.matches(MatchWeek("2026-06-30", LONDON))
    assert (len(result.rows), result.data_source, result.is_covered) == (0, DataSource.MOCK, True)


@examples(100)
@given(st.integers(0, 50), st.sampled_from(["Europe/London", "America/New_York", "Asia/Tokyo"]))
def test_every_week_is_valid_and_labelled_mock(offset: int, zone: str) -> None:
    result = _AT_THE_END.matches(weeks_of(2025, zone)[offset])
    assert not RawMatches.violations(result.rows)
    assert not RawMatchEvents.violations(result.events)
    assert set(result.rows["match_source"]) | set(result.events["match_source"]) <= {DataSource.MOCK}
    week = weeks_of(2025, zone)[offset]
    assert all(week.contains(kickoff) for kickoff in result.rows["kickoff_at"])


# Property 6
@examples(100)
@given(st.integers(0, 565), st.booleans())
def test_real_and_mock_weeks_have_the_same_columns_types_and_zones(
    shared_data: Path, offset: int, has_goals: bool
) -> None:
    """`shared_data` is read-only, so sharing it between examples is safe."""
    week = MatchWeek("2015-08-04", LONDON).shifted(offset)
    real = _real(shared_data, "worldcup" if has_goals else "en.1")
    for one, other in zip(
        *[(r.rows, r.events, r.rejected) for r in (real.matches(week), _AT_THE_END.matches(week))], strict=True
    ):
        pd.testing.assert_series_equal(one.dtypes, other.dtypes)
        assert list(one.columns) == list(other.columns)
        assert one.index.equals(pd.RangeIndex(len(one)))
        assert other.index.equals(pd.RangeIndex(len(other)))


_REAL: dict[str, Openfootball] = {}


def _real(shared_data: Path, code: str) -> Openfootball:
    """One source per competition for all examples: each file is parsed once."""
    return _REAL.setdefault(code, Openfootball(str(shared_data / "openfootball"), [code]))


def test_only_the_chosen_seasons_are_played() -> None:
    source = MockMatches(lambda: datetime(2026, 11, 22, 12, tzinfo=UTC), seasons=["2024-25"])
    inside, outside = (source.matches(MatchWeek(key, "Europe/London")) for key in ("2024-11-05", "2025-11-04"))
    assert (inside.is_covered, inside.reason, set(inside.rows["season"])) == (True, None, {"2024-25"})
    assert (outside.is_covered, len(outside.rows)) == (False, 0)
    assert "outside the chosen seasons" in (outside.reason or "")
    with pytest.raises(ConfigurationError, match="season 2018 is not a season of Premier League"):
        MockMatches(lambda: datetime(2026, 11, 22, 12, tzinfo=UTC), seasons=["2018"])
