"""Terraform on a copy of deploy/terraform: no state is left in the project, and no request goes to Amazon."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "terraform"
_QUIET = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
_NOT_ASKED = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass(frozen=True)
class Terraform:
    """The command line in one folder."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """The command's output; the caller checks its exit code."""
        return subprocess.run(
            ["terraform", f"-chdir={self.folder}", *arguments, *(["-no-color"] if arguments[0] != "show" else [])],
            env={**os.environ, **_QUIET, **_NOT_ASKED, **self.environ},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def done(self, *arguments: str, seconds: float = 300) -> str:
        """The same for a command that must succeed."""
        ended = self.run(*arguments, seconds=seconds)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def shown(self, *arguments: str) -> dict[str, Any]:
        return json.loads(self.done("show", "-json", *arguments))


def initialised(folder: Path, environ: Mapping[str, str] | None = None) -> Terraform:
    """A copy of the configuration with its provider. Skips where Terraform or the provider can't be had: it alone may
    be absent everywhere. A mirror of providers is named by TF_CLI_ARGS_init=-plugin-dir=FOLDER.
    """
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    copy = folder / "terraform"
    shutil.copytree(CONFIGURATION, copy, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars"))
    terraform = Terraform(copy, environ or {})
    ended = terraform.run("init", "-backend=false", seconds=120)
    if ended.returncode != 0:
        pytest.skip("terraform can't get its AWS provider: neither a registry nor TF_CLI_ARGS_init=-plugin-dir=FOLDER")
    return terraform
