"""`pizza restore`."""

import datetime as dt

import click

from pizza_assets.cli.options import day, moment


@click.command()
@click.argument("date", type=day)
@click.option(
    "--before", type=moment, metavar="TIME", help="Restore the week as it was just before, e.g. 2026-08-12T18:00Z."
)
def restore(date: dt.date, before: dt.datetime | None) -> int:
    """Restore a week from the object versions that a bucket keeps.

    DATE is any date in the week, for example 2026-08-04. Without --before, list what was written and when.
    """
    from pizza_assets.cli.terminal import say
    from pizza_assets.models.week import MatchWeek
    from pizza_assets.storage.history import WeekHistory
    from pizza_assets.workbench import Workbench

    bench = Workbench()
    week = MatchWeek.of_date(date, bench.settings.timezone)
    history = WeekHistory(bench.tables.objects, week.key)
    if before is None:
        for at, what in history.moments():
            say(f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {what}")
        return 0
    for restored in history.restore(before):
        say(f"{restored.what:35} {restored.uri}")
    say(
        f"\nWeek {week.key} is restored as it was before {before.isoformat()}. Fix what overwrote it before it is "
        "collected again. The tables over all weeks and the page show the restored week once the job analyse has run."
    )
    return 0
