"""What to staff for on the planned days, and how `pizza forecast` and the end of a run say it."""

import csv
import io
import json
from datetime import date, timedelta

import pandas as pd
import pytest

from pizza_assets.analysis.forecast.weekend import (
    days_of_shops,
    next_weekend_dates,
    shop_words,
    summary_lines,
    weekend_dates,
)
from pizza_assets.analysis.reasons import Reason
from pizza_assets.cli.forecasting import exported, staff_text
from pizza_assets.cli.names import known_name
from pizza_assets.cli.terminal import say
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


def test_after_the_last_hour_a_shop_is_closed_for_today() -> None:
    """Its day row ends at 05:00 UTC, and must not pass for an hour; also where the forecast itself was made late."""
    late = SATURDAY + pd.Timedelta(hours=23)
    hours = (FORECAST["span"] == "hour") & (FORECAST["business_date"] == "2026-08-08")
    made_late = FORECAST[~hours].copy()
    rest = made_late["business_date"] == "2026-08-08"
    made_late.loc[rest, ["status", "reasons", "days_ahead"]] = ["insufficient_data", Reason.SHOP_DONE.value, 0]
    made_late.loc[rest, ["expected", "quantile_90"]] = None
    for forecast in (FORECAST, made_late):
        days = days_of_shops(forecast, late)
        assert set(days.loc[days["is_over"], "business_date"]) == {"2026-08-08"}
        assert days["is_over"].sum() == 4
        text = "\n".join(staff_text(forecast, late, None))
        assert text.count("closed for today") == 4
        assert "409" not in text


def test_a_day_whose_hours_are_refused_has_its_mean_alone() -> None:
    days_alone = FORECAST[FORECAST["span"] == "day"]
    text = "\n".join(staff_text(days_alone, BEFORE, None))
    assert text.count("- hours not forecast (about 400 orders)") == 8
    assert summary_lines(days_alone) == []


def test_one_shop_does_not_come_first() -> None:
    order = "Shops come first whose day differs most"
    assert order in "\n".join(staff_text(FORECAST, BEFORE, None))
    one = FORECAST[FORECAST["market"] == FORECAST["market"].iloc[0]]
    assert order not in "\n".join(staff_text(one, BEFORE, None))


def test_the_eve_of_a_holiday_is_called_by_its_name() -> None:
    eve = FORECAST.assign(holiday="Christmas Eve", reasons=str(Reason.BANK_HOLIDAY), status="insufficient_data")
    eve = eve.assign(quantile_90=float("nan"))
    assert "- Christmas Eve (about 400 orders)" in "\n".join(staff_text(eve, BEFORE, None))
    assert "bank holiday or the eve of one" in Reason.BANK_HOLIDAY


@pytest.mark.parametrize(
    ("first", "expected"), [(3, ["07", "08", "09"]), (7, ["07", "08", "09"]), (8, ["08", "09"]), (9, ["09"])]
)
def test_the_weekend_is_the_running_or_the_next_one(first: int, expected: list[str]) -> None:
    dates = pd.Series([(date(2026, 8, first) + timedelta(days=n)).isoformat() for n in range(9)])
    assert [text[-2:] for text in weekend_dates(dates)] == expected


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({"people": None}, True),
        ({"people": None, "quantile_90": 9.0}, False),
        ({"people": None, "order_source": "mock"}, False),
        ({}, False),
    ],
)
def test_how_people_can_be_shown_is_told_where_a_real_shop_may_need_several(changes: dict, is_told: bool) -> None:
    text = "\n".join(staff_text(FORECAST.assign(**changes), BEFORE, None))
    assert ("PIZZA_ORDERS_PER_PERSON" in text) == is_told


def test_terminal_and_run_say_the_same_numbers_for_every_shop() -> None:
    text = "\n".join(staff_text(FORECAST, BEFORE, None))
    assert "Birmingham, shop 1  49, 7 people at 18:00 *  49, 7 people at 18:00  Sat +1 %" in text
    assert "Brentford, shop 1   49, 7 people at 18:00    49, 7 people at 18:00  Sat +1 %" in text
    assert text.index("Domino's") < text.index("Pizza Hut")
    assert "- this shop sells nothing on this day of the week" in "\n".join(staff_text(FORECAST, BEFORE, 3))
    lines = summary_lines(FORECAST)
    assert lines[0] == (
        "Staff    Sat 08 Aug, Birmingham, shop 1 (Domino's): 49 orders, 7 people from 18:00 to 19:00; "
        "Aston Villa – Everton, 15:00"
    )
    assert summary_lines(None) == []


@pytest.mark.parametrize(
    ("market", "store", "words"),
    [
        ("Leeds", "leeds-2", "Leeds, shop 2"),
        ("Leeds", "Leeds", "Leeds"),
        ("North London East", "north-london-east-12", "North London East, shop 12"),
        ("Leeds", "LDS-0042", "Leeds, LDS-0042"),
        ("Leeds", "leedsmore-1", "Leeds, leedsmore-1"),
        ("Köln", "köln_3", "Köln, shop 3"),
        ("ＴＯＫＹＯ", "tokyo 4", "ＴＯＫＹＯ, shop 4"),
    ],
)
def test_a_shop_is_named_as_on_the_page(market: str, store: str, words: str) -> None:
    assert shop_words(market, store) == words


@pytest.mark.parametrize(
    ("first", "expected"), [(3, ["14", "15", "16"]), (9, ["14", "15", "16"]), (10, ["21", "22", "23"])]
)
def test_the_next_weekend_is_the_one_after(first: int, expected: list[str]) -> None:
    dates = pd.Series([(date(2026, 8, first) + timedelta(days=n)).isoformat() for n in range(14)])
    assert [text[-2:] for text in next_weekend_dates(dates)] == expected


def test_on_a_sunday_the_next_weekend_is_one_command_away() -> None:
    """Of the running weekend only the Sunday is left."""
    later = pd.Timedelta(days=7)
    both = pd.concat(
        [
            FORECAST,
            FORECAST.assign(
                starts_at=FORECAST["starts_at"] + later,
                ends_at=FORECAST["ends_at"] + later,
                business_date=FORECAST["business_date"].map(
                    {"2026-08-08": "2026-08-15", "2026-08-09": "2026-08-16", "2026-08-10": "2026-08-17"}
                ),
            ),
        ]
    )
    sunday = SATURDAY + pd.Timedelta(days=1, hours=9)
    today = "\n".join(staff_text(both, sunday, None))
    assert "Sun 09 Aug" in today
    assert "15 Aug" not in today
    assert today.endswith("The next weekend: pizza forecast --next-weekend")
    following = "\n".join(staff_text(both, sunday, None, is_next=True))
    assert "Sat 15 Aug" in following
    assert "Sun 16 Aug" in following
    assert "09 Aug" not in following
    rows = json.loads(exported(both, sunday, None, "json", is_next=True))
    assert {row["business_date"] for row in rows} == {"2026-08-15", "2026-08-16"}
    newest = f"{FORECAST['origin_at'].max():%a %d %b}"
    said = staff_text(FORECAST, sunday, None, is_next=True)[0]
    assert f"not forecast yet: forecasts reach 14 days beyond the newest orders ({newest})" in said


def test_it_says_that_the_orders_are_old() -> None:
    fresh, old = (FORECAST.assign(origin_at=SATURDAY - pd.Timedelta(hours=hours)) for hours in (36, 37))
    assert "The newest orders" not in "\n".join(staff_text(fresh, SATURDAY, None))
    said = f"The newest orders are from {old['origin_at'].max():%a %d %b}: forecasts reach 14 days beyond them."
    assert said in staff_text(old, SATURDAY, None)


def test_shops_are_sorted_by_the_percentage_that_they_show() -> None:
    """A day far below the mean is as unusual as one far above; none is printed as -0 %."""
    expected = {"Birmingham": 390.0, "Brentford": 200.0}
    days = FORECAST["span"] == "day"
    rows = FORECAST.assign(expected=FORECAST["expected"].mask(days, FORECAST["market"].map(expected)))
    lines = [line for line in staff_text(rows, BEFORE, None) if ", shop 1" in line]
    assert [line.split(",")[0] for line in lines] == ["Brentford", "Birmingham"] * 2
    assert lines[0].endswith("-50 %")
    level = rows.assign(usual_orders=rows["expected"] * 1.001)
    assert all(line.endswith(" 0 %") for line in staff_text(level, BEFORE, None) if ", shop 1" in line)


def test_a_run_says_what_to_staff_for_on_the_first_day_that_has_a_range() -> None:
    refused = FORECAST.assign(
        status=FORECAST["status"].mask(FORECAST["business_date"] == "2026-08-08", "insufficient_data")
    )
    assert summary_lines(refused)[0].startswith("Staff    Sun 09 Aug")


def test_exports_hold_every_row_that_is_ahead() -> None:
    rows = json.loads(exported(FORECAST, BEFORE, None, "json"))
    assert len(rows) == len(FORECAST)
    assert rows[0]["starts_at"].startswith("2026-08-0")
    assert exported(FORECAST, BEFORE, 1, "csv").count("\n") < len(FORECAST)


def test_a_spreadsheet_runs_no_cell_of_the_csv() -> None:
    shop = FORECAST.assign(store_id="=HYPERLINK(1)", match='+1", "2')
    rows = list(csv.DictReader(io.StringIO(exported(shop, BEFORE, None, "csv"))))
    assert len(rows) == len(shop)
    assert {(row["store_id"], row["match"]) for row in rows} == {("'=HYPERLINK(1)", '\'+1", "2')}
    numbers = {name: rows[0][name] for name in ("starts_at", "expected", "is_peak_hour")}
    assert numbers == {"starts_at": "2026-08-08T05:00:00Z", "expected": "400", "is_peak_hour": "false"}


def test_exported_names_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    rows = FORECAST.assign(store_id="東京\u3000\x1b[2J\x9b\x7f\r")
    say(exported(rows, BEFORE, None, "csv"))
    table = capsys.readouterr().out
    assert "東京\u3000" + r"\x1b[2J\x9b\x7f\r" in table
    say(exported(rows, BEFORE, None, "json"))
    text = capsys.readouterr().out
    assert {letter for letter in table + text if not letter.isprintable()} == {"\n", "\u3000"}
    assert {row["store_id"] for row in json.loads(text)} == {"東京\u3000\x1b[2J\x9b\x7f\r"}


def test_names_are_found_whatever_their_case_or_guessed() -> None:
    known = ["Leeds", "East London"]
    assert known_name("market", " leeds", known) == "Leeds"
    with pytest.raises(
        ConfigurationError, match=r"unknown market 'Leds' \(did you mean 'Leeds'\?\); choose one of the markets: East"
    ):
        known_name("market", "Leds", known)
