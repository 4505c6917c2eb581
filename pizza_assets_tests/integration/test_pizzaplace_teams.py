"""A year of a pizzeria (synthetic, American), exposed to one Premier League team at a time: nothing should be found."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.baseline import fit_expectation, masked_spans
from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.shared_matches import shared_match_answers
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


def test_nothing_is_found_whichever_team_it_follows(
    shared_data: Path, weeks: list[MatchWeek], matches: pd.DataFrame, record_property: object
) -> None:
    panel = orders(shared_data, weeks)
    assert panel.counts.sum() > 20_000
    bins = panel.first_bin + np.arange(panel.counts.shape[1])
    tested = found = refused = 0
    for team in sorted({*matches["home_team"], *matches["away_team"]}):
        markets = (Market("pizzeria", ZONE, (team,)),)
        grid = fit_expectation(panel, masked_spans(matches, markets, LENGTHS), {"pizzeria": ZONE}, ZONE)
        impact = match_impact(
            windows_of(panel.counts, markets, bins, matches, PAIR[0]), {PAIR: grid}, matches, markets, LENGTHS
        )
        shared = shared_match_answers(matches, markets, grid, LENGTHS)
        results = correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, shared={PAIR: shared})
        tested += int((results["status"] == "ok").sum())
        refused += int((results["status"] != "ok").sum())
        found += int((results["q_value"] <= 0.05).sum())
        main = results[results["role"] == "primary"]
        assert main["reasons"].str.contains("no_control_market").all(), "a single market has nobody to compare with"
    record_property("tests", tested)  # type: ignore[operator]
    print(f"{tested} tests answered, {refused} refused, {found} found at q <= 0.05")
    assert tested >= 20
    assert found == 0
