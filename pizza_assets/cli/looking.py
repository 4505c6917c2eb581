"""`pizza status`, `pizza ui` and `pizza open`: looking at what is there."""

import logging
import os
import sys
import webbrowser
from datetime import date
from pathlib import Path

from pizza_assets.errors import ConfigurationError, PizzaAssetsError
from pizza_assets.models.week import weeks_between
from pizza_assets.orchestration.runs.dead_runs import fail_dead_runs
from pizza_assets.orchestration.runs.local_instance import local_instance
from pizza_assets.orchestration.runs.status import status_json, status_of, status_text
from pizza_assets.orchestration.runs.weekly_graph import WeeklyGraph
from pizza_assets.storage.frames import write_bytes
from pizza_assets.storage.layout import whole_key
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.verification import damages
from pizza_assets.workbench import Workbench


def status(first: date | None, last: date | None, *, is_json: bool, is_verified: bool) -> int:
    """Print which weeks are stored and how they are; returns 1 if something stored is damaged."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    bench = Workbench()
    begin, end = bench.week_of(first), bench.week_of(last)
    if begin is not None and end is not None and begin > end:
        raise ConfigurationError(f"week {begin.key} lies after {end.key}; swap --from and --to")
    span = bench.stored_span()
    weeks = [] if span is None else weeks_between(begin or span[0], end or span[1])
    with local_instance() as instance:
        fail_dead_runs(instance)
        definitions = bench.definitions()
        staleness = bench.staleness(definitions, instance)
        found = status_of(bench.tables, weeks, WeeklyGraph.of(definitions).assets, staleness)
    damaged = damages(bench.tables.objects) if is_verified else None
    print(status_json(found, damaged) if is_json else status_text(found, damaged))
    return 1 if damaged else 0


def ui(port: int) -> int:
    """Become `dagster dev` on loopback; of the installed package where there is no workspace.yaml."""
    with local_instance() as instance:
        fail_dead_runs(instance)  # one would hold the only place in the queue
    dagster = Path(sys.executable).with_name("dagster")
    code = [] if Path("workspace.yaml").is_file() else ["-m", "pizza_assets.definitions"]
    os.execv(dagster, [str(dagster), "dev", "--host", "127.0.0.1", "--port", str(port), *code])


def open_page(only_print: bool) -> int:
    """Show the page; of one in a bucket, a copy on this machine. Raises PizzaAssetsError if there is none yet."""
    bench = Workbench()
    objects, key = bench.tables.objects, whole_key("dashboard_page")
    content = objects.read(key)
    if content is None:
        raise PizzaAssetsError(f"{objects.uri(key)} does not exist yet; run `pizza run` first")
    path = Path(objects.uri(key))
    if bench.settings.is_on_s3:
        copies = LocalFolder(bench.settings.machine_folder)
        write_bytes(copies, key, content)
        path = Path(copies.uri(key))
    print(path)
    if not only_print:
        webbrowser.open(path.as_uri())
    return 0
