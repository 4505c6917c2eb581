"""The image's entry point fetches the secrets that the environment names, and changes nothing else."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from pizza_assets_tests.conftest import PROJECT_ROOT

SCRIPT = PROJECT_ROOT / "deploy" / "entrypoint.py"


@pytest.fixture(scope="module")
def entrypoint() -> ModuleType:
    spec = importlib.util.spec_from_file_location("entrypoint", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _client(service: str) -> Any:
    return boto3.client(service, region_name="eu-west-2", aws_access_key_id="testing", aws_secret_access_key="testing")


def _parameters(values: dict[str, str], absent: tuple[str, ...] = ()) -> Any:
    ssm = _client("ssm")
    stub = Stubber(ssm)
    answer: dict[str, Any] = {"Parameters": [{"Name": name, "Value": value} for name, value in values.items()]}
    stub.add_response(
        "get_parameters",
        answer | ({"InvalidParameters": list(absent)} if absent else {}),
        {"Names": [*values, *absent], "WithDecryption": True},
    )
    stub.activate()
    return lambda service: {"ssm": ssm}[service]


def test_without_named_secrets_aws_is_not_called(entrypoint: ModuleType) -> None:
    def never(service: str) -> Any:
        raise AssertionError(service)

    assert entrypoint.with_secrets({"A": "1"}, never) == {"A": "1"}
    assert entrypoint.with_secrets({"SECRETS_FROM_SSM": ""}, never) == {"SECRETS_FROM_SSM": ""}


def test_keys_come_from_ssm_and_unset_ones_are_ignored(entrypoint: ModuleType) -> None:
    environ = {"SECRETS_FROM_SSM": "A_KEY=/pizza/a,B_KEY=/pizza/b", "C": "3"}
    found = entrypoint.with_secrets(environ, _parameters({"/pizza/a": "x=y,z", "/pizza/b": "unset"}))
    assert found == {**environ, "A_KEY": "x=y,z"}


def test_a_missing_parameter_is_named(entrypoint: ModuleType) -> None:
    environ = {"SECRETS_FROM_SSM": "A_KEY=/pizza/a"}
    with pytest.raises(SystemExit, match="no parameter /pizza/a in SSM"):
        entrypoint.with_secrets(environ, _parameters({}, absent=("/pizza/a",)))


def test_the_database_comes_from_its_secret(entrypoint: ModuleType) -> None:
    manager = _client("secretsmanager")
    stub = Stubber(manager)
    stub.add_response("get_secret_value", {"SecretString": "postgresql://"}, {"SecretId": "arn"})
    stub.activate()
    found = entrypoint.with_secrets(
        {"DATABASE_URL_SECRET": "arn"}, lambda service: {"secretsmanager": manager}[service]
    )
    assert found["DAGSTER_PG_URL"] == "postgresql://"


def test_it_executes_the_command(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, SCRIPT, sys.executable, "-c", "import os, sys; print(os.getpid()); sys.exit(3)"],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (3, "")
