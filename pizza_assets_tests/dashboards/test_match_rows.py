"""What the page derives of matches in markets (`derive` in data.js) is what the extract has, as far as it is shown."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.dashboards import match_rows
from pizza_assets.models.extracts import CorrelationsExtract, MatchesExtract, MatchImpactExtract
from pizza_assets_tests.dashboards.sample import Sample, sample_page_data


@pytest.fixture(scope="module")
def sample() -> tuple[pd.DataFrame, pd.DataFrame]:
    data = sample_page_data(Sample(weeks=8, markets=6, order_sources=("mock", "real"), match_sources=("real",)))
    return data.rows(MatchImpactExtract), data.rows(MatchesExtract)


def test_changes_can_be_derived_as_closely_as_they_are_shown(sample):
    impact, matches = sample
    rows = match_rows.embedded(impact, matches)
    is_known = (impact["status"] == "ok").to_numpy()
    observed, expected, hours = (np.array(rows[name], dtype=float) for name in ("observed", "expected", "store_hours"))
    extra = observed - expected
    revenue = extra * np.array(rows["revenue_cents"], dtype=float) / observed
    shown = {
        "uplift_pct": (100 * (observed / expected - 1), 0.05),
        "extra_orders": (extra, 0.005),
        "extra_orders_per_store_hour": (extra / hours, 0.005),
        "extra_revenue_cents": (revenue, 5),
        "extra_revenue_per_store_hour_cents": (revenue / hours, 2),
    }
    assert is_known.any()
    assert not is_known.all()
    for name, (derived, closely) in shown.items():
        assert np.abs(derived - impact[name].to_numpy("float64"))[is_known].max() < closely, name


def test_a_row_has_its_match_by_position(sample):
    impact, matches = sample
    ids = matches["match_id"].to_numpy()
    assert [ids[position] for position in match_rows.embedded(impact, matches)["match"]] == impact["match_id"].tolist()


def test_a_match_that_the_page_lacks_is_named(sample):
    impact, matches = sample
    missing = impact["match_id"].iloc[0]
    with pytest.raises(ValueError, match=missing):
        match_rows.embedded(impact, matches[matches["match_id"] != missing])


def test_a_match_that_no_market_follows_has_no_local_date(sample):
    impact, matches = sample
    followed = matches["match_id"].iloc[0]
    table = match_rows.with_local_date(matches, impact[impact["match_id"] == followed])
    dates = table["local_date"]
    values = dates if isinstance(dates, list) else [None if at < 0 else dates["of"][at] for at in dates["at"]]
    assert values[0] == impact.loc[impact["match_id"] == followed, "kickoff_date"].iloc[0]
    assert set(values[1:]) == {None}


def test_pairs_of_sources_are_those_that_occur(sample):
    impact, _ = sample
    assert match_rows.source_pairs(impact, CorrelationsExtract.empty()) == ["mock/real", "real/real"]
    assert match_rows.source_pairs(MatchImpactExtract.empty(), CorrelationsExtract.empty()) == []
