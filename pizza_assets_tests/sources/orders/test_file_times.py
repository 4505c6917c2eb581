from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pizza_assets.sources.orders.file_times import EXACT, FIRST_OF_TWO, MOVED_OUT_OF_GAP, read_instants


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


@settings(max_examples=150, deadline=None)
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
