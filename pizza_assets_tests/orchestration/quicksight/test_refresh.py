"""New data: one ingestion per data set, waited for, and named where it failed."""

from datetime import UTC, datetime

import pytest

from pizza_assets.dashboards.quicksight.data_sets import DATA_SETS
from pizza_assets.dashboards.quicksight.resources import Kind, resources
from pizza_assets.errors import QuickSightError
from pizza_assets.orchestration.quicksight.refresh import refresh
from pizza_assets.orchestration.quicksight.waiting import Patience
from pizza_assets_tests.dashboards.quicksight.target import TARGET
from pizza_assets_tests.orchestration.quicksight.test_provisioner import Clock, made
from pizza_assets_tests.support.quicksight_account import QuickSightAccount, refusal


def refreshed(account: QuickSightAccount) -> list:
    clock = Clock()
    now = datetime(2026, 8, 4, 20, tzinfo=UTC)
    return list(refresh(account, TARGET, lambda: now, Patience(clock, clock.sleep, pause=1, longest=60)))


def test_every_data_set_is_filled_and_all_at_once() -> None:
    account = made(QuickSightAccount())
    ended = refreshed(account)
    assert [one.status for one in ended] == ["COMPLETED"] * len(DATA_SETS)
    assert account.writes == ["create_ingestion"] * len(DATA_SETS)
    started = [name for name, _ in account.calls][: len(DATA_SETS)]
    assert set(started) == {"create_ingestion"}


def test_a_failed_ingestion_is_named_and_costs_no_other() -> None:
    account = made(QuickSightAccount())
    account.unreadable.add("pizza-checks")
    with pytest.raises(
        QuickSightError, match=rf"1 of {len(DATA_SETS)} .*: pizza-checks FAILED \(S3_FILE_INACCESSIBLE: no such key\)"
    ):
        refreshed(account)
    looked_at = {parameters["DataSetId"] for name, parameters in account.calls if name == "describe_ingestion"}
    assert len(looked_at) == len(DATA_SETS)


def test_a_refused_start_is_named_and_costs_no_other() -> None:
    account = made(QuickSightAccount())
    account.failing["create_ingestion"] = refusal("LimitExceededException", "create_ingestion")
    account.spared = {d.id for d in resources(TARGET) if d.kind == Kind.DATA_SET} - {"pizza-orders"}
    with pytest.raises(QuickSightError, match=r"1 of \d+ .*: pizza-orders NOT STARTED \(.*LimitExceededException"):
        refreshed(account)
    assert len(account.ingestions) == len(DATA_SETS) - 1
    looked_at = {parameters["DataSetId"] for name, parameters in account.calls if name == "describe_ingestion"}
    assert len(looked_at) == len(DATA_SETS) - 1


def test_an_import_that_takes_too_long_is_named_and_affects_no_other() -> None:
    account = made(QuickSightAccount())
    account.endless.add("pizza-orders")
    account.unreadable.add("pizza-checks")
    said = r"2 of \d+ .*: pizza-orders NOT SEEN TO END .*after 60 seconds.*; pizza-checks FAILED"
    with pytest.raises(QuickSightError, match=said):
        refreshed(account)
    looked_at = {parameters["DataSetId"] for name, parameters in account.calls if name == "describe_ingestion"}
    assert len(looked_at) == len(DATA_SETS)


def test_data_sets_that_are_not_there_are_named() -> None:
    with pytest.raises(QuickSightError, match="data set pizza-orders, create_ingestion: ResourceNotFoundException"):
        refreshed(QuickSightAccount())
