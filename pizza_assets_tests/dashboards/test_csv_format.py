import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.dashboards.csv_format import read_csv, to_csv
from pizza_assets.models.extracts import (
    EXTRACTS,
    DataQualityExtract,
    InsightsExtract,
    MatchesExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.table import Table
from pizza_assets_tests.dashboards.frames import frames
from pizza_assets_tests.support.examples import examples

FORMULA_SIGNS = tuple("=+-@＝＋－＠")
CONTROLS = ("\t", "\r", "\n")


def runs_as_formula(cell: str) -> bool:
    """Spreadsheets skip leading blanks, some read full-width signs like plain ones."""
    return cell.startswith(CONTROLS) or cell.lstrip().startswith(FORMULA_SIGNS)


def quality(**changes):
    fact = {
        "week": "2026-08-04",
        "week_starts_at": pd.Timestamp("2026-08-04 05:00", tz="UTC"),
        "dataset": "orders",
        "data_source": "real",
        "source_name": "files",
        "row_count": 3,
        "rejected_count": 0,
        "is_partial": False,
        "failed_check_count": 0,
        "reason": None,
    }
    return DataQualityExtract.conform([{**fact, **changes}])


def a_row(model: type[Table], **columns: object) -> pd.DataFrame:
    """One row with these values; other columns are null if nullable, else 0 or a time."""
    usual = {
        c.name: None if c.nullable else pd.Timestamp(0, tz="UTC") if "datetime" in c.dtype else 0
        for c in model.columns()
    }
    return model.conform([{**usual, **columns}])


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def any_extract(max_rows: int) -> st.SearchStrategy[tuple[type[Table], pd.DataFrame]]:
    """The model of an extract, and rows of it."""
    return st.sampled_from(EXTRACTS).flatmap(lambda model: st.tuples(st.just(model), frames(model, max_rows=max_rows)))


def test_there_are_fourteen_extracts():
    assert len(EXTRACTS) == 14
    assert len({model.table_name() for model in EXTRACTS}) == 14


# Property 11: what was written is read back equal
@examples(200)
@given(any_extract(max_rows=3))
def test_any_extract_is_read_back_equal(case):
    model, frame = case
    content = to_csv(frame, model)
    pd.testing.assert_frame_equal(read_csv(content, model), frame)
    assert content == to_csv(frame.copy(), model)


# Property 18: awkward text never becomes a formula, numbers stay numbers
@examples(200)
@given(any_extract(max_rows=3))
def test_no_text_cell_of_any_extract_runs_as_a_formula_and_numbers_are_untouched(case):
    model, frame = case
    header, *rows = cells(to_csv(frame, model))
    assert header == model.column_names()
    for row, original in zip(rows, frame.to_dict("records"), strict=True):
        for column, cell in zip(model.columns(), row, strict=True):
            value = original[column.name]
            if column.dtype.startswith("str"):
                assert not runs_as_formula(cell)
            elif column.dtype.lower() == "int64":
                assert cell == ("" if pd.isna(value) else str(value))
            elif column.dtype == "float64":
                assert (cell == "") == pd.isna(value)
                assert cell == "" or float(cell) == value


BLANKS = (
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\v",
    "\f",
    "\x1c",
    "\x85",
    "\xa0",
    "\u2003",
    "\u2028",
    "\u3000",
    " \n ",
    "\ufeff",
    "\u200b",
)


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
@pytest.mark.parametrize("blanks", BLANKS)
def test_signs_behind_blanks_and_full_width_signs_are_neutralised(blanks: str, sign: str):
    for text in (f"{blanks}{sign}1+1", f"'{blanks}{sign}1+1", f"''{blanks}{sign}1+1", f"{blanks}'{sign}1+1"):
        content = to_csv(quality(reason=text), DataQualityExtract)
        assert read_csv(content, DataQualityExtract)["reason"].tolist() == [text]
        if not text.lstrip("".join(BLANKS)).startswith("'") or text.startswith("'"):
            assert cells(content)[1][-1] == f"'{text}"


# Property 11, on text made of nothing but trouble
@examples(200)
@given(st.text(st.sampled_from("'=+-@＝＋－＠ \t\n\r\u3000\xa0\ufeffa"), min_size=1, max_size=6))
def test_text_of_formula_signs_and_blanks_is_read_back_equal(text: str):
    content = to_csv(quality(reason=text), DataQualityExtract)
    assert read_csv(content, DataQualityExtract)["reason"].tolist() == [text]
    assert not runs_as_formula(cells(content)[1][-1])


def test_harmless_text_is_left_alone():
    for text in ("a=b", " a -b", "'tis", "\u3000全角"):
        assert cells(to_csv(quality(reason=text), DataQualityExtract))[1][-1] == text


def test_negative_numbers_stay_numbers_while_text_is_neutralised():
    insights = a_row(InsightsExtract, uplift_pct=-3.25, headline="-3.25 % it was")
    header, row = cells(to_csv(insights, InsightsExtract))
    named = dict(zip(header, row, strict=True))
    assert (named["uplift_pct"], named["headline"]) == ("-3.25", "'-3.25 % it was")


def test_format_of_each_type():
    hour = pd.Timestamp("2025-08-05 05:00", tz="UTC")
    names = {"market": "Birmingham", "chain": "Domino's", "currency": "GBP", "order_source": "mock"}
    lines = to_csv(a_row(OrdersTimelineExtract, hour_at=hour, covered_minutes=60, **names), OrdersTimelineExtract)
    head, line = lines.decode().splitlines()
    assert head == ",".join(OrdersTimelineExtract.column_names())
    assert line == '"2025-08-05T05:00:00Z","Birmingham","Domino\'s","GBP",0,0,0,60,"mock"'
    header, row = cells(to_csv(a_row(MatchesExtract, away_goals=2, kickoff_is_fixed=True), MatchesExtract))
    named = dict(zip(header, row, strict=True))
    assert (named["home_goals"], named["away_goals"], named["kickoff_is_fixed"]) == ("", "2", "true")


def test_no_byte_order_mark_and_a_header_without_rows():
    assert to_csv(DataQualityExtract.empty(), DataQualityExtract) == (
        b"week,week_starts_at,dataset,data_source,source_name,row_count,rejected_count,is_partial,failed_check_count,"
        b"reason\n"
    )


def test_newlines_stay_inside_their_cell():
    assert (
        cells(to_csv(quality(reason='first\nsecond, "third"'), DataQualityExtract))[1][-1] == 'first\nsecond, "third"'
    )


def test_null_and_empty_text_are_distinguished():
    assert to_csv(quality(reason=None), DataQualityExtract).endswith(b",3,0,false,0,\n")
    assert to_csv(quality(reason=""), DataQualityExtract).endswith(b',3,0,false,0,""\n')


def test_an_infinite_number_is_refused_by_column():
    insights = a_row(InsightsExtract, uplift_pct=float("inf"))
    with pytest.raises(ValueError, match="uplift_pct"):
        to_csv(insights, InsightsExtract)
