"""The text of `pizza forecast`: numbers that agree with each other, and reasons without their codes."""

import re

import pandas as pd
import pytest

from pizza_assets.analysis.reasons import Reason
from pizza_assets.cli.forecasting import forecast_text, without_match
from pizza_assets_tests.dashboards.sample_forecasts import SATURDAY, coming_matches, match_forecast

COMING = coming_matches(["real"], 4)
ROWS = match_forecast(["real"], COMING, is_known=True)
BEFORE = SATURDAY - pd.Timedelta(days=1)


@pytest.mark.parametrize(
    ("orders", "added", "without"),
    [
        (37.6, 2.3, "35.7"),  # the mean without the match may be 39, above the median with it
        (37.6, -2.3, "40.3"),
        (38.0, 0.04, "38.0"),
        (38.0, -0.04, "38.0"),
        (1204.4, 12.34, "1191.7"),
        (0.0, 0.4, "0.0"),
        (38.4, float("nan"), "38"),
    ],
)
def test_orders_with_and_without_the_match_differ_by_what_it_adds(orders: float, added: float, without: str) -> None:
    assert without_match(orders, added) == without


def test_each_line_adds_up() -> None:
    rows = ROWS.assign(orders=37.6, without_football=39.0, difference=2.3)
    lines = [line for line in forecast_text(COMING, rows, None, BEFORE, 14).splitlines() if " v " in line]
    found = [re.search(r"  38  .*  35\.7  +\+2\.3 ", line) for line in lines if re.search(r"  38  ", line)]
    assert found
    assert all(found)


def test_what_is_left_out_is_told_without_codes() -> None:
    rows = ROWS.assign(football_reasons=f"{Reason.TOO_FEW_CONTROL_MARKETS}; {Reason.TOO_FEW_DATES}")
    text = forecast_text(COMING, rows, None, BEFORE, 14)
    assert "(fewer than 6 other markets were free of a match at these hours; fewer than 10 dates with a match)" in text
    assert not re.search(r"[a-z]_[a-z]|deviance", text)
