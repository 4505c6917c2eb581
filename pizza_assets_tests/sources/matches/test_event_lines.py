"""A file of goals and cards, line by line."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import BadFile
from pizza_assets.sources.matches.event_lines import EventLine, read_event_lines
from pizza_assets_tests.support.examples import examples

EARLIEST, LATEST = date(2014, 12, 30), date(2026, 11, 24)
HEADER = "date,home_team,away_team,minute,side,event_type,player"
GOOD = "2015-08-08,Arsenal FC,West Ham United,17,home,goal,Özil"


def lines_of(*rows: str, header: str = HEADER) -> list[EventLine]:
    return read_event_lines("\n".join([header, *rows]).encode(), "goals.csv", EARLIEST, LATEST)


def test_a_line_becomes_an_event_under_canonical_names() -> None:
    (line,) = lines_of(GOOD)
    assert (line.number, line.day, line.teams, line.problem) == (
        2,
        date(2015, 8, 8),
        ("Arsenal", "West Ham United"),
        None,
    )
    assert line.event == {
        "event_type": "goal",
        "minute": 17,
        "stoppage_minute": None,
        "benefiting_side": "home",
        "player": "Özil",
    }


def test_columns_may_stand_in_any_order_with_others_between_and_a_byte_order_mark() -> None:
    body = (
        "\ufeffevent_type, team ,note,note,minute,away_team,date,home_team\r\n"
        'RED_CARD,West Ham,"x, y",,45+2,West Ham,2015-08-08,Arsenal\r\n'
    )
    (line,) = read_event_lines(body.encode(), "goals.csv", EARLIEST, LATEST)
    assert line.problem is None
    assert (line.event["minute"], line.event["stoppage_minute"]) == (45, 2)
    assert (line.event["benefiting_side"], line.event["event_type"], line.event["player"]) == ("away", "red_card", None)


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"date": "2015-02-30"}, "date", "not a date"),
        ({"date": "08/08/2015"}, "date", "2015-08-08"),
        ({"date": "20150808"}, "date", "not a date"),
        ({"date": "2015-W32-6"}, "date", "not a date"),
        ({"date": "2091-08-08"}, "date", "and today"),
        ({"date": "2014-12-29"}, "date", "first match week"),
        ({"date": ""}, "date", "not a date"),
        ({"home_team": " "}, "home_team", "empty"),
        ({"away_team": ""}, "away_team", "empty"),
        ({"minute": "NaN"}, "minute", "45+2"),
        ({"minute": ""}, "minute", "not a minute"),
        ({"minute": "131"}, "minute", "a match has no minute"),
        ({"minute": "90+61"}, "minute", "a match has no minute"),
        ({"event_type": "Goal!"}, "event_type", "not an event type; choose goal, penalty_goal"),
        ({"side": "Arsenal"}, "side", "neither home nor away"),
        ({"player": "x" * 201}, "player", "longer"),
    ],
)
def test_a_line_that_can_t_be_used_says_where_and_why(changes: dict[str, str], column: str, words: str) -> None:
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | changes
    _, line = lines_of(GOOD, ",".join(cells.values()))
    assert line.number == 3
    assert line.problem is not None
    assert line.problem.column == column
    assert line.problem.value == cells[column].strip()[:200]
    assert words in line.problem.reason


def test_the_team_that_benefits_must_play() -> None:
    of_chelsea = GOOD.replace("home", "Chelsea")
    against_itself = GOOD.replace("home,goal", "Arsenal,goal").replace("West Ham United", "Arsenal")
    chelsea, both = lines_of(of_chelsea, against_itself, header=HEADER.replace("side", "team"))
    for line in (chelsea, both):
        assert line.problem is not None
        assert line.problem.column == "team"


def test_ragged_lines_are_refused_and_blank_ones_are_none() -> None:
    found = lines_of(GOOD, "", "2015-08-08,Arsenal", ",,,,,,", GOOD + ",more")
    assert [line.number for line in found] == [2, 4, 6]
    assert [line.problem.reason if line.problem else None for line in found] == [
        None,
        "the line has 2 columns, the header 7",
        "the line has 8 columns, the header 7",
    ]


def test_numbers_count_the_lines_of_the_file_through_quoted_line_breaks() -> None:
    found = lines_of(GOOD.replace("Özil", '"Mesut\nÖzil"'), GOOD.replace("17", "x"))
    assert [line.number for line in found] == [2, 4]


def test_the_same_line_again_is_repeated_however_it_is_written() -> None:
    found = lines_of(GOOD, GOOD.replace("Arsenal FC", "Arsenal").replace("17", "17'"), GOOD.replace("17", "18"))
    assert [line.is_repeated for line in found] == [False, True, False]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "0 bytes"),
        (b"PK\x03\x04\x00\x00", "binary"),
        ("date".encode("utf-16"), "binary or UTF-16"),
        (b"date,home_team\xff", "not readable as UTF-8"),
        (b"\n\n", "column date is missing; the file has none"),
        (HEADER.replace(",", ";").encode(), "separate them by commas"),
        (HEADER.replace("minute", "min").encode(), "column minute is missing; the file has 'date'"),
        (HEADER.replace("side", "who").encode(), "column side or team is missing"),
        (HEADER.replace("side", "minute").encode(), "side or team is missing"),
        (HEADER.replace("player", "minute").encode(), "column minute appears 2 times"),
        (HEADER.replace("player", "team").encode(), "both columns side and team"),
        (f'{HEADER}\n{GOOD}\n"2015'.encode(), "line 3 is not valid CSV"),
        (
            f"{HEADER}\n{GOOD.replace('2015-08-08', '08.08.2015')}".encode(),
            "no line has a usable date (line 2",
        ),
    ],
)
def test_a_file_that_is_none_names_itself_and_the_remedy(body: bytes, words: str) -> None:
    with pytest.raises(BadFile) as refusal:
        read_event_lines(body, "goals.csv", EARLIEST, LATEST)
    assert str(refusal.value).startswith("goals.csv: ")
    assert words in str(refusal.value)


def test_a_header_alone_is_a_file_without_events() -> None:
    assert lines_of() == []


_CELL = st.one_of(
    st.sampled_from(["2015-08-08", "Arsenal", "home", "goal", "45+2", "", " ", '"', "a\nb", "NaN"]),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6),
)


@examples(150)
@given(st.lists(st.lists(_CELL, max_size=9), max_size=12))
def test_whatever_is_in_the_cells_every_line_is_told_of(rows: list[list[Any]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([HEADER.split(","), GOOD.split(","), *rows])
    found = read_event_lines(text.getvalue().encode(), "goals.csv", EARLIEST, LATEST)
    assert len(found) == 1 + sum(any(cell.strip() for cell in row) for row in rows)
    assert [line.number for line in found] == sorted({line.number for line in found})
    assert all(bool(line.event) != bool(line.problem) for line in found)


@examples(150)
@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: f"{HEADER}\n{GOOD}\n".encode() + tail))
def test_whatever_the_bytes_they_are_lines_or_a_bad_file(body: bytes) -> None:
    try:
        found = read_event_lines(body, "goals.csv", EARLIEST, LATEST)
    except BadFile:
        return
    assert all(bool(line.event) != bool(line.problem) for line in found)
