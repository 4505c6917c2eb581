import base64
import gzip
import json

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pizza_assets.dashboards import page_payload
from pizza_assets.models.extracts import OrdersTimelineExtract
from pizza_assets_tests.dashboards.frames import AWKWARD


def unpacked(field) -> np.ndarray:
    return np.frombuffer(gzip.decompress(base64.b64decode(field["gzip"])), dtype=f"<u{field['width']}")


def decoded(column) -> list:
    return column if isinstance(column, list) else [None if code < 0 else column["of"][code] for code in column["at"]]


@settings(deadline=None, max_examples=100)
@given(st.lists(AWKWARD, max_size=5))
def test_embedded_json_cannot_leave_its_script_element(texts):
    written = page_payload.embedded_json(texts)
    assert json.loads(written) == texts
    assert written.isascii()
    assert not set("<>&") & set(written)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(st.none(), st.sampled_from(["a", "b"]), AWKWARD), max_size=12))
def test_text_columns_are_decoded_equal(values):
    frame = pd.DataFrame({"text": pd.Series(values, dtype="str")})
    assert decoded(page_payload.columns(frame, ["text"])["text"]) == values


def test_numbers_and_times_travel_as_numbers():
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


def test_the_timeline_keeps_sources_apart_and_unknown_hours_unknown():
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
    later = {
        **row,
        "hour_at": pd.Timestamp("2026-08-05T23:00Z"),
        "order_count": 0,
        "covered_minutes": 15,
        "revenue_cents": 0,
    }
    frame = OrdersTimelineExtract.conform([row, later, {**row, "order_source": "real", "order_count": 1}])
    timeline = page_payload.timeline(frame)
    assert timeline["days"] == 2
    assert decoded(timeline["series"]["order_source"]) == ["mock", "real"]
    orders, covered = (unpacked(timeline[name]).reshape(2, 48) for name in ("order_count", "covered_minutes"))
    assert orders[:, 5].tolist() == [70_000, 1]
    assert (covered[0, 5], covered[0, 47], covered[1, 47], int((covered > 0).sum())) == (60, 15, 0, 3)
    assert unpacked(timeline["revenue_cents"]).reshape(2, 2)[0].tolist() == [5_000_000_000, 0]


def test_an_empty_timeline_has_no_series():
    assert page_payload.timeline(OrdersTimelineExtract.empty()) == {"series": {}, "first_day": 0, "days": 0}
