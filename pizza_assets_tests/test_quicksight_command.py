"""`pizza quicksight`: its output, and that no request goes to AWS if none can succeed."""

import json
import os
from dataclasses import replace

import pytest

from pizza_assets.cli import main, quicksight
from pizza_assets.dashboards.quicksight import resources
from pizza_assets.dashboards.quicksight.data_sets import DATA_SETS
from pizza_assets.settings import Settings
from pizza_assets_tests.dashboards.quicksight.target import OWNER, TARGET
from pizza_assets_tests.support.quicksight_account import QuickSightAccount


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> QuickSightAccount:
    """Settings and credentials of an account in memory."""
    for variable, value in {
        "QUICKSIGHT_ACCOUNT_ID": TARGET.account_id,
        "QUICKSIGHT_REGION": TARGET.region,
        "QUICKSIGHT_OWNER_ARN": OWNER,
        "S3_BUCKET_NAME": TARGET.bucket,
    }.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(quicksight, "_settings", in_bucket)
    made = QuickSightAccount(looks=0)
    monkeypatch.setattr(quicksight, "quicksight_client", lambda region: made)
    monkeypatch.setattr(quicksight, "has_credentials", lambda: True)
    return made


def in_bucket() -> Settings:
    return replace(Settings.from_environment(os.environ), storage=f"s3://{TARGET.bucket}")


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["quicksight", *arguments]) == code
    printed = capsys.readouterr()
    return printed.out if code == 0 else printed.err


def test_a_plan_needs_no_aws(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "plan")
    assert "QUICKSIGHT_ACCOUNT_ID, QUICKSIGHT_REGION, QUICKSIGHT_OWNER_ARN, S3_BUCKET_NAME not set" in text
    assert f"Due: {len(resources(TARGET))} create" in text
    assert "reads s3://BUCKET/quicksight-ready/metadata/dashboard_checks.manifest.json" in text


def test_a_plan_prints_the_calls_in_full(account: QuickSightAccount, capsys: pytest.CaptureFixture[str]) -> None:
    calls = json.loads(said(capsys, "plan", "--offline", "--json"))
    assert account.calls == []
    said(capsys, "create")
    created = [(name, parameters) for name, parameters in account.calls if name.startswith("create_")]
    assert [(call["operation"], call["parameters"]) for call in calls] == created


def test_from_nothing_to_nothing(account: QuickSightAccount, capsys: pytest.CaptureFixture[str]) -> None:
    everything = len(resources(TARGET))
    assert f"Due: {everything} create" in said(capsys, "plan")
    assert account.writes == []
    text = said(capsys, "create")
    assert f"Done: {everything} create" in text
    assert "https://eu-west-2.quicksight.aws.amazon.com/sn/dashboards/pizza-dashboard" in text
    account.calls.clear()
    for action in ("plan", "create", "update"):
        assert f"nothing; {everything} up to date" in said(capsys, action)
    assert account.writes == []
    assert said(capsys, "refresh").count("completed, 10 rows") == len(DATA_SETS)
    assert f"{everything} deleted" in said(capsys, "delete")
    assert said(capsys, "delete") == "There was nothing to delete\n"


def test_update_makes_no_second_dashboard(account: QuickSightAccount, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "update", code=2)
    assert "there is no dashboard pizza-dashboard in account 123456789012, eu-west-2" in text
    assert account.writes == []


@pytest.mark.parametrize("action", ["create", "update", "refresh", "delete"])
def test_missing_settings_are_named(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "QUICKSIGHT_ACCOUNT_ID, QUICKSIGHT_REGION" in said(capsys, action, code=2)


@pytest.mark.parametrize("action", ["create", "update"])
def test_a_local_storage_is_refused_and_a_plan_is_not(
    action: str, account: QuickSightAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIZZA_STORAGE", "./data")
    monkeypatch.setattr(quicksight, "_settings", lambda: Settings.from_environment(os.environ))
    assert "is a local folder" in said(capsys, action, code=2)
    assert account.calls == []
    assert "create" in said(capsys, "plan")


def test_delete_names_what_is_not_ours(account: QuickSightAccount, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "create")
    account.tags[TARGET.arn("dataset", "checks")] = {}
    text = said(capsys, "delete")
    assert "data set pizza-checks: left alone, it was not created by this project" in text
    assert f"{len(resources(TARGET)) - 2} deleted" in text


def test_no_subscription_is_named(account: QuickSightAccount, capsys: pytest.CaptureFixture[str]) -> None:
    account.edition = None
    assert "account 123456789012 has no QuickSight; sign up" in said(capsys, "create", code=1)
    assert account.writes == []
