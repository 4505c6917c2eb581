from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.sources.orders.file_times import EXACT, FIRST_OF_TWO, MOVED_OUT_OF_GAP, read_instants
from pizza_assets_tests.support.examples import examples


def at(text: str, zone: str | None = None, **formats: str) -> tuple[object, bool, int]:
    instants = read_instants({"timestamp": pd.Series([text], dtype="str")}, formats, zone)
    return instants.at.iloc[0], bool(instants.is_naive.iloc[0]), int(instants.dst_note[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-08-15T19:00:00Z", "2025-08-15 19:00"),
        ("2025-08-15 19:00:00.250000+02:00", "2025-08-15 17:00:00.25"),
        ("2025-08-15 19:00:00.250000-0500", "2025-08-16 00:00:00.25"),
        ("2025-08-15T19:00 +01", "2025-08-15 18:00"),
    ],
)
def test_an_offset_is_taken_as_it_is(text: str, expected: str) -> None:
    assert at(text, "Asia/Kolkata") == (pd.Timestamp(expected, tz="UTC"), False, EXACT)


@pytest.mark.parametrize(
    "text", ["2025-02-30 10:00", "15/08/2025 19:00", "2025", "2025-08-15", "19:00", "", "2025-08-15 24:00", "noon"]
)
def test_what_is_no_iso_time_is_missing(text: str) -> None:
    assert pd.isna(at(text, "Europe/London")[0])


def test_day_and_month_follow_the_format_only() -> None:
    assert at("03/08/2025 19:00", "UTC", timestamp="%d/%m/%Y %H:%M")[0] == pd.Timestamp("2025-08-03 19:00", tz="UTC")
    assert at("03/08/2025 19:00", "UTC", timestamp="%m/%d/%Y %H:%M")[0] == pd.Timestamp("2025-03-08 19:00", tz="UTC")
    assert at("03/08/2025 19:00 +0200", None, timestamp="%d/%m/%Y %H:%M %z")[0] == pd.Timestamp(
        "2025-08-03 17:00", tz="UTC"
    )


def test_the_gap_moves_forward_and_the_fold_is_the_first() -> None:
    assert at("2025-03-30 01:30", "Europe/London") == (
        pd.Timestamp("2025-03-30 01:30", tz="UTC"),
        True,
        MOVED_OUT_OF_GAP,
    )
    assert at("2025-10-26 01:30", "Europe/London") == (pd.Timestamp("2025-10-26 00:30", tz="UTC"), True, FIRST_OF_TWO)
    # Lord Howe moves by half an hour
    assert at("2025-10-05 02:15", "Australia/Lord_Howe")[0] == pd.Timestamp("2025-10-04 15:45", tz="UTC")


def test_naive_without_zone_is_told_apart_from_unreadable() -> None:
    moment, is_naive, _ = at("2025-08-15 19:00")
    assert pd.isna(moment)
    assert is_naive
    moment, is_naive, _ = at("rubbish")
    assert pd.isna(moment)
    assert not is_naive


def test_zone_per_row_and_unknown_zones() -> None:
    texts = {
        "date": pd.Series(["2025-08-15"] * 3, dtype="str"),
        "time": pd.Series(["19:00", "19:00:30.5", "19:00"], dtype="str"),
    }
    read = read_instants(texts, {}, pd.Series(["Europe/London", "America/New_York", "Mars/Base"], dtype="str"))
    assert list(read.at[:2]) == [
        pd.Timestamp("2025-08-15 18:00", tz="UTC"),
        pd.Timestamp("2025-08-15 23:00:30.5", tz="UTC"),
    ]
    assert pd.isna(read.at[2])


def test_formats_of_date_and_time() -> None:
    texts = {"date": pd.Series(["15.08.25"], dtype="str"), "time": pd.Series(["07:05 PM"], dtype="str")}
    read = read_instants(texts, {"date": "%d.%m.%y", "time": "%I:%M %p"}, "UTC")
    assert read.at[0] == pd.Timestamp("2025-08-15 19:05", tz="UTC")


@examples(150)
@given(
    st.lists(st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)), min_size=1, max_size=20),
    st.sampled_from(
        [
            "Europe/London",
            "America/New_York",
            "Australia/Lord_Howe",
            "Europe/Dublin",
            "Asia/Kolkata",
            "America/Santiago",
        ]
    ),
)
def test_every_naive_time_is_what_the_standard_library_says(walls: list[datetime], zone: str) -> None:
    # Property 6: a wall clock time means the same instant everywhere, PEP 495's first reading
    changes = [
        datetime(2025, 3, 30, 1, 30),
        datetime(2025, 10, 26, 1, 30),
        datetime(2025, 11, 2, 1, 5),
        datetime(2025, 10, 5, 2, 10),
    ]
    walls = walls + changes
    texts = pd.Series([wall.isoformat(sep=" ") for wall in walls], dtype="str")
    texts = texts.where(texts.str.len() > 16, texts + ":00")
    read = read_instants({"timestamp": texts}, {}, zone)
    expected = [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for wall in walls]
    assert [moment.to_pydatetime() for moment in read.at] == expected
    kept = [e.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == w for e, w in zip(expected, walls, strict=True)]
    assert list(read.dst_note == MOVED_OUT_OF_GAP) == [not k for k in kept]
    later = [(e + timedelta(hours=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for e in expected]
    half = [(e + timedelta(minutes=30)).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for e in expected]
    repeats = [w in (a, b) for w, a, b in zip(walls, later, half, strict=True)]
    assert list(read.dst_note == FIRST_OF_TWO) == [r and k for r, k in zip(repeats, kept, strict=True)]


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-01T10:00:00Z", "2024-01-01T10:00:00.5+01:00"],
        ["2024-01-01 10:00", "2024-03-31 01:30:00.123456"],
        ["2024-01-01T10:00+01", "2024-01-01T10:00+0130", "2024-01-01T10:00-00:00"],
        ["0001-01-01T10:00Z", "9999-12-31T23:59Z"],
    ],
)
def test_a_column_written_alike_is_read_as_line_by_line(texts: list[str]) -> None:
    assert_read_as_with_an_odd_line(texts)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01 10:00 Z",
        "2024-01-01T10:00:00.1234567Z",
        "2024-13-01T10:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T10:00:60Z",
        "2024-01-01T10:00+9930",
        "2023-02-29T10:00Z",
    ],
)
def test_what_arrow_does_not_read_is_read_or_refused_as_ever(text: str) -> None:
    assert_read_as_with_an_odd_line(["2024-01-01T10:00:00Z", text])


def assert_read_as_with_an_odd_line(texts: list[str]) -> None:
    """A line that is no time keeps the column from being read at once."""
    alone, mixed = (
        read_instants({"timestamp": pd.Series(column, dtype="str")}, {}, "Europe/London")
        for column in (texts, [*texts, "noon"])
    )
    pd.testing.assert_series_equal(alone.at, mixed.at[:-1])
    pd.testing.assert_series_equal(alone.is_naive, mixed.is_naive[:-1])
    assert alone.dst_note.tolist() == mixed.dst_note[:-1].tolist()


@pytest.mark.parametrize(
    "time_format", [None, "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S%z", "epoch_seconds", "excel_serial"]
)
def test_a_part_of_a_file_without_lines_has_no_times(time_format: str | None) -> None:
    """As a filter leaves it that drops every line: an Arrow array of no chunk at all."""
    no_lines = pd.Series(["2025-08-15 19:00"] * 2, dtype="str")[[False, False]]
    formats = {} if time_format is None else {"timestamp": time_format}
    instants = read_instants({"timestamp": no_lines}, formats, "Europe/London")
    assert len(instants.at) == 0
    assert instants.at.dtype == "datetime64[us, UTC]"
