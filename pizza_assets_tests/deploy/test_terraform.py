"""Terraform's checks of the configuration without AWS: formatting, validation, and plans with a mocked provider."""

import json
import re
from dataclasses import fields

import pytest
import yaml

from pizza_assets.settings import Settings
from pizza_assets_tests.support.athena_lint import definition
from pizza_assets_tests.support.athena_tables import (
    ATHENA_TABLES,
    BUCKET,
    WEEKLY_STATEMENTS,
    WEEKLY_TABLES,
    athena_tables,
    weekly_tables,
)
from pizza_assets_tests.support.terraform import CONFIGURATION, Terraform, initialised


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return initialised(tmp_path_factory.mktemp("validate"))


def test_tables_of_athena_are_up_to_date() -> None:
    assert ATHENA_TABLES.read_text(encoding="utf-8") == athena_tables(), "run `make docs`"
    assert WEEKLY_TABLES.read_text(encoding="utf-8") == weekly_tables(), "run `make docs`"


@pytest.mark.parametrize(("asset", "table"), json.loads(WEEKLY_TABLES.read_text(encoding="utf-8")).items())
def test_a_weekly_table_is_that_of_the_statements(asset: str, table: dict) -> None:
    """What the statements say is tested in test_athena_statements.py."""
    statements = WEEKLY_STATEMENTS.read_text(encoding="utf-8").split(";\n")
    found = definition(next(text for text in statements if f" pizza.{asset} " in text))
    assert found.columns == {column["name"]: column["type"] for column in table["columns"]}
    assert list(found.partitions) == table["partition_keys"]
    assert found.location == f"s3://{BUCKET}/{table['folder']}/"
    parameters = {name: text.replace("{bucket}", BUCKET) for name, text in table["parameters"].items()}
    assert parameters == {"EXTERNAL": "TRUE", **found.properties}
    assert not {"week", "label"} & set(found.columns), "the names of its partitions"


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
