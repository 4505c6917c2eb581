"""A small version of `make calibrate` with fixed seeds: trials run, rates are plausible, the report is consistent."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.models import RawMatches
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, fixtures, markets_of
from pizza_assets_tests.calibration import lost_hours, one_shop
from pizza_assets_tests.calibration.report import COLUMNS, as_markdown, summarised
from pizza_assets_tests.calibration.trials import Trial, run
from pizza_assets_tests.calibration.worlds import KINDS, NOTHING, PLAIN, Planted, simulate_year

WEEKS = tuple(FIRST_WEEK.shifted(n) for n in range(26))
FIXTURES = fixtures(markets_of(8), list(WEEKS), np.random.default_rng(1)).assign(match_source="real")
CALENDAR = RawMatches.conform(FIXTURES), WEEKS


def records(part: str, years: int) -> pd.DataFrame:
    rows = [
        (PLAIN.name, year, *record)
        for year in range(years)
        for record in run(Trial(part, PLAIN, year), np.random.default_rng([7, year]), CALENDAR)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


# Property 16
def test_null_years_have_few_findings_and_many_answers() -> None:
    found = records("null", 2)
    means = found.groupby(["part", "measure"])["value"].mean()
    windows = means[means.index.get_level_values("part").str.startswith("main effect")]
    assert (windows.xs("answered", level="measure") == 1).all()
    assert windows.xs("found at 5 %", level="measure").sum() <= 1
    assert windows.xs("bias", level="measure").abs().max() < 0.06
    assert means["windows by market, null", "found at 5 %"] < 0.15
    assert means["outcomes, null", "answered"] >= 0.6


# Property 16
def test_null_years_have_few_findings_by_result() -> None:
    means = records("results", 3).groupby(["part", "measure"])["value"].mean()
    assert means["windows by result, null", "answered"] == 1
    assert means["windows by result, null", "found at 5 %"] < 0.3


# Property 16
def test_planted_effects_of_goals_and_matches_are_recovered() -> None:
    planted = records("planted", 2).groupby(["part", "measure"])["value"].mean()
    assert planted["main effect, post, planted", "found at 5 %"] == 1
    assert planted["main effect, post, planted", "bias"] == pytest.approx(0, abs=0.08)
    goals = records("goals", 2).groupby(["part", "measure"])["value"].mean()
    assert goals["goals, own_goal_0_15, planted", "bias"] == pytest.approx(0, abs=0.08)


@pytest.mark.parametrize("kind", KINDS)
def test_a_year_is_determined_by_its_seed_and_planted_effects(kind) -> None:
    def year(planted: Planted = NOTHING):
        return simulate_year(np.random.default_rng(3), kind, CALENDAR[0], WEEKS[:6], planted)

    np.testing.assert_array_equal(year().counts, year().counts)
    added = np.log(year(Planted(windows={"post": 0.1})).mean.sum() / year().mean.sum())
    assert 0 < added < 0.02
    assert year().counts.sum() == pytest.approx(year().mean.sum(), rel=0.02)
    assert year().by(15).sum() == year().counts.sum()


def test_the_report_averages_over_years_and_sums_alarms() -> None:
    rows = [("plain", year, "main effect, post, null", "found at 5 %", float(year < 2)) for year in range(40)]
    for year in range(10):
        rows += [
            ("plain", year, "anomalies, 20 of each kind a year", f"outages|{what}", number)
            for what, number in (("planted", 20.0), ("found", 18.0))
        ]
    summary = summarised(pd.DataFrame(rows, columns=COLUMNS)).set_index("measure")
    assert summary.loc["found at 5 %", ["years", "value"]].tolist() == [40, 0.05]
    assert summary.loc["found at 5 %", "low"] < 0.02 < 0.15 < summary.loc["found at 5 %", "high"]
    assert summary.loc["outages found", "value"] == pytest.approx(0.9)
    text = as_markdown(summary.reset_index(), {"seed": 1})
    assert "| main effect, post, null | found at 5 % | 4 to 6 % | 5.0 % (1.4 to 16.5; 40) |" in text
    assert "90.0 % (90.0 to 90.0; 10)" in text


def test_one_shop_is_answered_at_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_shop, "SHOPS", 1)
    found = records("one_shop", 1)
    means = found.groupby(["part", "measure"])["value"].mean()
    assert (means.xs("answered", level="measure") >= 0.9).all()
    measure = "smallest detectable after the match, %"
    few, many = (means[f"one shop, {orders} orders a week, null", measure] for orders in (300, 1500))
    assert few > many, "more orders, smaller effects"


def test_two_shops_are_answered_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_shop, "PAIRS", 1)
    monkeypatch.setattr(one_shop, "PAIR_ORDERS_PER_WEEK", (1_500,))
    means = records("two_shops", 1).groupby(["part", "measure"])["value"].mean()
    assert (means.xs("answered", level="measure") == 1.0).all()
    assert means["two shops, 1500 orders a week, +10 %", "covered"] >= 0.5


def test_everything_said_is_counted_in_a_null_year() -> None:
    measures = records("everything", 1).set_index("measure")["value"]
    roles = measures[["any primary finding in a year", "any exploratory finding in a year"]]
    assert measures["any finding in a year"] == roles.max()


def test_whole_shop_days_raise_no_question_about_lost_hours() -> None:
    days, named = lost_hours.false_alarms(stores=2, weeks=8, per_day=100.0, seed=1)
    assert (days, named) == (2 * 8 * 7, [])
