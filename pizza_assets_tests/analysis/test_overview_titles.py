"""Titles of views that describe the data: each true of its numbers, and none where the numbers don't carry it."""

import math
import re
from datetime import date

import pandas as pd
import pytest

from pizza_assets.analysis.overview_titles import (
    FEWEST_DAYS,
    FEWEST_MATCHES,
    TEMPLATES,
    anomalies_title,
    calendar_title,
    coming_title,
    lost_spans,
    matches_title,
    overview_titles,
    quality_title,
    sources_title,
    special_spans_for_titles,
    timeline_title,
)
from pizza_assets.analysis.special_dates import special_spans
from pizza_assets.models.extracts import (
    AnomaliesExtract,
    ChecksExtract,
    DataQualityExtract,
    MatchesExtract,
    MatchImpactExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.forecast_extracts import MatchForecastExtract
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialDay, SpecialKind

PAIR = {"order_source": "real", "match_source": "real"}
AFTER = PAIR | {"window": "post", "status": "ok", "expected": 100.0}
AROUND = PAIR | {
    "match_id": "m-1", "span": "match", "status": "ok", "difference": 12.0, "without_football": 100.0,
    "average_difference_low": 3.0, "average_difference_high": 20.0,
}  # fmt: skip
WEEK = {"week": "2026-08-04", "dataset": "orders", "data_source": "real", "is_partial": False, "rejected_count": 0}
CHECK = {"asset": "raw_orders", "check": "is_recent", "outcome": "passed"}


def days(above: int, below: int, **changes: object) -> pd.DataFrame:
    """Match days on which orders were above or below usual."""
    observed = [120] * above + [80] * below
    rows = [{"kickoff_date": f"day {n}", "observed": number} for n, number in enumerate(observed)]
    return pd.DataFrame([AFTER | row | changes for row in rows])


def intervals(*ends: tuple[float, float], zeros: int = FEWEST_MATCHES) -> pd.DataFrame:
    found = [*ends, *[(-5.0, 5.0)] * zeros]
    return pd.DataFrame([AFTER | {"ci_low_pct": low, "ci_high_pct": high} for low, high in found])


def forecast(*changes: dict) -> pd.DataFrame:
    return pd.DataFrame([AROUND | change for change in changes])


def timeline(before: int, last: int, *, hours: int = 1344, **changes: object) -> pd.DataFrame:
    """Orders by the hour for eight weeks: as many in each hour of the four weeks before, and of the last four."""
    at = pd.date_range("2026-06-09T05:00Z", periods=1344, freq="h")[-hours:]
    orders = [before] * (hours - 672) + [last] * 672
    rows = pd.DataFrame({"hour_at": at, "order_count": orders, "covered_minutes": 60, "order_source": "real"})
    return rows.assign(market="Leeds", chain="Pizza Hut").assign(**changes)


def alarms(*kinds: str, source: str = "real", **changes: object) -> pd.DataFrame:
    """Alarms of Leeds in the evening of 2026-07-30, with some orders."""
    rows = pd.DataFrame({"kind": kinds, "order_source": source, "market": "Leeds", "chain": "Pizza Hut"})
    starts_at = pd.Timestamp("2026-07-30T16:00Z")
    times = {"starts_at": starts_at, "ends_at": starts_at + pd.Timedelta(hours=6)}
    return rows.assign(**times, observed=5.0, expected=60.0, p_value=1e-9).assign(**changes)


LOST_HOURS = {"observed": 0.0, "p_value": math.exp(-60)}
NO_SPECIAL_DAY = special_spans(())


def weeks(*changes: dict) -> pd.DataFrame:
    return pd.DataFrame([WEEK | {"week": f"2026-08-{4 + n:02}"} | change for n, change in enumerate(changes)])


def checks(*outcomes: str) -> pd.DataFrame:
    return pd.DataFrame([CHECK | {"outcome": outcome} for outcome in outcomes], columns=list(CHECK))


def numbers(**by_source: int) -> pd.Series:
    return pd.Series(by_source, dtype=int)


EXAMPLES = {
    "calendar": lambda: calendar_title(days(3, 2)),
    "matches": lambda: matches_title(intervals((1.0, 9.0))),
    "coming": lambda: coming_title(forecast({})),
    "timeline": lambda: timeline_title(timeline(10, 12)),
    "timeline_alike": lambda: timeline_title(timeline(10, 10)),
    "anomalies": lambda: anomalies_title(alarms("low")),
    "quality": lambda: quality_title(weeks({"is_partial": True}), checks("passed")),
    "quality_whole": lambda: quality_title(weeks({}), checks("passed")),
    "sources": lambda: sources_title(numbers(real=3), numbers(real=2)),
    "sources_mixed": lambda: sources_title(numbers(mock=3), numbers(real=2)),
}


def test_every_template_has_an_example() -> None:
    assert set(EXAMPLES) == set(TEMPLATES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_template_is_told_where_it_is_true_and_filled(name: str) -> None:
    told = EXAMPLES[name]()
    pattern = "(.*)".join(re.escape(part) for part in re.split(r"\{\w+\}", TEMPLATES[name]))
    assert re.fullmatch(pattern, told), told
    assert not re.search(r"[{}]|\bnan\b|\bNone\b", told), told


def test_match_days_are_those_with_a_known_usual_level_after_the_match() -> None:
    others = [days(4, 0, window="pre"), days(4, 0, status="insufficient_data"), days(4, 0, expected=None)]
    told = calendar_title(pd.concat([days(3, 2), *others]))
    assert told == "Orders after matches were above usual on 3 of 5 match days"
    assert calendar_title(days(FEWEST_DAYS - 1, 0)) == ""


def test_a_day_combines_its_markets_as_the_calendar_does() -> None:
    one_day = days(2, 1).assign(kickoff_date="day 0", observed=[120, 101, 70])
    assert "on 4 of 5 match days" in calendar_title(pd.concat([one_day, days(5, 0)[1:]]))
    assert "on 5 of 5 match days" in calendar_title(pd.concat([one_day[:2], days(5, 0)[1:]]))


def test_matches_stand_beside_what_chance_makes() -> None:
    found = intervals((1.0, 9.0), (0.1, 4.0), (-9.0, -1.0), (0.0, 4.0), zeros=36)
    assert matches_title(found) == (
        "Of 40 pairs of market and match, 2 stood out above usual and 1 below; chance alone makes about 2"
    )
    assert matches_title(intervals(zeros=FEWEST_MATCHES - 1)) == ""
    assert matches_title(intervals(zeros=FEWEST_MATCHES - 1).assign(match_source="mock")) == ""
    assert "0 stood out above usual and 0 below" in matches_title(intervals())


@pytest.mark.parametrize("sign", [1, -1])
def test_what_football_adds_is_told_if_such_matches_add_or_take_on_average(sign: int) -> None:
    ends = sorted([sign * 3.0, sign * 20.0])
    of_one = {"difference": sign * 12.0, "average_difference_low": ends[0], "average_difference_high": ends[1]}
    told = coming_title(forecast(of_one, of_one | {"match_id": "m-2"}, {"status": "insufficient_data"}))
    adds = "add" if sign > 0 else "take away"
    assert told == f"Football is expected to {adds} 24 orders (12 %) around 2 matches that are forecast"


@pytest.mark.parametrize(
    "change",
    [
        {"average_difference_low": -3.0},
        {"difference": None},
        {"status": "insufficient_data"},
        {"span": "hour"},
        {"average_difference_low": -30.0, "average_difference_high": -3.0},
    ],
)
def test_what_football_adds_is_not_told_where_it_is_not_known(change: dict) -> None:
    first = {} if change.get("average_difference_high") else change
    assert coming_title(forecast(first, change)) == ""


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"without_football": 0.0}, id="without usual orders, it was inf %"),
        pytest.param({"difference": 0.4}, id="less than an order, it was one"),
        pytest.param({"difference": 1.0, "without_football": 9000.0}, id="it was 0.0 %"),
    ],
)
def test_what_football_adds_is_not_told_where_nothing_remains_of_it(change: dict) -> None:
    assert coming_title(forecast(change)) == ""


def test_four_weeks_are_compared_with_four() -> None:
    assert timeline_title(timeline(10, 12)) == "Orders of the last 4 weeks were 20 % above those of the 4 before"
    assert timeline_title(timeline(10, 9, order_source="mock")).startswith(
        "MOCK ORDERS: Orders of the last 4 weeks wer"
    )
    assert "10 % below" in timeline_title(timeline(10, 9))


def test_markets_that_are_not_known_for_as_long_are_not_compared() -> None:
    """A market that was added would be a rise of orders."""
    both = [timeline(10, 10), timeline(10, 10, market="York", hours=700)]
    assert timeline_title(pd.concat(both)) == ""
    assert timeline_title(timeline(10, 10, hours=672)) == ""
    assert timeline_title(timeline(0, 10)) == ""
    outage = timeline(10, 10)
    outage.loc[outage.index[-10:], "covered_minutes"] = 1
    assert timeline_title(outage) == ""


@pytest.mark.parametrize("at", ["2026-07-30T16:00Z", "2026-07-02T16:00Z"])
def test_a_lost_evening_does_not_decide_the_comparison(at: str) -> None:
    """It was counted as no orders: "2.5 % below" was said where 1.4 % above was true."""
    lost = alarms("low", **LOST_HOURS)
    starts_at = pd.Timestamp(at)
    lost = lost.assign(starts_at=starts_at, ends_at=starts_at + pd.Timedelta(hours=6))
    rows = timeline(100, 101)
    rows.loc[rows["hour_at"].between(starts_at, starts_at + pd.Timedelta(hours=5)), "order_count"] = 0
    assert timeline_title(rows) != timeline_title(timeline(100, 101))
    assert timeline_title(rows, lost_spans(lost)) == (
        "Orders of the last 4 weeks were 1.0 % above those of the 4 before, days with lost hours left out"
    )
    of_another = lost_spans(lost.assign(market="York"))
    assert timeline_title(rows, of_another) == timeline_title(rows)
    titles = overview_titles(
        days(3, 2).assign(ci_low_pct=1.0, ci_high_pct=2.0), forecast({}), rows, lost, weeks({}), checks(),
        pd.DataFrame({"match_source": ["real"]}), special=NO_SPECIAL_DAY,
    )  # fmt: skip
    assert titles["timeline"]["real"].endswith("1.0 % above those of the 4 before, days with lost hours left out")


def test_an_outage_with_some_orders_stays_in_the_comparison() -> None:
    assert lost_spans(alarms("low", "high")).empty
    assert len(lost_spans(alarms("missing_day", **LOST_HOURS))) == 1
    long_ago = lost_spans(alarms("low", **LOST_HOURS)).assign(
        starts_at=pd.Timestamp("2026-01-02T16:00Z"), ends_at=pd.Timestamp("2026-01-02T22:00Z")
    )
    assert timeline_title(timeline(10, 12), long_ago) == timeline_title(timeline(10, 12))


def test_a_special_day_does_not_decide_the_comparison() -> None:
    party = SpecialDay(date(2026, 7, 29), date(2026, 7, 29), SpecialKind.CLOSED)
    special = special_spans_for_titles(special_spans((Market("Leeds", "Europe/London", special_days=(party,)),)))
    rows = timeline(100, 100)
    is_special = (rows["hour_at"] >= special["starts_at"].iloc[0]) & (rows["hour_at"] < special["ends_at"].iloc[0])
    rows.loc[is_special, "order_count"] = 0
    assert timeline_title(rows, special) == (
        "Orders of the last 4 weeks were as many as in the 4 before, special days left out"
    )
    both = pd.concat([lost_spans(alarms("low", **LOST_HOURS)), special])
    assert timeline_title(rows, both).endswith(", days with lost hours and special days left out")
    every_day = special.assign(starts_at=pd.Timestamp("2026-06-01T00:00Z"), ends_at=pd.Timestamp("2026-08-30T00:00Z"))
    assert timeline_title(rows, every_day) == ""


def test_two_currencies_of_a_market_are_one_market() -> None:
    both = pd.concat([timeline(10, 12, currency="GBP"), timeline(1, 1, currency="EUR", hours=700)])
    assert "above those of the 4 before" in timeline_title(both)


def test_alarms_are_counted_by_kind() -> None:
    assert anomalies_title(alarms("high", "low", "low", source="mock")) == (
        "MOCK ORDERS: 2 outages and 1 surge found among all stores"
    )


def test_what_is_missing_is_told_of_orders_and_of_matches() -> None:
    """Two weeks with complete orders and without matches were "2 missing"."""
    of_matches = weeks({"data_source": "none"}, {"data_source": "none"}).assign(dataset="matches")
    assert quality_title(pd.concat([weeks({}, {}), of_matches]), checks("passed")) == (
        "Matches are missing in 2 of 2 weeks; no check failed"
    )
    lacking = weeks({"is_partial": True}, {"rejected_count": 2})
    assert quality_title(pd.concat([lacking, of_matches]), checks("passed")) == (
        "Orders are partial in 1 of 2 weeks, orders have refused rows in 1 and matches are missing in 2; "
        "no check failed"
    )
    assert quality_title(weeks({"data_source": "none"}), checks("not_checked")) == (
        "Orders are missing in 1 of 1 week; nothing has been checked"
    )
    assert quality_title(weeks(), checks()) == ""


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ({"a": "passed"}, "no check failed"),
        ({"a": "passed", "b": "error"}, "1 check failed"),
        ({"a": "passed", "b": "warning"}, "no check failed and 1 warned"),
        ({"a": "passed", "b": "not_checked", "c": "not_checked"}, "no check failed and 2 have not run for every week"),
        (
            {"a": "error", "b": "error", "c": "warning", "d": "not_checked"},
            "2 checks failed, 1 warned and 1 has not run for every week",
        ),
        ({}, "nothing has been checked"),
    ],
)
def test_checks_are_told_by_their_outcomes(outcomes: dict, told: str) -> None:
    rows = pd.DataFrame(
        [CHECK | {"check": check, "outcome": outcome} for check, outcome in outcomes.items()], columns=list(CHECK)
    )
    assert quality_title(weeks({}), rows) == f"Nothing is missing in 1 week, and no row was refused; {told}"


def test_a_check_that_failed_for_one_week_and_warned_for_another_failed() -> None:
    assert quality_title(weeks({}), checks("passed", "warning", "error")).endswith("; 1 check failed")


@pytest.mark.parametrize(
    ("orders", "matches", "told"),
    [
        (numbers(mock=3), numbers(mock=1), "All orders and matches are mock"),
        (numbers(real=3), numbers(), "All orders are real"),
        (numbers(), numbers(), ""),
        (numbers(mock=1, real=3), numbers(real=2), "25 % of orders are mock, all matches are real"),
        (numbers(real=3), numbers(mock=2), "All orders are real, all matches are mock"),
        (
            numbers(mock=1, real=999),
            numbers(mock=999, real=1),
            "Under 1 % of orders are mock, over 99 % of matches are mock",
        ),
    ],
)
def test_shares_of_mock_data(orders: pd.Series, matches: pd.Series, told: str) -> None:
    assert sources_title(orders, matches) == told


def test_a_page_without_data_has_no_such_titles() -> None:
    extracts = (
        MatchImpactExtract, MatchForecastExtract, OrdersTimelineExtract, AnomaliesExtract, DataQualityExtract,
        ChecksExtract, MatchesExtract,
    )  # fmt: skip
    assert not any(overview_titles(*(extract.empty() for extract in extracts), special=NO_SPECIAL_DAY).values())


def test_titles_are_by_source() -> None:
    impact = pd.concat([days(3, 2), days(2, 3, match_source="mock")]).assign(ci_low_pct=1.0, ci_high_pct=2.0)
    orders = pd.concat([timeline(10, 12), timeline(10, 10, order_source="mock")])
    matches = pd.DataFrame({"match_source": ["real"]})
    titles = overview_titles(
        impact, forecast({}), orders, alarms("low"), weeks({}), checks(), matches, special=NO_SPECIAL_DAY
    )
    assert titles["calendar"] == {
        "real/real": "Orders after matches were above usual on 3 of 5 match days",
        "real/mock": "Real orders, MOCK MATCHES: Orders after matches were above usual on 2 of 5 match days",
    }
    assert titles["matches"] == {}
    assert set(titles["timeline"]) == {"real", "mock"}
    assert set(titles["anomalies"]) == {"real"}
    assert titles["sources"]["all"].endswith("of orders are mock, all matches are real")
    assert set(titles["quality"]) == {"all"}
