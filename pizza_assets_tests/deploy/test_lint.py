"""Linters of infrastructure: checkov over Terraform and the Dockerfile, parliament over the policies."""

import json
import subprocess
from pathlib import Path

import pytest

from pizza_assets_tests.conftest import PROJECT_ROOT, absent
from pizza_assets_tests.support.policies import NAMES, OF_RESOURCES, document

pytestmark = [pytest.mark.integration, pytest.mark.deploy]


# what parliament says in spite of AWS's own documents, see ON_EVERYTHING in test_policies.py
KNOWN = {
    # AWS documents this condition for code that runs in Lambda, whatever it calls
    ("function-network.json", "UNKNOWN_CONDITION_FOR_ACTION"),
    # Lambda refuses the role otherwise
    ("function-network.json", "RESOURCE_STAR"),
    # only CreateDataSet: the data set that is made has no type of resource
    ("quicksight.json", "RESOURCE_STAR"),
}


def tool(name: str) -> Path:
    path = PROJECT_ROOT / ".venv-deploy" / "bin" / name
    if not path.is_file():
        absent("the environment of deployment checks is not installed: make .venv-deploy/deploy.installed")
    return path


def test_checkov_finds_nothing() -> None:
    ended = subprocess.run(
        [tool("checkov"), "-d", "deploy", "--config-file", "deploy/checkov.yaml", "-o", "json"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    reports = {report["check_type"]: report for report in json.loads(ended.stdout)}
    failed = [
        (check["check_id"], check["resource"])
        for report in reports.values()
        for check in report["results"]["failed_checks"]
    ]
    assert failed == []
    # it looked at the servers, too, and at the Dockerfile
    assert reports["terraform"]["summary"]["passed"] > 150
    assert reports["dockerfile"]["summary"]["passed"] > 50
    assert ended.returncode == 0


def test_parliament_finds_only_known_issues(tmp_path: Path) -> None:
    for name in NAMES:
        if name not in OF_RESOURCES:
            (tmp_path / f"{name}.json").write_text(json.dumps(document(name)))
    ended = subprocess.run(
        [tool("parliament"), "--directory", tmp_path, "--include_policy_extension", "json", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {(Path(one["location"]["filepath"]).name, one["issue"]) for one in found} == KNOWN
