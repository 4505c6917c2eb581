"""The provisioner through boto3's real client against moto, for what moto has of QuickSight: data sources, tags,
creating data sets, ingestions and dashboards. It has no analyses, schedules or descriptions of data sets.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from pizza_assets.dashboards.quicksight import resources
from pizza_assets.dashboards.quicksight.resources import Kind
from pizza_assets.dashboards.views import EXTRACTS_READ
from pizza_assets.orchestration.quicksight import operations
from pizza_assets.orchestration.quicksight.client import quicksight_client
from pizza_assets.orchestration.quicksight.provisioner import Change, Provisioner
from pizza_assets_tests.dashboards.quicksight.target import TARGET

pytestmark = pytest.mark.integration
DATA_SOURCES = len(EXTRACTS_READ)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield quicksight_client(TARGET.region)


def data_source_changes(client: Any, target=TARGET) -> list[Change]:
    """Data sources come first; nothing after them is looked at."""
    provisioner = Provisioner(client, target)
    return [step.change for step in provisioner.take(islice(provisioner.plan(), DATA_SOURCES))]


def test_data_sources_are_made_once_changed_and_removed(client: Any) -> None:
    assert data_source_changes(client) == [Change.CREATE] * DATA_SOURCES
    assert data_source_changes(client) == [Change.NONE] * DATA_SOURCES
    moved = replace(TARGET, bucket="another-bucket")
    assert data_source_changes(client, moved) == [Change.UPDATE] * DATA_SOURCES
    assert data_source_changes(client, moved) == [Change.NONE] * DATA_SOURCES
    for resource in resources(TARGET)[:DATA_SOURCES]:
        operations.delete(TARGET, resource).send(client)
    assert client.list_data_sources(AwsAccountId=TARGET.account_id)["DataSources"] == []


def test_data_sets_and_the_dashboard_are_taken_and_kept(client: Any) -> None:
    for resource in resources(TARGET):
        if resource.kind in (Kind.DATA_SET, Kind.DASHBOARD):
            operations.create(TARGET, resource).send(client)
    (dashboard,) = (r for r in resources(TARGET) if r.kind == Kind.DASHBOARD)
    described = operations.describe(TARGET, dashboard).send(client)["Dashboard"]
    assert described["Arn"] == dashboard.arn
    data_set = next(r for r in resources(TARGET) if r.kind == Kind.DATA_SET)
    started = client.create_ingestion(AwsAccountId=TARGET.account_id, IngestionId="first", **data_set.ids)
    assert started["IngestionId"] == "first"  # moto writes the ARN of a data set in a way of its own
