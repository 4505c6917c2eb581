"""A year of a pizzeria (synthetic, American), exposed to one Premier League team at a time.

Each time there is an answer, and together no more findings than chance gives.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.baseline import fit_expectation, masked_spans
from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.same_day import same_day_effects
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.matches.openfootball import Openfootball
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, windows_of

pytestmark = pytest.mark.integration

ZONE = "America/New_York"
PAIR = ("mock", "real")
"""The orders are synthetic, so their label is mock."""


@pytest.fixture(scope="module")
def weeks() -> list[MatchWeek]:
    first = MatchWeek.of_date(date(2015, 1, 6), ZONE)
    return weeks_between(first, first.shifted(50))


@pytest.fixture(scope="module")
def matches(shared_data: Path) -> pd.DataFrame:
    source = Openfootball(str(shared_data / "openfootball"), ["en.1"], seasons=["2015-16"])
    of_london = [MatchWeek.of_date(date(2015, 8, 4), "Europe/London").shifted(n) for n in range(22)]
    found = pd.concat([rows for week in of_london if len(rows := source.matches(week).rows)], ignore_index=True)
    return RawMatches.conform(found[found["kickoff_at"] < "2015-12-29"])


def orders(shared_data: Path, weeks: list[MatchWeek]) -> Panel:
    lines = pd.read_csv(shared_data / "pizzaplace" / "pizzaplace.csv")
    each = lines.drop_duplicates("id")
    at = pd.to_datetime(each["date"] + " " + each["time"]).dt.tz_localize(ZONE, ambiguous=False).dt.tz_convert("UTC")
    bins = (at.astype("int64").to_numpy() // 10 ** (9 if at.dt.unit == "ns" else 6 if at.dt.unit == "us" else 0)) // 900
    first, last = (int(edge.timestamp()) // 900 for edge in (weeks[0].starts_at, weeks[-1].ends_at))
    inside = (bins >= first) & (bins < last)
    counts = np.bincount(bins[inside] - first, minlength=last - first)[None, :].astype(np.int32)
    ends = np.array([int(week.ends_at.timestamp()) // 900 for week in weeks])
    week = np.searchsorted(ends, np.arange(first, last), side="right")
    local = pd.DatetimeIndex(pd.to_datetime(np.arange(first, last) * 900, unit="s", utc=True)).tz_convert(ZONE)
    sold = pd.Series(counts[0]).groupby(local.date).transform("sum").to_numpy() > 0
    keys = pd.Index([week.key for week in weeks], dtype="str")
    return Panel(pd.Index(["pizzeria"], dtype="str"), keys, first, week, counts, sold[None, :])


def test_no_more_is_found_than_by_chance_whichever_team_it_follows(
    shared_data: Path, weeks: list[MatchWeek], matches: pd.DataFrame, record_property: object
) -> None:
    panel = orders(shared_data, weeks)
    assert panel.counts.sum() > 20_000
    bins = panel.first_bin + np.arange(panel.counts.shape[1])
    tested = found = refused = primary_found = 0
    for team in sorted({*matches["home_team"], *matches["away_team"]}):
        markets = (Market("pizzeria", ZONE, (team,)),)
        grid = fit_expectation(panel, masked_spans(matches, markets, LENGTHS), {"pizzeria": ZONE}, ZONE)
        impact = match_impact(
            windows_of(panel.counts, markets, bins, matches, PAIR[0]), {PAIR: grid}, matches, markets, LENGTHS
        )
        shared = same_day_effects(matches, markets, grid, LENGTHS)
        results = correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, same_day={PAIR: shared}, goals={})
        tested += int((results["status"] == "ok").sum())
        refused += int((results["status"] != "ok").sum())
        found += int((results.loc[results["role"] != "primary", "q_value"] <= 0.05).sum())
        (main,) = results[results["role"] == "primary"].to_dict("records")
        print(main["pattern_description"])
        assert main["status"] == "ok", "a single market is compared with its own days"
        assert main["ci_low_pct"] < main["uplift_pct"] < main["ci_high_pct"]
        primary_found += int(main["p_value"] <= 0.05)
    record_property("tests", tested)  # type: ignore[operator]
    print(f"{tested} tests answered, {refused} refused; found: {primary_found} of 20 primary, {found} exploratory")
    assert tested >= 40
    # each team's primary hypothesis has its own five per cent: more than 4 of 20 would be rarer than 1 in 300
    assert primary_found <= 4
    assert primary_found + found <= 0.15 * tested
