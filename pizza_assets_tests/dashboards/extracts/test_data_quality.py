"""Weeks and checks as dashboards read them."""

import pandas as pd
import pytest

from pizza_assets.dashboards.extracts import checks_extract, data_quality


def test_a_quality_fact_without_a_column_is_named():
    with pytest.raises(KeyError, match="rejected_count"):
        data_quality([{"week": "2026-08-04", "dataset": "orders", "data_source": "real", "row_count": 1}])


def told(week: str, outcome: str, description: str | None = None, check: str = "rows_are_valid") -> dict:
    return {"asset": "raw_orders", "check": check, "week": week, "outcome": outcome, "description": description}


def test_weeks_are_counted_by_outcome_with_the_description_of_the_last_failure():
    extract = checks_extract(
        [
            told("2026-08-18", "passed", "2 rows refused in 1 week"),
            told("2026-08-11", "warning", "2 rows refused in 1 week"),
            told("2026-08-04", "warning", "1 row"),
            told("2026-08-04", "not_checked", None, "comes_from_chosen_source"),
        ]
    )
    assert extract[["check", "outcome", "week_count", "first_week", "last_week"]].to_numpy().tolist() == [
        ["comes_from_chosen_source", "not_checked", 1, "2026-08-04", "2026-08-04"],
        ["rows_are_valid", "passed", 1, "2026-08-18", "2026-08-18"],
        ["rows_are_valid", "warning", 2, "2026-08-04", "2026-08-11"],
    ]
    words = extract["description"].tolist()
    assert [pd.isna(text) for text in words] == [True, True, False]
    assert words[2] == "2 rows refused in 1 week"


def test_no_rows_give_empty_extracts():
    assert data_quality([]).empty
    assert checks_extract([]).empty
