"""Square through the whole graph: real if it answers, labelled mock or a failed week if not, and no leaked token."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets_tests.support.api_rows import KEY
from pizza_assets_tests.support.fault_server import running, status
from pizza_assets_tests.support.pipeline import Pipeline
from pizza_assets_tests.support.square_server import SquareServer, given_back, sale

WEEK = "2026-03-03"


@pytest.fixture
def server() -> Iterator[SquareServer]:
    with running(SquareServer(orders={"s1": [*[sale(n) for n in range(20)], given_back("sale-s1-0", 250)]})) as serving:
        yield serving


def _pipeline(folder: Path, url: str, **environ: str) -> Pipeline:
    file = folder / "square.toml"
    file.write_text(f'label = "real"\nurl = "{url}"\nchain = "dominos"\n[[store]]\nid = "s1"\nmarket = "Leeds"\n')
    chosen = {"PIZZA_MATCHES": "mock", "PIZZA_ORDERS": "square", "PIZZA_ORDERS_API": str(file)}
    return Pipeline(folder / "data", **{**chosen, "PIZZA_ORDERS_API_KEY": KEY, **environ})


def _files_with_the_token(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]


def test_a_week_is_real_and_the_token_is_nowhere(tmp_path: Path, server: SquareServer) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        pipeline = _pipeline(tmp_path, server.url)
        assert not pipeline.collect(instance, [WEEK]).failures
        facts = pipeline.tables.week_facts("raw_orders", WEEK)
        assert facts is not None
        assert (facts.data_source, facts.source_name, facts.row_count) == ("real", "Square", 20)
        assert "1 order was paid back" in (facts.reason or "")
        assert pipeline.staleness(instance).checks.failed("raw_orders", WEEK) == []
    assert _files_with_the_token(tmp_path) == []


@pytest.mark.integration
def test_a_stand_in_is_labelled_until_square_answers(tmp_path: Path, server: SquareServer) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        server.always = status(401)
        refused = _pipeline(tmp_path, server.url)
        assert not refused.collect(instance, [WEEK]).failures
        facts = refused.tables.week_facts("raw_orders", WEEK)
        assert facts is not None
        assert (facts.data_source, facts.source_name) == ("mock", "mock")
        assert (facts.reason or "").startswith("Square failed: ")
        assert "refused with 401" in (facts.reason or "")
        assert "these orders are invented" in (facts.reason or "")

        server.always = None
        answered = _pipeline(tmp_path, server.url)
        assert not answered.collect(instance, [WEEK]).failures
        facts = answered.tables.week_facts("raw_orders", WEEK)
        assert facts is not None
        assert (facts.data_source, facts.source_name) == ("real", "Square")
    assert _files_with_the_token(tmp_path) == []


def test_with_fallback_fail_nothing_is_stored(tmp_path: Path, server: SquareServer) -> None:
    server.always = status(403)
    with dg.DagsterInstance.ephemeral() as instance:
        pipeline = _pipeline(tmp_path, server.url, PIZZA_FALLBACK="fail")
        assert set(pipeline.collect(instance, [WEEK]).failures) == {WEEK}
        assert pipeline.tables.week_facts("raw_orders", WEEK) is None
