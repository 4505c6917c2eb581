"""Weeks as ranges, without losing or adding any."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.week import MatchWeek, ranges_from_text, ranges_to_text, week_ranges, weeks_between

ZONE = "Europe/London"
FIRST = MatchWeek.of_date(date(2025, 9, 2), ZONE)
WEEKS = st.sets(st.integers(0, 130)).map(lambda numbers: {FIRST.shifted(n).key for n in numbers})


@given(WEEKS, st.integers(1, 60))
def test_ranges_contain_exactly_the_weeks(weeks: set[str], longest: int) -> None:
    found = week_ranges(weeks, ZONE, longest)
    held = [week.key for first, last in found for week in weeks_between(MatchWeek(first, ZONE), MatchWeek(last, ZONE))]
    assert held == sorted(weeks)
    assert all(len(weeks_between(MatchWeek(a, ZONE), MatchWeek(b, ZONE))) <= longest for a, b in found)
    assert ranges_from_text(ranges_to_text(found)) == found


def test_consecutive_weeks_are_one_range() -> None:
    assert week_ranges(["2026-08-11", "2026-08-04", "2026-08-25"], ZONE) == [
        ("2026-08-04", "2026-08-11"),
        ("2026-08-25", "2026-08-25"),
    ]
