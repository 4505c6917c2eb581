"""The refresh without a Dagster server: its owner, and the failures it reports. Whole refreshes: see integration."""

from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.errors import ConfigurationError, RunFailed
from pizza_assets.lambda_runs import refresh as refreshing
from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.events import RefreshEvent
from pizza_assets.lambda_runs.refresh import failing_sources, refresh
from pizza_assets_tests.storage.test_delivery_claims import Objects, claims
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


class Killed(BaseException):
    """The function ends without another word."""


def test_a_retry_of_a_killed_or_failed_refresh_is_executed_and_of_a_successful_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends: list[BaseException | None] = [Killed(), RunFailed("week 2026-08-04"), None, AssertionError("executed twice")]

    def work(settings: object) -> dict[str, object]:
        end = ends.pop(0)
        if end is not None:
            raise end
        return {"assets_made": 7}

    objects = Objects()
    monkeypatch.setenv("PIZZA_DAILY_REFRESH", "eventbridge")
    monkeypatch.setattr(refreshing, "deliveries", lambda settings: claims(objects))
    monkeypatch.setattr(refreshing, "_refresh", work)
    event = RefreshEvent("2026-08-04T17:00:00Z")
    with pytest.raises(Killed):
        refresh(event, Deadline.after(900))
    with pytest.raises(RunFailed):
        refresh(event, Deadline.after(900))
    said: list[str] = []
    assert refresh(event, Deadline.after(900), said.append) == {"outcome": "refreshed", "assets_made": 7}
    assert len(said) == 1
    assert str(refresh(event, Deadline.after(900), said.append)["outcome"]).startswith("not executed")
    assert len(said) == 1


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
