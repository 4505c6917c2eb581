import base64
import gzip
import json

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.dashboards import match_rows, page_payload
from pizza_assets.models.extracts import MatchesExtract, MatchImpactExtract, MatchTimelineExtract, OrdersTimelineExtract
from pizza_assets.models.merged import QuarterHours
from pizza_assets_tests.dashboards.frames import AWKWARD
from pizza_assets_tests.dashboards.sample import Sample, sample_page_data
from pizza_assets_tests.support.examples import examples

KICKOFF = pd.Timestamp("2026-08-08T14:00Z")


def unpacked(field) -> np.ndarray:
    return np.frombuffer(gzip.decompress(base64.b64decode(field["gzip"])), dtype=f"<u{field['width']}")


def decoded(column) -> list:
    return column if isinstance(column, list) else [None if code < 0 else column["of"][code] for code in column["at"]]


@examples(100)
@given(st.lists(AWKWARD, max_size=5))
def test_embedded_json_cannot_leave_its_script_element(texts):
    written = page_payload.embedded_json(texts)
    assert json.loads(written) == texts
    assert written.isascii()
    assert not set("<>&") & set(written)


@examples(100)
@given(st.lists(st.one_of(st.none(), st.sampled_from(["a", "b"]), AWKWARD), max_size=12))
def test_text_columns_are_decoded_equal(values):
    frame = pd.DataFrame({"text": pd.Series(values, dtype="str")})
    assert decoded(page_payload.columns(frame, ["text"])["text"]) == values


def test_numbers_and_times_are_embedded_as_numbers():
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2026-08-04T05:00Z"]),
            "share": [1 / 3],
            "missing": [float("nan")],
            "goals": pd.array([pd.NA], dtype="Int64"),
            "is_final": [True],
        }
    )
    assert page_payload.columns(frame, list(frame)) == {
        "at": [1_785_819_600],
        "share": [0.3333],
        "missing": [None],
        "goals": [None],
        "is_final": [True],
    }


def test_days_are_summed_by_source_and_unknown_days_stay_unknown():
    row = {
        "hour_at": pd.Timestamp("2026-08-04T05:00Z"),
        "market": "Leeds",
        "chain": "Domino's",
        "currency": "GBP",
        "order_count": 70_000,
        "revenue_cents": 5_000_000_000,
        "pizza_count": 9,
        "covered_minutes": 60,
        "order_source": "mock",
    }
    same_day = {**row, "hour_at": pd.Timestamp("2026-08-04T23:00Z"), "order_count": 1, "covered_minutes": 15}
    later = {**row, "hour_at": pd.Timestamp("2026-08-06T23:00Z"), "order_count": 0, "revenue_cents": 0}
    frame = OrdersTimelineExtract.conform([row, same_day, later, {**row, "order_source": "real", "order_count": 1}])
    daily = page_payload.daily(frame)
    assert daily["days"] == 3
    assert decoded(daily["series"]["order_source"]) == ["mock", "real"]
    orders, covered, revenue = (
        unpacked(daily[name]).reshape(2, 3).tolist() for name in ("order_count", "covered_minutes", "revenue_cents")
    )
    assert orders == [[70_001, 0, 0], [1, 0, 0]]
    assert covered == [[75, 0, 60], [60, 0, 0]]
    assert revenue == [[10_000_000_000, 0, 0], [5_000_000_000, 0, 0]]


def test_no_orders_have_no_series():
    assert page_payload.daily(OrdersTimelineExtract.empty()) == {"series": {}, "first_day": 0, "days": 0}
    assert page_payload.quarter_hourly(QuarterHours.empty()) == {
        "series": {}, "first_bin": 0, "bins": 0, "before": False,
    }  # fmt: skip
    assert page_payload.expected(MatchTimelineExtract.empty(), pd.Series(dtype="str")) == {
        "groups": page_payload.compressed_json({})
    }


_QUARTER = st.tuples(st.sampled_from(["real", "mock"]), st.sampled_from(["Leeds", "Fulham"]), st.integers(0, 40))


# Property 11: what was packed is unpacked equal; Property 9: sources stay apart
@examples(100)
@given(st.dictionaries(_QUARTER, st.integers(0, 70_000), min_size=1, max_size=30))
def test_quarter_hours_come_back_and_no_row_is_unknown_not_zero(cells):
    rows = [
        {
            "order_source": source,
            "market": market,
            "chain": "Domino's",
            "bin_at": KICKOFF + pd.Timedelta(minutes=15 * bin_number),
            "order_count": orders,
        }
        for (source, market, bin_number), orders in cells.items()
    ]
    packed = page_payload.quarter_hourly(pd.DataFrame(rows))
    counts = unpacked(packed["counts"]).reshape(-1, packed["bins"]).astype("int64")
    names = zip(decoded(packed["series"]["order_source"]), decoded(packed["series"]["market"]), strict=True)
    first = packed["first_bin"] - int(KICKOFF.timestamp()) // 900
    back = {
        (*name, first + place): int(count) - 1
        for name, row in zip(names, counts, strict=True)
        for place, count in enumerate(row)
        if count
    }
    assert back == cells


def test_of_too_many_quarter_hours_the_newest_whole_weeks_are_kept():
    data = sample_page_data(Sample(weeks=8, markets=4))
    whole = page_payload.quarter_hourly(data.quarter_hours)
    cut = page_payload.quarter_hourly(data.quarter_hours, most=8 * 672 * 3 + 100)
    assert (whole["before"], whole["bins"], cut["before"], cut["bins"]) == (False, 8 * 672, True, 3 * 672)
    assert cut["first_bin"] == whole["first_bin"] + 5 * 672
    kept = unpacked(whole["counts"]).reshape(8, -1)[:, 5 * 672 :]
    assert np.array_equal(unpacked(cut["counts"]).reshape(8, -1), kept)
    assert page_payload.quarter_hourly(data.quarter_hours, most=1)["bins"] == 672


def test_orders_around_matches_come_back_where_quarter_hours_are_left_out():
    rows = sample_page_data(Sample(weeks=8, markets=4)).extracts["dashboard_match_timeline"]
    ids = rows["match_id"].drop_duplicates()
    assert "observed" not in page_payload.expected(rows, ids)
    observed = unpacked(
        page_payload.expected(rows, rows["match_id"].drop_duplicates(), has_counts=True)["observed"]
    ).astype("int64")
    assert (observed > 0).sum() == rows["order_count"].notna().sum()
    assert (observed[observed > 0] - 1).sum() == rows["order_count"].sum()


def test_rounding_keeps_the_side_of_zero():
    frame = pd.DataFrame({"uplift_pct": [0.04, -0.04, 0.0, 12.26, float("nan")]})
    answer = page_payload.columns(frame, ["uplift_pct"], {"uplift_pct": 1})
    assert answer == {"uplift_pct": [0.1, -0.1, 0, 12.3, None]}


def test_ends_of_the_intervals_of_matches_keep_their_side_of_zero():
    """They have one decimal; the page colours a change by the side on which they are."""
    data = sample_page_data(Sample(weeks=1, markets=4))
    impact = data.rows(MatchImpactExtract).head(5).reset_index(drop=True)
    ends = {"ci_low_pct": [0.04, -0.04, 0.0, 12.26, np.nan], "ci_high_pct": [0.01, 0.06, -0.001, 99.94, np.nan]}
    rows = match_rows.embedded(impact.assign(**ends), data.rows(MatchesExtract))
    assert rows["ci_low_pct"] == [0.1, -0.1, 0, 12.3, None]
    assert rows["ci_high_pct"] == [0.1, 0.1, -0.1, 99.9, None]


def test_the_usual_level_of_each_match_and_market_keeps_its_gaps():
    data = sample_page_data(Sample(weeks=8, markets=4))
    whole = data.extracts["dashboard_match_timeline"]
    rows = whole.drop(index=whole.index[[1, 40]]).reset_index(drop=True)
    answer = page_payload.expected(rows, rows["match_id"].drop_duplicates())
    values = unpacked(answer["values"])
    groups = json.loads(gzip.decompress(base64.b64decode(answer["groups"])))
    lengths = np.array(groups["bins"])
    assert lengths.sum() == len(values)
    assert len(lengths) == len(rows.drop_duplicates(["order_source", "match_source", "match_id", "market"]))
    known = rows["expected_orders"].notna()
    assert (values > 0).sum() == known.sum()
    assert np.isclose((values[values > 0].astype(float) - 1).sum() / 10, rows["expected_orders"].sum(), rtol=0.01)


def test_compressed_json_is_equal_for_equal_values():
    value = {"b": [1, None, "</script>"]}
    text = page_payload.compressed_json(value)
    assert text == page_payload.compressed_json(value)
    assert json.loads(gzip.decompress(base64.b64decode(text))) == value


def test_times_may_be_missing():
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-08-04T05:00Z", None])})
    assert page_payload.columns(frame, ["at"]) == {"at": [1_785_819_600, None]}
