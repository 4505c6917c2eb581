"""Whatever a server answers: rows as they are, or a named error.

`python -m pizza_assets_tests.fuzz_answers` asks more.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.fuzzed_answers import Fuzzed, outcome, running
from pizza_assets_tests.support.fuzzed_services import SERVICES, Service

NAMED = {
    *("rows", "BadAnswer", "MisfitPages", "Unreachable", "SourceUnavailable"),
    *("LimitReached", "NotThere", "AccessRefused"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with running() as serving:
        yield serving


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@examples(50)
@given(seed=st.integers(0, 10**9))
def test_a_fuzzed_answer_ends_in_its_rows_or_a_named_error(server: Any, service: Service, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcome(server, Fuzzed(seed, service), Path(folder)) in NAMED
