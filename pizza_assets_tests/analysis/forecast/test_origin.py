"""A forecast at one origin: it uses no future data, finds planted effects, and follows levels."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.forecast.effect import MIN_CONTROLS, window_effects
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.origin import forecast_at
from pizza_assets.analysis.forecast.targets import SPANS, other_targets
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.windows import times_of
from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import Span
from pizza_assets_tests.analysis.forecast.histories import history_of, panel_of, small_world, without
from pizza_assets_tests.analysis.simulated_worlds import match_row
from pizza_assets_tests.support.examples import examples

MARKETS, PAST, PANEL, COMING, FIXTURES = small_world(effect=0.3)
HISTORY = history_of(PANEL, MARKETS, FIXTURES)


def with_counts(counts: np.ndarray) -> OrderHistory:
    return history_of(replace(PANEL, counts=counts), MARKETS, FIXTURES)


def total(history: OrderHistory) -> float:
    return forecast_at(history, history.end).without.sum()


@given(weeks=st.integers(9, 19), seed=st.integers(0, 99))
@examples(10)
def test_data_after_the_origin_are_not_used(weeks: int, seed: int) -> None:
    cut = weeks * 672 + 100
    counts = PANEL.counts.copy()
    counts[:, cut:] = np.random.default_rng(seed).poisson(50, counts[:, cut:].shape)
    changed = with_counts(counts)
    before, after = forecast_at(HISTORY, cut), forecast_at(changed, cut)
    for name in ("without", "with_football", "unaware", "seasonal"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_a_planted_effect_is_found_and_only_in_its_window() -> None:
    effects = window_effects(HISTORY, HISTORY.end)
    assert effects.missing == (None, None, None)
    assert effects.estimate[2] == pytest.approx(0.3, abs=3 * np.sqrt(effects.covariance[2, 2]))
    assert np.abs(effects.estimate[:2]).max() < 0.12
    assert (np.abs(effects.shrunken) <= np.abs(effects.estimate)).all()
    forecast = forecast_at(HISTORY, HISTORY.end)
    ratio = forecast.with_football / np.where(forecast.without > 0, forecast.without, 1)
    assert ratio.max() == pytest.approx(np.exp(effects.shrunken[2]))


def test_without_enough_controls_no_effect_is_claimed() -> None:
    markets, _, panel, _, fixtures = small_world(MIN_CONTROLS, effect=0.3)
    effects = window_effects(history_of(panel, markets, fixtures), panel.counts.shape[1])
    assert set(effects.missing) == {Reason.TOO_FEW_CONTROL_MARKETS}
    assert (effects.shrunken == 0).all()


def test_means_are_close_to_actual_orders() -> None:
    weeks = 18
    forecast = forecast_at(HISTORY, weeks * 672)
    came = HISTORY.counts[:, weeks * 672 : HISTORY.end].sum()
    assert forecast.with_football[:, : HISTORY.end - weeks * 672].sum() == pytest.approx(came, rel=0.05)
    assert forecast.seasonal.shape == (len(MARKETS), HORIZON)


def test_a_level_that_rose_last_week_is_followed_for_all_markets() -> None:
    counts = PANEL.counts.copy()
    counts[:, -672:] *= 2
    raised = with_counts(counts)
    before, after = (forecast_at(of, of.end).without.sum() for of in (HISTORY, raised))
    assert 1.3 < after / before < 2.0


def test_a_holiday_does_not_change_the_forecast() -> None:
    """A day on which all markets sell only a third says nothing about the next days."""
    counts = PANEL.counts.copy()
    day = slice(-5 * 96, -4 * 96)
    counts[:, day] //= 3
    odd = with_counts(counts)
    assert total(odd) == pytest.approx(total(HISTORY), rel=0.03)


@pytest.mark.parametrize("factor", [3, 10])
def test_more_orders_of_the_same_kind_scale_the_forecast(factor: int) -> None:
    """Pseudo-orders lose weight as real orders grow; effects do not depend on the level of orders."""
    larger = with_counts(PANEL.counts * factor)
    assert window_effects(larger, larger.end).estimate == pytest.approx(
        window_effects(HISTORY, HISTORY.end).estimate, abs=1e-3
    )
    assert total(larger) == pytest.approx(factor * total(HISTORY), rel=0.1)


def with_doubtful_match(at: int, **changes: object) -> OrderHistory:
    """HISTORY with a match of the first market's team in doubt, kicking off at a column; orders are unchanged."""
    row = match_row("doubtful", times_of(HISTORY.minutes[[at]])[0], MARKETS[0].teams[0], "Others")
    doubtful = {**row, "match_source": "real", "status": "AWARDED", **changes}
    return history_of(PANEL, MARKETS, RawMatches.conform([*FIXTURES.to_dict("records"), doubtful]))


# Tuesday at 19:00 of the last week but one: nobody plays then
DOUBTFUL_AT = 18 * 672 + 52


def test_orders_around_a_match_in_doubt_do_not_change_the_forecast() -> None:
    history = with_doubtful_match(DOUBTFUL_AT)
    counts = history.counts.copy()
    assert history.is_unclear[0].sum() == 24  # two hours before kick-off to two after the end
    counts[history.is_unclear] *= 20
    raised = replace(history, counts=counts)
    for name in ("without", "with_football", "unaware"):
        before, after = (getattr(forecast_at(one, one.end), name) for one in (history, raised))
        np.testing.assert_array_equal(before, after)


def test_a_day_on_which_a_match_may_have_been_played_is_no_free_day() -> None:
    history = with_doubtful_match(DOUBTFUL_AT)

    def days(history: OrderHistory) -> int:
        targets = other_targets(history)
        in_day = (targets.start <= DOUBTFUL_AT) & (targets.end > DOUBTFUL_AT) & (targets.market == 0)
        return int((in_day & (targets.span == SPANS.index(Span.DAY))).sum())

    assert (days(HISTORY), days(history)) == (1, 0)


def test_a_time_of_the_week_that_is_always_in_doubt_has_a_forecast() -> None:
    everywhere = np.zeros_like(HISTORY.is_unclear)
    everywhere[0] = HISTORY.place[0] // 96 == 2
    in_doubt = replace(HISTORY, is_unclear=everywhere)
    whole, doubtful = (forecast_at(history, history.end).without[0] for history in (HISTORY, in_doubt))
    np.testing.assert_allclose(doubtful, whole, rtol=0.01)


def test_unknown_time_is_not_zero() -> None:
    lost = np.zeros(PANEL.counts.shape, dtype=bool)
    lost[:, 100 * 96 : 110 * 96] = True
    gappy = history_of(without(PANEL, lost), MARKETS, FIXTURES)
    assert total(gappy) == pytest.approx(total(HISTORY), rel=0.06)


def test_a_market_without_orders_has_a_forecast_of_zero() -> None:
    silent = panel_of(MARKETS, FIXTURES, 20, effect=0.0)
    counts = silent.counts.copy()
    counts[3] = 0
    history = history_of(replace(silent, counts=counts), MARKETS, FIXTURES)
    assert (forecast_at(history, history.end).without[3] == 0).all()


def test_missing_weeks_leave_a_gap_without_an_error() -> None:
    is_lost = (PANEL.week >= 14) & (PANEL.week < 16)
    # in a panel, quarter-hours of weeks that are not stored have week 0
    panel = replace(without(PANEL, np.broadcast_to(is_lost, PANEL.counts.shape)), week=np.where(is_lost, 0, PANEL.week))
    history = history_of(panel, MARKETS, FIXTURES)
    assert (np.diff(history.week) >= 0).all()
    within_gap = int(np.flatnonzero(is_lost)[700])
    assert np.isfinite(forecast_at(history, within_gap).without).all()
