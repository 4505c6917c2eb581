"""Quarter-hours around matches."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.dashboards.extracts import match_timeline
from pizza_assets.dashboards.extracts.match_timeline import HOURS_AFTER, HOURS_BEFORE
from pizza_assets.models import ExpectedOrders, MatchImpact
from pizza_assets.models.extracts import MatchTimelineExtract
from pizza_assets_tests.dashboards.extracts.tables import KICKOFF, SOURCES, impact_rows, types_of
from pizza_assets_tests.support.examples import examples

FIRST_BIN = KICKOFF - pd.Timedelta(hours=6)
MARKETS = ["Leeds", "Fulham"]


def expected_rows(cells: dict[tuple[str, int], tuple[int, float | None]], **labels) -> pd.DataFrame:
    """Quarter-hours by market and number from FIRST_BIN: orders and expectation."""
    return ExpectedOrders.conform(
        [
            {
                "market": market,
                "bin_at": FIRST_BIN + pd.Timedelta(minutes=15 * number),
                "week": "2026-08-04",
                "observed": observed,
                "expected": expected,
                "is_masked": False,
                "control_market_count": 3,
                "is_converged": True,
                **{**SOURCES, **labels},
            }
            for (market, number), (observed, expected) in cells.items()
        ]
    )


def stores(impact: pd.DataFrame, counts: list[int]) -> pd.DataFrame:
    keys = impact[["order_source", "match_source", "match_id", "market", "window"]]
    return keys.assign(store_count=[counts[i % len(counts)] for i in range(len(keys))])


def plain(impact: pd.DataFrame, expected: pd.DataFrame, types: pd.DataFrame, store_counts: pd.DataFrame) -> list[tuple]:
    """The same by a loop over matches, markets and quarter-hours."""
    rows = []
    for key, windows in impact.groupby(["order_source", "match_source", "match_id", "market"]):
        of_type = types[(types["match_source"] == key[1]) & (types["match_id"] == key[2])]
        if of_type.empty:
            continue
        counts = store_counts.set_index(["order_source", "match_source", "match_id", "market"]).loc[
            [key], "store_count"
        ]
        kickoff = windows["kickoff_at"].iloc[0]
        edges = [(w.window, w.window_start_at, w.window_end_at) for w in windows.itertuples()]
        for cell in expected.itertuples():
            minutes = (cell.bin_at - kickoff).total_seconds() // 60
            if (cell.order_source, cell.match_source, cell.market) != (key[0], key[1], key[3]):
                continue
            if not -60 * HOURS_BEFORE <= minutes < 60 * HOURS_AFTER:
                continue
            inside = [name for name, start, end in edges if start <= cell.bin_at < end]
            before = cell.bin_at < min(start for _, start, _ in edges)
            period = inside[0] if inside else "earlier" if before else "later"
            rows.append((*key, cell.bin_at, minutes, period, cell.observed, cell.expected, int(counts.max())))
    return rows


CELL = st.tuples(st.integers(0, 9), st.one_of(st.none(), st.floats(0, 20)))
MATCH = st.tuples(st.sampled_from(MARKETS), st.integers(-90, 300), st.booleans())


@examples(100)
@given(
    st.dictionaries(st.tuples(st.sampled_from(MARKETS), st.integers(0, 60)), CELL, max_size=60),
    st.lists(MATCH, min_size=1, max_size=3),
    st.lists(st.integers(0, 5), min_size=1, max_size=4),
)
def test_the_timeline_equals_a_plain_loop(cells, matches, counts):
    rows = [
        row
        for number, (market, minutes, _) in enumerate(matches)
        for row in impact_rows(f"m{number}", market, KICKOFF + pd.Timedelta(minutes=minutes))
    ]
    impact = MatchImpact.conform(rows)
    types = types_of(*(f"m{number}" for number, (_, _, is_known) in enumerate(matches) if is_known))
    expected = expected_rows(cells) if cells else ExpectedOrders.empty()
    found = match_timeline(impact, expected, types, stores(impact, counts))
    MatchTimelineExtract.validate(found, lazy=True)
    columns = ["order_source", "match_source", "match_id", "market", "bin_at", "minutes_from_kickoff", "period"]
    seen = found[[*columns, "order_count", "expected_orders", "store_count"]]
    loop = pd.DataFrame(plain(impact, expected, types, stores(impact, counts)), columns=list(seen))
    together = [frame.sort_values(columns[:5], ignore_index=True) for frame in (seen, loop)]
    pd.testing.assert_frame_equal(*together, check_dtype=False)


def test_a_quarter_hour_belongs_to_the_window_in_which_it_begins():
    impact = MatchImpact.conform(impact_rows())
    expected = expected_rows({("Leeds", number): (1, 1.0) for number in range(60)})
    found = match_timeline(impact, expected, types_of("m1"), stores(impact, [3, 5, 4]))
    assert found["minutes_from_kickoff"].tolist() == list(range(-180, 300, 15))
    periods = found.groupby("period")["minutes_from_kickoff"].agg(["min", "max"])
    assert periods.loc["earlier"].tolist() == [-180, -135]
    assert periods.loc["pre"].tolist() == [-120, -15]
    assert periods.loc["during"].tolist() == [0, 105]  # the whistle goes at 115
    assert periods.loc["post"].tolist() == [120, 225]
    assert periods.loc["later"].tolist() == [240, 285]
    assert set(found["store_count"]) == {5}


# Property 9
def test_orders_of_another_source_do_not_enter():
    impact = MatchImpact.conform(impact_rows())
    others = expected_rows({("Leeds", 24): (9, 9.0)}, order_source="mock", data_source="mock")
    expected = pd.concat([expected_rows({("Leeds", 24): (1, 1.0)}), others], ignore_index=True)
    found = match_timeline(impact, expected, types_of("m1"), stores(impact, [1]))
    assert found["order_count"].tolist() == [1]
    assert found["data_source"].tolist() == ["mixed"]


def test_no_rows_give_an_empty_extract():
    nothing = pd.DataFrame({"match_source": [], "match_id": [], "match_type": []})
    assert match_timeline(MatchImpact.empty(), ExpectedOrders.empty(), nothing, pd.DataFrame()).empty
