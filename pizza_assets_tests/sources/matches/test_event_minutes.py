"""Minutes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.sources.matches.event_minutes import is_possible, read_minute
from pizza_assets_tests.support.examples import examples


@examples(100)
@given(st.integers(0, 999), st.none() | st.integers(0, 99), st.sampled_from(["", "'"]))
def test_what_is_written_is_read(minute: int, stoppage: int | None, mark: str) -> None:
    written = f" {minute}{'' if stoppage is None else f'+{stoppage}'}{mark} "
    assert read_minute(written) == (minute, stoppage)
    assert is_possible(minute, stoppage) == (minute <= 130 and (stoppage or 0) <= 60)


@pytest.mark.parametrize("written", ["", "nan", "-3", "12.5", "1e3", "45+", "+2", "45+2+1", "١٢", "HT", "45 + 2"])
def test_nothing_is_guessed(written: str) -> None:
    assert read_minute(written) is None
