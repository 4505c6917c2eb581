"""Terraform's checks of the configuration without AWS: formatting, validation, and plans with a mocked provider."""

import json
import re
from dataclasses import fields
from datetime import date

import pytest
import yaml

from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import week_key
from pizza_assets_tests.support.athena_tables import ATHENA_TABLES, WEEKLY_TABLES, athena_tables, weekly_tables
from pizza_assets_tests.support.terraform import CONFIGURATION, Terraform, initialised


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return initialised(tmp_path_factory.mktemp("validate"))


def test_tables_of_athena_are_up_to_date() -> None:
    assert ATHENA_TABLES.read_text(encoding="utf-8") == athena_tables(), "run `make docs`"
    assert WEEKLY_TABLES.read_text(encoding="utf-8") == weekly_tables(), "run `make docs`"


def test_the_projected_weeks_of_athena_are_the_match_weeks() -> None:
    """Athena counts in steps from the first date of the range, so that must be the Tuesday of a match week."""
    text = (CONFIGURATION / "weekly_tables.tf").read_text(encoding="utf-8")
    found = re.search(r'first_projected_week\s*=\s*"(\S+)"', text)
    assert found is not None
    assert MatchWeek.of_date(date.fromisoformat(found[1]), "Europe/London").key == found[1]
    assert date.fromisoformat(found[1]) <= Settings().first_week
    assert re.search(r'"projection.week.interval"\s*=\s*"7"', text)
    assert re.search(r'"projection.week.interval.unit"\s*=\s*"DAYS"', text)


@pytest.mark.parametrize(("asset", "table"), json.loads(WEEKLY_TABLES.read_text(encoding="utf-8")).items())
def test_the_template_of_a_weekly_table_is_the_folder_of_its_weeks(asset: str, table: dict) -> None:
    for label in table["labels"] or [None]:
        folder = "/".join(filter(None, [table["folder"], label, "week=2026-08-04"]))
        assert week_key(asset, "2026-08-04", label) == f"{folder}/{asset}.parquet"
    assert not {"week", "label"} & {column["name"] for column in table["columns"]}, "the names of its partitions"


def test_every_environment_variable_of_a_process_is_a_setting() -> None:
    given = set(re.findall(r"\b(?:PIZZA|QUICKSIGHT)_[A-Z0-9_]+\b", (CONFIGURATION / "locals.tf").read_text()))
    known = {setting.metadata["variable"] for setting in fields(Settings)}
    instance = yaml.safe_load((CONFIGURATION.parent / "dagster.yaml").read_text())
    assert given - known == {instance["run_launcher"]["config"]["function"]["env"]}
    assert given >= {"PIZZA_DAILY_REFRESH", "PIZZA_FALLBACK", "PIZZA_RUN_ON", "QUICKSIGHT_ACCOUNT_ID"}


@pytest.mark.integration
def test_formatting(terraform: Terraform) -> None:
    ended = terraform.run("fmt", "-check", "-recursive")
    assert (ended.returncode, ended.stdout) == (0, ""), "run terraform fmt -recursive"


@pytest.mark.integration
def test_validation(terraform: Terraform) -> None:
    assert "The configuration is valid" in terraform.done("validate")


@pytest.mark.integration
def test_plans(terraform: Terraform) -> None:
    said = terraform.done("test")
    assert "8 passed, 0 failed" in said
