"""The refresh without a Dagster server: its owner, and the failures it reports. Whole refreshes: see integration."""

from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.events import RefreshEvent
from pizza_assets.lambda_runs.refresh import failing_sources, refresh
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline


def test_it_does_nothing_while_dagster_owns_the_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIZZA_DAILY_REFRESH", raising=False)
    with pytest.raises(ConfigurationError, match="PIZZA_DAILY_REFRESH=eventbridge"):
        refresh(RefreshEvent(), Deadline.after(900))


def test_it_does_nothing_without_a_bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIZZA_DAILY_REFRESH", "eventbridge")
    monkeypatch.setenv("PIZZA_STORAGE", str(tmp_path))
    with pytest.raises(ConfigurationError, match="S3_BUCKET_NAME"):
        refresh(RefreshEvent(), Deadline.after(900))


def test_mock_data_for_a_failed_source_is_reported(tmp_path: Path) -> None:
    empty = tmp_path / "no-files"
    empty.mkdir()
    pipeline = Pipeline(tmp_path / "data", PIZZA_MATCHES="openfootball", PIZZA_OPENFOOTBALL=str(empty))
    with dg.DagsterInstance.ephemeral() as instance:
        assert pipeline.collect(instance, WEEKS[:1]).failures == {}
    (failure,) = failing_sources(pipeline.tables, WEEKS[:1], pipeline.settings)
    assert WEEKS[0] in failure
    assert "openfootball" in failure


def test_mock_by_choice_is_not_a_failure(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path / "data")
    with dg.DagsterInstance.ephemeral() as instance:
        pipeline.collect(instance, WEEKS[:1])
    assert failing_sources(pipeline.tables, WEEKS[:1], pipeline.settings) == []
