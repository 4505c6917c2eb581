"""`pizza status`."""

import logging
from datetime import date

import click

from pizza_assets.cli.options import week_range
from pizza_assets.cli.terminal import say


@click.command()
@week_range
@click.option("--json", "is_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--verify", "is_verified", is_flag=True, help="Also read every stored object and compare its checksum.")
def status(first: date | None, last: date | None, is_json: bool, is_verified: bool) -> int:
    """Show which weeks are stored: real or mock, stale or not.

    By default, all stored weeks are shown. The exit code is 1 if --verify finds a damaged object.
    """
    from pizza_assets.cli.clock import weeks_ahead_text
    from pizza_assets.models.week import weeks_between
    from pizza_assets.orchestration.runs.dead_runs import fail_dead_runs
    from pizza_assets.orchestration.runs.local_instance import local_instance
    from pizza_assets.orchestration.runs.status import status_json, status_of, status_text
    from pizza_assets.orchestration.runs.weekly_graph import WeeklyGraph
    from pizza_assets.storage.verification import damages
    from pizza_assets.workbench import Workbench

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    bench = Workbench()
    begin, end = bench.weeks_of(first, last)
    span = bench.stored_span()
    weeks = [] if span is None else weeks_between(begin or span[0], end or span[1])
    with local_instance(creates=False) as instance:
        fail_dead_runs(instance)
        definitions = bench.definitions()
        staleness = bench.staleness(definitions, instance)
        found = status_of(bench.tables, weeks, WeeklyGraph.of(definitions).assets, staleness, bench.now)
    damaged = damages(bench.tables.objects) if is_verified else None
    ahead = bench.weeks_ahead()
    if ahead:
        say(f"warning: {weeks_ahead_text(ahead, bench.now, found.storage)}", is_problem=True)
    say(status_json(found, damaged) if is_json else status_text(found, damaged))
    return 1 if damaged else 0
