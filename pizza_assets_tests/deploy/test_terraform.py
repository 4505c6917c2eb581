"""What Terraform says of the configuration without asking AWS: form, arguments, and plans against a mocked provider."""

import pytest

from pizza_assets_tests.support.athena_tables import ATHENA_TABLES, athena_tables
from pizza_assets_tests.support.terraform import Terraform, initialised


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return initialised(tmp_path_factory.mktemp("validate"))


def test_tables_of_athena_are_up_to_date() -> None:
    assert ATHENA_TABLES.read_text(encoding="utf-8") == athena_tables(), "run `make docs`"


@pytest.mark.integration
def test_form(terraform: Terraform) -> None:
    ended = terraform.run("fmt", "-check", "-recursive")
    assert (ended.returncode, ended.stdout) == (0, ""), "run terraform fmt -recursive"


@pytest.mark.integration
def test_arguments(terraform: Terraform) -> None:
    assert "The configuration is valid" in terraform.done("validate")


@pytest.mark.integration
def test_plans(terraform: Terraform) -> None:
    said = terraform.done("test")
    assert "8 passed, 0 failed" in said
