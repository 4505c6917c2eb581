"""The whole match as a hypothesis, and when it may be said that orders only moved."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.effects import own_match_answer
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.moved_orders import UNCHANGED_PCT, MovedOrders, moved_orders
from pizza_assets.analysis.result_context import Context
from pizza_assets.analysis.sentences import moved_sentence, sentence
from pizza_assets.analysis.whole_match import whole_matches
from pizza_assets.analysis.wording import METHODS
from pizza_assets.models import CorrelationResults, MatchImpact, MatchWindows, RawMatches
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, fixtures, markets_of
from pizza_assets_tests.analysis.test_insights import result
from pizza_assets_tests.calibration.worlds import NOTHING, PLAIN, Planted, simulate_year
from pizza_assets_tests.calibration.years import PAIR, fitted, impact_of, windows_of

WEEKS = tuple(FIRST_WEEK.shifted(n) for n in range(40))
NO_IMPACT, NO_WINDOWS = MatchImpact.empty(), MatchWindows.empty()


def analysed(planted: Planted, orders_per_week: float = 12_000) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Results, impact and windows of a year with ten markets."""
    rng = np.random.default_rng(5)
    calendar = fixtures(markets_of(10), list(WEEKS), rng).assign(match_source="real")
    world = replace(PLAIN, orders_per_week=orders_per_week, noise_sd=0.05, day_sd=0.03, market_day_sd=0.02)
    year = simulate_year(rng, world, RawMatches.conform(calendar), WEEKS, planted)
    grid = fitted(year)
    impact = impact_of(year, grid)
    results = correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, same_day={}, goals={}, parts=())
    return results, impact, windows_of(year)


@cache
def moved() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """+15 % before the match, and about as many orders fewer during it."""
    return analysed(Planted(windows={"pre": float(np.log(1.15)), "during": float(np.log(0.86))}))


@cache
def nothing() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return analysed(NOTHING)


def whole(results: pd.DataFrame) -> dict:
    (row,) = results[(results["time_window"] == "match") & (results["scope"] == "overall")].to_dict("records")
    return row


def test_the_whole_match_is_the_sum_of_its_windows() -> None:
    impact = nothing()[1]
    rows = whole_matches(impact)
    assert len(rows) == impact.groupby(["match_id", "market"]).ngroups
    by_match = impact.groupby(["match_id", "market"])
    usable = rows[rows["status"] == "ok"].set_index(["match_id", "market"])
    assert len(usable) > 100
    summed = by_match[["observed", "expected"]].sum().loc[usable.index]
    np.testing.assert_allclose(usable[["observed", "expected"]].to_numpy(dtype=float), summed.to_numpy(dtype=float))
    assert (usable["window_start_at"] == by_match["window_start_at"].min().loc[usable.index]).all()
    assert (usable["window_end_at"] == by_match["window_end_at"].max().loc[usable.index]).all()
    assert (by_match["status"].nunique().loc[usable.index] == 1).all()


def test_a_match_with_one_refused_window_is_refused_with_its_reason() -> None:
    impact = nothing()[1].copy()
    used = impact[(impact["status"] == "ok") & (impact["window"] == "during")].index[0]
    impact.loc[used, ["status", "reasons"]] = "insufficient_data", "special_day: listed"
    changed = (
        whole_matches(impact).set_index(["match_id", "market"]).loc[tuple(impact.loc[used, ["match_id", "market"]])]
    )
    assert changed[["status", "reasons"]].tolist() == ["insufficient_data", "special_day: listed"]


def test_it_is_an_exploratory_hypothesis_about_windows_with_an_answer_of_its_own() -> None:
    results, impact, _ = nothing()
    row = whole(results)
    assert row["family_id"].startswith("exploratory_windows.")
    assert row["family_size"] == 3
    assert row["role"] == "exploratory"
    used = whole_matches(impact)
    used = used[used["status"] == "ok"]
    assert row["uplift_pct"] == pytest.approx(100 * (used["observed"].sum() / used["expected"].sum() - 1))
    assert row["n_market_matches"] == len(used)
    assert row["control_market_min"] == used["control_market_count"].min()
    assert row["placebo_window_count"] > 0
    assert "taken together" in row["hypothesis"]


def test_without_any_match_there_is_no_answer() -> None:
    assert own_match_answer(whole_matches(MatchImpact.empty()), fitted_nothing()).missing


@cache
def fitted_nothing():
    year = simulate_year(np.random.default_rng(1), PLAIN, RawMatches.empty(), WEEKS[:9], teams=("a", "b", "c"))
    return fitted(year)


def test_orders_that_only_moved_are_said_to_have_moved() -> None:
    results, impact, windows = moved()
    row = whole(results)
    told = insights(results, impact, windows).set_index("analysis_id").loc[row["analysis_id"]]
    for text in (told["headline"], row["pattern_description"]):
        assert "Orders moved from during to before the own team's match: together they were unchanged to within" in text
    assert told["kind"] == "finding"
    assert told["q_value"] <= 0.05, "that of the findings it rests on"
    assert "not the same as no effect" not in told["caveat"]
    reach = stats.t.ppf(0.95, row["df"]) * row["se"]
    ends = 100 * np.expm1(row["estimate_log"] + np.array([-reach, reach]))
    assert max(abs(ends)) < UNCHANGED_PCT
    assert f"within {max(abs(ends)):.1f} %" in told["headline"]


def test_the_whole_match_is_given_per_store_and_hour() -> None:
    results, impact, windows = moved()
    told = insights(results, impact, windows).set_index("analysis_id").loc[whole(results)["analysis_id"]]
    used = whole_matches(impact)
    used = used[used["status"] == "ok"]
    hours = (used["window_end_at"] - used["window_start_at"]).dt.total_seconds().sum() / 3600
    extra = (used["observed"].sum() - used["expected"].sum()) / (2 * hours)
    assert told["extra_orders_per_store_hour"] == pytest.approx(extra)


def test_without_effects_nothing_is_said_to_have_moved() -> None:
    results, impact, windows = nothing()
    texts = [*results["pattern_description"], *insights(results, impact, windows)["headline"]]
    assert not any("moved" in text for text in texts)


def rows(pre: str, during: str, together: str = "none", se: float = 0.005, estimate: float = 0.001) -> list[dict]:
    ends = {"uplift_pct": 0.1, "ci_low_pct": -6.0, "ci_high_pct": 6.2}
    numbers = {"estimate_log": estimate, "se": se, "df": 30.0, "q_value": 0.4, **ends}
    return [
        result("pre", direction=pre, q_value=0.01),
        result("during", direction=during, q_value=0.03),
        result("post", direction="none", q_value=0.5),
        result("match", role="exploratory", direction=together, **numbers),
    ]


@pytest.mark.parametrize(
    "results",
    [
        pytest.param(rows("none", "none"), id="nothing found"),
        pytest.param(rows("up", "none"), id="only more"),
        pytest.param(rows("none", "down"), id="only fewer"),
        pytest.param(rows("up", "up"), id="both more"),
        pytest.param(rows("up", "down", "up"), id="more altogether"),
        pytest.param(rows("up", "down")[:3], id="no answer about the whole match"),
    ],
)
def test_nothing_has_moved_unless_one_part_is_a_finding_up_and_another_down(results: list[dict]) -> None:
    assert moved_orders(results) is None


def test_a_wide_interval_leaves_open_whether_orders_only_moved() -> None:
    found = rows("up", "down", se=0.03)
    wide = moved_orders(found)
    assert wide is not None
    assert not wide.is_unchanged
    headline = insights(CorrelationResults.checked(found), NO_IMPACT, NO_WINDOWS).iloc[-1]["headline"]
    assert "No effect found before, during and after the own team's match taken together" in headline
    assert "Whether orders only moved between these windows can't be said." in headline
    assert "Orders moved" not in headline


def test_what_went_with_match_days_is_said_before_it() -> None:
    row = rows("up", "down")[3] | {"hours_before_p_value": 0.01, "hours_before_uplift_pct": 8.0}
    found = MovedOrders(("during",), ("pre", "post"), -0.7, 1.2, 0.03)
    assert moved_sentence(found, row) == (
        "Hours before kick-off, orders were already 8.0 % above normal: something else goes with match days (a "
        "promotion, a holiday), so the effect may not be football's. Orders moved from during to before and after the "
        "own team's match: together they were unchanged to within 1.2 % (90 % interval -0.7 to 1.2 %, 19 matches)."
    )
    by_day = moved_sentence(found, rows("up", "down")[3] | {"method": METHODS["same_day"]["method"]})
    assert "your team's match: together" in by_day


def test_only_the_row_of_the_whole_match_tells_of_it() -> None:
    found = MovedOrders(("during",), ("pre",), -0.7, 1.2, 0.03)
    assert "moved" not in sentence(rows("up", "down")[0], "before it", context=Context(found))
