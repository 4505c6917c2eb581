import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.sources.orders.file_times import read_instants
from pizza_assets.sources.orders.proposal.time_formats import is_ambiguous, time_readings
from pizza_assets_tests.support.examples import examples


def texts(*values: str) -> pd.Series:
    return pd.Series(list(values), dtype="str")


@pytest.mark.parametrize(
    ("values", "part", "words"),
    [
        (["15/08/2025 18:30", "16/08/2025 19:00"], "timestamp", "%d/%m/%Y %H:%M"),
        (["08/15/2025 6:30 PM", "08/16/2025 7:05 PM"], "timestamp", "%m/%d/%Y %I:%M %p"),
        (["15.08.25, 18:30"], "timestamp", "%d.%m.%y, %H:%M"),
        (["15.08.2025 18.30"], "timestamp", "%d.%m.%Y %H.%M"),
        (["2025-08-15T18:30:00.123456+01:00"], "timestamp", "ISO 8601"),
        (["2025-08-15 18:30"], "timestamp", "ISO 8601"),
        (["2025-08-15 6:30 PM"], "timestamp", "%Y-%m-%d %I:%M %p"),
        (["Aug 15, 2025 6:30 PM"], "timestamp", "%b %d, %Y %I:%M %p"),
        (["2015-01-01"], "date", "ISO 8601"),
        (["31/12/2015"], "date", "%d/%m/%Y"),
        (["11:38:36"], "time", "ISO 8601"),
        (["6:38 PM"], "time", "%I:%M %p"),
    ],
)
def test_a_column_of_times_is_read_as_it_is_written(values: list[str], part: str, words: str) -> None:
    best = time_readings(texts(*values))[0]
    assert (best.part, best.words, best.share) == (part, words, 1.0)


@pytest.mark.parametrize("value", ["12.50", "1001", "Leeds", "", "A-17", "3", "£12"])
def test_what_is_no_time_is_none(value: str) -> None:
    assert not time_readings(texts(value, value))


def test_day_or_month_first_is_not_guessed_where_both_fit() -> None:
    readings = time_readings(texts("01/02/2025 18:30", "03/04/2025 19:00"))
    assert is_ambiguous(readings)
    assert not is_ambiguous(time_readings(texts("01/02/2025 18:30", "13/04/2025 19:00")))


def test_a_few_impossible_days_do_not_hide_the_format() -> None:
    readings = time_readings(texts("31/02/2025 18:30", *["13/04/2025 19:00"] * 20))
    assert [reading.format for reading in readings] == ["%d/%m/%Y %H:%M"]
    assert readings[0].share == pytest.approx(20 / 21)


def test_an_offset_is_seen_only_if_every_time_has_one() -> None:
    assert time_readings(texts("2025-08-15T18:30:00Z"))[0].has_offset
    assert not time_readings(texts("2025-08-15T18:30:00Z", "2025-08-15T18:30:00"))[0].has_offset


@examples(100)
@given(
    st.lists(st.datetimes(pd.Timestamp("2000-01-01"), pd.Timestamp("2068-12-31")), min_size=1, max_size=30),
    st.sampled_from(["%d/%m/%Y %H:%M", "%m/%d/%y %I:%M %p", "%Y-%m-%dT%H:%M:%S", "%d %b %Y %H:%M:%S", "%Y%m%d %H%M"]),
)
def test_what_was_written_in_a_format_is_read_back_by_one_of_the_readings(moments: list, written_as: str) -> None:
    written = texts(*(moment.strftime(written_as) for moment in moments))
    wanted = [pd.Timestamp(pd.to_datetime(text, format=written_as), tz="UTC") for text in written]
    readings = time_readings(written)
    read_back = [
        list(read_instants({"timestamp": written}, {} if r.format is None else {"timestamp": r.format}, "UTC").at)
        == wanted
        for r in readings
    ]
    assert any(read_back)
    assert read_back[0] or is_ambiguous(readings)
