"""Matches from a folder of JSON: what is read, what is refused, and the way to stored weeks."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pizza_assets.errors import BadAnswer, ConfigurationError
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.matches.json_folder import JsonFolder
from pizza_assets_tests.support.pipeline import Pipeline

WEEK = MatchWeek("2025-08-19", "Europe/London")


def match(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "kickoff": f"2025-08-23T{12 + number}:00:00Z",
        "competition": "en.1",
        "season": "2025-26",
        "home": "Leeds United FC",
        "away": "Everton",
        "home_goals": 2,
        "away_goals": 1,
        **changed,
    }


def write(folder: Path, *matches: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "2025-26.json").write_text(json.dumps(matches))
    return folder


def test_matches_of_a_week_are_read(tmp_path: Path) -> None:
    result = JsonFolder(write(tmp_path, match(1), match(2, home_goals=None, away_goals=None))).matches(WEEK)
    assert list(result.rows["match_id"]) == ["json-folder:1", "json-folder:2"]
    assert list(result.rows["home_team"]) == ["Leeds United", "Leeds United"]
    assert list(result.rows["status"]) == ["FINISHED", "TIMED"]
    assert not JsonFolder(tmp_path).matches(WEEK.shifted(5)).is_covered


@pytest.mark.parametrize(
    ("changed", "column"),
    [({"competition": "xx.1"}, "competition"), ({"home": ""}, "home"), ({"away_goals": -1}, "home_goals")],
)
def test_a_bad_match_is_refused_alone(tmp_path: Path, changed: dict[str, Any], column: str) -> None:
    result = JsonFolder(write(tmp_path, match(1), match(2, **changed))).matches(WEEK)
    assert len(result.rows) == 1
    assert list(result.rejected["column"]) == [column]


@pytest.mark.parametrize("content", ["{", "{}", "[]", json.dumps([match(1, kickoff="2025-08-23T14:00:00")])])
def test_a_bad_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "2025-26.json").write_text(content)
    with pytest.raises(BadAnswer, match=r"2025-26\.json"):
        JsonFolder(tmp_path).matches(WEEK)


def test_a_missing_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="PIZZA_MATCHES_FOLDER"):
        JsonFolder(tmp_path / "nowhere")


def test_its_weeks_are_stored_as_real(tmp_path: Path) -> None:
    folder = write(tmp_path / "matches", match(1))
    pipeline = Pipeline(tmp_path / "data", PIZZA_MATCHES="json-folder", PIZZA_MATCHES_FOLDER=str(folder))
    with dg.instance_for_test() as instance:
        assert not pipeline.collect(instance, [WEEK.key]).failures
        facts = pipeline.tables.week_facts("raw_matches", WEEK.key)
        assert facts is not None
        assert (facts.source_name, str(facts.data_source), facts.row_count) == ("json-folder", "real", 1)
        assert pipeline.staleness(instance).of_week("raw_matches", WEEK) is None
        write(folder, match(1), match(2))
        again = Pipeline(tmp_path / "data", PIZZA_MATCHES="json-folder", PIZZA_MATCHES_FOLDER=str(folder))
        assert again.staleness(instance).of_week("raw_matches", WEEK) is not None
