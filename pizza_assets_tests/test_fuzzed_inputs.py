"""Hostile settings, markets tables and stored files end in a named error, never in a traceback or in other rows.

`make fuzz` tries more, and also mappings and exports.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pizza_assets.errors import ConfigurationError
from pizza_assets.settings.markets_table import read_markets
from pizza_assets_tests.support import fuzzed_inputs
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.fuzzed_inputs import Trial
from pizza_assets_tests.support.worlds import World

SEEDS = st.integers(0, 10**9)


@pytest.mark.parametrize("trial", [fuzzed_inputs.settings, fuzzed_inputs.markets])
@examples(400)
@given(seed=SEEDS)
def test_a_hostile_setting_or_markets_table_is_taken_or_refused_in_words(trial: Trial, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert trial(seed, Path(folder)) in ("settings", "markets", "ConfigurationError")


@pytest.mark.parametrize("text", ["x = " + "9" * 5000, "x = " + "[" * 5000, "x = 1e" + "9" * 5000])
def test_numbers_and_nesting_beyond_bounds_are_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "markets.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"markets\.toml: .*; see docs/configuration\.md"):
        read_markets(file)


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS)
def test_a_damaged_stored_file_is_named_or_gives_the_stored_rows(collected: World, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert fuzzed_inputs.stored_week(seed, Path(folder), collected.data) in ("rows", "no rows", "StorageError")
