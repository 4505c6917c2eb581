"""Bank holidays in a forecast: known from the calendar, left out of the shape, with a factor of their own."""

from dataclasses import replace

import numpy as np
import pytest

from pizza_assets.analysis.forecast.holiday_factors import holiday_columns, holiday_factors
from pizza_assets.analysis.forecast.origin import forecast_at
from pizza_assets.models.market import Market
from pizza_assets_tests.analysis.forecast.histories import history_of, matches_of, panel_of
from pizza_assets_tests.analysis.simulated_worlds import markets_of

CHRISTMAS = 20_447  # 25 Dec 2025 in days since 1970


def test_days_are_named_by_the_calendar_of_each_market() -> None:
    day = np.arange(CHRISTMAS - 3, CHRISTMAS + 9)[None].repeat(3, axis=0)
    markets = (Market("Leeds", "Europe/London"), Market("Nowhere", "UTC"))
    codes, names = holiday_columns(("Leeds", "Nowhere", "Elsewhere"), day, markets)
    found = {int(number): names[code - 1] for number, code in zip(day[0] - CHRISTMAS, codes[0], strict=True) if code}
    assert {number: found[number] for number in (-1, 0, 1, 6)} == {
        -1: "Christmas Eve", 0: "Christmas Day", 1: "Boxing Day", 6: "New Year's Eve"
    }  # fmt: skip
    assert not codes[1:].any()


def test_a_holiday_leans_on_all_holidays_by_one_of_its_days() -> None:
    """Two days of A sold half, one day of B sold as usual; nothing is known about C."""
    observed, expected = np.array([50.0, 50.0, 100.0]), np.full(3, 100.0)
    factors = holiday_factors(
        observed, expected, np.array([1, 1, 2]), np.array([0, 365, 7]), ("A", "B", "C"), np.zeros(4)
    )
    common = (200 + 100) / (300 + 100)
    assert factors == pytest.approx([1, (100 + 100 * common) / 300, (100 + 100 * common) / 200, common])


@pytest.mark.parametrize("expected", [0.0, 0.5])
def test_a_shop_that_opened_only_because_of_the_holiday_does_not_explode_its_factor(expected: float) -> None:
    """It is closed on Mondays, and sold 60 on New Year's Day, a Monday; a usual day has 110 orders."""
    names, usual_day = ("New Year's Day", "Good Friday"), np.array([0.0, 110.0, 110.0])
    days = np.array([19_723, 19_811])
    factors = holiday_factors(
        np.array([60.0, 100.0]), np.array([expected, 110.0]), np.array([1, 2]), days, names, usual_day
    )
    assert factors[1] < 2
    assert factors[2] == pytest.approx(1, abs=0.3)


def test_a_past_holiday_changes_only_the_forecast_of_holidays() -> None:
    markets = markets_of(1)
    matches = matches_of(markets_of(2), 20)
    panel = panel_of(markets, matches, 20)
    usual = history_of(panel, markets, matches)
    cut, day = usual.end, usual.day[0]
    past, ahead = day == day[cut - 20 * 96], day == day[cut + 5 * 96]
    counts = np.where(past[: panel.counts.shape[1]], panel.counts // 4, panel.counts)
    code = np.where(past | ahead, 1, 0).astype(np.int16)[None]
    odd = history_of(replace(panel, counts=counts.astype(np.int32)), markets, matches)
    before = forecast_at(usual, cut).without[0]
    after = forecast_at(replace(odd, holiday=code, holiday_names=("Spring Bank Holiday",)), cut).without[0]
    is_holiday = ahead[cut : cut + len(before)]
    assert after[~is_holiday].sum() == pytest.approx(before[~is_holiday].sum(), rel=0.05)
    assert after[is_holiday].sum() < 0.75 * before[is_holiday].sum()
    closed = replace(odd, holiday=code, holiday_names=("Christmas Day",), is_known=odd.is_known & ~past)
    unknown = forecast_at(closed, cut).without[0]
    np.testing.assert_array_equal(np.isnan(unknown), is_holiday)
