"""Bank holidays of a market, by the calendars of the package `holidays`. What an analysis does with them is its own.

A market's country follows from its time zone unless the markets table says it, and so does its region where a time
zone belongs to one region. Orders on these days, and on the day before and after, are not like those of other weeks.
"""

from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pizza_assets.models.market import Market

ONE_DAY = timedelta(days=1)


class Place(NamedTuple):
    """country: ISO 3166-1 code. region: ISO 3166-2 code without the country; None for the country as a whole."""

    country: str
    region: str | None


_BRITISH_WORDS = {
    "Labor Day": "Labour Day",
    "Assumption Day": "Assumption of Mary",
    "Assumption Of Mary Day": "Assumption of Mary",
    "Pentecost Monday": "Whit Monday",
}
"""Words of the calendars, whose English is American, and those of our readers."""
_AMERICAN = {"US", "PR", "GU", "VI", "AS", "MP", "UM"}
"""The countries whose Labor Day is called so."""
_REGIONS = {
    # nine in ten people of this zone live in England; the markets table names the others
    "Europe/London": Place("GB", "ENG"),
    "Europe/Belfast": Place("GB", "NIR"),
    "America/Edmonton": Place("CA", "AB"),
    "America/Halifax": Place("CA", "NS"),
    "America/Montreal": Place("CA", "QC"),
    "America/Regina": Place("CA", "SK"),
    "America/St_Johns": Place("CA", "NL"),
    "America/Toronto": Place("CA", "ON"),
    "America/Vancouver": Place("CA", "BC"),
    "America/Winnipeg": Place("CA", "MB"),
    "Australia/Adelaide": Place("AU", "SA"),
    "Australia/Brisbane": Place("AU", "QLD"),
    "Australia/Darwin": Place("AU", "NT"),
    "Australia/Hobart": Place("AU", "TAS"),
    "Australia/Melbourne": Place("AU", "VIC"),
    "Australia/Perth": Place("AU", "WA"),
    "Australia/Sydney": Place("AU", "NSW"),
}


def holidays_of(market: Market, first: date, last: date) -> dict[date, str]:
    """The market's bank holidays from `first` to `last`, both included: name by local date, in order of time.

    Names are in English where the calendar has them. Empty if the place or its calendar is not known.
    """
    place = place_of(market)
    if place is None or first > last:
        return {}
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= _of_year(place, year)
    return {day: found[day] for day in sorted(found) if first <= day <= last}


def holiday_periods(market: Market, first: date, last: date) -> dict[date, str]:
    """`holidays_of` with the day before and after each: the holiday's name by local date, in order of time.

    A day between two holidays has the name of the later one.
    """
    known = holidays_of(market, first - ONE_DAY, last + ONE_DAY)
    around = {day + away * ONE_DAY: name for day, name in known.items() for away in (1, -1)}
    named = around | known
    return {day: named[day] for day in sorted(named) if first <= day <= last}


def place_of(market: Market) -> Place | None:
    """The market's place, from the markets table or its time zone; None if no calendar is known for it."""
    country = market.country or _country_of_zone(market.timezone)
    if country not in supported_regions():
        return None
    of_zone = _REGIONS.get(market.timezone) or _REGIONS.get(_links().get(market.timezone, ""))
    region = of_zone.region if of_zone and of_zone.country == country else None
    return Place(country, market.region or region)


@cache
def supported_regions() -> dict[str, list[str]]:
    """The regions that have a calendar of their own, by ISO code of the country."""
    from holidays import list_supported_countries

    return {country: regions for country, regions in list_supported_countries(include_aliases=False).items() if country}


@cache
def _of_year(place: Place, year: int) -> dict[date, str]:
    from holidays import country_holidays

    known = country_holidays(place.country, subdiv=place.region, years=year, language="en_US")
    # the package joins the holidays of one day with semicolons, which separate texts in our tables
    return {day: _in_british_words(name.replace("; ", " and "), place.country) for day, name in known.items()}


def _in_british_words(name: str, country: str) -> str:
    for words, british in _BRITISH_WORDS.items():
        if words != "Labor Day" or country not in _AMERICAN:
            name = name.replace(words, british)
    return name


def _country_of_zone(zone: str) -> str | None:
    countries = _countries()
    return countries.get(zone) or countries.get(_links().get(zone, ""))


@cache
def _countries() -> dict[str, str]:
    """ISO code of the country by time zone; zones outside of countries, such as UTC, have none."""
    lines = _tzdata("zone.tab").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}


@cache
def _links() -> dict[str, str]:
    """Zone by its other names, such as US/Eastern."""
    rows = [line.split() for line in _tzdata("tzdata.zi").splitlines() if line.startswith("L ")]
    return {alias: zone for _, zone, alias in rows}


def _tzdata(name: str) -> str:
    return (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
