"""The three periods of a match."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.windows import (
    WindowLengths,
    edges_by_match,
    epoch_minutes,
    times_of,
    window_bounds,
    window_edges,
)
from pizza_assets.models import RawMatches
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.analysis.tables import a_match, at
from pizza_assets_tests.strategies import World, weeks, worlds
from pizza_assets_tests.support.examples import examples

LENGTHS = WindowLengths()


def bounds(**columns: object) -> list[tuple]:
    seen = window_bounds(RawMatches.conform([a_match(**columns)]), LENGTHS)
    return list(seen[["window", "window_start_at", "window_end_at"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("decided_by", "whistle", "post_end"),
    [
        ("regular", "15:55", "17:55"),
        ("extra_time", "16:30", "18:30"),
        ("penalties", "16:45", "18:45"),
        (None, "15:55", "17:55"),
    ],
)
def test_windows_follow_the_final_whistle(decided_by: str | None, whistle: str, post_end: str) -> None:
    assert bounds(decided_by=decided_by) == [
        ("pre", at("12:00"), at("14:00")),
        ("during", at("14:00"), at(whistle)),
        ("post", at(whistle), at(post_end)),
    ]


def test_lengths_are_settings() -> None:
    lengths = WindowLengths(pre_minutes=30, post_minutes=45, regular_minutes=100)

    edges = window_edges(RawMatches.conform([a_match()]), lengths)

    assert times_of(edges[0]).tolist() == [at("13:30"), at("14:00"), at("15:40"), at("16:25")]


def test_a_length_below_a_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="post_minutes is 0"):
        WindowLengths(post_minutes=0)


@pytest.mark.parametrize("kickoff", [at("14:00:01"), at("14:00") + timedelta(microseconds=1)])
def test_a_kickoff_that_is_not_a_whole_minute_is_refused_by_name(kickoff: datetime) -> None:
    matches = RawMatches.conform([a_match(), a_match(match_id="crooked", kickoff_at=kickoff)])

    with pytest.raises(ValueError, match="match crooked kicks off at 2025-09-06 14:00:0"):
        window_bounds(matches, LENGTHS)


def test_a_duplicate_match_is_refused_by_name() -> None:
    matches = RawMatches.conform([a_match(), a_match(kickoff_at=at("16:00"))])

    with pytest.raises(ValueError, match="match m1 is listed more than once"):
        edges_by_match(matches, matches, LENGTHS)


def test_bounds_are_sorted_and_typed_even_without_matches() -> None:
    matches = RawMatches.conform([a_match(match_id="b"), a_match(match_id="a")])

    some, none = window_bounds(matches.iloc[::-1], LENGTHS), window_bounds(RawMatches.empty(), LENGTHS)

    assert some["match_id"].tolist() == ["a"] * 3 + ["b"] * 3
    assert list(none) == ["match_id", "match_source", "window", "window_start_at", "window_end_at"]
    assert none.dtypes.to_dict() == some.dtypes.to_dict()


@examples(100)
@given(st.lists(st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=1))
def test_minutes_are_rounded_down_and_back(moments: list[datetime]) -> None:
    times = pd.Series(pd.DatetimeIndex(moments)).astype("datetime64[us, UTC]")

    minutes = epoch_minutes(times)

    assert times_of(minutes).tolist() == [moment.replace(second=0, microsecond=0) for moment in moments]


@examples(100)
@given(worlds())
def test_windows_of_a_match_touch_and_do_not_overlap(world: World) -> None:
    edges = window_edges(world.matches, LENGTHS)

    assert (np.diff(edges, axis=1) > 0).all()
    assert times_of(edges[:, 1]).tolist() == world.matches["kickoff_at"].tolist()


# Property 17
@examples(100)
@given(weeks(), st.integers(0, 7 * 24 * 4 - 1), st.sampled_from(["regular", "extra_time", "penalties"]))
def test_every_match_has_the_same_three_periods_whatever_the_clock_does(
    week: MatchWeek, quarter: int, decided_by: str
) -> None:
    kickoff = week.starts_at + timedelta(minutes=15 * quarter)
    during = {"regular": 115, "extra_time": 150, "penalties": 165}[decided_by]

    seen = bounds(kickoff_at=kickoff, decided_by=decided_by)

    minutes = [(end - start).total_seconds() / 60 for _, start, end in seen]
    assert minutes == [120, during, 120]
    assert [seen[0][2], seen[1][1], seen[1][2], seen[2][1]] == [
        kickoff,
        kickoff,
        *[kickoff + timedelta(minutes=during)] * 2,
    ]


# Property 17
@examples(100)
@given(weeks(), st.integers(0, 6), st.sampled_from([time(12, 30), time(15), time(17, 30), time(20)]))
def test_windows_stay_at_the_same_local_hours_across_weeks(week: MatchWeek, day: int, local: time) -> None:
    zone = ZoneInfo(week.timezone)
    first_day = datetime.combine(week.starts_at.astimezone(zone).date() + timedelta(days=day), local)

    walls = []
    for weeks_later in (0, 1):
        kickoff = (first_day + timedelta(weeks=weeks_later)).replace(tzinfo=zone).astimezone(UTC)
        seen = bounds(kickoff_at=kickoff)
        walls.append([moment.astimezone(zone).time() for _, start, end in seen for moment in (start, end)])

    # clocks change at night, so these afternoon and evening windows never hold a change
    assert walls[0] == walls[1]
