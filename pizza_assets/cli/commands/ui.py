"""`pizza ui`."""

import os
import sys
from pathlib import Path

import click

from pizza_assets.cli.options import WholeNumber

_NO_ADVICE = "ignore:Function `dev_command` is superseded:FutureWarning"
"""Dagster advises a command that is not installed here (docs/operations.md), at every start."""


@click.command()
@click.option("--port", type=WholeNumber(1, 65535), default=3000, metavar="PORT", help="The port on 127.0.0.1.")
def ui(port: int) -> int:
    """Start Dagster's webserver and daemon on 127.0.0.1.

    This runs `dagster dev`, with the installed package if there is no workspace.yaml. Ctrl-C stops it as soon as the
    daemon has finished its current evaluation; a run in progress goes on to its end. The exit code is then that of
    `dagster dev`, 0.
    """
    from pizza_assets.orchestration.runs.dead_runs import fail_dead_runs
    from pizza_assets.orchestration.runs.local_instance import local_instance

    with local_instance() as instance:
        fail_dead_runs(instance)  # a dead run would block the queue, which runs one at a time
    # without it, `dagster dev` makes a temporary folder here each time, and may leave it
    os.environ["DAGSTER_HOME"] = os.environ.get("DAGSTER_HOME") or str(Path.cwd())
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, [os.environ.get("PYTHONWARNINGS"), _NO_ADVICE]))
    dagster = Path(sys.executable).with_name("dagster")
    code = [] if Path("workspace.yaml").is_file() else ["-m", "pizza_assets.definitions"]
    command = [str(dagster), "dev", "--host", "127.0.0.1", "--port", str(port), *code]
    os.execv(sys.executable, [sys.executable, "-m", "pizza_assets.cli.stoppable", *command])
