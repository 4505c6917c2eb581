"""Titles of views: each true of its numbers, and none where the answer is refused or not sure."""

from itertools import product

import pandas as pd
import pytest

from pizza_assets.analysis.titles import accuracy_title, curve_title, effect_title, page_titles, results_title
from pizza_assets_tests.analysis.test_insights import result
from pizza_assets_tests.analysis.test_sentences import (
    BEGAN,
    BESIDE_ZERO,
    BY_RESULT,
    ERRORS,
    MISSING,
    NOTHING,
    minute,
)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(MISSING, id="refused"),
        pytest.param(NOTHING | {"mde_80_pct": 40.0}, id="too few orders"),
        pytest.param(BESIDE_ZERO, id="not confirmed"),
        pytest.param({"mde_80_pct": 101.0}, id="probably too large"),
    ],
)
def test_without_a_sure_answer_there_is_no_title(changes: dict) -> None:
    row = result(**changes)
    assert effect_title(row) == ""
    assert results_title([BY_RESULT[0], row | {"scope": "result", "scope_value": "draw"}]) == ""


@pytest.mark.parametrize(
    ("direction", "uplift", "mde", "began"),
    list(product(("up", "down", "none"), (-6.0, 6.0), (4.0, 30.0), (False, True))),
)
def test_no_title_contradicts_its_numbers(direction: str, uplift: float, mde: float, began: bool) -> None:
    low, high = (-2.0, 14.0) if direction == "none" else (uplift - 4.0, uplift + 4.0)
    numbers = {"uplift_pct": uplift, "ci_low_pct": low, "ci_high_pct": high, "mde_80_pct": mde}
    told = effect_title(result(direction=direction, **numbers, **(BEGAN if began else {})))
    assert ("No effect found" in told) == (direction == "none")
    assert ("6.0 % above normal" in told) == (direction != "none" and uplift > 0)
    assert ("6.0 % below normal" in told) == (direction != "none" and uplift < 0)
    assert ("hours before it" in told) == (direction != "none" and began)


def test_words() -> None:
    assert effect_title(result()) == "Orders run 12 % above normal after the own team's match"
    assert effect_title(result(order_source="mock")).startswith("MOCK ORDERS, real matches: Orders run")
    assert effect_title(result(), is_average=True).endswith("match, on average over kick-off times that differ")
    assert results_title(BY_RESULT) == (
        "Orders after the own team's match: 12 % above normal if won, no effect found if drawn"
    )
    assert results_title([BY_RESULT[1]]) == "", "the question whether results differ is not answered by nothing found"
    assert accuracy_title([ERRORS]) == (
        "MOCK ORDERS, real matches: Forecasts around matches missed by 12 % of orders, the mean of 8 weeks by 14 %"
    )


def test_published_forecasts_say_more_than_past_dates_and_the_newest_most() -> None:
    kept = [ERRORS | {"evidence": "kept", "until_date": f"2026-06-0{day}", "error_pct": day} for day in (1, 2)]
    assert "missed by 2.0 %" in accuracy_title([kept[1], ERRORS, kept[0]])
    assert accuracy_title([ERRORS | {"error_pct": float("nan")}]) == ""
    assert accuracy_title([ERRORS | {"error_of_mean_pct": float("nan")}]) == ""
    assert accuracy_title([ERRORS | {"span": "day"}]) == ""


def test_a_few_published_forecasts_say_less_than_many_past_dates() -> None:
    """One forecast that happened to be right was the title."""
    few = ERRORS | {"evidence": "kept", "until_date": "2026-08-01", "error_pct": 0.0, "scored_forecasts": 29}
    assert accuracy_title([few, ERRORS]) == accuracy_title([ERRORS])
    assert accuracy_title([few]) == ""
    assert "missed by 0.0 %" in accuracy_title([few | {"scored_forecasts": 30}, ERRORS])


def test_the_curve_is_told_where_its_band_excludes_zero_only() -> None:
    points = [minute(-30, 1.0, 9.0), minute(-15, 0.5, 7.0), minute(0, -1.0, 3.0), minute(15, -9.0, -2.0)]
    assert curve_title(points[::-1]) == (
        "Orders are above usual from 30 minutes before kick-off to kick-off and below usual from 15 minutes after it "
        "to 30 minutes after it"
    )
    after = [minute(15 * number, 1.0, 9.0) for number in range(16)]
    assert curve_title(after) == "Orders are above usual from kick-off to 240 minutes after it", (
        "it was 0 minutes after"
    )
    for change in ({"status": "insufficient_data"}, {"is_calibrated": False}, {"band": "pointwise"}):
        assert curve_title([*points, minute(30, 1.0, 2.0, **change)]) == ""
    assert curve_title([minute(-30, 1.0, 9.0, series="own_goal_0_15")]) == ""


def test_titles_are_by_pair_and_of_the_declared_hypothesis() -> None:
    rows = [
        result(),
        result(order_source="mock", **NOTHING),
        result(role="exploratory", time_window="pre", uplift_pct=3.0),
        result(subject="goal_difference", role="exploratory", direction="down", uplift_pct=-4.0),
        result(order_source="mock", subject="kickoff_time", role="exploratory", direction="differs"),
    ]
    titles = page_titles(pd.DataFrame(rows), pd.DataFrame([minute(0, 1.0, 2.0)]), pd.DataFrame([ERRORS]))
    assert titles["effects"] == {
        "real/real": "Orders run 12 % above normal after the own team's match",
        "mock/real": "MOCK ORDERS, real matches: No effect found after the own team's match",
    }
    assert titles["outcomes/goal_difference"]["real/real"].startswith("Orders run 4.0 % lower after")
    assert titles["outcomes/total_goals"] == {}
    assert (set(titles["kickoff"]), set(titles["accuracy"]), titles["results"]) == ({"real/real"}, {"mock/real"}, {})
