"""The calendar of coming matches, read by icalendar: who is in it, and that events are updated in place."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from icalendar import Calendar, Component, Event

from pizza_assets.analysis.match_calendar import CalendarRules, event_labels, match_calendar
from pizza_assets.models.demand import DemandForecast
from pizza_assets.models.forecasts import ComingMatches
from pizza_assets_tests.dashboards.sample_forecasts import coming_matches, demand_forecast

NOW = datetime(2026, 8, 4, 18, tzinfo=UTC)
KICK_OFF = datetime(2026, 8, 8, 15, tzinfo=UTC)
RULES = CalendarRules(0.05, 115, "Europe/London")
COMING = ComingMatches.conform(coming_matches(["real"], 2)[ComingMatches.column_names()])
"""Number 0 is played near shops in Birmingham, 1 has no time yet, 2 has no market."""


def demand(share: float | None, sources: tuple[str, str] = ("real", "real"), **columns: Any) -> pd.DataFrame:
    """A forecast in which the match changes Birmingham's Saturday by this share."""
    rows = DemandForecast.conform(demand_forecast([sources[0]], [sources[1]], is_known=True))
    days = (rows["span"] == "day") & (rows["market"] == "Birmingham") & (rows["business_date"] == "2026-08-08")
    rows.loc[days, "with_football"] = None if share is None else rows.loc[days, "without_football"] * (1 + share)
    return rows.assign(**columns)


def listed(**columns: Any) -> pd.DataFrame:
    """The coming matches, with other columns of number 0."""
    rows = COMING.copy()
    for name, value in columns.items():
        rows.loc[rows["match_id"] == "coming-real-0", name] = value
    return rows


def made(coming: pd.DataFrame, forecast: pd.DataFrame, earlier: bytes | None = None, now: datetime = NOW) -> bytes:
    return match_calendar(coming, forecast, earlier, now, RULES)


def events(content: bytes) -> list[Component]:
    return Calendar.from_ical(content).walk("VEVENT")


def only(content: bytes) -> Component:
    (event,) = events(content)
    return event


FIRST = made(COMING, demand(0.12))


def test_a_match_that_moves_a_shops_day_is_an_event() -> None:
    event = only(FIRST)
    assert event["SUMMARY"] == "Aston Villa v Bournemouth: +12 % at Birmingham"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (KICK_OFF, KICK_OFF + timedelta(minutes=115))
    assert (event["STATUS"], event["SEQUENCE"], event["DTSTAMP"].dt) == ("CONFIRMED", 0, NOW)
    assert str(event["DESCRIPTION"]).splitlines() == [
        "FA Cup",
        "Birmingham, shop 1 (Domino's): +48 orders that day (+12 %)",
        "Birmingham, shop 1 (Pizza Hut): +48 orders that day (+12 %)",
    ]
    calendar = Calendar.from_ical(FIRST)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert max(len(line) for line in FIRST.split(b"\r\n")) <= 75


@pytest.mark.parametrize(("share", "count"), [(0.051, 1), (0.049, 0), (-0.06, 1), (0.0, 0), (None, 0)])
def test_only_what_changes_a_day_by_more_than_the_share_is_in_it(share: float | None, count: int) -> None:
    assert len(events(made(COMING, demand(share)))) == count


def test_a_moved_kick_off_updates_the_event_in_place() -> None:
    later = listed(kickoff_at=pd.Timestamp(KICK_OFF) + pd.Timedelta(hours=26))
    moved = made(later, demand(0.12), FIRST, NOW + timedelta(days=1))
    before, after = only(FIRST), only(moved)
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt == KICK_OFF + timedelta(hours=26)
    assert after["DTSTAMP"].dt == NOW + timedelta(days=1)
    again = made(later, demand(0.12), moved, NOW + timedelta(days=2))
    assert again == moved, "nothing has changed since"
    assert only(made(COMING, demand(0.12), again))["SEQUENCE"] == 2, "it moved back"


def test_other_numbers_are_told_without_another_sequence() -> None:
    event = only(made(COMING, demand(0.2), FIRST, NOW + timedelta(days=1)))
    assert (event["SEQUENCE"], event["SUMMARY"]) == (0, "Aston Villa v Bournemouth: +20 % at Birmingham")
    assert event["LAST-MODIFIED"].dt == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("share", "words", "line"),
    [
        (0.01, "+1 % at Birmingham", "Birmingham, shop 1 (Domino's): +4 orders that day (+1 %)"),
        (-0.001, "0 % at Birmingham", "Birmingham, shop 1 (Domino's): 0 orders that day (0 %)"),
        (None, "no effect is forecast now", "No effect on orders is forecast now."),
    ],
)
def test_a_match_stays_in_the_calendar_with_what_it_adds_now(share: float | None, words: str, line: str) -> None:
    later = made(COMING, demand(share), FIRST, NOW + timedelta(days=1))
    event = only(later)
    assert (event["SEQUENCE"], event["SUMMARY"]) == (0, f"Aston Villa v Bournemouth: {words}")
    assert str(event["DESCRIPTION"]).splitlines()[:2] == ["FA Cup", line]
    assert made(COMING, demand(share), later, NOW + timedelta(days=2)) == later


def test_a_match_that_has_begun_keeps_its_last_words() -> None:
    assert made(COMING, demand(None), FIRST, KICK_OFF + timedelta(hours=3)) == FIRST


@pytest.mark.parametrize("status", ["POSTPONED", "CANCELLED"])
def test_a_match_that_is_called_off_is_cancelled(status: str) -> None:
    off = made(listed(status=status), demand(None), FIRST)
    event = only(off)
    assert (event["STATUS"], event["SEQUENCE"], event["UID"]) == ("CANCELLED", 1, only(FIRST)["UID"])
    back = only(made(COMING, demand(0.12), off))
    assert (back["STATUS"], back["SEQUENCE"]) == ("CONFIRMED", 2)


def test_a_match_that_is_not_listed_any_more_is_cancelled_if_the_list_is_whole() -> None:
    gone = COMING[COMING["match_id"] != "coming-real-0"]
    event = only(made(gone, demand(None), FIRST, NOW + timedelta(days=1)))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    failure = gone.iloc[:1].assign(entry="failure", match_id="notice 1")
    assert made(pd.concat([gone, failure]), demand(None), FIRST) == FIRST
    stand_in = ComingMatches.conform(coming_matches(["mock"], 2)[ComingMatches.column_names()])
    assert made(stand_in, demand(None), FIRST) == FIRST, "mock fixtures do not call off real ones"


def test_real_matches_cancel_the_mock_ones_that_stood_in_for_them() -> None:
    mock_coming = ComingMatches.conform(coming_matches(["mock"], 2)[ComingMatches.column_names()])
    stood_in = made(mock_coming, demand(0.12, ("real", "mock")))
    assert event_labels(stood_in) == ["mixed"]
    for now in (NOW + timedelta(days=1), KICK_OFF + timedelta(days=1)):
        both = {
            str(event["UID"]).partition("-")[0]: event for event in events(made(COMING, demand(0.12), stood_in, now))
        }
        assert (both["mock"]["STATUS"], both["mock"]["SEQUENCE"]) == ("CANCELLED", 1)
        assert both["real"]["STATUS"] == "CONFIRMED"
    failure = COMING.iloc[:1].assign(entry="failure", match_id="notice 1")
    half = made(pd.concat([COMING, failure]), demand(0.12), stood_in)
    assert {event["STATUS"] for event in events(half)} == {"CONFIRMED"}
    assert sorted(event_labels(half)) == ["mixed", "real"]


@pytest.mark.parametrize(
    ("sources", "share", "label"),
    [
        (("real", "real"), 0.12, "real"),
        (("mock", "real"), 0.12, "mock"),
        (("real", "mock"), 0.12, "mixed"),
        (("mock", "mock"), 0.12, "mock"),
        (("real", "mock"), None, "mock"),
    ],
)
def test_an_event_has_the_label_of_its_words(sources: tuple[str, str], share: float | None, label: str) -> None:
    coming = ComingMatches.conform(coming_matches([sources[1]], 2)[ComingMatches.column_names()])
    first = made(coming, demand(0.12, sources))
    later = first if share else made(coming, demand(None, sources), first)
    assert event_labels(later) == [label]
    assert ("MOCK" in str(only(later)["SUMMARY"])) == (label != "real")


def test_an_event_about_real_and_mock_orders_is_mixed() -> None:
    event = made(COMING, pd.concat([demand(0.12), demand(0.11, ("mock", "real"))], ignore_index=True))
    assert str(only(event)["SUMMARY"]).startswith("Aston Villa")
    assert event_labels(event) == ["mixed"]


def test_a_match_whose_time_is_open_again_is_a_tentative_day() -> None:
    midnight = pd.Timestamp("2026-08-08T23:00Z")
    event = only(made(listed(kickoff_is_fixed=False, kickoff_at=midnight), demand(None), FIRST))
    assert (event["STATUS"], event["DTSTART"].dt, event["SEQUENCE"]) == ("TENTATIVE", date(2026, 8, 9), 1)


def test_past_matches_stay_for_four_weeks() -> None:
    nothing = COMING.iloc[:0]
    assert made(nothing, demand(None), FIRST, KICK_OFF + timedelta(days=27)) == FIRST
    assert events(made(nothing, demand(None), FIRST, KICK_OFF + timedelta(days=29))) == []


@pytest.mark.parametrize(
    ("sources", "label"),
    [
        (("mock", "real"), "MOCK ORDERS, real matches: "),
        (("real", "mock"), "Real orders, MOCK MATCHES: "),
        (("mock", "mock"), "MOCK DATA: "),
    ],
)
def test_mock_is_labelled(sources: tuple[str, str], label: str) -> None:
    coming = ComingMatches.conform(coming_matches([sources[1]], 2)[ComingMatches.column_names()])
    event = only(made(coming, demand(0.12, sources)))
    assert str(event["SUMMARY"]).startswith(label)
    assert str(event["DESCRIPTION"]).count(label) == 2


def test_names_can_not_add_properties() -> None:
    hostile = "Leeds\r\nSTATUS:CANCELLED\r\nEND:VEVENT; A, B\\n"
    event = only(made(listed(home_team=hostile), demand(0.12, store_id=hostile)))
    assert event["STATUS"] == "CONFIRMED"
    assert "END:VEVENT" in str(event["SUMMARY"])


def test_a_damaged_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="."):
        made(COMING, demand(0.12), b"BEGIN:VCALENDAR\r\nnonsense")
    assert isinstance(only(FIRST), Event)
