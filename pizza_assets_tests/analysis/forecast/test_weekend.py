"""What to staff for on the planned days, and how `pizza forecast` and the end of a run say it."""

import json
from datetime import date, timedelta

import pandas as pd
import pytest

from pizza_assets.analysis.forecast.weekend import days_of_shops, summary_lines, weekend_dates
from pizza_assets.cli.forecasting import exported, staff_text
from pizza_assets.cli.names import known_name
from pizza_assets.errors import ConfigurationError
from pizza_assets.models.demand import DemandForecast
from pizza_assets_tests.dashboards.sample_forecasts import SATURDAY, demand_forecast

FORECAST = DemandForecast.conform(demand_forecast(["real"], ["real"], is_known=True))
BEFORE = SATURDAY


def test_the_busiest_hour_is_of_what_is_left_of_the_day() -> None:
    """At 19:06 the hour at 18:00 has passed."""
    days = days_of_shops(FORECAST, SATURDAY + pd.Timedelta(hours=19, minutes=6))
    saturday = days[days["business_date"] == "2026-08-08"]
    assert set(saturday["local_start"]) == {"19:00"}
    assert set(saturday["quantile_90"]) == {45.0}
    assert len(days) == 4 * 3


def test_a_day_without_a_range_has_its_reason() -> None:
    monday = days_of_shops(FORECAST, BEFORE).query("business_date == '2026-08-10'")
    assert len(monday) == 4
    assert monday["reasons"].str.startswith("shop_closed").all()


@pytest.mark.parametrize(
    ("first", "expected"), [(3, ["07", "08", "09"]), (7, ["07", "08", "09"]), (8, ["08", "09"]), (9, ["09"])]
)
def test_the_weekend_is_the_running_or_the_next_one(first: int, expected: list[str]) -> None:
    dates = pd.Series([(date(2026, 8, first) + timedelta(days=n)).isoformat() for n in range(9)])
    assert [text[-2:] for text in weekend_dates(dates)] == expected


def test_terminal_and_run_say_the_same_numbers_for_every_shop() -> None:
    text = "\n".join(staff_text(FORECAST, BEFORE, None))
    assert "Birmingham, Birmingham 1  49, 7 people at 18:00 *  49, 7 people at 18:00" in text
    assert "Brentford, Brentford 1    49, 7 people at 18:00    49, 7 people at 18:00" in text
    assert text.index("Domino's") < text.index("Pizza Hut")
    assert "shop closed" in "\n".join(staff_text(FORECAST, BEFORE, 3))
    lines = summary_lines(FORECAST)
    assert lines[0] == (
        "Staff    Sat 08 Aug, Birmingham, Birmingham 1 (Domino's): 49 orders, 7 people from 18:00 to 19:00; "
        "Aston Villa – Everton, 15:00"
    )
    assert summary_lines(None) == []


def test_exports_hold_every_row_that_is_ahead() -> None:
    rows = json.loads(exported(FORECAST, BEFORE, None, "json"))
    assert len(rows) == len(FORECAST)
    assert rows[0]["starts_at"].startswith("2026-08-0")
    assert exported(FORECAST, BEFORE, 1, "csv").count("\n") < len(FORECAST)


def test_exported_names_cannot_steer_the_terminal() -> None:
    rows = FORECAST.assign(store_id="東京\u3000\x1b[2J\x9b\x7f\r")
    csv = exported(rows, BEFORE, None, "csv")
    assert "東京\u3000" + r"\x1b[2J\x9b\x7f\r" in csv
    text = exported(rows, BEFORE, None, "json")
    assert {letter for letter in csv + text if not letter.isprintable()} == {"\n", "\u3000"}
    assert {row["store_id"] for row in json.loads(text)} == {"東京\u3000\x1b[2J\x9b\x7f\r"}


def test_names_are_found_whatever_their_case_or_guessed() -> None:
    known = ["Leeds", "East London"]
    assert known_name("market", " leeds", known) == "Leeds"
    with pytest.raises(
        ConfigurationError, match=r"unknown market 'Leds' \(did you mean 'Leeds'\?\); the markets are East"
    ):
        known_name("market", "Leds", known)
