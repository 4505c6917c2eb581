"""The local Dagster instance, which the Dagster UI shows, too."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from pizza_assets.errors import ConfigurationError


@contextmanager
def local_instance() -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, or of ./dagster.yaml. Raises ConfigurationError if there is neither."""
    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as instance:
            yield instance
        return
    if not Path("dagster.yaml").is_file():
        raise ConfigurationError(
            "no dagster.yaml here and DAGSTER_HOME is not set; run this in the project folder, or give the instance "
            "a folder of its own: mkdir -p ~/pizza && export DAGSTER_HOME=~/pizza"
        )
    with dg.DagsterInstance.from_config(str(Path.cwd())) as instance:
        yield instance
