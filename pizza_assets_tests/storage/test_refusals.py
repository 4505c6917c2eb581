"""A week that lost too many rows is not stored: the one from before stays, the refused rows are kept and counted."""

from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.models import RawMatches, RejectedRows
from pizza_assets.models.row_stream import RowStream
from pizza_assets.settings import Settings
from pizza_assets.storage import frames, layout
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.refusals import RefusalLimits, RefusedRows, broken_rules
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.week_writer import Origin, Stored, Withheld
from pizza_assets_tests.storage.rows import NOW, WEEK
from pizza_assets_tests.support.match_rows import matches, refused

REAL = Origin("real", "1", "run", source_name="openfootball")


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    return TableStore(LocalFolder(tmp_path), lambda: NOW, limits=RefusalLimits(0.05, 3))


def write(tables: TableStore, good: int, bad: int, *, is_streamed: bool = False) -> Stored | Withheld:
    frame = matches(good)
    table = frames.to_arrow(frame, RawMatches, "real")
    rows = RowStream(lambda: iter(table.to_batches())) if is_streamed else frame
    with tables.writing_week("raw_matches", WEEK) as writer:
        return writer.write(rows, REAL, rejected=refused(bad))


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_week_above_the_limit_is_stored_nowhere(tables: TableStore, is_streamed: bool) -> None:
    result = write(tables, 10, 4, is_streamed=is_streamed)
    assert isinstance(result, Withheld)
    assert "4 of 14 matches were refused" in result.reason
    assert "PIZZA_REJECT_ERROR_MATCHES above 3" in result.reason
    assert tables.weeks("raw_matches") == []
    assert tables.week_facts("raw_matches", WEEK) is None
    assert tables.weeks_with_refused_rows("raw_matches") == [WEEK]
    assert tables.refused_rows("raw_matches", WEEK) == RefusedRows(4, 14)
    assert tables.why_missing("raw_matches", WEEK) == f"withheld: {result.reason}"


@pytest.mark.parametrize("is_streamed", [False, True])
def test_the_earlier_week_stays(tables: TableStore, is_streamed: bool) -> None:
    before = write(tables, 12, 0, is_streamed=is_streamed)
    kept = write(tables, 2, 12, is_streamed=is_streamed)
    assert isinstance(before, Stored)
    assert isinstance(kept, Stored)
    assert (kept.is_kept, kept.facts.is_partial, kept.facts.row_count) == (True, True, 12)
    assert (kept.facts.sha256, kept.facts.run_id) == (before.facts.sha256, before.facts.run_id)
    assert "kept from before" in str(kept.facts.reason)
    assert "12 of 14 matches" in str(kept.facts.reason)
    found = tables.read_week("raw_matches", WEEK)
    assert found is not None
    assert len(found.rows) == 12
    assert tables.refused_rows("raw_matches", WEEK) == RefusedRows(12, 14), (
        "of the attempt, not of the week stored before"
    )


def test_a_corrected_week_is_stored_and_its_refusals_are_gone(tables: TableStore) -> None:
    write(tables, 10, 4)
    corrected = write(tables, 14, 0)
    assert isinstance(corrected, Stored)
    assert not corrected.is_kept
    assert tables.refused_rows("raw_matches", WEEK) == RefusedRows()
    assert tables.weeks_with_refused_rows("raw_matches") == []


def test_a_mock_stand_in_stays_labelled_when_the_real_week_is_withheld(tables: TableStore) -> None:
    mock = matches(10).assign(match_source="mock", source_name="mock")
    with tables.writing_week("raw_matches", WEEK) as writer:
        writer.write(mock, Origin("mock", "1", "run", source_name="mock"))
    assert isinstance(write(tables, 10, 4), Withheld)
    facts = tables.week_facts("raw_matches", WEEK)
    assert facts is not None
    assert facts.data_source == "mock"


@pytest.mark.parametrize(
    ("asset", "rows", "is_refused"),
    [
        ("raw_matches", RefusedRows(3, 10), False),
        ("raw_matches", RefusedRows(1, 10), False),
        ("raw_matches", RefusedRows(4, 380), True),
        ("raw_matches", RefusedRows(2, 2), True),
        ("raw_matches", RefusedRows(0, 0), False),
        ("raw_orders", RefusedRows(150, 280), True),
        ("raw_orders", RefusedRows(5, 100), False),
        ("raw_orders", RefusedRows(6, 100), True),
        ("raw_orders", RefusedRows(0, 0), False),
        ("raw_match_events", RefusedRows(9, 9), False),
    ],
)
def test_the_limits(asset: str, rows: RefusedRows, is_refused: bool) -> None:
    assert (RefusalLimits.from_settings(Settings()).objection(asset, rows) is not None) == is_refused


def test_a_row_that_breaks_two_rules_counts_once() -> None:
    twice = pd.concat([refused(2), refused(2).assign(column="team")])
    assert RefusedRows.of(twice, 8) == RefusedRows(2, 10)


def test_refused_rows_of_earlier_releases_are_counted(tables: TableStore) -> None:
    """They were stored without counts, beside a week that was stored whatever had been refused."""
    write(tables, 8, 0)
    key = layout.rejected_key("raw_matches", WEEK)
    frames.write_bytes(tables.objects, key, frames.to_parquet(frames.to_arrow(refused(2), RejectedRows, "real")))
    assert tables.refused_rows("raw_matches", WEEK) == RefusedRows(2, 10)


def test_a_value_left_out_of_a_stored_row_is_reported_but_does_not_count_as_a_refused_row(tables: TableStore) -> None:
    values = refused(12).assign(check="only the value: is_level")
    with tables.writing_week("raw_matches", WEEK) as writer:
        stored = writer.write(matches(12), REAL, rejected=values)
    assert isinstance(stored, Stored)
    assert tables.refused_rows("raw_matches", WEEK) == RefusedRows(0, 12, 12)


def test_rows_without_a_usable_time_do_not_count_against_the_week_that_lists_them(tables: TableStore) -> None:
    rows = refused(12).assign(check="of no week: in_season")
    with tables.writing_week("raw_matches", WEEK) as writer:
        assert isinstance(writer.write(matches(2), REAL, rejected=rows), Stored)
    assert tables.refused_rows("raw_matches", WEEK) == RefusedRows(0, 2, 12)


def test_the_rule_that_most_rows_broke_is_told_without_their_values() -> None:
    """The page showed "Refused 3" with nothing under "Why"."""
    rows = refused(3).assign(column="total_cents", check="is_not_negative")
    assert broken_rules(rows) == "3 refused by the rule “total cents is not negative”"
    rows.loc[rows.index[-1], "check"] = "is_number"
    assert broken_rules(rows) == "2 refused by the rule “total cents is not negative” and 1 for other reasons"
    assert broken_rules(rows.assign(check="only the value: is_number")) == ""
    assert broken_rules(RejectedRows.empty()) == ""


def test_a_week_says_why_its_rows_were_refused(tables: TableStore) -> None:
    write(tables, 12, 2)
    weeks = WeekTables(tables, "raw_matches", [WEEK])
    assert weeks.why_refused(WEEK).startswith("2 refused by the rule “")
    write(tables, 12, 0)
    assert weeks.why_refused(WEEK) == ""
