"""Bank holidays of markets: against dates that governments publish, and for every time zone there is."""

from datetime import date
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.holiday_calendar import ONE_DAY, Place, holiday_periods, holidays_of, place_of
from pizza_assets.models.market import Market

YEAR = date(2015, 1, 1), date(2015, 12, 31)


def market(timezone: str, country: str | None = None, region: str | None = None) -> Market:
    return Market("somewhere", timezone, country=country, region=region)


def days(known: dict[date, str]) -> list[str]:
    return [f"{day:%m-%d}" for day in known]


# gov.uk/bank-holidays and opm.gov list these
def test_a_year_in_england_scotland_and_america() -> None:
    england = ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-26", "12-28"]
    assert days(holidays_of(market("Europe/London"), *YEAR)) == england
    scotland = holidays_of(market("Europe/London", region="SCT"), *YEAR)
    assert {"01-02", "08-03", "11-30"} <= set(days(scotland))
    assert not {"04-06", "08-31"} & set(days(scotland))
    assert holidays_of(market("America/New_York"), *YEAR)[date(2015, 11, 26)] == "Thanksgiving Day"


@pytest.mark.parametrize(
    ("where", "place"),
    [
        (market("US/Eastern"), Place("US", None)),
        (market("Europe/Belfast"), Place("GB", "NIR")),
        (market("Australia/NSW"), Place("AU", "NSW")),
        (market("Europe/Berlin", region="BY"), Place("DE", "BY")),
        (market("Europe/London", country="IE"), Place("IE", None)),
        # a zone of three countries: the region of one is not that of another
        (market("Europe/Jersey"), Place("JE", None)),
        (market("UTC"), None),
    ],
)
def test_the_place_follows_from_zone_and_table(where: Market, place: Place | None) -> None:
    assert place_of(where) == place


@pytest.mark.parametrize(
    ("where", "day", "name"),
    [
        (market("Europe/Madrid"), date(2025, 5, 1), "Labour Day"),
        (market("Europe/Madrid"), date(2025, 8, 15), "Assumption of Mary"),
        (market("Europe/Rome"), date(2025, 8, 15), "Assumption of Mary"),
        (market("Europe/Paris"), date(2025, 6, 9), "Whit Monday"),
        (market("Australia/Sydney"), date(2025, 10, 6), "Labour Day"),
        (market("America/New_York"), date(2025, 9, 1), "Labor Day"),
        (market("Europe/London"), date(2025, 5, 5), "May Day"),
    ],
)
def test_holidays_have_the_names_that_a_british_reader_knows(where: Market, day: date, name: str) -> None:
    assert holidays_of(where, day, day) == {day: name}


def test_every_time_zone_has_a_calendar_or_none() -> None:
    for zone in available_timezones():
        known = holidays_of(market(zone), *YEAR)
        assert list(known) == sorted(known)
        assert not known or place_of(market(zone))
        assert not any(";" in name for name in known.values())


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 800))
def test_a_period_is_each_holiday_with_its_neighbours(first: date, length: int) -> None:
    last = first + length * ONE_DAY
    leeds = market("Europe/London")
    holidays = holidays_of(leeds, first - ONE_DAY, last + ONE_DAY)
    around = holiday_periods(leeds, first, last)
    expected = {day + away * ONE_DAY for day in holidays for away in (-1, 0, 1)}
    assert list(around) == sorted(day for day in expected if first <= day <= last)
    assert all(around[day] == name for day, name in holidays.items() if day in around)


def test_the_days_around_christmas_are_named() -> None:
    around = holiday_periods(market("Europe/London"), date(2015, 12, 23), date(2015, 12, 27))
    names = ["Christmas Day", "Christmas Day", "Boxing Day", "Boxing Day (observed)"]
    assert (days(around), list(around.values())) == (["12-24", "12-25", "12-26", "12-27"], names)
